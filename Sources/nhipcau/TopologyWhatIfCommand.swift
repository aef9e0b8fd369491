import ArgumentParser
import Basics
import Foundation
import Reports
import Topology
import TopologyFiles

extension TopologyCommand {
    /// `nhipcau topology what-if`
    struct WhatIf: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "what-if", abstract: "Tries changes out: the plan that comes of them, and a patch to keep.",
            discussion: """
                Example: nhipcau topology what-if topology/yen-mo.yaml --move X14740=T37 --capacity X14701=20M -o patch.yaml
                         nhipcau topology what-if topology/yen-mo.yaml --patch patch.yaml --write topology/yen-mo-2.yaml
                A node is named by its id, or by its name where only one node has it.
                Changes are made in this order: patches, then moves, cuts and capacities.
                Exit codes: 0 all fits, 1 a trunk is over capacity, 2 bad input or a change that cannot be made.
                """)
        @Argument(help: "A topology file (YAML).") var file: String
        @Option(help: ArgumentHelp("Hangs a node, with all below it, under another parent. May be repeated.", valueName: "node=parent"))
        var move: [String] = []
        @Option(help: ArgumentHelp("Cuts the line above a node for good: it takes its first backup, or leaves. May be repeated.", valueName: "node"))
        var cut: [String] = []
        @Option(help: ArgumentHelp("The line above a node takes so much: 20M, 512k, or UP/DOWN as 10M/20M. May be repeated.", valueName: "node=rate"))
        var capacity: [String] = []
        @Option(help: ArgumentHelp("A patch kept earlier. May be repeated.", valueName: "file")) var patch: [String] = []
        @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Writes all changes as one patch.", valueName: "file")) var output: String?
        @Option(help: ArgumentHelp("Writes the changed topology.", valueName: "file")) var write: String?
        @OptionGroup var load: LoadOptions
        @Flag(help: "One JSON object instead of text.") var json = false
        @Option(help: "Language of the text: en or vi; default: the network's, else the locale's.") var lang: String?

        mutating func run() throws {
            let asked = try TopologyFilesLanguage.chosen(lang)
            let network = try reading { try TopologyFiles.load(file, language: asked) }
            let language = asked.unlessSaid(lang, of: network)
            let changes = try changes(for: network, language)
            guard !changes.isEmpty else {
                throw badInput(
                    language == .vi
                        ? "chưa có thay đổi nào: hãy dùng --move, --cut, --capacity hoặc --patch" : "nothing to try: use --move, --cut, --capacity or --patch",
                    language)
            }
            let changed: Network
            do {
                changed = try reading { try TopologyFiles.change(network, by: changes, language: language) }
            } catch let error as UnmadeChange {
                throw badInput(error.description, language)
            }
            if let output { try save(Patch(networkID: network.networkID, changes: changes).text, output, language) }
            if let write { try save(TopologyFiles.write(changed, language: language), write, language) }
            let report = WhatIfReport(network, changed, changes: changes, demands: try load.meetings(in: network, language), language: language)
            print(json ? report.json : report.text)
            if !report.ok { throw ExitCode(1) }
        }

        private func save(_ text: String, _ path: String, _ language: TopologyFilesLanguage) throws {
            do {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            } catch {
                throw badInput("\(path): \(error.localizedDescription)", language)
            }
        }

        private func changes(for network: Network, _ language: TopologyFilesLanguage) throws -> [NetworkChange] {
            var result: [NetworkChange] = []
            func id(_ word: String) throws -> String {
                do { return try TopologyFiles.nodeID(word, in: network, language: language) } catch { throw badInput(error.description, language) }
            }
            for file in patch { result += try reading { try TopologyFiles.loadPatch(file, for: network, language: language) }.changes }
            for text in move {
                let (node, to) = try TopologyCommand.pair(text, "--move", "X14740=T37", language)
                result.append(.move(node: try id(node), to: try id(to)))
            }
            for text in cut { result.append(.cut(node: try id(text))) }
            for text in capacity {
                let (node, rates) = try TopologyCommand.pair(text, "--capacity", "X14701=20M", language)
                let parts = rates.split(separator: "/", maxSplits: 1).map(String.init)
                let isUnit = parts.count == 2 && parts[1] == "s"
                let values = (isUnit ? [rates] : parts).map { Bitrate(short: $0) }
                guard let up = values.first ?? nil, let down = values.last ?? nil else {
                    throw badInput(
                        language == .vi
                            ? "--capacity \(text): '\(rates)' không phải tốc độ; ví dụ 20M" : "--capacity \(text): '\(rates)' is no rate; for example 20M",
                        language)
                }
                result.append(.capacity(node: try id(node), up: up, down: down))
            }
            return result
        }
    }

    /// Both sides of `NODE=VALUE`.
    static func pair(_ text: String, _ option: String, _ example: String, _ language: TopologyFilesLanguage) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw badInput(language == .vi ? "\(option) \(text): hãy ghi như \(example)" : "\(option) \(text): write it as in \(example)", language)
        }
        return (parts[0], parts[1])
    }
}

extension Bitrate {
    /// "20M", "512k", "1G", "20 Mbit/s"; nil for anything else, and for less than 1 kbit/s.
    init?(short text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite else { return nil }
        let worth: Double
        switch text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces) {
        case "k", "K", "kbit/s", "kbps": worth = 1_000
        case "M", "Mbit/s", "Mbps": worth = 1_000_000
        case "G", "Gbit/s", "Gbps": worth = 1_000_000_000
        default: return nil
        }
        guard number * worth >= 1_000, number * worth <= 1e12 else { return nil }
        self.init(bitsPerSecond: Int64((number * worth).rounded()))
    }
}
