/// Brings a 32-bit sum of voices back to 16 bits: turns the whole down before it would clip, slowly up again after.
///
/// The frame is known before its first sample leaves, so the gain falls ahead of the peak; what still overshoots while
/// it falls is clamped.
public struct Limiter: Sendable {
    /// The largest sample that passes untouched: −1 dBov.
    public static let ceiling: Int32 = 29_204
    /// Samples over which the gain changes: 2.5 ms.
    private static let ramp = 120
    /// Gain given back by each frame of 20 ms: 0.5 dB, in 1/32768.
    private static let recovery: Int32 = 1_940
    private static let unity: Int32 = 32_768
    /// In 1/32768.
    private var gain = Limiter.unity

    /// At full gain.
    public init() {}
    /// Whether the gain is below one at the moment.
    public var isActive: Bool { gain < Limiter.unity }

    /// Writes `sum`, limited, into `samples` of the same count; returns the level in −dBov, 0 … 127 (RFC 6464).
    public mutating func apply(_ sum: UnsafeBufferPointer<Int32>, into samples: UnsafeMutableBufferPointer<Int16>) -> UInt8 {
        var peak: Int32 = 0
        for value in sum { peak = max(peak, value == .min ? .max : abs(value)) }
        let wanted = peak > Limiter.ceiling ? Int32(Int64(Limiter.ceiling) * Int64(Limiter.unity) / Int64(peak)) : Limiter.unity
        let target = wanted < gain ? wanted : min(wanted, gain + Limiter.recovery, Limiter.unity)
        let start = gain
        var energy: Int64 = 0
        for i in 0..<min(sum.count, samples.count) {
            let g = i >= Limiter.ramp ? target : start + (target - start) * Int32(i) / Int32(Limiter.ramp)
            let scaled = (Int64(sum[i]) * Int64(g)) >> 15
            let value = Int16(truncatingIfNeeded: max(-32_768, min(32_767, scaled)))
            samples[i] = value
            energy += Int64(value) * Int64(value)
        }
        gain = target
        return Limiter.level(energy: energy, count: sum.count)
    }

    /// RFC 6464 level of samples whose squares add up to `energy`.
    static func level(energy: Int64, count: Int) -> UInt8 {
        guard energy > 0, count > 0 else { return 127 }
        // 10·log10 of the mean square against full scale; log2 to 0.01 by a parabola over the significand.
        let mean = Double(energy) / Double(count) / 1_073_741_824
        let fraction = mean.significand - 1
        let log2 = Double(mean.exponent) + fraction * (1.3465 - 0.3465 * fraction)
        return UInt8(max(0, min(127, (-3.0103 * log2).rounded())))
    }
}
