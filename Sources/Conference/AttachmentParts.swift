import Basics

/// Where a meeting stands towards our uplink.
enum Uplink: Hashable {
    /// Not attached; a node that runs the meeting is its crown.
    case none(retryAt: Instant)
    /// A crown that ends its leases before it attaches (mesh rule 6).
    case freezing(since: Instant)
    case asking(number: UInt32, session: UInt64, since: Instant)
    case attached(number: UInt32, session: UInt64)

    var isAttached: Bool { if case .attached = self { true } else { false } }
    var isAsking: Bool { if case .asking = self { true } else { false } }
    /// No new grant while a part is on its way up.
    var isFrozen: Bool {
        switch self {
        case .freezing, .asking: true
        case .none, .attached: false
        }
    }
}

/// A lease that ended below us, and when we heard of it.
struct EndedLease: Hashable {
    static let limit = 32
    var lease: FloorMessage.CleanedLease
    var since: Instant
}

/// A child that attached this meeting to us.
struct ChildAttachment: Hashable {
    var neighbour: NodeIndex
    var session: UInt64
    var number: UInt32
    /// We answered: leases and media cross the edge.
    var isComplete = false
}

/// A child that was asked to attach, by the edge's session, and when it is asked again if it does not.
struct AskedChild: Hashable {
    var session: UInt64
    var again: Instant
}
