import Basics

/// Which of the neighbour's sequence numbers arrived: what ``GossipFrame/Ack`` tells it.
struct ReceivedWindow {
    private(set) var cumulative: UInt64 = 0
    /// Bit i: `cumulative + 1 + i` arrived.
    private(set) var bitmap: UInt64 = 0

    /// The sender will not repeat anything before `base`.
    mutating func raise(base: UInt64) {
        guard base > 0, base - 1 > cumulative else { return }
        let step = base - 1 - cumulative
        bitmap = step >= 64 ? 0 : bitmap >> step
        cumulative = base - 1
        settle()
    }
    var ack: GossipFrame.Ack { GossipFrame.Ack(cumulative: cumulative, bitmap: bitmap) }
    func canHold(_ sequence: UInt64) -> Bool { sequence > 0 && (sequence <= cumulative || sequence - cumulative <= 64) }
    mutating func insert(_ sequence: UInt64) {
        guard sequence > cumulative, sequence - cumulative <= 64 else { return }
        bitmap |= 1 << (sequence - cumulative - 1)
        settle()
    }
    private mutating func settle() {
        while bitmap & 1 != 0 {
            bitmap >>= 1
            cumulative += 1
        }
    }
}

extension GossipFrame.Ack {
    func contains(_ sequence: UInt64) -> Bool {
        if sequence <= cumulative { return true }
        let ahead = sequence - cumulative - 1
        return ahead < 64 && bitmap & (1 << ahead) != 0
    }
    /// The largest that arrived.
    var latest: UInt64 { cumulative &+ UInt64(64 - bitmap.leadingZeroBitCount) }
}
