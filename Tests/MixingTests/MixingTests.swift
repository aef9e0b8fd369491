import Basics
import Mixing
import Native

/// A sine of one frequency, frame by frame.
struct Tone {
    var frequency: Double
    var amplitude: Double
    private var position = 0
    init(_ frequency: Double, amplitude: Double = 8_000) {
        self.frequency = frequency
        self.amplitude = amplitude
    }
    mutating func next() -> [Int16] {
        defer { position += Mixing.frameSamples }
        return (0..<Mixing.frameSamples).map { i in
            Int16(amplitude * sine(2 * Double.pi * frequency * Double(position + i) / 48_000))
        }
    }
}

/// Sine by its series after reduction: the tests need no Foundation.
func sine(_ x: Double) -> Double {
    var r = x.truncatingRemainder(dividingBy: 2 * .pi)
    if r > .pi { r -= 2 * .pi }
    if r > .pi / 2 { r = .pi - r } else if r < -.pi / 2 { r = -.pi - r }
    let s = r * r
    return r * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))))
}

/// Goertzel's algorithm: the amplitude of one frequency in samples at 48 kHz.
func amplitude(of frequency: Double, in samples: [Int16]) -> Double {
    let omega = 2 * Double.pi * frequency / 48_000
    let coefficient = 2 * sine(omega + .pi / 2)
    var (a, b) = (0.0, 0.0)
    for sample in samples { (a, b) = (Double(sample) + coefficient * a - b, a) }
    return 2 * max(0, a * a + b * b - coefficient * a * b).squareRoot() / Double(max(1, samples.count))
}

/// A microphone: a tone through a real encoder, as packets with RTP numbers.
final class Microphone {
    let slot: Int
    var tone: Tone
    let encoder: any AudioEncoder
    var sequence: UInt16 = 65_500
    var timestamp: UInt32 = 4_294_900_000
    var level: UInt8? = 20

    init(slot: Int, frequency: Double, amplitude: Double = 8_000) {
        self.slot = slot
        tone = Tone(frequency, amplitude: amplitude)
        encoder = OpusCodecs(discontinuous: false).makeEncoder(.kbps(32))!
    }

    func next() -> (AudioFrame, [UInt8]) {
        var packet = [UInt8](repeating: 0, count: 1_280)
        let samples = tone.next()
        let count = samples.withUnsafeBufferPointer { s in packet.withUnsafeMutableBytes { encoder.encode(s, into: $0)! } }
        defer {
            sequence &+= 1
            timestamp &+= 960
        }
        return (AudioFrame(sequence: sequence, timestamp: timestamp, level: level), Array(packet[0..<count]))
    }
}

/// A listener's ears: decodes every mix it is given.
final class Ears {
    private let decoder = OpusCodecs().makeDecoder()!
    private(set) var heard: [Int16] = []
    func hear(_ packet: UnsafeRawBufferPointer) {
        var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
        let count = samples.withUnsafeMutableBufferPointer { decoder.decode(packet, forwardErrorCorrection: false, into: $0) }
        heard += samples[0..<(count ?? 0)]
    }
    /// Amplitude in the last second.
    func amplitude(_ frequency: Double) -> Double { MixingTests.amplitude(of: frequency, in: Array(heard.suffix(48_000))) }
}
