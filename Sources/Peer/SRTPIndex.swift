import Basics

/// How many RTP sources one session may carry in each direction.
///
/// A source's state outlives its packets as long as the keys do (forgetting it would invite replays or, for the sender,
/// a second use of a nonce), so the table only grows; a stranger cannot fill it, since sources enter after the tag fits.
public struct SourceLimits: Hashable, Sendable {
    public var rtp: Int
    /// Of what is received; what is sent has one SRTCP index for all sources.
    public var rtcp: Int
    public init(rtp: Int, rtcp: Int) {
        self.rtp = rtp
        self.rtcp = rtcp
    }
    /// A browser: a microphone, three layers of a camera, their resends, and what reloading devices adds.
    public static let access = SourceLimits(rtp: 64, rtcp: 64)
    /// A trunk of a province: 126 nodes with several streams, each renewed some dozen times.
    public static let trunk = SourceLimits(rtp: 16_384, rtcp: 1_024)
}

/// Packet indices of SRTP (RFC 3711 section 3.3.1).
enum SRTPIndex {
    /// ROC << 16 | SEQ nearest to `highest`; never below zero.
    @inline(__always)
    static func estimate(sequence: UInt16, highest: UInt64) -> UInt64 {
        let difference = Int16(truncatingIfNeeded: Int(sequence) &- Int(highest & 0xFFFF))
        let index = Int64(bitPattern: highest) &+ Int64(difference)
        return index >= 0 ? UInt64(index) : UInt64(sequence)
    }
    /// 48 bits: ROC and SEQ.
    static let limit: UInt64 = 1 << 48
}

/// The fixed part of an RTP packet that SRTP needs (RFC 3550 section 5.1, RFC 3711 section 3.1).
struct RTPFrame {
    var sequence: UInt16
    var ssrc: UInt32
    /// Fixed header, CSRCs and extension: what stays in the clear.
    var headerLength: Int

    /// Nil if the header does not fit into `length`.
    @inline(__always)
    init?(_ packet: UnsafeRawBufferPointer, length: Int) {
        guard length >= 12, packet.count >= length, packet[0] >> 6 == 2 else { return nil }
        var header = 12 + 4 * Int(packet[0] & 0x0F)
        if packet[0] & 0x10 != 0 {
            guard length >= header + 4 else { return nil }
            header += 4 + 4 * (Int(packet[header + 2]) << 8 | Int(packet[header + 3]))
        }
        guard length >= header else { return nil }
        sequence = UInt16(packet[2]) << 8 | UInt16(packet[3])
        ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        headerLength = header
    }
}

/// SSRCs with dense slots, found by bisection; the slot of a source never changes.
struct SourceTable {
    let limit: Int
    private var sorted: [(ssrc: UInt32, slot: Int32)] = []
    private var lastSSRC: UInt32 = 0
    private var lastSlot: Int32 = -1

    init(limit: Int) { self.limit = limit }

    var count: Int { sorted.count }
    var isFull: Bool { sorted.count >= limit }

    /// The slot of a known source.
    mutating func slot(_ ssrc: UInt32) -> Int? {
        if lastSlot >= 0, lastSSRC == ssrc { return Int(lastSlot) }
        let at = position(ssrc)
        guard at < sorted.count, sorted[at].ssrc == ssrc else { return nil }
        (lastSSRC, lastSlot) = sorted[at]
        return Int(lastSlot)
    }

    /// Adds an unknown source; its slot is the number of sources before.
    mutating func insert(_ ssrc: UInt32) -> Int {
        precondition(!isFull, "source table of \(limit) is full")
        let slot = sorted.count
        sorted.insert((ssrc, Int32(slot)), at: position(ssrc))
        return slot
    }

    private func position(_ ssrc: UInt32) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].ssrc < ssrc { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Which of the last 1,984 indices of a source have been seen (RFC 3711 section 3.3.2), for many sources side by side.
///
/// RFC 3711 asks for at least 64; a resent video packet comes back hundreds of packets later.
struct ReplayWindows {
    /// One word less than the bits kept: the top's own word is only partly filled.
    static let size: UInt64 = 1_984
    private static let words = 32
    private var bits: [UInt64] = []
    private(set) var highest: [UInt64] = []

    enum Verdict { case fresh, replayed, tooOld }

    mutating func add(first index: UInt64) {
        bits.append(contentsOf: repeatElement(0, count: ReplayWindows.words))
        highest.append(index)
        mark(highest.count - 1, index)
    }

    func check(_ slot: Int, _ index: UInt64) -> Verdict {
        let top = highest[slot]
        if index > top { return .fresh }
        if top - index >= ReplayWindows.size { return .tooOld }
        return bits[word(slot, index)] >> (index & 63) & 1 == 1 ? .replayed : .fresh
    }

    /// Only after the packet proved authentic.
    mutating func accept(_ slot: Int, _ index: UInt64) {
        let top = highest[slot]
        if index > top {
            if index - top >= ReplayWindows.size {
                for i in 0..<ReplayWindows.words { bits[slot * ReplayWindows.words + i] = 0 }
            } else {
                // Clear what slides in, word by word; bits of the top's own word above it are clear already.
                var next = (top | 63) + 1
                while next <= index {
                    bits[word(slot, next)] = 0
                    next += 64
                }
            }
            highest[slot] = index
        }
        mark(slot, index)
    }

    private mutating func mark(_ slot: Int, _ index: UInt64) { bits[word(slot, index)] |= 1 << (index & 63) }
    private func word(_ slot: Int, _ index: UInt64) -> Int {
        slot * ReplayWindows.words + Int(index >> 6 & UInt64(ReplayWindows.words - 1))
    }
}
