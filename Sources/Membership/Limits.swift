import Basics

/// Bounds of everything a stranger can make grow, and the times of `docs/gossip.md`.
public enum GossipLimits {
    /// Bytes of one application datagram: 1,200 on the wire less DTLS 1.2's 13 + 8 + 16, rounded down.
    public static let datagram = 1_160
    /// Bytes after decompression.
    public static let decompressed = 4_096
    /// Bytes of a value. A meeting's definition with 3,355 sites fits compressed; larger things go over HTTPS.
    public static let value = 65_536
    /// Values that do not fit a datagram (from about 900 bytes on) travel in pieces of so many bytes.
    public static let fragment = 880
    /// Bytes of a value that is to be signed, without its signature.
    public static let signedValue = value - Seal.bytes
    /// Bytes of a proof that travels with a request in one datagram. A longer ``LifeRecord`` reaches its owner from above only, as a record.
    public static let proof = 900
    /// Bytes of a key: printable ASCII without space.
    public static let key = 64
    /// Bytes of a scope (``MeetingID``).
    public static let scope = 48
    /// Live records and tombstones of one namespace.
    public static let records = 4_096
    /// Of these, kept for what a node must write by itself: page deeds are refused before (``Membership/hasRoom(_:scope:)``).
    public static let ownReserve = 512
    /// Tombstones of one namespace that wait for their age; of more, the oldest go as soon as every neighbour that is up has them.
    public static let tombstones = 512
    /// Bytes of all values of one namespace.
    public static let namespaceBytes = 4 << 20
    /// Namespaces of all nodes together: 3,355 nodes in a dozen meetings at once.
    public static let namespaces = 131_072
    /// Namespaces of nodes that the topology does not declare: a newer topology's few nodes, not a flood.
    public static let undeclaredNamespaces = 256
    /// Meetings on one edge at a time.
    public static let scopesPerEdge = 256
    /// Ended meetings whose return is refused.
    public static let forgotten = 1_024
    /// Bytes of a hop message.
    public static let hop = 1_000
    /// Hop messages of one edge not yet acknowledged.
    public static let hopsInFlight = 256
    /// Datagrams of one edge not yet acknowledged: the width of ``GossipFrame/Ack``'s bitmap.
    public static let framesInFlight = 64
    /// Bytes of a namespace's records that are under way and go along with the next ones on a line that loses.
    static let goesAgain = 240
    /// So many datagrams later it is no longer asked whether one that was given up arrived after all: half of the bitmap.
    static let doubt: UInt64 = 32
    /// A datagram counts as lost when one sent so many places later was acknowledged (RFC 9002 section 6.1.1).
    public static let overtaken: UInt64 = 3
    /// Nodes on the way to the top.
    public static let path = 32
    /// Former lives that a node which began without a counter believes without proof, while it may (``UnsignedPolicy``).
    static let unprovenLives = 3
    /// A node that takes unsigned records from everybody believes an unproven claim this often at most.
    static let unprovenPause = Interval.seconds(60)
    /// Namespaces listed in one digest answer.
    public static let leaves = 24
    /// A larger step of an incarnation's counter than this is refused and counted.
    public static let incarnationJump: UInt64 = 1 << 32
    /// Values that travel in fragments over one edge at a time, together of no more than ``value`` bytes.
    public static let transfers = 8
    /// Values being put together from fragments, per edge: those under way and as many whose rest will not come, together of no more
    /// than ``assemblyBytes``.
    public static let assemblies = 16
    public static let assemblyBytes = 4 * value

    /// Longest wait of a change for company in a datagram; the floor lane does not wait.
    public static let batchWindow = Interval.milliseconds(5)
    /// How long the floor lane's deltas are gathered on a line that is full.
    public static let fullLineWindow = Interval.milliseconds(20)
    /// Spacing of packets while a meeting runs on the edge.
    public static let busySpacing = Interval.milliseconds(25)
    /// The same below 1 Mbit/s.
    public static let slowSpacing = Interval.milliseconds(50)
    /// Spacing of hellos otherwise.
    public static let idleSpacing = Interval.milliseconds(250)
    /// Longest time between full hellos while a meeting runs.
    public static let fullHello = Interval.milliseconds(100)
    /// Least detection time.
    public static let detection = Interval.milliseconds(200)
    /// Most that lateness and survived silences may add to or make of the detection time.
    public static let widening = Interval.seconds(1)
    /// Resend time before a round trip was measured.
    public static let firstResend = Interval.milliseconds(200)
    /// A tombstone's least age before it goes.
    public static let tombstoneAge = Interval.seconds(900)
    /// So many descents may begin on an edge that tells other things meanwhile; a lost digest costs one.
    static let untoldDescents = 8
    /// An unchanged pair of unequal sums is not descended again within this.
    public static let descentPause = Interval.seconds(5)
    /// An uplink that comes before the present one is taken again after so long without a fall.
    public static let homecoming = Interval.seconds(60)
    /// An uplink of a new edition is taken instead of a former one after so long without a fall: two of its hellos.
    public static let handover = Interval.milliseconds(500)
    /// Longest that going home waits for a speaker behind this node to finish.
    public static let homecomingPatience = Interval.seconds(60)
    /// A node that just started waits that long for its declared uplink before it takes a backup.
    public static let firstChoice = Interval.seconds(3)
    /// A neighbour above that says nothing for so long after its secure session was established has forgotten it: twice the round trip
    /// of a line of 800 ms, and forty hellos.
    public static let answer = Interval.seconds(3)
    /// Least rate of gossip on an edge.
    public static let leastRate = Bitrate.kbps(64)

    /// The one public key of all SipHash sums: they guard against accidents, not forgery.
    static let sipKey0: UInt64 = 0x4e68_6970_2043_6175
    static let sipKey1: UInt64 = 0x6d65_7368_2073_756d
}

typealias Limits = GossipLimits
