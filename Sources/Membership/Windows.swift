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

/// Which hop messages were delivered.
struct HopWindow {
    /// All up to here.
    private var floor: UInt64 = 0
    /// Delivered ones above, sorted; the sender has at most ``GossipLimits/hopsInFlight`` open.
    private var above: [UInt64] = []

    /// True the first time.
    mutating func admit(_ number: UInt64) -> Bool {
        guard number > floor, number - floor <= UInt64(Limits.hopsInFlight) * 2 else { return false }
        var low = 0
        var high = above.count
        while low < high {
            let middle = (low + high) / 2
            if above[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < above.count, above[low] == number { return false }
        above.insert(number, at: low)
        var whole = 0
        while whole < above.count, above[whole] == floor + 1 {
            floor += 1
            whole += 1
        }
        above.removeFirst(whole)
        return true
    }
}

/// A large value coming in.
struct Assembly {
    var head: Fragment
    var bytes: [UInt8]
    var have: [Bool]
    var missing: Int

    init(_ first: Fragment) {
        head = first
        head.bytes = []
        let total = Int(first.total)
        bytes = [UInt8](repeating: 0, count: total)
        have = [Bool](repeating: false, count: (total + Limits.fragment - 1) / Limits.fragment)
        missing = have.count
    }
    func belongs(_ f: Fragment) -> Bool {
        head.namespace == f.namespace && head.incarnation == f.incarnation && head.from == f.from && head.to == f.to
            && head.reset == f.reset && head.key == f.key && head.version == f.version && head.total == f.total
    }
    mutating func add(_ f: Fragment) {
        let index = Int(f.offset) / Limits.fragment
        guard index < have.count, !have[index] else { return }
        have[index] = true
        missing -= 1
        bytes.replaceSubrange(Int(f.offset)..<Int(f.offset) + f.bytes.count, with: f.bytes)
    }
    /// Pieces start at multiples of the fragment size and are full but for the last.
    static func isSound(_ f: Fragment) -> Bool {
        let total = Int(f.total)
        let offset = Int(f.offset)
        return total > 0 && total <= Limits.value && offset < total && offset % Limits.fragment == 0
            && f.bytes.count == min(Limits.fragment, total - offset) && f.version > f.from && f.version <= f.to
    }
    var section: Section {
        Section(
            namespace: head.namespace, incarnation: head.incarnation, from: head.from, to: head.to, reset: head.reset,
            records: [Record(key: head.key, version: head.version, value: bytes)])
    }
}
