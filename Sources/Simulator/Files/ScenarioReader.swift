import Basics
import Documents
import Topology
import TopologyFiles
import Yams

/// Reads a scenario file, one part after the other.
struct ScenarioReader {
    let file: SourceFile
    /// Problems of topology and meeting files that this one names.
    private(set) var problemsElsewhere: [Problem] = []

    static let keys = [
        "scenario", "seed", "topology", "meetings", "links", "people", "timeline", "safety", "liveness", "core", "expect", "without",
    ]

    init(file: SourceFile) { self.file = file }

    /// Nil if something is wrong.
    mutating func read(_ root: Node) -> ScenarioFiles.Loaded? {
        guard let top = MappingReader(root, what: "scenario", keys: Self.keys, in: file) else { return nil }
        for key in ["scenario", "topology", "safety"] { top.require(key) }
        let title = top.text("scenario") ?? ""
        let seed = top.seed("seed")
        let safety = top.moment("safety")
        let liveness = top.has("liveness") ? top.moment("liveness") : .seconds(10)
        let without = readRules(top)
        let expectations = readExpectations(top)
        // Names can be looked up only in a network that is one.
        guard let place = top.value("topology"), let network = readNetwork(place) else { return nil }
        let end = safety.flatMap { safety in liveness.map { safety + $0 } }
        let meetings = readMeetings(top, network, end: end)
        let trunks = TrunkReader(file: file, network: network)
        let links = readLinks(top, trunks)
        let core = readCore(top, network, trunks)
        var deeds = DeedReader(file: file, network: network, meetings: meetings, trunks: trunks, links: links)
        deeds.allMeetingsAreRead = meetings.count == (top.value("meetings")?.itemCount ?? 0)
        deeds.safety = safety
        deeds.end = end
        var timeline: [TimedEvent] = []
        for key in ["people", "timeline"] where top.has(key) {
            for item in top.list(key) ?? [] { timeline += deeds.read(item) { self.readNetwork($0) } }
        }
        guard !file.hasErrors, let safety, let liveness else { return nil }
        // Equal times keep their order.
        let ordered = timeline.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return ScenarioFiles.Loaded(
            scenario: Scenario(
                name: ScenarioFiles.name(of: file.name), title: title, network: network, meetings: meetings, timeline: ordered,
                links: links, safetyPhase: safety, livenessPhase: liveness, core: core, expectations: expectations, without: without),
            seed: seed)
    }

    // MARK: The network

    /// A path, a whole topology written here, or a tree to generate.
    private mutating func readNetwork(_ place: Node) -> Network? {
        if let path = place.plainText { return load(path, at: place) }
        if place.value("generate") != nil { return GeneratedTree.read(place, in: file) }
        guard case .mapping = place else {
            file.report(.wrongType("topology", want: .text, found: place.shape), at: place)
            return nil
        }
        return TopologyFiles.network(place, in: file)
    }

    private mutating func load(_ path: String, at place: Node) -> Network? {
        let target = FileText.resolve(path, from: file.name)
        do {
            _ = try FileText.read(target)
        } catch {
            file.report(.unreadableTopology(path, error.reason), at: place)
            return nil
        }
        do {
            return try TopologyFiles.load(target, language: file.language)
        } catch {
            problemsElsewhere += error.problems.filter { $0.severity == .error }
            return nil
        }
    }

    // MARK: Meetings

    private mutating func readMeetings(_ top: MappingReader, _ network: Network, end: Interval?) -> [PlannedMeeting] {
        var meetings: [PlannedMeeting] = []
        var lines: [MeetingID: Int] = [:]
        for item in top.value("meetings") == nil ? [] : top.list("meetings") ?? [] {
            guard let planned = readMeeting(item, network) else { continue }
            let place = item.value("meeting") ?? item.value("file") ?? item
            if let line = lines[planned.file.id] {
                file.report(.duplicateMeeting(planned.file.id.rawValue, file: file.name, line: line), at: place)
                continue
            }
            lines[planned.file.id] = place.place.line
            if let end, planned.startsAt > end {
                file.report(.startsAfterTheEnd(planned.file.id.rawValue, end: end.text), at: item.value("starts") ?? place)
            }
            meetings.append(planned)
        }
        return meetings
    }

    private mutating func readMeeting(_ item: Node, _ network: Network) -> PlannedMeeting? {
        let starts: Interval?
        var meeting: MeetingFile?
        if item.plainText != nil || item.value("file") != nil {
            let reader = item.plainText == nil ? MappingReader(item, what: "meeting", keys: ["file", "starts"], in: file) : nil
            starts = reader.map { $0.has("starts") ? $0.moment("starts") : .seconds(1) } ?? .seconds(1)
            let place = item.value("file") ?? item
            if let path = place.plainText { meeting = loadMeeting(path, network, at: place) } else { _ = reader?.text("file") }
        } else {
            // Problems of the meeting are reported by its reader; it gives nothing then.
            guard let reader = MeetingReader(item, network: network, also: ["starts"], in: file) else { return nil }
            starts = item.value("starts") == nil ? .seconds(1) : Quantity.read(item, "starts", .moment, in: file)
            meeting = reader.read()
        }
        guard var meeting, let starts else { return nil }
        // Which file it came with does not matter here.
        meeting.topology = nil
        return PlannedMeeting(file: meeting, startsAt: starts)
    }

    private mutating func loadMeeting(_ path: String, _ network: Network, at place: Node) -> MeetingFile? {
        let target = FileText.resolve(path, from: file.name)
        do {
            _ = try FileText.read(target)
        } catch {
            file.report(.unreadableMeeting(path, error.reason), at: place)
            return nil
        }
        do {
            return try TopologyFiles.loadMeeting(target, network: network, language: file.language)
        } catch {
            problemsElsewhere += error.problems.filter { $0.severity == .error }
            return nil
        }
    }

    // MARK: Lines, core, expectations, rules

    private func readLinks(_ top: MappingReader, _ trunks: TrunkReader) -> [Trunk: Impairment] {
        var links: [Trunk: Impairment] = [:]
        for item in top.has("links") ? top.list("links") ?? [] : [] {
            guard let reader = MappingReader(item, what: "link", keys: ["trunk"] + ImpairmentReader.keys, in: file) else { continue }
            reader.require("trunk")
            guard let place = reader.value("trunk") else { continue }
            let change = ImpairmentReader(reader)
            for trunk in trunks.trunks(place, key: "trunk") { links[trunk] = change.applied(to: links[trunk] ?? trunks.line(of: trunk)) }
        }
        return links
    }

    private func readCore(_ top: MappingReader, _ network: Network, _ trunks: TrunkReader) -> [NodeIndex]? {
        guard let place = top.value("core"), place.plainText != "all" else { return nil }
        let core = trunks.nodes(place, key: "core")
        if !core.isEmpty, !trunks.areConnected(core) { file.report(.badCore, at: place) }
        return core
    }

    private func readExpectations(_ top: MappingReader) -> [Expectation] {
        let names = Expectation.Measure.allCases.map(\.rawValue)
        guard let place = top.value("expect"), let reader = MappingReader(place, what: "expect", keys: names, in: file) else { return [] }
        return reader.keys.compactMap { key in
            guard let measure = Expectation.Measure(rawValue: key) else { return nil }
            let wanted: Double? =
                switch measure.unit {
                case .milliseconds: reader.moment(key).map { Double($0.nanoseconds) / 1e6 }
                case .kilobits: reader.bitrate(key).map(\.kbps)
                case .count: reader.integer(key, 0...1_000_000_000).map(Double.init)
                }
            return wanted.map { Expectation(measure: measure, wanted: $0) }
        }
    }

    private func readRules(_ top: MappingReader) -> Rules {
        var rules: Rules = []
        let names = Rules.named.map(\.name)
        for (text, place) in top.texts("without") {
            if let known = Rules.named.first(where: { $0.name == text }) {
                rules.insert(known.rule)
            } else {
                file.report(.unknownValue(text, key: "without", allowed: names), at: place, meaning: text, among: names)
            }
        }
        return rules
    }
}

extension Expectation.Measure {
    enum Unit {
        case milliseconds
        case kilobits
        case count
    }

    /// What ``Expectation/wanted`` counts.
    var unit: Unit {
        switch self {
        case .rosterEverywhereWithin, .gapAfterCut, .partMeetsWithin, .mouthToEar, .healedWithin, .grantedWithin: .milliseconds
        case .maxTrunkRate: .kilobits
        case .oneCopyPerTrunk, .requestsLost, .ballotsLost, .ballots, .grants, .heard, .falseDetaches, .rehomings: .count
        }
    }
}

extension Quantity {
    /// In nanoseconds: points and lengths of time in a run.
    static let moment = Quantity(
        units: [("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000), ("us", 1_000), ("ns", 1)],
        named: 4, example: "1.5 s", range: 0...86_400_000_000_000, limits: ("0 s", "24 h"))

    /// One value of a mapping whose keys somebody else has checked.
    static func read(_ item: Node, _ key: String, _ kind: Quantity, in file: SourceFile) -> Interval? {
        guard let place = item.value(key) else { return nil }
        guard let text = place.plainText else {
            file.report(.wrongType(key, want: .text, found: place.shape), at: place)
            return nil
        }
        switch kind.parse(text, key: key) {
        case .success(let number): return Interval(nanoseconds: number)
        case .failure(let complaint):
            file.report(complaint.message, at: place)
            return nil
        }
    }
}

extension MappingReader {
    /// A point or length of time, up to a day.
    func moment(_ key: String) -> Interval? { quantity(key, .moment).map(Interval.init(nanoseconds:)) }

    /// The same, and backwards with a minus before it.
    func signedMoment(_ key: String) -> Interval? {
        guard let text = text(key), let place = value(key) else { return nil }
        let isBack = text.hasPrefix("-") || text.hasPrefix("−")
        switch Quantity.moment.parse(isBack ? String(text.dropFirst()) : text, key: key) {
        case .success(let number): return Interval(nanoseconds: isBack ? -number : number)
        case .failure(let complaint):
            file.report(complaint.message, at: place)
            return nil
        }
    }

    /// A whole number of 64 bits.
    func seed(_ key: String) -> UInt64? {
        guard let text = text(key), let place = value(key) else { return nil }
        if let seed = UInt64(text) { return seed }
        file.report(.badNumber(text, example: "17"), at: place)
        return nil
    }
}

extension Node {
    /// Of a list; 0 for anything else.
    fileprivate var itemCount: Int {
        guard case .sequence(let sequence) = self else { return 0 }
        return sequence.count
    }
}
