import Basics

/// What arrived in a bot's first audio slot since it was asked last: packet by packet, before any loss is concealed.
struct SoundCount: Codable, Hashable, Sendable {
    /// Packets that arrived.
    var packets = 0
    /// Sequence numbers that did not.
    var missing = 0
    /// Packets that came after their turn to be played.
    var late = 0
    /// The longest time between two packets, in milliseconds.
    var longestGap = 0.0
    private var highest: UInt16?
    private var lastArrival: Int64?

    /// A packet came.
    mutating func note(_ sequence: UInt16, isLate: Bool, now: Instant) {
        packets += 1
        if isLate { late += 1 }
        if let before = highest {
            let step = Int(Int16(bitPattern: sequence &- before))
            // A late one was counted as missing.
            if step > 0 { missing += step - 1 } else if step < 0 { missing -= 1 }
            if step > 0 { highest = sequence }
        } else {
            highest = sequence
        }
        if let lastArrival { longestGap = max(longestGap, Double(now.nanoseconds - lastArrival) / 1e6) }
        lastArrival = now.nanoseconds
    }

    /// What was counted; counting goes on from the last packet.
    mutating func take() -> SoundCount {
        let taken = self
        packets = 0
        missing = 0
        late = 0
        longestGap = 0
        return taken
    }
}
