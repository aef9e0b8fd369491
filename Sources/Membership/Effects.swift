import Basics

extension Membership {
    /// What the owner must do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Send these bytes (≤ ``GossipLimits/datagram``) through the neighbour's secure session.
        case send(edge: NodeIndex, [UInt8])
        /// Both ends hear each other and the lower one takes the edge; `session` is the same at both.
        case edgeUp(NodeIndex, session: EdgeSession)
        /// The session that came up last is over. Hop messages not yet acknowledged are gone.
        case edgeDown(NodeIndex, reason: EdgeDownReason)
        /// A record was written, changed or removed, by this node or another; read it with `value`.
        case changed(NamespaceID, key: String)
        /// An edge that the lower end keeps warm came up (no reason), or fell.
        case standby(NodeIndex, fell: EdgeDownReason?)
        /// A secure session with a neighbour above is established, and no hello comes in it. The process that finished the handshake is gone,
        /// and only a new handshake reaches the one that runs there now.
        case unanswered(NodeIndex)
        /// A whole namespace left the store (``Membership/forget(_:into:)``).
        case forgotten(NamespaceID)
        /// A hop message arrived, exactly once, in order of arrival.
        case hop(from: NodeIndex, [UInt8])
        /// Store this counter durably before anything that follows is sent.
        case persistIncarnation(UInt64)
    }

    /// What a node is told when it starts.
    public struct Configuration: Sendable {
        /// The declared tree.
        public var tree: Tree
        /// This node's slot in it.
        public var slot: Int
        /// Declared backup uplinks of all nodes.
        public var backups: [BackupUplink]
        /// Uplinks of the edition before that this one no longer declares: nodes may still hang there, and leave soon.
        public var former: [BackupUplink]
        /// The topology's version and the first 64 bits of its hash, told to neighbours.
        public var topologyVersion: UInt64
        public var topologyHash: UInt64
        /// The counter persisted last; 0 if none. The node lives under the next one.
        public var incarnationCounter: UInt64
        /// What it makes of records that ought to be signed and are not; without ``Signing`` it takes them all.
        public var unsigned: UnsignedPolicy
        /// The rules it keeps: all, but for a simulation that leaves one out to see that it is missed.
        public var rules: Rules

        public init(
            tree: Tree, slot: Int, backups: [BackupUplink] = [], former: [BackupUplink] = [], topologyVersion: UInt64 = 0,
            topologyHash: UInt64 = 0, incarnationCounter: UInt64 = 0, unsigned: UnsignedPolicy = .untilSigned, rules: Rules = .all
        ) {
            self.tree = tree
            self.slot = slot
            self.backups = backups
            self.former = former
            self.topologyVersion = topologyVersion
            self.topologyHash = topologyHash
            self.incarnationCounter = incarnationCounter
            self.unsigned = unsigned
            self.rules = rules
        }
    }
}
