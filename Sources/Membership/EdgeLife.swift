import Basics

/// Whether an edge is up, under which sessions, and whether its lower end takes it.
///
/// ```
///            hears down            hears init or up (with our session)
///   down ─────────────────▶ init ─────────────────▶ up
///    │    hears init (with our session)             ▲
///    └──────────────────────────────────────────────┘
///   any ──▶ down: silence, hears down while up, another session, no echo, loop, session lost
/// ```
/// RFC 5880 section 6.2, with a fresh random session id at each fall from up. An edge that is up carries namespaces while the
/// lower end *takes* it as its uplink; one that was taken and is left begins a new session.
struct EdgeLife {
    private(set) var state = EdgeState.down
    /// Since when it is up.
    private(set) var upSince = Instant.zero
    /// The lower end takes it: decided here (`Uplinks`), or said by the neighbour's hellos.
    private(set) var isTaken: Bool
    /// An uplink of the edition before: it is left as soon as a declared one is there.
    private(set) var isFormer = false
    /// Counts changes of the four above, by which the choice among uplinks goes.
    private(set) var turns: UInt32 = 0

    /// The secure session under it is established.
    private(set) var isConnected = false
    private(set) var connectedAt = Instant.zero
    /// A neighbour above is to be heard by then; nil: it was, or is given up.
    private(set) var answerBy: Instant?
    private(set) var ownSession: UInt64 = 0
    private(set) var remoteSession: UInt64 = 0
    /// The neighbour's session before, whose late hellos are not heard while up.
    private(set) var formerSession: UInt64 = 0
    /// Nil while down.
    private(set) var session: EdgeSession?
    private(set) var lastDown: EdgeDownReason?

    init(isTaken: Bool) { self.isTaken = isTaken }

    var isUp: Bool { state == .up }
    /// Up, and namespaces may travel.
    var gossips: Bool { state == .up && isTaken }

    // MARK: The secure session

    mutating func connect(isAbove: Bool, now: Instant) {
        isConnected = true
        connectedAt = now
        answerBy = isAbove ? now + Limits.answer : nil
    }
    mutating func disconnect() {
        isConnected = false
        answerBy = nil
    }
    /// The neighbour was heard, or is given up.
    mutating func stopWaiting() { answerBy = nil }

    // MARK: The edge's session

    /// The next session has this id at this end.
    mutating func begin(_ session: UInt64) { ownSession = session }

    /// Another session of the neighbour is heard.
    mutating func meet(_ session: UInt64) {
        if state == .`init` { turn(.down) }
        remoteSession = session
    }
    /// The neighbour is heard; whether it hears us is not known.
    mutating func hear() { turn(.`init`) }
    /// Each end hears the other; the edge's session, the same at both ends.
    mutating func rise(isAbove: Bool, now: Instant) {
        turn(.up)
        upSince = now
        session = isAbove ? EdgeSession(upper: remoteSession, lower: ownSession) : EdgeSession(upper: ownSession, lower: remoteSession)
    }
    /// The session ended. What the neighbour below takes, it will say again.
    mutating func end(isAbove: Bool) {
        if state == .up { formerSession = remoteSession }
        turn(.down)
        if !isAbove { isTaken = false }
        session = nil
        remoteSession = 0
    }
    mutating func noteDown(_ reason: EdgeDownReason) { lastDown = reason }

    // MARK: Its use

    mutating func take() { turn { $0.isTaken = true } }
    mutating func leave() { turn { $0.isTaken = false } }
    mutating func setFormer(_ isIt: Bool) { turn { $0.isFormer = isIt } }

    private mutating func turn(_ next: EdgeState) { turn { $0.state = next } }
    private mutating func turn(_ change: (inout EdgeLife) -> Void) {
        change(&self)
        turns &+= 1
    }
}
