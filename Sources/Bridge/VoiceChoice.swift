import Basics
import Conference
import Forwarding
import Membership
import Mixing

/// The loudest K of a meeting's open microphones, as one node has its part in choosing them.
///
/// Every node ranks what it hears from its own sites and from below and passes up at most K. The crown ranks what reaches it
/// and tells its choice down, hop by hop; what is chosen goes to every listener, what is not goes no further. A node that has
/// lost its uplink is crown at once and its own choice holds. While no more than K microphones are open nothing is ranked.
struct VoiceChoice {
    /// The ranking's beat: one frame of sound.
    static let beat = Interval.milliseconds(20)

    /// More microphones are open than may be heard.
    private(set) var isLimited = false
    private(set) var isCrown = false
    private var ranking = LoudestSelector()
    /// The crown's choice; nil before its first word, and again when the uplink is lost.
    private(set) var told: [StreamID]?
    private var nextBeat = Instant.zero

    /// Takes the floor's present state: the open microphones by stream slot, each with its rank.
    mutating func adopt(open: [(slot: Int, rank: VoiceRank)], mayBeHeard: Int, isCrown: Bool, now: Instant) {
        let wasLimited = isLimited
        isLimited = open.count > max(1, mayBeHeard)
        if isCrown { told = nil }
        self.isCrown = isCrown
        guard isLimited else { return }
        if !wasLimited || ranking.settings.voices != max(1, mayBeHeard) {
            var settings = LoudestSelector.Settings()
            settings.voices = max(1, mayBeHeard)
            ranking = LoudestSelector(settings: settings)
        }
        for slot in ranked where !open.contains(where: { $0.slot == slot }) { ranking.close(slot) }
        ranked = open.map(\.slot)
        for microphone in open { ranking.open(microphone.slot, rank: microphone.rank, now: now) }
        _ = ranking.update(now: now)
    }
    private var ranked: [Int] = []

    /// The crown's word, from the uplink.
    mutating func hearChoice(_ streams: [StreamID]) { if !isCrown { told = streams.sorted() } }

    /// Whether the ranking is due at every ``beat``: while voices rise or fade.
    var isMoving: Bool { isLimited && ranking.isMoving }

    /// One frame's level.
    mutating func hear(_ slot: Int, level: UInt8, now: Instant) { ranking.hear(slot, level: level, now: now) }

    /// Ranks anew; true if this node's choice changed.
    mutating func update(now: Instant) -> Bool {
        guard isMoving, now >= nextBeat else { return false }
        nextBeat = now + VoiceChoice.beat
        return ranking.update(now: now)
    }

    /// Whether a voice of this node's own sites or from below may go up.
    func goesUp(_ slot: Int) -> Bool { !isLimited || ranking.isChosen(slot) }
    /// Whether that voice may be heard here, below and beside.
    func goesDown(_ slot: Int, _ id: StreamID) -> Bool {
        guard isLimited else { return true }
        guard !isCrown, let told else { return ranking.isChosen(slot) }
        return told.contains(id)
    }
    /// The stream slots this node chose.
    var chosen: [Int] { ranking.chosen }
}

extension MeetingView {
    /// The sites whose microphones are open.
    var openSites: [SiteID] {
        var result: [SiteID] = []
        // By place: no line is copied but those few.
        for place in sites.indices where sites[place].microphoneOpen { result.append(sites[place].id) }
        return result
    }

    /// The sites that a page may hear or see now.
    var heardSites: [SiteID] {
        var result = openSites
        for site in [speaker, actingChair, previousSpeaker] { if let site, !result.contains(site) { result.append(site) } }
        return result
    }

    /// How the floor ranks a site's voice; nil while its microphone is closed. `place` is the site's in the definition.
    func rank(of site: SiteID, at place: Int?) -> VoiceRank? {
        guard let place, sites.indices.contains(place), sites[place].id == site, sites[place].microphoneOpen else { return nil }
        if holders.contains(where: { $0.site == site }) { return .floorHolder }
        return actingChair == site ? .chair : .other
    }
}

extension Bridge {
    /// Follows the floor: which microphones of the meeting are open now.
    func syncChoice(_ m: Int, _ view: MeetingView, now: Instant) {
        var open: [(slot: Int, rank: VoiceRank)] = []
        let sites = view.openSites
        for place in media.streams.indices {
            guard let stream = media.streams[place], stream.meeting == m, stream.record.kind == .audio else { continue }
            stream.gate.isOpen = sites.contains(stream.record.site)
            guard stream.gate.isOpen, let rank = view.rank(of: stream.record.site, at: media.meetings[m].place(of: stream.record.site))
            else { continue }
            open.append((place, rank))
        }
        media.meetings[m].choice.adopt(open: open, mayBeHeard: view.definition.openMicrophones, isCrown: view.crown, now: now)
        tellChoice(m, now: now)
    }

    /// Ranks the voices of every crowded meeting; a changed choice is told down and shown on the pages.
    func updateChoices(now: Instant) {
        for m in media.meetings.indices where media.meetings[m].choice.update(now: now) {
            guard media.meetings[m].choice.isCrown || media.meetings[m].choice.told == nil else { continue }
            control.changed(media.meetings[m].id)
        }
    }

    func receiveChoice(_ message: ChoiceMessage, from neighbour: NodeIndex, now: Instant) {
        guard let trunk = trunk(to: neighbour), trunk.isParent, let m = media.meetings.firstIndex(where: { $0.id == message.meeting && $0.view != nil })
        else { return count(.unknownHop) }
        media.meetings[m].choice.hearChoice(message.voices)
        control.changed(message.meeting)
    }

    /// Tells attached children what the crown chose, where they do not know it yet.
    private func tellChoice(_ m: Int, now: Instant) {
        let meeting = media.meetings[m]
        guard meeting.choice.isLimited else { return }
        let chosen = meeting.choice.isCrown ? meeting.choice.chosen.compactMap { media.streams[$0]?.record.id } : meeting.choice.told
        guard let chosen else { return }
        let message = ChoiceMessage(meeting: meeting.id, voices: chosen)
        for trunk in media.trunks where !trunk.isParent && trunk.isUp && control.conference.isAttached(meeting.id, trunk.neighbour) {
            let last = trunk.told.firstIndex { $0.meeting == meeting.id }
            if let last {
                guard trunk.told[last] != message else { continue }
                trunk.told[last] = message
            } else {
                trunk.told.append(message)
            }
            var writer = ByteWriter([HopKind.choice.rawValue])
            message.encode(into: &writer)
            control.membership.sendHop(trunk.neighbour, writer.bytes, now: now, into: &control.membershipEffects)
        }
    }
}
