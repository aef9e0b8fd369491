import ArgumentParser
import BridgeService
import Foundation
import TopologyFiles

/// `nhipcau archive show`
struct ArchiveShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows meetings, attendance, votes and floor decisions of an archive.",
        discussion: """
            Example: nhipcau archive show attendance yen-mo-hop --state /var/lib/nhipcau --topology topology/yen-mo.yaml
            nhipcau archive show meetings --state /var/lib/nhipcau lists the meetings.
            The node may run meanwhile; its file is not changed. A node has the attendance and the votes of all sites below it.
            Times are in this machine's zone. Exit codes: 0 read, 1 cannot be read, 2 bad usage.
            """)
    @Argument(help: "meetings, attendance, votes or audit.") var part: ArchiveReport.Part
    @Argument(help: "The meeting's id; not for `meetings`.") var meeting: String?
    @Option(help: "The node's state folder.") var state: String
    @Option(help: "The network's topology file, so that names stand beside ids.") var topology: String?
    @Flag(help: "CSV for a spreadsheet, UTF-8 with semicolons.") var csv = false
    @Option(help: "Language of headings: en or vi; default: the network's, else the locale's.") var lang: String?

    mutating func validate() throws {
        if part != .meetings, meeting == nil { throw ValidationError("name the meeting; `nhipcau archive show meetings --state \(state)` lists them") }
    }

    mutating func run() async throws {
        let said = topology.flatMap { try? TopologyFiles.load($0) }.flatMap { TopologyFiles.language(of: $0) }
        let language = try lang == nil ? said ?? .chosen(nil) : .chosen(lang)
        let report = try ArchiveReport(state: state, part: part, meeting: meeting, topology: topology, language: language.console)
        print(csv ? "\u{FEFF}" + report.csv : report.text, terminator: csv ? "" : "\n")
    }
}

extension ArchiveReport.Part: ExpressibleByArgument {}
