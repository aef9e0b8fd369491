import Basics

/// What a namespace is about; its raw value is part of the wire format.
///
/// A larger lane never delays a smaller one's priority: see ``Lane/urgency``.
public enum Lane: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Links and node state; no scope; goes everywhere.
    case link = 1
    /// Floor control of one meeting.
    case floor = 2
    /// Presence, streams and the like of one meeting.
    case roster = 3
    /// Attendance, votes, statistics of one meeting.
    case bulk = 4

    public static func < (a: Lane, b: Lane) -> Bool { a.rawValue < b.rawValue }

    /// Order in a datagram: floor 0, link 1, roster 2, bulk 3.
    var urgency: Int {
        switch self {
        case .floor: 0
        case .link: 1
        case .roster: 2
        case .bulk: 3
        }
    }
}

/// One namespace: all that a single node writes about one thing (Scuttlebutt's *node state*).
///
/// Reference: van Renesse et al., "Efficient Reconciliation and Flow Control for Anti-Entropy Protocols", 2008.
public struct NamespaceID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The only writer.
    public var node: NodeIndex
    public var lane: Lane
    /// The meeting; empty (``Membership/everywhere``) for the link lane and nowhere else.
    public var scope: MeetingID

    public init(node: NodeIndex, lane: Lane, scope: MeetingID = Membership.everywhere) {
        self.node = node
        self.lane = lane
        self.scope = scope
    }
    public static func < (a: NamespaceID, b: NamespaceID) -> Bool {
        if a.lane != b.lane { return a.lane < b.lane }
        if a.scope != b.scope { return a.scope < b.scope }
        return a.node < b.node
    }
    public var description: String { "\(node)/\(lane)/\(scope)" }
}

/// One life of an edge, the same value at both ends: drawn anew each time the edge comes up.
///
/// SipHash of the two ends' random 64-bit session ids, the upper node's first.
public struct EdgeSession: Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    init(upper: UInt64, lower: UInt64) {
        var hash = SipHash(key0: Limits.sipKey0, key1: Limits.sipKey1)
        hash.append(upper)
        hash.append(lower)
        rawValue = hash.finish()
    }
    public var description: String { String(rawValue, radix: 16) }
}

/// What the topology declares a neighbour to be to this node.
public enum EdgeRole: UInt8, Hashable, Sendable {
    /// The declared parent.
    case uplink = 1
    /// A declared child.
    case child = 2
    /// A declared backup of this node's uplink: kept warm by hellos until it is taken.
    case backupUplink = 3
    /// A node that names this one as its backup uplink: hellos only, until it takes us.
    case backupChild = 4

    /// The neighbour stands above this node.
    public var isAbove: Bool { self == .uplink || self == .backupUplink }
}

/// Why an edge went down.
public enum EdgeDownReason: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing was heard for the detection time.
    case silent = 1
    /// The neighbour said that it holds the edge to be down (RFC 5880 section 6.8.6).
    case neighbourDown = 2
    /// The neighbour started another session: it restarted or had detached.
    case sessionChanged = 3
    /// The neighbour is heard but does not hear us: a one-way cut.
    case noEcho = 4
    /// This node stands on the neighbour's path to the top.
    case loop = 5
    /// The secure session under it is gone (``Membership/edgeLost(_:now:into:)``).
    case lost = 6
    /// This node left it for another uplink.
    case released = 7
}

/// What the lower end of an edge says of it: a node takes one uplink at a time.
public enum UplinkUse: UInt8, Hashable, Sendable {
    /// Kept warm: hellos only.
    case standby = 1
    /// Namespaces and hop messages travel, and media where meetings attach.
    case taken = 2
}

/// A declared backup uplink of a node.
public struct BackupUplink: Hashable, Sendable {
    public var node: NodeIndex
    public var uplink: NodeIndex
    public init(node: NodeIndex, uplink: NodeIndex) {
        self.node = node
        self.uplink = uplink
    }
}
