import Foundation

/// The mark in a site's sound: four steady tones under the speech, out of 68 between 1.0 and 3.5 kHz.
///
/// The four are a Reed–Solomon codeword over GF(17) with two symbols: two sites share at most one tone, so three sites
/// heard together cover at most three tones of any fourth (a 3-disjunct superimposed code, Kautz and Singleton 1964).
/// A mix of up to three sites therefore never shows a site that is not in it.
public enum SoundMark {
    /// Sites that can be told apart.
    public static let capacity = 289
    /// Tones of one site.
    public static let tonesPerSite = 4
    /// All tones, in Hz: whole multiples of 36, so that clips of whole seconds repeat without a step.
    public static let tones: [Double] = (0..<68).map { Double(1_008 + 36 * $0) }
    /// Of each tone, in 16-bit samples: −29 dB of full scale.
    public static let amplitude = 1_150.0

    /// Which of ``tones`` a site has; the index must be below ``capacity``.
    public static func code(_ site: Int) -> [Int] {
        let (a, b) = site.quotientAndRemainder(dividingBy: 17)
        return (0..<tonesPerSite).map { x in x * 17 + (a + b * x) % 17 }
    }

    /// Adds a site's tones to samples at 48 kHz.
    public static func add(_ site: Int, to samples: inout [Double]) {
        for (n, tone) in code(site).enumerated() {
            // A recursive oscillator: one multiplication per sample; phases apart keep the peak low.
            let step = 2 * Double.pi * tones[tone] / 48_000
            let phase = Double(n) * 2.1
            let coefficient = 2 * cos(step)
            var (before, now) = (sin(phase - step), sin(phase))
            for i in samples.indices {
                samples[i] += amplitude * now
                (before, now) = (now, coefficient * now - before)
            }
        }
    }

    /// −dBov of a mean square of 16-bit samples, 0 … 127 (RFC 6464).
    static func level(meanSquare: Double) -> UInt8 {
        guard meanSquare > 0 else { return 127 }
        return UInt8(max(0, min(127, (-10 * log10(meanSquare / 1_073_741_824)).rounded())))
    }
}
