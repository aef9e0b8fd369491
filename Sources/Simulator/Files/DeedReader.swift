import Basics
import Conference
import Documents
import Topology
import TopologyFiles
import Yams

/// Reads one item of `people:` or `timeline:`: when, and one deed, which may stand for many events.
struct DeedReader {
    let file: SourceFile
    let network: Network
    let meetings: [PlannedMeeting]
    let trunks: TrunkReader
    let links: [Trunk: Impairment]
    /// Every item of `meetings:` is in ``meetings``.
    var allMeetingsAreRead = true
    /// End of the safety phase and of the run; nil where the file does not say it well.
    var safety: Interval?
    var end: Interval?

    init(file: SourceFile, network: Network, meetings: [PlannedMeeting], trunks: TrunkReader, links: [Trunk: Impairment]) {
        self.file = file
        self.network = network
        self.meetings = meetings
        self.trunks = trunks
        self.links = links
    }

    /// More events than this from one item are a slip of the pen.
    static let mostRepetitions = 10_000

    /// The events of one item; `topology` reads a network that it names.
    func read(_ item: Node, topology: (Node) -> Network?) -> [TimedEvent] {
        guard let (verb, reader) = verb(of: item) else { return [] }
        reader.require("at")
        guard let value = reader.value(verb.rawValue) else { return [] }
        let at = reader.moment("at")
        let duration = reader.has("for") ? reader.moment("for") : nil
        let pairs = events(verb, value, reader, duration: duration, topology: topology)
        guard let at, !pairs.isEmpty else { return [] }
        let over = reader.has("over") ? reader.moment("over") ?? .zero : .zero
        let times = reader.has("times") ? reader.integer("times", 1...Self.mostRepetitions) ?? 1 : 1
        if times > 1 { reader.require("every") }
        let every = reader.has("every") ? reader.moment("every") ?? .zero : .zero
        var result: [TimedEvent] = []
        var latest = Interval.zero
        for round in 0..<Int64(times) {
            for (i, pair) in pairs.enumerated() {
                let start = at + every * round + (pairs.count > 1 ? over * Int64(i) / Int64(pairs.count - 1) : .zero)
                result.append(TimedEvent(at: start, event: pair.first))
                if !pair.first.isRepair { latest = max(latest, start) }
                guard let duration, let after = pair.after else { continue }
                // After the safety phase the core is healed at once, and the rest stays broken.
                if verb.isFault, let safety, start + duration >= safety { continue }
                result.append(TimedEvent(at: start + duration, event: after))
            }
        }
        check(result, verb, latest: latest, at: reader.value("at") ?? item)
        return result
    }

    // MARK: Which deed, and when

    private func verb(of item: Node) -> (Verb, MappingReader)? {
        guard case .mapping(let mapping) = item else {
            file.report(.wrongType("timeline", want: .mapping, found: item.shape), at: item)
            return nil
        }
        let places = mapping.keys.filter { $0.plainText.flatMap(Verb.init(rawValue:)) != nil }
        let verbs = places.compactMap { $0.plainText.flatMap(Verb.init(rawValue:)) }
        guard let verb = verbs.first else {
            // A misspelt deed is reported with the nearest; otherwise there is none.
            let before = file.problems.count
            let keys = Verb.common + Verb.allCases.map(\.rawValue) + Verb.allCases.flatMap(\.modifiers)
            _ = MappingReader(item, what: "timeline", keys: keys, in: file)
            if file.problems.count == before { file.report(.noDeed(["cut", "crash", "join", "talk"]), at: item) }
            return nil
        }
        if verbs.count > 1 {
            file.report(.twoDeeds(verb.rawValue, verbs[1].rawValue), at: places[1])
            return nil
        }
        return MappingReader(item, what: "timeline", keys: Verb.common + [verb.rawValue] + verb.modifiers, in: file).map { (verb, $0) }
    }

    private func check(_ events: [TimedEvent], _ verb: Verb, latest: Interval, at place: Node) {
        guard let safety, let end else { return }
        if verb.isFault, latest >= safety {
            file.report(.faultTooLate(verb.rawValue, safety: safety.text), at: place)
        } else if let last = events.map(\.at).max(), last > end {
            file.report(.afterTheEnd(verb.rawValue, end: end.text), at: place)
        }
    }

    // MARK: What happens

    /// The events at the beginning and, where `for` is given, those that take them back.
    private typealias Pair = (first: Event, after: Event?)

    private func events(
        _ verb: Verb, _ value: Node, _ reader: MappingReader, duration: Interval?, topology: (Node) -> Network?
    ) -> [Pair] {
        switch verb {
        case .cut, .mend, .impair: return trunkEvents(verb, value, reader)
        case .cutOneWay: return oneWay(value)
        case .muteAll, .end: return meetingEvents(verb, value, reader)
        case .openVote, .closeVote: return voteEvents(verb, reader)
        case .cast: return ballots(value, reader)
        case .crash, .restart, .pause, .slow, .drift, .stepClock, .diskFull, .diskFree, .certificateExpired, .certificateRenewed,
            .loadTopology, .newerProgram, .byzantine, .honest:
            return nodeEvents(verb, value, reader, duration: duration, topology: topology)
        case .breakAway, .rejoin:
            guard let meeting = meeting(reader) else { return [] }
            return trunks.nodes(value, key: verb.rawValue).map {
                verb == .rejoin ? (.rejoin($0, meeting.id), nil) : (.breakAway($0, meeting.id), .rejoin($0, meeting.id))
            }
        case .join, .leave, .talk, .quiet, .request, .withdraw, .mute, .unmute, .give, .revoke:
            return siteEvents(verb, value, reader)
        }
    }

    private func trunkEvents(_ verb: Verb, _ value: Node, _ reader: MappingReader) -> [Pair] {
        let change = ImpairmentReader(reader)
        return trunks.trunks(value, key: verb.rawValue).map { trunk in
            switch verb {
            case .cut: return (.cut(trunk), .mend(trunk))
            case .mend: return (.mend(trunk), nil)
            default:
                let usual = links[trunk] ?? trunks.line(of: trunk)
                return (.impair(trunk, change.applied(to: usual)), .impair(trunk, usual))
            }
        }
    }

    private func oneWay(_ value: Node) -> [Pair] {
        guard let reader = MappingReader(value, what: "cut-one-way", keys: ["from", "to"], in: file) else { return [] }
        reader.require("from")
        reader.require("to")
        guard let from = trunks.node(reader, "from"), let to = trunks.node(reader, "to") else { return [] }
        func hangs(_ lower: NodeIndex, on upper: NodeIndex) -> Bool {
            guard let slot = network.slot(lower), let link = network.links[slot] else { return false }
            return link.parent == upper || link.backups.contains(upper)
        }
        if hangs(from, on: to) { return [(.cutOneWay(from: from, to: to), .mend(Trunk(lower: from, upper: to)))] }
        if hangs(to, on: from) { return [(.cutOneWay(from: from, to: to), .mend(Trunk(lower: to, upper: from)))] }
        file.report(.notNeighbours(reader.text("from") ?? "", reader.text("to") ?? ""), at: value)
        return []
    }

    private func nodeEvents(
        _ verb: Verb, _ value: Node, _ reader: MappingReader, duration: Interval?, topology: (Node) -> Network?
    ) -> [Pair] {
        let nodes = trunks.nodes(value, key: verb.rawValue)
        var by = Interval.zero
        var ppm = 0
        var losesMemory = false
        var edition: Network?
        var lies: Set<Lie> = []
        switch verb {
        case .byzantine:
            guard let told = self.lies(reader, nodes, at: value) else { return [] }
            lies = told
        case .crash:
            losesMemory = reader.choice("memory", Memory.self) == .lost
        case .pause:
            reader.require("for")
            guard duration != nil else { return [] }
        case .slow:
            reader.require("by")
            guard let wanted = reader.interval("by") else { return [] }
            by = wanted
        case .stepClock:
            reader.require("by")
            guard let wanted = reader.signedMoment("by") else { return [] }
            by = wanted
        case .drift:
            reader.require("ppm")
            guard let wanted = drift(reader) else { return [] }
            ppm = wanted
        case .loadTopology:
            reader.require("topology")
            guard let place = reader.value("topology"), let network = topology(place) else { return [] }
            edition = network
        default: break
        }
        return nodes.compactMap { node -> Pair? in
            switch verb {
            case .crash: return (.crash(node, losesMemory: losesMemory), .restart(node))
            case .restart: return (.restart(node), nil)
            case .pause: return (.pause(node, duration ?? .zero), nil)
            case .slow: return (.slow(node, by), .slow(node, .zero))
            case .drift: return (.drift(node, ppm), .drift(node, 0))
            case .stepClock: return (.stepClock(node, by), nil)
            case .diskFull: return (.diskFull(node, true), .diskFull(node, false))
            case .diskFree: return (.diskFull(node, false), nil)
            case .certificateExpired: return (.certificateExpired(node, true), .certificateExpired(node, false))
            case .certificateRenewed: return (.certificateExpired(node, false), nil)
            case .newerProgram: return (.newerProgram(node), nil)
            case .byzantine: return (.byzantine(node, lies), .byzantine(node, []))
            case .honest: return (.byzantine(node, []), nil)
            default: return edition.map { (.loadTopology(node, $0), nil) }
            }
        }
    }

    /// `lies: [NAME, …]`; without it all. Only a node with nothing below it may lie: what a node can do to those below is theirs to bear.
    private func lies(_ reader: MappingReader, _ nodes: [NodeIndex], at place: Node) -> Set<Lie>? {
        for node in nodes where network.links.contains(where: { $0?.parent == node || $0?.backups.contains(node) == true }) {
            file.report(.notALeaf(network.node(node)?.id ?? ""), at: place)
            return nil
        }
        guard reader.has("lies") else { return Set(Lie.allCases) }
        var lies: Set<Lie> = []
        let names = Lie.allCases.map(\.rawValue)
        for (text, place) in reader.texts("lies") {
            if let lie = Lie(rawValue: text) {
                lies.insert(lie)
            } else {
                file.report(.unknownValue(text, key: "lies", allowed: names), at: place, meaning: text, among: names)
            }
        }
        return lies.isEmpty ? nil : lies
    }

    private enum Memory: String, CaseIterable {
        case kept
        case lost
    }

    private func drift(_ reader: MappingReader) -> Int? {
        guard let text = reader.text("ppm"), let place = reader.value("ppm") else { return nil }
        guard let ppm = Int(text) else {
            file.report(.badNumber(text, example: "-200"), at: place)
            return nil
        }
        if (-100_000...100_000).contains(ppm) { return ppm }
        file.report(.outOfRange(text, key: "ppm", "-100000", "100000"), at: place)
        return nil
    }

    // MARK: People

    private func siteEvents(_ verb: Verb, _ value: Node, _ reader: MappingReader) -> [Pair] {
        guard let meeting = meeting(reader) else { return [] }
        let chair = verb == .give || verb == .revoke ? chair(reader, meeting) : nil
        let priority = reader.choice("priority", Priority.self)?.value ?? .normal
        return sites(value, key: verb.rawValue, of: meeting).compactMap { site -> Pair? in
            switch verb {
            case .join: return (.join(site, meeting.id), nil)
            case .leave: return (.leave(site, meeting.id), nil)
            case .talk: return (.talk(site, meeting.id, true), .talk(site, meeting.id, false))
            case .quiet: return (.talk(site, meeting.id, false), nil)
            case .request: return (.request(site, meeting.id, priority), nil)
            case .withdraw: return (.withdraw(site, meeting.id), nil)
            case .mute: return (.mute(site, meeting.id, true), .mute(site, meeting.id, false))
            case .unmute: return (.mute(site, meeting.id, false), nil)
            case .give: return chair.map { (.give(chair: $0, meeting.id, to: site), nil) }
            default: return chair.map { (.revoke(chair: $0, meeting.id, from: site), nil) }
            }
        }
    }

    /// `mute-all: MEETING` and `end: MEETING`.
    private func meetingEvents(_ verb: Verb, _ value: Node, _ reader: MappingReader) -> [Pair] {
        guard let id = reader.text(verb.rawValue), let meeting = meeting(id, at: value), let chair = chair(reader, meeting) else { return [] }
        return [(verb == .end ? .end(chair: chair, meeting.id) : .muteAll(chair: chair, meeting.id), nil)]
    }

    /// `open-vote: QUESTION` and `close-vote: QUESTION`.
    private func voteEvents(_ verb: Verb, _ reader: MappingReader) -> [Pair] {
        guard let meeting = meeting(reader), let chair = chair(reader, meeting), let question = question(verb.rawValue, reader) else { return [] }
        let close = Event.closeVote(chair: chair, meeting.id, question)
        return [verb == .openVote ? (.openVote(chair: chair, meeting.id, question), close) : (close, nil)]
    }

    private func ballots(_ value: Node, _ reader: MappingReader) -> [Pair] {
        reader.require("vote")
        guard let meeting = meeting(reader), let question = question("vote", reader) else { return [] }
        var ballot = Ballot(agree: 0, disagree: 0, abstain: 0)
        func heads(_ key: String, _ answer: WritableKeyPath<Ballot, Int>) {
            if reader.has(key) { ballot[keyPath: answer] = reader.integer(key, 0...Ballot.limit) ?? 0 }
        }
        heads("agree", \.agree)
        heads("disagree", \.disagree)
        heads("abstain", \.abstain)
        if ballot == Ballot(agree: 0, disagree: 0, abstain: 0) { reader.require("agree") }
        return sites(value, key: Verb.cast.rawValue, of: meeting).map { (.cast($0, meeting.id, ballot, on: question), nil) }
    }

    private func question(_ key: String, _ reader: MappingReader) -> String? {
        guard let text = reader.text(key), let place = reader.value(key) else { return nil }
        if (1...VoteRecord.questionLimit).contains(text.utf8.count) { return text }
        file.report(.outOfRange("\(text.utf8.count) bytes", key: key, "1", "\(VoteRecord.questionLimit)"), at: place)
        return nil
    }

    private func meeting(_ reader: MappingReader) -> MeetingFile? {
        if reader.has("meeting") {
            guard let id = reader.text("meeting"), let place = reader.value("meeting") else { return nil }
            return meeting(id, at: place)
        }
        if meetings.count == 1 { return meetings[0].file }
        if allMeetingsAreRead { file.report(.whichMeeting(meetings.count), at: reader.node) }
        return nil
    }

    private func meeting(_ id: String, at place: Node) -> MeetingFile? {
        if let known = meetings.first(where: { $0.file.id.rawValue == id }) { return known.file }
        // It may be one of those that could not be read, which has been complained of.
        guard allMeetingsAreRead else { return nil }
        file.report(.unknownMeeting(id), at: place, meaning: id, among: meetings.map(\.file.id.rawValue))
        return nil
    }

    private func chair(_ reader: MappingReader, _ meeting: MeetingFile) -> SiteID? {
        guard reader.has("by") else { return meeting.chairs.first }
        guard let text = reader.text("by"), let place = reader.value("by") else { return nil }
        if meeting.chairs.contains(SiteID(text)) { return SiteID(text) }
        file.report(.notAChair(text, meeting.id.rawValue), at: place, meaning: text, among: meeting.chairs.map(\.rawValue))
        return nil
    }

    private func sites(_ value: Node, key: String, of meeting: MeetingFile) -> [SiteID] {
        let before = file.problems.count
        let chosen = network.sites(SelectionReader(file: file, network: network).read(value, key: key))
        guard file.problems.count == before else { return [] }
        let members = Set(meeting.sites)
        let meant = chosen.filter { members.contains($0) }
        if meant.isEmpty {
            file.report(value.plainText.map { .notInMeeting($0, meeting.id.rawValue) } ?? .nobodyMeant(meeting.id.rawValue), at: value)
        }
        return meant
    }

    private enum Priority: String, CaseIterable {
        case lowest, low, normal, high, highest
        var value: RequestPriority {
            switch self {
            case .lowest: .lowest
            case .low: .low
            case .normal: .normal
            case .high: .high
            case .highest: .highest
            }
        }
    }
}

extension Event {
    /// Ends a fault and begins none.
    var isRepair: Bool {
        switch self {
        case .mend, .restart, .diskFull(_, false), .certificateExpired(_, false), .slow(_, .zero), .drift(_, 0): true
        default: false
        }
    }
}
