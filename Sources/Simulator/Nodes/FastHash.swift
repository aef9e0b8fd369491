/// A keyed 64-bit hash that costs a multiplication for eight bytes: the stand-in for every tag, cookie and checksum here.
///
/// It tells damaged bytes from sound ones and one key from another; it keeps no secret.
enum FastHash {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// Of all bytes under a key.
    @inline(__always)
    static func hash(_ bytes: UnsafeRawBufferPointer, key: UInt64) -> UInt64 {
        var state = key ^ (UInt64(truncatingIfNeeded: bytes.count) &* 0xD6E8_FEB8_6659_FD93)
        var at = 0
        let whole = bytes.count & ~7
        while at < whole {
            state = mix(state ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), factor) &+ key
            at += 8
        }
        var last: UInt64 = 0
        while at < bytes.count {
            last = last << 8 | UInt64(bytes[at])
            at += 1
        }
        return mix(state ^ last ^ 0xA5, factor ^ key)
    }

    /// Of numbers.
    static func hash(_ numbers: UInt64..., key: UInt64) -> UInt64 {
        var state = key
        for number in numbers { state = mix(state ^ number, factor) &+ key }
        return mix(state, factor ^ key)
    }
}
