import Basics
import Conference
import Forwarding
import Membership
import Mixing
import Peer
import RTP
import Topology

/// One node of the tree, without input or output: what `BridgeService` runs on sockets and the simulator on virtual links.
///
/// A packet's way: ``receive(_:from:now:)`` (this file) finds the owner of its address, `Trunks.swift` and `AccessLegs.swift`
/// unprotect, and `MediaPath.swift` has every stage from there on in one list. `HallSources.swift` says which of a hall's sources is
/// its microphone and camera, `Mixes.swift` what plain RTP equipment hears. `Pump.swift` carries gossip between `Membership` and
/// `Conference`; `Refresh.swift` turns a changed meeting into streams, sinks and interests.
///
/// A class, since one event loop owns it and it is never copied; its machines are values or classes of their own.
public final class Bridge {
    /// Everything a node is told when it starts.
    public struct Configuration {
        public var network: Network
        /// This node's slot in the network.
        public var slot: Int
        /// The edition that this node ran before this one, in this life or an earlier; nil: it knows of none. Nodes that did not go over yet
        /// may still hang on its uplinks.
        public var before: Network?
        public var security: any SecurityProvider
        public var codecs: any AudioCodecProvider
        public var messageCoder: any MessageCoder
        public var recordCoder: any RecordCoder
        /// Signs this node's records and believes others'; nil: nothing is signed, and all is believed.
        public var identity: RecordIdentity?
        /// What the node makes of records that ought to be signed and are not.
        public var unsigned: UnsignedPolicy
        /// All of the bridge's chance comes from here (cryptography has its own).
        public var seed: UInt64
        /// The incarnation counter persisted last; 0 if none.
        public var incarnationCounter: UInt64
        /// This node's own records of before the restart.
        public var restored: [PublishedRecord]
        /// Withdrawn links that it knew before the restart, its own and others'.
        public var revocations: [SpokenRevocation]
        /// The rules it keeps: all, but for a simulator that shows that its checkers notice.
        public var rules: Rules

        public init(
            network: Network, slot: Int, before: Network? = nil, security: any SecurityProvider, codecs: any AudioCodecProvider,
            messageCoder: any MessageCoder, recordCoder: any RecordCoder, identity: RecordIdentity? = nil,
            unsigned: UnsignedPolicy = .untilSigned, seed: UInt64, incarnationCounter: UInt64 = 0, restored: [PublishedRecord] = [],
            revocations: [SpokenRevocation] = [], rules: Rules = .all
        ) {
            self.network = network
            self.slot = slot
            self.before = before
            self.security = security
            self.codecs = codecs
            self.messageCoder = messageCoder
            self.recordCoder = recordCoder
            self.identity = identity
            self.unsigned = unsigned
            self.seed = seed
            self.incarnationCounter = incarnationCounter
            self.restored = restored
            self.revocations = revocations
            self.rules = rules
        }
    }

    /// Handshakes of strangers under way at once; more are dropped, so that a flood takes no memory.
    public static let pendingTrunkLimit = 256
    /// Access legs of one node: halls, decoders, the chair and some watchers; more are refused.
    public static let accessLegLimit = 512

    let rules: Rules
    let security: any SecurityProvider
    let codecs: any AudioCodecProvider
    let listener: any SecureListener
    var random: SeededGenerator
    /// Everything but datagrams that is to be done; the shell takes it with ``takeEffects()``.
    var effects: [BridgeEffect] = []
    let started: Instant
    let control: Control
    let media: Media

    /// A node at rest; it dials its parent at once.
    public init(_ configuration: Configuration, now: Instant, wall: WallTime) {
        rules = configuration.rules
        let transition = configuration.before.map { NetworkTransition(from: $0, to: configuration.network) }
        let edition = Edition(configuration.network, slot: configuration.slot, after: transition, rules: configuration.rules)
        security = configuration.security
        codecs = configuration.codecs
        listener = configuration.security.makeListener()
        random = SeededGenerator(seed: configuration.seed).fork("bridge")
        let network = edition.network
        let membership = Membership(
            Membership.Configuration(
                tree: network.tree, slot: edition.slot, backups: edition.backups, former: edition.former, topologyVersion: UInt64(network.version),
                topologyHash: network.shortHash,
                incarnationCounter: configuration.incarnationCounter, unsigned: configuration.unsigned, rules: rules),
            coder: configuration.messageCoder, signing: Bridge.signing(configuration), random: SeededGenerator(seed: configuration.seed).fork("membership"))
        control = Control(
            edition: edition, membership: membership,
            conference: Conference(
                node: edition.node, tree: network.tree, backups: edition.backups + edition.former, incarnation: membership.incarnation,
                generator: SeededGenerator(seed: configuration.seed).fork("conference"), coder: configuration.recordCoder, rules: rules,
                policy: network.policy))
        media = Media(node: edition.node, rules: rules)
        started = now
        readClocks(now: now, wall: wall)
        membership.start(now: now, into: &control.membershipEffects)
        for trunk in edition.trunks(since: control.clockWall) { begin(trunk, at: media.trunks.count, now: now) }
        media.interests = InterestTable(edges: media.trunks.count)
        makeEquipment()
        control.conference.restore(configuration.restored, now: now, wall: wall, into: &control.conferenceEffects)
        restore(configuration.revocations, now: now)
        pump(now)
    }

    // MARK: The machine

    /// Tells both clocks; call it before each batch of inputs.
    public func readClocks(now: Instant, wall: WallTime) {
        let uplink = control.membership.uplinkWall(now: now)
        let jump = control.nodeClock.read(wall, uplink: uplink, now: now)
        control.clockNow = now
        control.clockWall = control.nodeClock.wall
        // A node whose clock is unset sends no wall-clock time.
        if control.nodeClock.isSet { control.membership.setWallClock(control.clockWall, now: now) }
        control.conference.clockRead(
            isSet: control.nodeClock.isSet, jump: jump, uplink: uplink, now: now, wall: control.clockWall, into: &control.conferenceEffects)
        // A jump looks at every meeting: a gate that closes thereby closes before the next packet.
        if !control.conferenceEffects.isEmpty { pump(now) }
    }

    /// The wall clock that the node goes by, put right where the machine's is plainly wrong (``NodeClock``).
    public func wall(_ now: Instant) -> WallTime { control.clockWall + (now - control.clockNow) }

    /// One datagram of the network, in a buffer that is decrypted in place.
    public func receive(_ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        // A lease that ran out closes its gate before the next packet, however late this node is woken (mesh rule 3).
        if let due = control.conference.deadline, due <= now {
            control.conference.wake(now: now, wall: wall(now), into: &control.conferenceEffects)
            pump(now)
        }
        guard let owner = media.owners[from] else {
            receiveFromStranger(bytes, from: from, now: now)
            return
        }
        switch owner {
        case .trunk(let i): receiveOnTrunk(i, bytes, from: from, now: now)
        case .access(let i): receiveOnAccess(i, bytes, from: from, now: now)
        case .equipment(let i): receiveOnEquipment(i, bytes, from: from, now: now)
        case .pendingTrunk(let i): receiveOnPending(i, bytes, from: from, now: now)
        }
    }

    /// When ``wake(now:)`` wants to be called.
    public var deadline: Instant? {
        var result = media.deadline
        result.keepEarlier(control.membership.deadline)
        result.keepEarlier(control.conference.deadline)
        return result
    }

    /// Does what is due.
    public func wake(now: Instant) {
        control.membership.wake(now: now, into: &control.membershipEffects)
        if let due = control.conference.deadline, due <= now { control.conference.wake(now: now, wall: wall(now), into: &control.conferenceEffects) }
        if let due = media.peersDue(), due <= now {
            wakeTrunks(now: now)
            wakeLegs(now: now)
        }
        media.jobs.giveUp(now: now)
        media.wakeMixers(now: now)
        refreshStale(now: now)
        if media.timers.isDue(now) { everySoOften(now: now) }
        pump(now)
    }

    /// Says goodbye to pages and neighbours.
    public func close(now: Instant) {
        for leg in media.legs { leg?.peer.close(outbox: outbox) }
        for trunk in media.trunks { trunk.peer?.close(outbox: outbox) }
    }

    /// The effects since the last call, in order.
    public func takeEffects() -> [BridgeEffect] {
        if effects.isEmpty { return [] }
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    /// Datagrams to be sent; the shell empties it.
    public var outbox: Outbox { media.outbox }
    /// The halls' pictures as chairs see them.
    public var stills: Stills { media.stills }

    /// Carries out what the media part reported.
    func takeReports(_ now: Instant) {
        media.takeReports { report in
            switch report {
            case .sentToNeighbour(let t, let bytes): control.membership.mediaSent(media.trunks[t].neighbour, bytes: bytes, now: now)
            case .job(let job): effects.append(.job(job))
            case .stillsChanged: effects.append(.stillsChanged)
            }
        }
    }

    func count(_ drop: StrangerDrop) { media.count(drop) }
    /// The topology that runs here.
    public var network: Network { control.edition.network }
    /// This node's slot in it.
    var slot: Int { control.edition.slot }
    func name(_ node: NodeIndex) -> String { network.node(node)?.id ?? node.description }
}

/// The bridge's own beats: feedback to senders, reports and heartbeats.
struct Timers {
    /// Feedback for losses leaves at most this much after they were seen.
    static let feedback = Interval.milliseconds(10)
    /// However little is going on, everything is looked at this often.
    static let longestPause = Interval.milliseconds(100)
    /// As often where nobody is served: no page, no equipment, no stream.
    static let rest = Interval.seconds(1)
    private(set) var nextFeedback: Instant? = Instant(nanoseconds: .min)
    private var lastFeedback: Instant?

    /// Feedback was given; the next is due then, but neither at once nor much later.
    mutating func feedbackGiven(_ now: Instant, next: Instant?, isServing: Bool) {
        lastFeedback = now
        let latest = now + (isServing ? Timers.longestPause : Timers.rest)
        nextFeedback = max(now + Timers.feedback, next.map { min($0, latest) } ?? latest)
    }

    /// Something is due at that time.
    mutating func expect(_ due: Instant) {
        if let lastFeedback { nextFeedback.keepEarlier(max(due, lastFeedback + Timers.feedback)) }
    }

    /// Something came up that should not wait for the long pause.
    mutating func hurry() { if let lastFeedback { nextFeedback.keepEarlier(lastFeedback + Timers.feedback) } }

    /// When a changed meeting that was followed just now is followed again.
    var nextRefresh: Instant?
    var next: Instant? {
        var result = nextFeedback
        result.keepEarlier(nextRefresh)
        return result
    }
    func isDue(_ now: Instant) -> Bool { nextFeedback.map { $0 <= now } ?? false }
}
