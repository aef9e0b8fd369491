import Basics

/// SipHash over every delivery (time, sender, receiver, bytes) and every effect of note: equal in every process exactly if the
/// runs are.
struct TraceDigest {
    /// What is noted besides deliveries.
    enum Kind: UInt64 {
        case start = 1
        case crash, incarnation, ended, edge, deed, audit, gate, violation
    }
    private var hash: SipHash

    init(seed: UInt64) { hash = SipHash(key0: seed, key1: 0x6e68_6970_6361_7521) }

    @inline(__always)
    mutating func delivery(_ now: Instant, from: Int32, to: Int32, _ bytes: UnsafeRawBufferPointer) {
        hash.append(UInt64(bitPattern: now.nanoseconds))
        hash.append(UInt64(UInt32(bitPattern: from)) << 32 | UInt64(UInt32(bitPattern: to)))
        hash.append(FastHash.hash(bytes, key: 0x7472_6163_65))
    }
    mutating func note(_ now: Instant, _ kind: Kind, _ first: UInt64, _ second: UInt64) {
        hash.append(UInt64(bitPattern: now.nanoseconds))
        hash.append(kind.rawValue << 56)
        hash.append(first)
        hash.append(second)
    }
    func finish() -> UInt64 {
        var copy = hash
        return copy.finish()
    }
}
