import Basics

/// Where one meeting is attached at this node: towards its uplink, and by its children. Only its transitions change it.
///
///            uplink up, meeting runs        leases dead          AttachAck
///   none ───────────────────────▶ freezing ───────────▶ asking ───────────▶ attached
///     ▲                                                   │ 500 ms             │ edge down, no longer runs
///     └───────────────────────────────────────────────────┴────────────────────┘
struct AttachmentState {
    /// Detaches further apart than this do not count as repeated.
    static let detachMemory = Interval.seconds(60)
    /// Messages from above that are kept until the answer to our `Attach` comes.
    static let earlyLimit = 16
    /// Attaches and raises under way at once; a node has fewer children than that.
    static let joiningLimit = 256
    /// A claim given with a release is used while most of its 1.5 s is left.
    static let standingClaim = Interval.milliseconds(500)

    private(set) var uplink = Uplink.none(retryAt: .zero)
    /// Of our last `Attach`; each has a larger one.
    private var number: UInt32 = 0
    /// The epoch that our last `Attach` named.
    private(set) var askedEpoch: UInt64 = 0
    /// Our last attempts to attach in this session.
    private var attempts: [(number: UInt32, at: Instant)] = []
    /// Attach attempts in a row that nobody answered.
    private(set) var unanswered = 0
    /// How long the parent took for an answer that came too late; zero if none did in this session.
    private var slowestAnswer = Interval.zero
    /// Parts came in below that our `Attach` counts along with us; if it fails, we count them ourselves.
    private var countsAlong = false
    /// Leases that parts which came in below had ended, while we were not attached: the crown above may still wait for them.
    private(set) var endedBelow: [EndedLease] = []
    /// Messages from above that overtook the answer to our `Attach`.
    private var early: [FloorMessage] = []
    /// Detaches, each within a minute of the one before; the first counts as none.
    private(set) var repeatedDetaches = 0
    private var lastDetach: Instant?

    /// Our uplink asked us to attach although the meeting's anchor is not above us; so until it ends.
    private(set) var isAsked = false
    /// Children with the anchor that we asked to attach.
    private(set) var asking: [AskedChild] = []
    /// By neighbour.
    private(set) var children: [ChildAttachment] = []
    /// Parts that join below and are not answered yet, in the order in which they came.
    private(set) var joining: [Joining] = []
    /// Holders whose leases ended for an attach: ours, or those of a part below whose crown we did not become.
    private(set) var offered: [Joining.Offered] = []
    /// The places of our edges on which the meeting is attached or is to be, as last followed by the scopes.
    private(set) var edges: [Int] = []

    // MARK: Upward

    /// How long an answer is waited for: what the last one that came too late took, and half as much again.
    var patience: Interval { max(Conference.attachTime, min(slowestAnswer * 3 / 2, Conference.longestPatience)) }

    /// A crown is about to attach, or asks once more.
    mutating func freeze(_ now: Instant) { uplink = .freezing(since: now) }

    /// `Attach` goes out; returns its number.
    mutating func ask(in session: UInt64, epoch: UInt64, _ now: Instant) -> UInt32 {
        early.removeAll()
        number &+= 1
        askedEpoch = epoch
        uplink = .asking(number: number, session: session, since: now)
        if attempts.count >= 4 { attempts.removeFirst() }
        attempts.append((number, now))
        endedBelow.removeAll { $0.since + Conference.leaseTime + Meeting.drift <= now }
        return number
    }

    /// `AttachAck` came.
    mutating func complete(_ number: UInt32, in session: UInt64) {
        uplink = .attached(number: number, session: session)
        unanswered = 0
        countsAlong = false
        offered.removeAll()
    }

    /// Nobody answered. The pause doubles, because each attempt interrupts the speaker of our part.
    mutating func giveUp(_ now: Instant) {
        unanswered = min(unanswered + 1, 8)
        let pause = min(Interval.milliseconds(125 << Int64(unanswered)), .seconds(30))
        uplink = .none(retryAt: now + pause)
    }

    /// The meeting is no longer to be attached upward.
    mutating func leaveUplink(_ now: Instant) { uplink = .none(retryAt: now) }

    /// An answer to an attempt we gave up shows that the parent lives and is slow: wait longer, and ask again at once.
    mutating func learnPatience(from number: UInt32, _ now: Instant) {
        guard let attempt = attempts.first(where: { $0.number == number }) else { return }
        slowestAnswer = max(slowestAnswer, now - attempt.at)
        guard case .none = uplink, unanswered > 0 else { return }
        unanswered = 0
        uplink = .none(retryAt: now)
    }

    /// The uplink's session is over. One that is left on purpose (`isPlanned`) has not fallen.
    mutating func uplinkFell(_ now: Instant, isPlanned: Bool) {
        if !isPlanned { countDetach(now) }
        uplink = .none(retryAt: now)
        unanswered = 0
        slowestAnswer = .zero
        attempts.removeAll()
    }

    /// A line that falls again within a minute of its last fall is trusted later each time (mesh rule 6), because every attach
    /// interrupts the speaker below.
    private mutating func countDetach(_ now: Instant) {
        guard uplink.isAttached else { return }
        let isRepeated = lastDetach.map { now < $0 + AttachmentState.detachMemory } ?? false
        repeatedDetaches = isRepeated ? min(repeatedDetaches + 1, 5) : 0
        lastDetach = now
    }

    /// The uplink is up: attach after 2, 4, … 30 s of this unbroken session if it fell too often.
    mutating func holdBack(_ now: Instant) {
        let pause = repeatedDetaches == 0 ? Interval.zero : min(.seconds(1 << Int64(repeatedDetaches)), .seconds(30))
        uplink = .none(retryAt: now + pause)
    }

    /// A message came from above while we ask; false: there are too many of them.
    mutating func keepEarly(_ message: FloorMessage) -> Bool {
        guard early.count < AttachmentState.earlyLimit else { return false }
        early.append(message)
        return true
    }
    mutating func takeEarly() -> [FloorMessage] {
        defer { early.removeAll() }
        return early
    }

    /// A part that came in below is counted by the node that attaches us.
    mutating func countAlong() { countsAlong = true }
    /// Our asking failed: true if there are parts that we must count ourselves now.
    mutating func takeUncounted() -> Bool {
        guard countsAlong, !uplink.isAsking else { return false }
        countsAlong = false
        return true
    }

    /// Leases ended below us while we are not attached.
    mutating func noteEnded(_ leases: [FloorMessage.CleanedLease], _ now: Instant) {
        endedBelow = (endedBelow + leases.map { EndedLease(lease: $0, since: now) }).suffix(EndedLease.limit)
    }
    mutating func takeEndedBelow() -> [EndedLease] {
        defer { endedBelow.removeAll() }
        return endedBelow
    }

    /// Our uplink asks us to attach.
    mutating func beAsked() { isAsked = true }
    /// The meeting was started anew.
    mutating func begin(keepingAsked: Bool) {
        if !keepingAsked { isAsked = false }
        asking.removeAll()
    }

    // MARK: Below

    /// Notes that a child was asked to attach the meeting to us.
    mutating func askChild(in session: UInt64, again: Instant) { asking.append(AskedChild(session: session, again: again)) }

    /// Forgets askings of edges that are gone, and those that are to be repeated. A child that was just started may have learnt of the
    /// meeting, or of its new term, only after it was asked.
    mutating func forgetAskings(unless sessions: [UInt64], _ now: Instant) {
        let attached = children.map(\.session)
        asking.removeAll { !sessions.contains($0.session) || $0.again <= now && !attached.contains($0.session) }
    }

    /// When a child that did not attach is asked again.
    var askingDeadline: Instant? {
        asking.lazy.filter { asked in !children.contains { $0.session == asked.session } }.map(\.again).min()
    }

    func child(_ neighbour: NodeIndex) -> ChildAttachment? { children.first { $0.neighbour == neighbour } }

    /// A child attached the meeting to us.
    mutating func add(_ child: ChildAttachment) {
        children.append(child)
        children.sort { $0.neighbour < $1.neighbour }
    }

    /// A child is answered: leases and media cross the edge.
    mutating func completeChild(_ neighbour: NodeIndex) {
        if let c = children.firstIndex(where: { $0.neighbour == neighbour }) { children[c].isComplete = true }
    }

    /// A child is no longer attached; what it had asked for is void.
    mutating func removeChild(_ neighbour: NodeIndex) {
        children.removeAll { $0.neighbour == neighbour }
        joining.removeAll { $0.neighbour == neighbour }
    }

    /// A part joins below; false: too many do.
    mutating func add(_ joining: Joining) -> Bool {
        guard self.joining.count < AttachmentState.joiningLimit else { return false }
        self.joining.append(joining)
        return true
    }

    /// Takes out the joinings that are counted.
    mutating func takeJoinings(where isCounted: (Joining) -> Bool) -> [Joining] {
        let counted = joining.filter(isCounted)
        joining.removeAll(where: isCounted)
        return counted
    }

    // MARK: Holders and edges

    mutating func offer(_ holders: [Joining.Offered]) { offered += holders }
    mutating func forgetOffered() { offered.removeAll() }
    /// Claims that were given with a release too long ago are of no more use.
    mutating func forgetOldOffered(_ now: Instant) { offered.removeAll { $0.since + AttachmentState.standingClaim <= now } }

    /// The scopes follow these edges from now on; true if they are others than before.
    mutating func follow(_ edges: [Int]) -> Bool {
        guard edges != self.edges else { return false }
        self.edges = edges
        return true
    }
}
