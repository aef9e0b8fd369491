import Basics

extension GossipFrame {
    /// Liveness (RFC 5880 section 4.1 gave the shape); ``full`` is only in a full hello.
    public struct Hello: Hashable, Sendable {
        /// The neighbour's session id as last heard; 0 if none.
        public var remoteSession: UInt64
        /// Where the sender holds the edge to be.
        public var state: EdgeState
        /// Why the sender held the edge to be down last; nil if it never did.
        public var diagnostic: EdgeDownReason?
        /// Counts hellos of the session, from 1.
        public var sequence: UInt64
        /// The neighbour's newest hello, and how long ago it came, in microseconds.
        public var echo: UInt64
        /// Microseconds; 0 if none came in this session.
        public var echoDelay: UInt32
        /// How far apart the sender's packets are at most, in milliseconds.
        public var spacing: UInt32
        /// What the lower end makes of the edge; nil from the upper end.
        public var use: UplinkUse?
        /// Nil in a hello that only fills a gap.
        public var full: Full?

        /// The fields that change rarely, sent in full hellos only.
        public struct Full: Hashable, Sendable {
            /// Nodes from the sender to the top; told downward only.
            public var path: [NodeIndex]
            /// The edition that the sender runs.
            public var topologyVersion: UInt64
            /// The first 64 bits of that edition's hash.
            public var topologyHash: UInt64
            /// Milliseconds since 1970; 0 if the sender has no clock.
            public var wall: Int64
            /// Sum over all namespaces both ends share, as far as the sender knows what they are.
            public var sum: UInt64
            /// SipHash of the list of shared meetings: sums compare only if it is equal.
            public var sharedScopes: UInt64
            /// The sender has nothing waiting or unacknowledged for this neighbour.
            public var settled: Bool
            /// How late the sender's own timers run, in milliseconds.
            public var lateness: UInt32
            /// Loss of what the neighbour sent, in thousandths.
            public var loss: UInt32
            public init(
                path: [NodeIndex], topologyVersion: UInt64, topologyHash: UInt64, wall: Int64, sum: UInt64, sharedScopes: UInt64,
                settled: Bool, lateness: UInt32, loss: UInt32
            ) {
                self.path = path
                self.topologyVersion = topologyVersion
                self.topologyHash = topologyHash
                self.wall = wall
                self.sum = sum
                self.sharedScopes = sharedScopes
                self.settled = settled
                self.lateness = lateness
                self.loss = loss
            }
        }

        public init(
            remoteSession: UInt64, state: EdgeState, diagnostic: EdgeDownReason?, sequence: UInt64, echo: UInt64, echoDelay: UInt32,
            spacing: UInt32, use: UplinkUse? = nil, full: Full?
        ) {
            self.remoteSession = remoteSession
            self.state = state
            self.diagnostic = diagnostic
            self.sequence = sequence
            self.echo = echo
            self.echoDelay = echoDelay
            self.spacing = spacing
            self.use = use
            self.full = full
        }
    }

    /// All sequence numbers up to `cumulative`, and bit i: `cumulative + 1 + i`.
    public struct Ack: Hashable, Sendable {
        public var cumulative: UInt64
        public var bitmap: UInt64
        public init(cumulative: UInt64, bitmap: UInt64) {
            self.cumulative = cumulative
            self.bitmap = bitmap
        }
    }

    /// The meetings of an edge; the largest serial counts.
    public struct Scopes: Hashable, Sendable {
        /// Counts the sender's lists on this edge from 1, over all sessions.
        public var serial: UInt64
        /// Sorted; one part holds 20 at most.
        public var meetings: [MeetingID]
        /// More of the same serial's list follow or went before: this is part `part` of `parts`.
        public var part: UInt32
        /// 1…32.
        public var parts: UInt32
        public init(serial: UInt64, meetings: [MeetingID], part: UInt32, parts: UInt32) {
            self.serial = serial
            self.meetings = meetings
            self.part = part
            self.parts = parts
        }
    }

    /// An opaque message for the neighbour alone.
    public struct Hop: Hashable, Sendable {
        /// Counts hop messages of the session, from 1.
        public var number: UInt64
        /// At most ``GossipLimits/hop`` bytes.
        public var payload: [UInt8]
        public init(number: UInt64, payload: [UInt8]) {
            self.number = number
            self.payload = payload
        }
    }

    /// One record, live or a tombstone.
    public struct Record: Hashable, Sendable {
        /// 1…64 bytes of printable ASCII without space.
        public var key: String
        /// The version of the namespace in which it was written; the larger wins.
        public var version: UInt64
        /// Nil: a tombstone.
        public var value: [UInt8]?
        public init(key: String, version: UInt64, value: [UInt8]?) {
            self.key = key
            self.version = version
            self.value = value
        }
    }

    /// All records of a namespace with versions in `from + 1 ... to`: part of a delta.
    public struct Section: Hashable, Sendable {
        public var namespace: NamespaceID
        public var incarnation: Incarnation
        /// 0: from the namespace's beginning.
        public var from: UInt64
        /// 1…2⁶² − 1, and no less than `from`.
        public var to: UInt64
        /// Not 0: a Reset. The receiver is below this version, up to which tombstones are gone: what it holds is void.
        public var reset: UInt64
        /// In order of their versions; what was superseded is not among them.
        public var records: [Record]
        public init(namespace: NamespaceID, incarnation: Incarnation, from: UInt64, to: UInt64, reset: UInt64, records: [Record]) {
            self.namespace = namespace
            self.incarnation = incarnation
            self.from = from
            self.to = to
            self.reset = reset
            self.records = records
        }
    }

    /// A piece of a value too large for a section: with all pieces, a section with that one record.
    public struct Fragment: Hashable, Sendable {
        public var namespace: NamespaceID
        public var incarnation: Incarnation
        /// The beginning of the section that all pieces make; `to` and `reset` belong to that section too.
        public var from: UInt64
        public var to: UInt64
        public var reset: UInt64
        public var key: String
        public var version: UInt64
        /// Bytes of the whole value.
        public var total: UInt32
        /// Where the piece begins, a multiple of ``GossipLimits/fragment``.
        public var offset: UInt32
        /// As many as ``GossipLimits/fragment`` says; fewer in the last piece only.
        public var bytes: [UInt8]
        public init(
            namespace: NamespaceID, incarnation: Incarnation, from: UInt64, to: UInt64, reset: UInt64, key: String, version: UInt64,
            total: UInt32, offset: UInt32, bytes: [UInt8]
        ) {
            self.namespace = namespace
            self.incarnation = incarnation
            self.from = from
            self.to = to
            self.reset = reset
            self.key = key
            self.version = version
            self.total = total
            self.offset = offset
            self.bytes = bytes
        }
    }

    /// "This is what I hold of it; send what follows." Version 0: nothing.
    public struct Request: Hashable, Sendable {
        public var namespace: NamespaceID
        /// The life that is held; counter 0 where the asker knows none.
        public var incarnation: Incarnation
        public var version: UInt64
        /// Somebody beyond the sender holds that, for the owner to see; of the sender it says nothing.
        public var isPassedOn: Bool
        /// The owner's word that it lived that life (``LifeRecord``): without it an owner that signs does not believe that it did. Nil where the
        /// sender has none; at most ``GossipLimits/proof`` bytes.
        public var proof: [UInt8]?
        public init(namespace: NamespaceID, incarnation: Incarnation, version: UInt64, isPassedOn: Bool = false, proof: [UInt8]? = nil) {
            self.proof = proof
            self.namespace = namespace
            self.incarnation = incarnation
            self.version = version
            self.isPassedOn = isPassedOn
        }
    }

    /// A place in the fixed 32-way trie over the hash of (node, lane, scope).
    public struct TriePlace: Hashable, Sendable {
        /// Levels below the top, 0…12; each takes five bits of the hash, from the highest.
        public var depth: UInt8
        /// The first `5 × depth` bits of the hash.
        public var prefix: UInt64
        public init(depth: UInt8, prefix: UInt64) {
            self.depth = depth
            self.prefix = prefix
        }
    }

    /// The sums of a place's 32 children.
    public struct Digest: Hashable, Sendable {
        public var place: TriePlace
        /// 32, by child; 0: the sender has nothing there.
        public var sums: [UInt64]
        public init(place: TriePlace, sums: [UInt64]) {
            self.place = place
            self.sums = sums
        }
    }

    /// All that the sender shares under a place.
    public struct Leaves: Hashable, Sendable {
        public var place: TriePlace
        /// At most ``GossipLimits/leaves``; empty: the sender has nothing there.
        public var held: [Request]
        public init(place: TriePlace, held: [Request]) {
            self.place = place
            self.held = held
        }
    }
}

// Short names inside the module; outside they would meet Conference's words.
typealias Frame = GossipFrame
typealias Hello = GossipFrame.Hello
typealias Ack = GossipFrame.Ack
typealias Section = GossipFrame.Section
typealias Record = GossipFrame.Record
typealias Fragment = GossipFrame.Fragment
typealias Request = GossipFrame.Request
typealias TriePlace = GossipFrame.TriePlace
typealias Digest = GossipFrame.Digest
typealias Leaves = GossipFrame.Leaves
typealias Hop = GossipFrame.Hop
