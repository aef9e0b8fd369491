import Basics

/// What one node sends and receives with who speaks placed so that it sends most.
public struct NodeLoad: Hashable, Sendable {
    /// The node.
    public var slot: Int
    /// Datagrams a second to trunks, pages and equipment.
    public var packetsSent = 0.0
    /// Datagrams a second from them.
    public var packetsReceived = 0.0
    /// Bits a second sent over its trunks.
    public var trunkBits = 0.0
    /// Bits a second sent to pages and equipment in its own halls.
    public var hallBits = 0.0
    /// Mixes encoded for plain RTP equipment, each 50 times a second.
    public var mixes = 0
    /// Share of one core (1: all of it), by the figures of `docs/performance.md`.
    public var cores = 0.0

    /// CPU time for each packet sent, of the whole way from socket to sockets.
    public static let sendCost = 4.565e-6
    /// For each packet received: `recvmmsg`, unprotect, parse.
    public static let receiveCost = 2.6e-6
    /// For each datagram of gossip, DTLS included.
    public static let gossipCost = 16.3e-6
    /// For each encoded mix and 20 ms, its share of the decoding included.
    public static let mixCost = 191e-6
}

/// Works out nodes: a trunk's worst case says nothing about a node, since nobody speaks behind two of its trunks at once.
struct NodeFormula {
    let trunks: TrunkFormula

    /// The node's surroundings.
    struct Surroundings {
        var slot: Int
        /// The trunk above; nil at the root.
        var uplink: TrunkFacts?
        var children: [TrunkFacts]
        /// By meeting: sites in the node's own halls.
        var here: [Int]
        /// By meeting: the chair is one of them.
        var chairIsHere: [Bool]
        /// Receiving equipment of the node that is in a meeting: for sound, for pictures.
        var mixes = 0
        var screens = 0
    }

    /// Where a meeting's speakers sit, seen from a node.
    private enum Seat {
        case above
        case here
        case child(Int)
        case chair
    }

    func load(_ node: Surroundings) -> NodeLoad {
        let seats = trunks.meetings.indices.map { worstSeat($0, node, sending: true) }
        var result = NodeLoad(slot: node.slot)
        var gossipPackets = 0.0
        for (sent, received, facts) in directions(node, seats) {
            result.packetsSent += sent.packets
            result.packetsReceived += received.packets
            result.trunkBits += sent.bits
            gossipPackets += facts.sides.contains(where: \.isCrossed) ? 2 * 25 : 2 * 4
        }
        for m in trunks.meetings.indices { addHalls(m, node, &result) }
        result.mixes = node.mixes
        let sound = trunks.meetings.indices.map { trunks.voice($0) }.max { $0.wireBits < $1.wireBits } ?? .none
        let picture = trunks.meetings.indices.map { trunks.picture($0) }.max { $0.wireBits < $1.wireBits } ?? .none
        let equipment = sound * Double(node.mixes) + picture * Double(node.screens)
        result.packetsSent += equipment.packets
        result.hallBits += equipment.wireBits
        result.cores =
            result.packetsSent * NodeLoad.sendCost + result.packetsReceived * NodeLoad.receiveCost + gossipPackets * NodeLoad.gossipCost
            + Double(result.mixes) * 50 * NodeLoad.mixCost
        return result
    }

    /// Bits a second that go over all trunks of the node together, away from it and towards it, each with its worst speaker.
    func access(_ node: Surroundings) -> (up: Double, down: Double) {
        func seats(sending: Bool) -> [Seat] { trunks.meetings.indices.map { worstSeat($0, node, sending: sending) } }
        return (
            directions(node, seats(sending: true)).reduce(0) { $0 + $1.sent.bits },
            directions(node, seats(sending: false)).reduce(0) { $0 + $1.received.bits }
        )
    }

    /// What the node sends and receives on each trunk, with these speakers.
    private func directions(_ node: Surroundings, _ seats: [Seat]) -> [(sent: DirectionLoad, received: DirectionLoad, facts: TrunkFacts)] {
        var result: [(sent: DirectionLoad, received: DirectionLoad, facts: TrunkFacts)] = []
        if let uplink = node.uplink {
            let load = trunks.load(uplink, seats.indices.map { placement($0, uplink, seats[$0], child: nil) })
            result.append((load.up, load.down, uplink))
        }
        for (i, child) in node.children.enumerated() {
            let load = trunks.load(child, seats.indices.map { placement($0, child, seats[$0], child: i) })
            result.append((load.down, load.up, child))
        }
        return result
    }

    /// Pages: everybody sees one picture and hears what is open, and sends its own sound and picture all the time.
    private func addHalls(_ m: Int, _ node: Surroundings, _ result: inout NodeLoad) {
        let meeting = trunks.meetings[m]
        let pages = Double(node.here[m])
        let holders = meeting.isOpen ? meeting.floorSize : meeting.namedHolders.count
        let open = holders + (meeting.chairSpeaks || !meeting.chairIsMuted ? 1 : 0)
        // One slot for the speaker and two for further voices.
        let heard = Double(min(3, meeting.openMicrophones, open))
        let page = trunks.voice(m) * heard + trunks.picture(m)
        result.packetsSent += pages * page.packets
        result.hallBits += pages * page.wireBits
        result.packetsReceived += pages * (trunks.voice(m) + trunks.picture(m)).packets
    }

    /// The seat with which the node sends most over its trunks, or receives most.
    private func worstSeat(_ m: Int, _ node: Surroundings, sending: Bool) -> Seat {
        guard trunks.meetings[m].isOpen else { return .chair }
        var seats: [(Seat, Double)] = []
        func sent(_ facts: TrunkFacts, _ seat: Seat, child: Int?) -> Double {
            let way = trunks.meetings[m].crossing(facts.sides[m], placement(m, facts, seat, child: child))
            return trunks.media(m, (child == nil) == sending ? way.up : way.down).wireBits
        }
        let elsewhere = node.children.indices.map { sent(node.children[$0], .above, child: $0) }
        let all = elsewhere.reduce(0, +)
        func up(_ seat: Seat) -> Double { node.uplink.map { sent($0, seat, child: nil) } ?? 0 }
        if let uplink = node.uplink, uplink.sides[m].othersOutside > 0 { seats.append((.above, all + up(.above))) }
        if node.here[m] > (node.chairIsHere[m] ? 1 : 0) { seats.append((.here, all + up(.here))) }
        for (i, child) in node.children.enumerated() where child.sides[m].othersBelow > 0 {
            seats.append((.child(i), all - elsewhere[i] + sent(child, .child(i), child: i) + up(.child(i))))
        }
        let chair = node.children.indices.reduce(0.0) { $0 + sent(node.children[$1], .chair, child: $1) }
        seats.append((.chair, chair + up(.chair)))
        return seats.max { $0.1 < $1.1 }?.0 ?? .chair
    }

    private func placement(_ m: Int, _ facts: TrunkFacts, _ seat: Seat, child: Int?) -> Placement {
        let meeting = trunks.meetings[m]
        let side = facts.sides[m]
        guard meeting.isOpen else { return meeting.placements(side)[0] }
        let isBelow: Bool
        switch seat {
        case .above: isBelow = false
        case .here: isBelow = child == nil
        case .child(let i): isBelow = child == nil || child == i
        case .chair:
            // The previous speaker sat on the uplink's other side, so that its picture comes or goes beside the chair's.
            let previous: Placement.Side? = side.chairIsBelow ? (side.othersOutside > 0 ? .outside : nil) : child == nil ? .below : nil
            return Placement(speaker: side.chairIsBelow ? .below : .outside, chairSpeaks: true, previous: previous)
        }
        return meeting.holders(isBelow ? .below : .outside, side)
    }
}
