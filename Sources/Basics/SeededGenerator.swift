/// xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64; the core's only source of chance.
///
/// Fork it by name for each machine, so that one more draw in one place shifts no other.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// Equal seeds draw the same in every process; any seed will do.
    public init(seed: UInt64) {
        var x = seed
        func split() -> UInt64 {
            x &+= 0x9E37_79B9_7F4A_7C15
            var z = x
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        s0 = split()
        s1 = split()
        s2 = split()
        s3 = split()
    }

    public mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// An independent generator for the machine of that name; the parent is left as it was.
    public func fork(_ name: String) -> SeededGenerator {
        var hash = SipHash(key0: s0 ^ s2, key1: s1 ^ s3)
        for byte in name.utf8 { hash.append(byte) }
        return SeededGenerator(seed: hash.finish())
    }
}
