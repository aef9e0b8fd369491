import ArgumentParser
import Documents
import Foundation
import Simulator
import Topology
import TopologyFiles

typealias TopologyFilesLanguage = Language

/// `nhipcau topology …`
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Checks, plans, compares, changes, imports, draws and applies networks; checks meetings and scenarios.",
        subcommands: [
            Check.self,
            Plan.self,
            Diff.self,
            Draw.self,
            WhatIf.self,
            TopologyImportCommand.self,
            TopologyGenerateCommand.self,
            TopologySheetCommand.self,
            TopologySchemaCommand.self,
            TopologyApplyCommand.self,
        ])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds every problem of topology, meeting and scenario files in one run.",
            discussion: """
                Example: nhipcau topology check topology/yen-mo.yaml topology/meetings/yen-mo-hop.yaml
                Exit codes: 0 no errors, 1 errors, 2 bad usage.
                """)
        @Argument(help: "Topology, meeting and scenario files (YAML).") var files: [String]
        @Flag(help: "One JSON object instead of lines.") var json = false
        @Option(help: "Language of the messages: en or vi.") var lang: String?

        mutating func run() async throws {
            let language = try TopologyFilesLanguage.chosen(lang)
            let report = TopologyFiles.check(files: files, language: language) { ScenarioFiles.check($0, language: language) }
            print(json ? report.json : report.text)
            if !report.ok { throw ExitCode(1) }
        }
    }
}

extension TopologyFilesLanguage {
    /// The network's own where `--lang` was not said and the network tells; else this one.
    func unlessSaid(_ option: String?, of network: Network) -> TopologyFilesLanguage {
        option == nil ? TopologyFiles.language(of: network) ?? self : self
    }

    /// `--lang`, else the locale, else English. Throws for an option that is neither `vi` nor `en`, also as `vi_VN`.
    static func chosen(_ option: String?) throws -> TopologyFilesLanguage {
        guard let option else {
            let environment = ProcessInfo.processInfo.environment
            let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
            return locale.hasPrefix("vi") ? .vi : .en
        }
        let word = option.lowercased().prefix { $0 != "_" && $0 != "-" && $0 != "." }
        guard let language = TopologyFilesLanguage(rawValue: String(word)) else {
            throw ValidationError("--lang \(option): use vi or en (hãy dùng vi hoặc en).")
        }
        return language
    }
}
