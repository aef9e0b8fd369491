import ArgumentParser
import Basics
import BridgeService
import Foundation
import TopologyFiles

/// `nhipcau certs …`
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs", abstract: "The network's certificate authority and the nodes' certificates.",
        subcommands: [Init.self, Issue.self, TokenKey.self, Encrypt.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the network's certificate authority.",
            discussion: """
                Example: nhipcau certs init --network ninh-binh --authority authority
                ca.key makes nodes and editions of the topology. Keep it off every node, on a medium of its own between uses; --encrypt asks for a
                passphrase for it. tokens.key signs links from day to day.
                """)
        @Option(help: "The network's id, as `network:` in the topology file.") var network: String
        @Option(help: "The folder for ca.crt, ca.key, tokens.crt and tokens.key.") var authority: String
        @Flag(help: "Encrypt ca.key with a passphrase.") var encrypt = false
        @OptionGroup var secret: PassphraseOptions

        mutating func run() async throws {
            try Authority.create(network: network, folder: authority, passphrase: encrypt ? secret.new() : nil)
            print("\(authority)/ca.crt, \(authority)/ca.key, \(authority)/tokens.crt, \(authority)/tokens.key")
        }
    }

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues the certificates of one node, or of all nodes of a topology.",
            discussion: """
                Example: nhipcau certs issue --authority authority --topology topology/yen-mo.yaml --id H377 --out state/H377
                Without --id every node of the topology gets a folder of its own under --out.
                """)
        @Option(help: "The folder of ca.crt and ca.key.") var authority: String
        @Option(help: "The network's topology file.") var topology: String
        @Option(help: "The node's id; without it: all nodes.") var id: String?
        @Option(help: "The state folder to write into; without --id the folder of state folders.") var out: String
        @Option(help: "A further host name or address of the node's pages; may be repeated.") var name: [String] = []
        @OptionGroup var secret: PassphraseOptions

        mutating func run() async throws {
            let network = try TopologyFiles.load(topology)
            let authority = try secret.authority(authority, needsRoot: true)
            if let id {
                guard let node = network.node(id: id) else { throw ValidationError("\(topology): there is no node '\(id)'") }
                try authority.issue(node, names: name, into: out)
                print(out)
            } else {
                for node in network.nodes {
                    let folder = out + "/" + node.id
                    // A commune was added to the file: the others keep what they have.
                    if FileManager.default.fileExists(atPath: folder + "/node.key") {
                        let note = "\(folder): has its key already and is left as it is; --id \(node.id) into another folder renews it\n"
                        FileHandle.standardError.write(Data(note.utf8))
                        continue
                    }
                    try authority.issue(node, names: name, into: folder)
                    print(folder)
                }
            }
        }
    }

    struct TokenKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "token-key", abstract: "Makes the key that signs links, or changes it.",
            discussion: """
                Example: nhipcau certs token-key --authority authority --rotate
                Needs ca.key this once. Links of the key before stay good until they are over; if it was stolen, withdraw all of them:
                nhipcau token revoke --key NAME …
                """)
        @Option(help: "The folder of ca.crt, ca.key, tokens.crt and tokens.key.") var authority: String
        @Flag(help: "Put a new key in the place of the one that is there.") var rotate = false
        @Option(help: "How many days the key is good; links end with it.") var days: Int = 400
        @OptionGroup var secret: PassphraseOptions

        mutating func run() async throws {
            guard (1...400).contains(days) else { throw ValidationError("a key for links is good for 1 to 400 days") }
            do {
                let folder = try secret.authority(authority, needsRoot: true)
                let made = try folder.makeTokenKey(rotating: rotate, lifetime: .seconds(Int64(days) * 86_400))
                print("\(authority)/tokens.crt, \(authority)/tokens.key: key \(made.name)")
                if let before = folder.linkKey { print("before: key \(before.name)") }
            } catch let problem as Authority.Problem {
                throw ValidationError(problem.description)
            }
        }
    }

    struct Encrypt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "encrypt-key", abstract: "Encrypts ca.key with a passphrase, or changes it.",
            discussion: "Example: nhipcau certs encrypt-key --authority authority")
        @Option(help: "The folder of ca.crt and ca.key.") var authority: String
        @OptionGroup var secret: PassphraseOptions
        @Option(help: "A file whose first line is the new passphrase; without it the terminal is asked.") var newPassphraseFile: String?

        mutating func run() async throws {
            do {
                let folder = try secret.authority(authority, needsRoot: true)
                try folder.encryptRootKey(newPassphraseFile.map { try PassphraseOptions.firstLine($0) } ?? PassphraseOptions.askTwice())
                print("\(authority)/ca.key")
            } catch let problem as Authority.Problem {
                throw ValidationError(problem.description)
            }
        }
    }
}
