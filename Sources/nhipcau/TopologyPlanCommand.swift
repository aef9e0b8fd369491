import ArgumentParser
import Basics
import Documents
import Foundation
import Reports
import Topology
import TopologyFiles

extension TopologyCommand {
    /// `nhipcau topology plan`
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what each trunk will carry, and what breaks when something breaks.",
            discussion: """
                Example: nhipcau topology plan topology/yen-mo.yaml --meeting topology/meetings/yen-mo-hop.yaml --fail each
                Without a meeting all sites meet in a quán triệt from the root. What is counted, and how: docs/load.md.
                Exit codes: 0 all fits, 1 a trunk is over capacity, 2 bad input.
                """)
        @Argument(help: "A topology file (YAML).") var file: String
        @OptionGroup var load: LoadOptions
        @Option(
            help: ArgumentHelp(
                "What breaks: a node's id, a trunk as CHILD:PARENT, carrier:NAME for all lines of a carrier, or 'each'. May be repeated.",
                valueName: "what"))
        var fail: [String] = []
        @Flag(help: "One JSON object instead of text.") var json = false
        @Flag(help: "Every trunk and every failure, however many there are.") var all = false
        @Option(help: "Language of the text: en or vi; default: the network's, else the locale's.") var lang: String?

        mutating func run() throws {
            let asked = try TopologyFilesLanguage.chosen(lang)
            let network = try reading { try TopologyFiles.load(file, language: asked) }
            let language = asked.unlessSaid(lang, of: network)
            let plan = NetworkPlan(network, meetings: try load.meetings(in: network, language))
            let failing = try fail.flatMap { try TopologyCommand.failures($0, plan, language) }
            let report = PlanReport(plan, failing: failing, showsAll: all, language: language)
            print(json ? report.json : report.text)
            if !report.ok { throw ExitCode(1) }
        }
    }

    /// Who meets, and who speaks: shared by the commands that work out loads.
    struct LoadOptions: ParsableArguments {
        @Option(help: ArgumentHelp("A meeting file that names this network; several run at once. May be repeated.", valueName: "file"))
        var meeting: [String] = []
        @Option(help: ArgumentHelp("Who speaks; several hold the floor together. Without it whoever is worst for each trunk.", valueName: "site"))
        var speaker: [String] = []
        @Option(help: ArgumentHelp("Rate of one picture instead of the meeting's: 4M for HD, 512k.", valueName: "rate")) var video: String?
        @Option(help: ArgumentHelp("Rate of one voice instead of the meeting's.", valueName: "rate")) var audio: String?
        @Flag(help: "No pictures.") var soundOnly = false
        @Flag(help: "The chair's microphone is muted while others speak.") var chairMuted = false
        @Flag(help: "Nobody looks at the chair's stills of the halls.") var noStills = false

        /// The meetings to plan for; throws with exit code 2 after saying what is wrong.
        func meetings(in network: Network, _ language: TopologyFilesLanguage) throws -> [MeetingDemand] {
            var result = try meeting.map { path in
                MeetingDemand(try reading { try TopologyFiles.loadMeeting(path, network: network, language: language) })
            }
            if result.isEmpty, let everybody = MeetingDemand.everybody(in: network) { result = [everybody] }
            for id in speaker {
                let site = SiteID(id)
                let takers = result.indices.filter { result[$0].sites.contains(site) }
                guard !takers.isEmpty else {
                    throw badInput(
                        language == .vi
                            ? "--speaker \(id): không có điểm cầu này trong cuộc họp; hãy ghi mã điểm cầu như trong tệp mạng"
                            : "--speaker \(id): no site of the meeting; give its id as in the topology file", language)
                }
                for i in takers { result[i].speakers.append(site) }
            }
            let pictures = try rate(video, "--video", language)
            let voices = try rate(audio, "--audio", language)
            for i in result.indices {
                if let pictures { result[i].videoRate = pictures }
                if let voices { result[i].audioRate = voices }
                if soundOnly { result[i].videoRate = nil }
                result[i].chairIsMuted = chairMuted
                result[i].showsStills = !noStills
            }
            return result
        }

        private func rate(_ text: String?, _ option: String, _ language: TopologyFilesLanguage) throws -> Bitrate? {
            guard let text else { return nil }
            if let rate = Bitrate(short: text) { return rate }
            throw badInput(language == .vi ? "\(option) \(text): không phải tốc độ; ví dụ 4M" : "\(option) \(text): no rate; for example 4M", language)
        }
    }

    /// What `--fail` names.
    static func failures(_ text: String, _ plan: NetworkPlan, _ language: TopologyFilesLanguage) throws -> [NetworkFailure] {
        if text == "each" { return plan.allFailures }
        let network = plan.network
        if text.hasPrefix("carrier:") { return [.carrier(try carrier(String(text.dropFirst("carrier:".count)), network, language))] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1, let slot = network.slot(id: text) { return [.node(slot)] }
        if parts.count == 2, let child = network.slot(id: parts[0]), let parent = network.tree.parent(child), network.nodes[parent].id == parts[1] {
            return [.trunk(child)]
        }
        throw badInput(
            language == .vi
                ? "--fail \(text): không có nút hay trung kế này; hãy ghi mã nút, CON:CHA cho trung kế, carrier:TÊN cho nhà mạng, hoặc each"
                : "--fail \(text): there is no such node or trunk; give a node's id, CHILD:PARENT for a trunk, carrier:NAME, or each", language)
    }

    /// The carrier as the file spells it, found in any case.
    private static func carrier(_ name: String, _ network: Network, _ language: TopologyFilesLanguage) throws -> String {
        let carriers = NetworkPlan.carriers(of: network)
        if let exact = carriers.first(where: { $0.name == name }) ?? carriers.first(where: { $0.name.lowercased() == name.lowercased() }) {
            return exact.name
        }
        let list = carriers.map { "\($0.name) (\($0.lines))" }.joined(separator: ", ")
        throw badInput(
            language == .vi
                ? "--fail carrier:\(name): không có đường nào của nhà mạng này" + (list.isEmpty ? "; tệp không ghi nhà mạng nào" : "; trong tệp có: \(list)")
                : "--fail carrier:\(name): no line is of this carrier" + (list.isEmpty ? "; the file names none" : "; the file has: \(list)"), language)
    }
}

/// Wrong options: said on standard error; what to throw then (exit code 2).
func badInput(_ message: String, _ language: TopologyFilesLanguage) -> ExitCode {
    FileHandle.standardError.write(Data("\(Problem.Severity.error.word(language)): \(message)\n".utf8))
    return ExitCode(2)
}

/// Runs a reading step; the problems of a file go to standard error, line by line, and end with 2.
func reading<T>(_ step: () throws -> T) throws -> T {
    do {
        return try step()
    } catch let error as InvalidFile {
        FileHandle.standardError.write(Data((error.description + "\n").utf8))
        throw ExitCode(2)
    }
}
