import Documents
import Topology
import Yams

extension TopologyFiles {
    /// Checks topology and meeting files together and finds every problem in one run; never throws.
    ///
    /// A file is a topology if it has `nodes:` or `network:`, a meeting if it has `meeting:`. A meeting's network is the
    /// one its `topology:` names (a path from its own folder, which is read too, or a network id), else the only one
    /// among the files. A scenario has `scenario:`; `checkScenario` finds its problems, since scenarios are not of this module.
    public static func check(
        files: [String], language: Language = .en, checkScenario: ((String) -> [Problem])? = nil
    ) -> CheckReport {
        var run = CheckRun(language: language, checkScenario: checkScenario)
        for path in files { run.read(path) }
        run.checkMeetings()
        return run.report
    }
}

/// One run of `check`.
struct CheckRun {
    private let language: Language
    private let checkScenario: ((String) -> [Problem])?
    private var scenarioProblems: [Problem] = []
    private var scenarios = 0
    private var files: [SourceFile] = []
    /// Files that a meeting named but the caller did not: their warnings are not asked for.
    private var unasked: Set<String> = []
    private var paths: Set<String> = []
    private var networks: [(path: String, id: String, network: Network?)] = []
    private var meetings: [(path: String, file: SourceFile, root: Node)] = []
    private var nodes = 0
    private var trunks = 0
    private var levels = 0
    private var assumed = Assumptions()

    init(language: Language, checkScenario: ((String) -> [Problem])?) {
        self.language = language
        self.checkScenario = checkScenario
    }

    /// Reads a file, unless that was done before; checks it if it is a topology.
    mutating func read(_ path: String) {
        guard paths.insert(FileText.normalise(path)).inserted else { return }
        let file = SourceFile(name: path, language: language)
        files.append(file)
        do {
            guard let root = file.parse(try FileText.read(path)) else { return }
            switch FileKind(root) {
            case .topology: addTopology(root, path, file)
            case .meeting: meetings.append((path, file, root))
            case .scenario where checkScenario != nil:
                scenarios += 1
                scenarioProblems += checkScenario?(path) ?? []
            case .scenario, nil: file.report(.unknownFile, line: 1, column: 1)
            }
        } catch {
            file.report(error.message, line: error.line, column: error.column)
        }
    }

    private mutating func addTopology(_ root: Node, _ path: String, _ file: SourceFile) {
        guard let draft = TopologyReader.read(root, in: file) else { return }
        TreeChecks.run(draft, in: file)
        nodes += draft.listed
        trunks += draft.uplinksListed
        assumed = assumed + draft.assumed
        levels = max(levels, Set(draft.levels.map(\.rank)).count)
        let network = file.hasErrors ? nil : try? draft.network()
        networks.append((FileText.normalise(path), draft.networkID, network))
    }

    /// All meetings, once all topologies are known.
    mutating func checkMeetings() {
        var seen: [String: (file: String, line: Int)] = [:]
        for (path, file, root) in meetings {
            let (found, key) = network(of: root, path, file)
            guard let reader = MeetingReader(root, network: found, in: file) else { continue }
            _ = reader.read()
            guard let place = root.value("meeting"), let id = place.plainText else { continue }
            if let other = seen[key + "\n" + id] {
                file.report(.duplicateMeeting(id, file: other.file, line: other.line), at: place)
            } else {
                seen[key + "\n" + id] = (path, place.place.line)
            }
        }
    }

    /// The network that a meeting is checked against, and what tells it from others; reports where there is none.
    private mutating func network(of root: Node, _ path: String, _ file: SourceFile) -> (Network?, String) {
        guard let place = root.value("topology"), let name = place.plainText else {
            if networks.count == 1 { return (networks[0].network, networks[0].id) }
            file.report(.missingTopology, at: root.value("meeting") ?? root)
            return (nil, "")
        }
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
            if let known = networks.first(where: { $0.id == name }) { return (known.network, known.id) }
            file.report(.unknownTopology(name), at: place, meaning: name, among: networks.map(\.id))
            return (nil, name)
        }
        let target = FileText.resolve(name, from: path)
        if !paths.contains(target) {
            do {
                _ = try FileText.read(target)
                unasked.insert(target)
                read(target)
            } catch {
                file.report(.unreadableTopology(name, error.reason), at: place)
                return (nil, name)
            }
        }
        if let known = networks.first(where: { $0.path == target }) { return (known.network, known.id) }
        if !files.contains(where: { FileText.normalise($0.name) == target && $0.hasErrors }) {
            file.report(.notATopology(name), at: place)
        }
        return (nil, name)
    }

    var report: CheckReport {
        let problems = files.flatMap { file in
            file.sortedProblems.filter { $0.severity == .error || !unasked.contains(file.name) }
        }
        return CheckReport(
            nodes: nodes, trunks: trunks, levels: levels, meetings: meetings.count, scenarios: scenarios, assumed: assumed,
            problems: problems + scenarioProblems.filter { !problems.contains($0) }, language: language)
    }
}

/// What a file holds, by its keys.
enum FileKind {
    case topology
    case meeting
    case scenario

    init?(_ root: Node) {
        if root.value("scenario") != nil {
            self = .scenario
        } else if root.value("nodes") != nil || root.value("network") != nil {
            self = .topology
        } else if root.value("meeting") != nil {
            self = .meeting
        } else {
            return nil
        }
    }
}

extension Node {
    /// The value of a key, without complaint.
    package func value(_ key: String) -> Node? {
        guard case .mapping(let mapping) = self else { return nil }
        return mapping.first { $0.key.plainText == key }?.value
    }
}
