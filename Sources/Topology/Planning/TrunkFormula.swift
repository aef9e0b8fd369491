import Basics

/// A trunk as the formulas see it; a real one, one of a star, or one that a node takes after a failure.
struct TrunkFacts {
    var child: Int
    var parent: Int
    var line: Network.Line
    /// Hops from the upper end to the root.
    var parentLevel: Int
    /// By meeting.
    var sides: [MeetingSide]
}

/// What a meeting's streams cost over one kind of network.
struct MeetingRates {
    let voice: Flow
    let picture: Flow

    init(_ meeting: MeetingDemand, _ costs: PacketCosts) {
        voice = costs.voice(meeting.audioRate)
        picture = meeting.videoRate.map { costs.picture($0, meeting.codec, frames: meeting.picturesPerSecond) } ?? .none
    }

    func media(_ streams: CrossingStreams) -> Flow { voice * Double(streams.voices) + picture * Double(streams.pictures) }
}

/// Turns what crosses a trunk into its load: one place for the tree, for stars, and for networks after a failure.
struct TrunkFormula {
    let meetings: [MeetingDemand]
    let costs: PacketCosts
    private let rates: [MeetingRates]

    init(_ meetings: [MeetingDemand], isIPv6: Bool) {
        let costs = PacketCosts(isIPv6: isIPv6)
        self.meetings = meetings
        self.costs = costs
        rates = meetings.map { MeetingRates($0, costs) }
    }

    func media(_ m: Int, _ streams: CrossingStreams) -> Flow { rates[m].media(streams) }
    func voice(_ m: Int) -> Flow { rates[m].voice }
    func picture(_ m: Int) -> Flow { rates[m].picture }

    /// Each direction with its worst placement of who speaks.
    func worst(_ facts: TrunkFacts) -> TrunkLoad {
        var up: [(CrossingStreams, CrossingStreams)] = []
        var down: [(CrossingStreams, CrossingStreams)] = []
        for (m, meeting) in meetings.enumerated() {
            let ways = meeting.placements(facts.sides[m]).map { meeting.crossing(facts.sides[m], $0) }
            func worst(_ key: KeyPath<(up: CrossingStreams, down: CrossingStreams), CrossingStreams>) -> (up: CrossingStreams, down: CrossingStreams) {
                ways.max { bits(m, $0[keyPath: key]) < bits(m, $1[keyPath: key]) } ?? (.none, .none)
            }
            let most = (up: worst(\.up), down: worst(\.down))
            up.append((most.up.up, most.up.down))
            down.append((most.down.down, most.down.up))
        }
        var load = TrunkLoad(child: facts.child, parent: facts.parent)
        load.up = direction(up, facts, isUp: true)
        load.down = direction(down, facts, isUp: false)
        load.isAssumed = facts.line.assumesCapacity
        load.runsMeeting = facts.sides.contains(where: \.isCrossed)
        return load
    }

    /// Both directions with given placements, one for each meeting.
    func load(_ facts: TrunkFacts, _ placements: [Placement]) -> TrunkLoad {
        let ways = meetings.indices.map { meetings[$0].crossing(facts.sides[$0], placements[$0]) }
        var load = TrunkLoad(child: facts.child, parent: facts.parent)
        load.up = direction(ways.map { ($0.up, $0.down) }, facts, isUp: true)
        load.down = direction(ways.map { ($0.down, $0.up) }, facts, isUp: false)
        load.isAssumed = facts.line.assumesCapacity
        load.runsMeeting = facts.sides.contains(where: \.isCrossed)
        return load
    }

    private func bits(_ m: Int, _ streams: CrossingStreams) -> Double {
        rates[m].media(streams).wireBits + costs.leases.wireBits * Double(streams.leases)
    }

    /// One direction: what each meeting sends along it, and what it sends against it at the same time (losses there are asked for here).
    private func direction(_ streams: [(along: CrossingStreams, against: CrossingStreams)], _ facts: TrunkFacts, isUp: Bool) -> DirectionLoad {
        var load = DirectionLoad()
        load.capacity = isUp ? facts.line.up : facts.line.down
        let loss = min(facts.line.loss, 0.5)
        var lostAgainst = 0.0
        var flow = Flow.none
        var frames = 0.0
        for (m, pair) in streams.enumerated() {
            let along = pair.along
            load.voices += along.voices
            load.pictures += along.pictures
            if along.pictures > 0 { frames = max(frames, meetings[m].picturesPerSecond) }
            let voices = rates[m].voice * Double(along.voices)
            let pictures = rates[m].picture * Double(along.pictures)
            let repair = (voices + pictures) * (loss / (1 - loss))
            let reports = costs.reports(flowing: along.count, silent: along.silent)
            let leases = costs.leases * Double(along.leases)
            let stills = costs.still * Double(along.stills) + costs.stillRequest * Double(along.stillRequests)
            load.parts.voices += voices.wireBits
            load.parts.pictures += pictures.wireBits
            load.parts.repair += repair.wireBits
            load.parts.reports += reports.wireBits
            load.parts.gossip += leases.wireBits
            load.parts.stills += stills.wireBits
            flow += voices + pictures + repair + reports + leases + stills
            lostAgainst += rates[m].media(pair.against).packets * loss
        }
        let tails = load.streams > 0 ? costs.tails : .none
        let requests = costs.requests(lost: lostAgainst)
        let hellos = costs.hellos(
            isUp: isUp, senderLevel: isUp ? facts.parentLevel + 1 : facts.parentLevel, runsMeeting: facts.sides.contains(where: \.isCrossed),
            hasVoice: load.voices > 0, frames: frames, capacity: load.capacity)
        load.parts.reports += tails.wireBits + requests.wireBits
        load.parts.gossip += hellos.wireBits
        flow += tails + requests + hellos
        load.packets = flow.packets
        load.rtpBits = flow.rtpBits
        if load.isOver { descend(&load, streams.map(\.along), loss) }
        return load
    }

    /// The ladder: rung by rung, on each rung the meeting named last goes first, until the rest fits.
    private func descend(_ load: inout DirectionLoad, _ streams: [CrossingStreams], _ loss: Double) {
        var left = load.bits
        let again = 1 + loss / (1 - loss)
        for kind in DroppedPart.Kind.allCases {
            for m in meetings.indices.reversed() {
                guard left > Double(load.capacity.bitsPerSecond) else { return }
                let saved: Double
                switch kind {
                case .stills: saved = (costs.still * Double(streams[m].stills)).wireBits
                case .returnPicture: saved = streams[m].returnPicture ? rates[m].picture.wireBits * again : 0
                case .speakerPicture: saved = streams[m].speakerPicture ? rates[m].picture.wireBits * again : 0
                case .voices: saved = rates[m].voice.wireBits * Double(max(0, streams[m].voices - 1)) * again
                }
                guard saved > 0 else { continue }
                left -= saved
                load.dropped.append(DroppedPart(kind: kind, meeting: meetings[m].id))
            }
        }
        load.isHopeless = left > Double(load.capacity.bitsPerSecond)
    }
}
