import Basics
import Forwarding
import Peer
import Topology

/// One end of a trunk: the leg to the parent or to one child, with the trunk's own sequence in both directions.
final class Trunk {
    let neighbour: NodeIndex
    /// The neighbour's id in the topology; empty for a place that is free.
    let id: String
    /// Where a neighbour above is dialled.
    let address: Address
    /// The neighbour stands above: the declared parent or a backup of it.
    let isParent: Bool
    /// A declared backup, seen from either end: kept warm until the lower end takes it.
    var isBackup: Bool
    /// An uplink of the edition before, seen from either end, that the present one no longer declares.
    var isFormer = false
    /// The capacity of the line in this end's direction.
    var capacity: Bitrate
    /// Nil for a child that has not dialled yet.
    fileprivate(set) var peer: Peer?
    var sender = TrunkSender()
    var receiver = TrunkReceiver()
    /// Both ends hear each other, and the lower one takes this trunk as its uplink.
    var isUp = false
    /// Both ends hear each other, but the lower one does not take this trunk: it is ready for the day it is needed.
    var isWarm = false
    /// The trunk carried media before it was left. The next use begins with fresh keys, so that no stream's SRTP index runs on.
    var isSpent = false
    /// When ``isUp`` changed last.
    var since: WallTime
    /// The interests that we announced last, so that they can be sent again after a cut.
    var announced: [InterestMessage] = []
    /// The choices of voices we last told a child.
    var told: [ChoiceMessage] = []
    /// What the neighbour wants of each meeting, attached or not.
    var wanted: [InterestMessage] = []
    /// Interests in meetings whose record has not arrived yet.
    var early: [InterestMessage] = []
    static let earlyLimit = 64

    init(_ node: Network.Node, isParent: Bool, isBackup: Bool = false, capacity: Bitrate, since: WallTime) {
        neighbour = node.index
        id = node.id
        address = node.address
        self.isParent = isParent
        self.isBackup = isBackup
        self.capacity = capacity
        self.since = since
    }

    /// A place whose neighbour is gone, kept so that the others keep theirs.
    init(freeSince since: WallTime) {
        neighbour = NodeIndex(rawValue: 0)
        id = ""
        address = Address(ipv4: 0, port: 0)
        isParent = false
        isBackup = false
        capacity = .kbps(0)
        self.since = since
    }
    var isFree: Bool { id.isEmpty }

    /// Feedback or a tail is due.
    func isDue(_ now: Instant) -> Bool {
        receiver.deadline.map { $0 <= now } ?? false || sender.deadline.map { $0 <= now } ?? false
    }

    /// The neighbour's newest word on one meeting.
    func note(wanted message: InterestMessage) {
        wanted.removeAll { $0.meeting == message.meeting }
        if message.audio || !message.videos.isEmpty { wanted.append(message) }
    }
}

/// The node's trunks, each in a place that it keeps: edges, interests and owners of addresses go by it.
struct TrunkTable: RandomAccessCollection {
    private var list: [Trunk] = []
    private var deadlines = PeerDeadlines()

    var startIndex: Int { 0 }
    var endIndex: Int { list.count }
    subscript(_ place: Int) -> Trunk { list[place] }

    /// Puts a trunk into a place, the next free one behind all at most.
    mutating func put(_ trunk: Trunk, at place: Int) {
        if place == list.count { list.append(trunk) } else { list[place] = trunk }
        deadlines.put(trunk.peer, at: place)
    }

    /// The trunk gets another peer, or none.
    mutating func connect(_ peer: Peer?, at place: Int) {
        list[place].peer = peer
        deadlines.put(peer, at: place)
    }

    /// When the first of the peers wants to be woken.
    mutating func nextDeadline() -> Instant? { deadlines.earliest { [list] in list[$0].peer?.deadline } }

    /// The first trunk from a place on whose peer is due.
    mutating func nextDue(from place: Int, by now: Instant) -> Int? {
        deadlines.nextDue(from: place, by: now) { [list] in list[$0].peer?.deadline }
    }
}
