import ArgumentParser
import BridgeService
import Foundation

/// How commands come by the passphrase of the root's key.
struct PassphraseOptions: ParsableArguments {
    @Option(help: "A file whose first line is the passphrase of ca.key; without it the terminal is asked, if the key is encrypted.")
    var passphraseFile: String?

    /// The passphrase of the key in that folder; nil where the key is not encrypted, or not there.
    func passphrase(of authority: String) throws -> String? {
        if let passphraseFile { return try Self.firstLine(passphraseFile) }
        guard let key = try? String(contentsOfFile: authority + "/ca.key", encoding: .utf8), key.contains("BEGIN ENCRYPTED PRIVATE KEY") else {
            return nil
        }
        return try Self.ask("Passphrase of \(authority)/ca.key: ")
    }

    /// The authority in a folder; the passphrase is asked for only where the root must sign, as it must where links have no key of their own.
    func authority(_ folder: String, needsRoot: Bool = false) throws -> Authority {
        let plain = try Authority(folder: folder)
        if plain.signsLinks, !needsRoot { return plain }
        return try Authority(folder: folder, passphrase: passphrase(of: folder))
    }

    /// A passphrase for a key that is being made.
    func new() throws -> String { try passphraseFile.map { try Self.firstLine($0) } ?? Self.askTwice() }

    /// The first line of a file.
    static func firstLine(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let line = text.split(whereSeparator: \.isNewline).first else {
            throw ValidationError("\(path): no passphrase in its first line")
        }
        return String(line)
    }

    /// A new passphrase, which nobody can read back.
    static func askTwice() throws -> String {
        let first = try ask("New passphrase: ")
        guard try ask("Once more: ") == first else { throw ValidationError("the two passphrases differ") }
        guard first.count >= 8 else { throw ValidationError("a passphrase has at least 8 characters") }
        return first
    }

    private static func ask(_ prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1, let line = getpass(prompt) else {
            throw ValidationError("the key is encrypted and nobody can be asked: give --passphrase-file FILE")
        }
        return String(cString: line)
    }
}
