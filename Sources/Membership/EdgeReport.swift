import Basics

/// What one neighbour's last full hello told of it.
struct EdgeReport {
    /// Nodes from a neighbour above to the top.
    private(set) var path: [NodeIndex] = []
    /// The neighbour's wall clock less this node's; nil: one of them does not know the time.
    private(set) var clockAhead: Interval?
    /// The neighbour's wall clock less our boot-time clock, in milliseconds; nil: it does not know the time.
    private(set) var clockThere: Int64?
    private(set) var topologyVersion: UInt64 = 0
    private(set) var topologyHash: UInt64 = 0
    /// Of what this node sent, 0…1.
    private(set) var loss = 0.0

    /// `wallOffset`: this node's wall clock less its boot-time clock, in milliseconds.
    mutating func take(_ full: Hello.Full, isAbove: Bool, wallOffset: Int64?, now: Instant) {
        path = isAbove ? Array(full.path.prefix(Limits.path)) : []
        topologyVersion = full.topologyVersion
        topologyHash = full.topologyHash
        loss = Double(min(full.loss, 1_000)) / 1_000
        clockThere = full.wall == 0 ? nil : full.wall &- now.nanoseconds / 1_000_000
        if let wallOffset, full.wall != 0 {
            let mine = wallOffset &+ now.nanoseconds / 1_000_000
            clockAhead = .milliseconds(full.wall &- mine)
        }
    }
}
