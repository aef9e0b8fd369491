import ArgumentParser
import BridgeService
import Foundation

/// `nhipcau archive …`
struct ArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "What a node's archive holds and proves.", subcommands: [ArchiveShowCommand.self, Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks every signed record that an archive keeps, with the authority's certificate alone.",
            discussion: """
                Example: nhipcau archive verify state/ninh-binh/archive.sqlite --authority state/ninh-binh/ca.crt --meeting giao-ban
                Nothing is written, and no node needs to run. Ends with 1 if a record is not sound.
                """)
        @Argument(help: "The archive's file, or a copy of it.") var archive: String
        @Option(help: "The network authority's certificate, ca.crt.") var authority: String
        @Option(help: "Only this meeting's records.") var meeting: String?
        @Flag(help: "One JSON object a line.") var json = false

        mutating func run() throws {
            let pem = try String(contentsOfFile: authority, encoding: .utf8)
            var counts: [String: Int] = [:]
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try ArchiveCheck.run(archive: archive, authority: pem, meeting: meeting) { row in
                counts[row.verdict, default: 0] += 1
                if json {
                    print(String(decoding: try encoder.encode(row), as: UTF8.self))
                } else {
                    let time = Date(timeIntervalSince1970: Double(row.kept) / 1_000).formatted(.iso8601)
                    print("\(row.verdict)  \(time)  \(row.meeting)  \(row.writer)  \(row.key)")
                    if let says = row.says { print("    \(says)") }
                }
            }
            let sound = counts["sound"] ?? 0
            let all = counts.values.reduce(0, +)
            if !json { print("\(sound) of \(all) records are sound") }
            if sound < all { throw ExitCode(1) }
        }
    }
}
