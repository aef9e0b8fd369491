import Foundation

/// Finds the sites whose ``SoundMark`` is in decoded sound: 400 ms at a time, every 200 ms.
///
/// The sound is brought down to 8 kHz, windowed (Hann), and its spectrum taken; a tone is there if it stands out from
/// its close surroundings and is loud enough; a site is there if all its tones are. Speech can look like that for a
/// moment, so a site counts as heard only after two windows in a row.
public struct SoundMarkDetector: Sendable {
    /// A window's length and step in samples at 8 kHz.
    static let window = 3_200
    private static let hop = 1_600
    /// Smallest amplitude of a tone, in 16-bit samples.
    private static let threshold: Float = 90
    /// How far a tone must stand out from its surroundings, as a factor of the amplitude.
    private static let contrast: Float = 3
    private static let taps: [Float] = decimator()
    private static let hann: [Float] = (0..<window).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(window))) }

    private let sites: Int
    private var input: [Float] = []
    private var low: [Float] = []
    private var spectrum = Spectrum()
    private var tones = [Bool](repeating: false, count: SoundMark.tones.count)
    private var found: [Bool]
    private var isHeard: [Bool]
    /// The sites heard so far, ascending.
    public private(set) var heard: [Int] = []
    /// The sites found in the last window, ascending.
    public private(set) var present: [Int] = []
    /// Windows looked at so far.
    public private(set) var windows = 0

    /// Looks for the sites `0 ..< sites`, at most ``SoundMark/capacity``.
    public init(sites: Int) {
        self.sites = max(0, min(SoundMark.capacity, sites))
        found = Array(repeating: false, count: self.sites)
        isHeard = found
    }

    /// Takes samples at 48 kHz, mono, any number.
    public mutating func hear(_ samples: UnsafeBufferPointer<Int16>) {
        for sample in samples { input.append(Float(sample)) }
        decimate()
        while low.count >= SoundMarkDetector.window {
            look()
            low.removeFirst(SoundMarkDetector.hop)
        }
    }

    /// Takes samples at 48 kHz, mono, any number.
    public mutating func hear(_ samples: [Int16]) { samples.withUnsafeBufferPointer { hear($0) } }

    /// Forgets what was heard and begins anew.
    public mutating func reset() { self = SoundMarkDetector(sites: sites) }

    private mutating func decimate() {
        let taps = SoundMarkDetector.taps
        var start = 0
        input.withUnsafeBufferPointer { input in
            taps.withUnsafeBufferPointer { taps in
                while start + taps.count <= input.count {
                    var sum: Float = 0
                    for i in 0..<taps.count { sum += input[start + i] * taps[i] }
                    low.append(sum)
                    start += 6
                }
            }
        }
        input.removeFirst(start)
    }

    private mutating func look() {
        windows += 1
        spectrum.load(low, SoundMarkDetector.hann)
        for (i, tone) in SoundMark.tones.enumerated() { tones[i] = spectrum.standsOut(tone, SoundMarkDetector.threshold, SoundMarkDetector.contrast) }
        present.removeAll(keepingCapacity: true)
        for site in 0..<sites {
            let (a, b) = site.quotientAndRemainder(dividingBy: 17)
            var all = true
            for x in 0..<SoundMark.tonesPerSite where !tones[x * 17 + (a + b * x) % 17] { all = false }
            if all {
                present.append(site)
                if found[site], !isHeard[site] {
                    isHeard[site] = true
                    heard.insert(site, at: heard.firstIndex { $0 > site } ?? heard.count)
                }
            }
            found[site] = all
        }
    }

    /// A low pass of 48 taps at 3.75 kHz for 48 kHz (windowed sinc).
    private static func decimator() -> [Float] {
        let count = 48
        let cutoff = 3_750.0 / 48_000
        let raw = (0..<count).map { i -> Double in
            let x = Double(i) - Double(count - 1) / 2
            let sinc = sin(2 * Double.pi * cutoff * x) / (Double.pi * x)
            return sinc * (0.54 - 0.46 * cos(2 * Double.pi * Double(i) / Double(count - 1)))
        }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }
}

/// Amplitudes of frequencies in 3,200 samples at 8 kHz, by a fast Fourier transform of 4,096 points.
struct Spectrum: Sendable {
    private static let size = 4_096
    private static let bits = 12
    private static let cosines: [Float] = (0..<size / 2).map { Float(cos(2 * Double.pi * Double($0) / Double(size))) }
    private static let sines: [Float] = (0..<size / 2).map { Float(-sin(2 * Double.pi * Double($0) / Double(size))) }
    private static let order: [Int] = (0..<size).map { i in (0..<bits).reduce(0) { $0 | (i >> $1 & 1) << (bits - 1 - $1) } }
    private var real = [Float](repeating: 0, count: size)
    private var imaginary = [Float](repeating: 0, count: size)
    private var scale: Float = 0

    /// Transforms the first samples, weighted by the window.
    mutating func load(_ samples: [Float], _ window: [Float]) {
        var weight: Float = 0
        for w in window { weight += w }
        scale = 2 / weight
        for i in 0..<Spectrum.size {
            let from = Spectrum.order[i]
            real[i] = from < window.count ? samples[from] * window[from] : 0
            imaginary[i] = 0
        }
        real.withUnsafeMutableBufferPointer { re in
            imaginary.withUnsafeMutableBufferPointer { im in
                Spectrum.cosines.withUnsafeBufferPointer { c in
                    Spectrum.sines.withUnsafeBufferPointer { s in Spectrum.transform(re, im, c, s) }
                }
            }
        }
    }

    private static func transform(
        _ re: UnsafeMutableBufferPointer<Float>, _ im: UnsafeMutableBufferPointer<Float>, _ c: UnsafeBufferPointer<Float>,
        _ s: UnsafeBufferPointer<Float>
    ) {
        var half = 1
        while half < size {
            let stride = size / (2 * half)
            var block = 0
            while block < size {
                for k in 0..<half {
                    let (i, j) = (block + k, block + k + half)
                    let (wr, wi) = (c[k * stride], s[k * stride])
                    let tr = re[j] * wr - im[j] * wi
                    let ti = re[j] * wi + im[j] * wr
                    re[j] = re[i] - tr
                    im[j] = im[i] - ti
                    re[i] += tr
                    im[i] += ti
                }
                block += 2 * half
            }
            half *= 2
        }
    }

    private func power(_ bin: Int) -> Float { real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }

    /// Whether a tone is at least as loud as the threshold and stands out from what is 10 to 26 Hz beside it.
    func standsOut(_ frequency: Double, _ threshold: Float, _ contrast: Float) -> Bool {
        let center = Int((frequency * Double(Spectrum.size) / 8_000).rounded())
        var peak: Float = 0
        for bin in center - 1...center + 1 { peak = max(peak, power(bin)) }
        var around: Float = 0
        for distance in 5...13 { around += power(center - distance) + power(center + distance) }
        around /= 18
        return peak.squareRoot() * scale >= threshold && peak >= contrast * contrast * around
    }
}
