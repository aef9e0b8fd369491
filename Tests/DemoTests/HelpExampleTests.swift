import ArgumentParser
import Foundation
import Testing
import TopologyFiles

@testable import nhipcau

@Suite("Examples of --help") struct HelpExampleTests {
    /// All commands with their paths, found as the parser finds them.
    private static func commands(_ type: any ParsableCommand.Type, _ path: [String] = []) -> [(path: [String], type: any ParsableCommand.Type)] {
        let name = path.isEmpty ? "nhipcau" : type.configuration.commandName ?? String(describing: type).lowercased()
        let here = path.isEmpty ? [name] : path
        return [(here, type)]
            + type.configuration.subcommands.flatMap { sub in
                commands(sub, here + [sub.configuration.commandName ?? dashed(String(describing: sub))])
            }
    }
    private static func dashed(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? ($0.isEmpty ? "" : "-") + $1.lowercased() : String($1) }
    }

    /// Lines that are calls: `nhipcau …`, up to two blanks (a remark follows) or a word in prose.
    private static func examples(_ text: String) -> [[String]] {
        text.split(separator: "\n").compactMap { line in
            guard let start = line.range(of: "nhipcau "),
                line[..<start.lowerBound].trimmingCharacters(in: .whitespaces).allSatisfy({ $0 != "`" })
            else { return nil }
            let before = line[..<start.lowerBound].trimmingCharacters(in: .whitespaces)
            guard before.isEmpty || before.hasSuffix("Example:") || before.hasSuffix("Examples:") else { return nil }
            var words: [String] = []
            for part in line[start.upperBound...].components(separatedBy: "  ").prefix(1) { words = part.split(separator: " ").map(String.init) }
            // A remark in the same line follows its call.
            if let output = words.firstIndex(of: ">") { words = Array(words[..<output]) }
            // Two dots more than a word says: the rest is as above.
            if words.contains("…") { return nil }
            if let prose = words.firstIndex(where: { ["compares", "lists", "prints"].contains($0) }) { words = Array(words[..<prose]) }
            return words
        }
    }

    @Test("every example can be parsed, names files that are there, and ids that they hold")
    func parse() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        var count = 0
        for (path, type) in Self.commands(Nhipcau.self) {
            for words in Self.examples(type.configuration.discussion) {
                count += 1
                let line = "\(path.joined(separator: " ")): nhipcau \(words.joined(separator: " "))"
                do { _ = try Nhipcau.parseAsRoot(words) } catch { Issue.record("\(line): \(Nhipcau.message(for: error))") }
                for word in words where word.hasPrefix("topology/") || word.hasPrefix("simulations") {
                    let isOutput = words.firstIndex(of: word).map { $0 > 0 && ["-o", "--output", "--write"].contains(words[$0 - 1]) } ?? false
                    #expect(isOutput || FileManager.default.fileExists(atPath: root + "/" + word), "\(line): there is no \(word)")
                }
                guard let at = words.firstIndex(of: "--topology"), words[at + 1].hasPrefix("topology/") else { continue }
                let network = try TopologyFiles.load(root + "/" + words[at + 1])
                for (option, value) in zip(words, words.dropFirst()) {
                    switch option {
                    case "--node", "--id": #expect(network.node(id: value) != nil, "\(line): no node \(value)")
                    case "--site": #expect(network.sites.contains { $0.rawValue == value }, "\(line): no site \(value)")
                    default: break
                    }
                }
            }
        }
        #expect(count >= 15, "only \(count) examples were found")
    }

    @Test("an unknown log level and an unknown language are bad usage, and the words that may stand there are named")
    func levels() {
        let node = ["node", "--topology", "t.yaml", "--id", "a", "--state", "s"]
        #expect(throws: (any Error).self) { _ = try Nhipcau.parseAsRoot(node + ["--log-level", "verbose"]) }
        do { _ = try Nhipcau.parseAsRoot(node + ["--log-level", "verbose"]) } catch {
            #expect(Nhipcau.message(for: error).contains("'verbose'"), "\(Nhipcau.message(for: error))")
        }
        for word in ["trace", "debug", "info", "notice", "warning", "error", "critical", "INFO"] {
            #expect(throws: Never.self) { _ = try Nhipcau.parseAsRoot(node + ["--log-level", word]) }
        }
    }
}
