import Basics

/// What the choice among uplinks goes by, besides the uplinks themselves.
struct UplinkChoice: Equatable {
    /// A site behind this node is speaking, so going home to a better uplink waits.
    private(set) var isSpeaking = false
    private(set) var startedAt = Instant.zero
    /// The uplink was up at least once.
    private(set) var hadUplink = false

    mutating func start(now: Instant) { startedAt = now }
    mutating func setSpeaking(_ isIt: Bool) { isSpeaking = isIt }
    mutating func noteUplink() { hadUplink = true }
}
