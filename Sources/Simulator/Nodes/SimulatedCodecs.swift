import Basics
import Mixing

/// Codecs whose sound can be read back: each hall has one sample of a frame for itself, whose height is the frame's number, so
/// that a sum of voices still tells whose and which they are.
final class SimulatedCodecs: AudioCodecProvider {
    /// The first sample used: before it the mixer fades voices in.
    static let firstSample = 240
    static let voices = 720
    /// Heights are this and up to as much more: loud enough for no mix to count as silence, low enough for the limiter.
    static let height = 4_096

    func makeEncoder(_ bitrate: Bitrate) -> (any AudioEncoder)? { SimulatedEncoder() }
    func makeDecoder() -> (any AudioDecoder)? { SimulatedDecoder() }
}

final class SimulatedDecoder: AudioDecoder {
    func decode(_ packet: UnsafeRawBufferPointer?, forwardErrorCorrection: Bool, into samples: UnsafeMutableBufferPointer<Int16>) -> Int? {
        guard samples.count >= 960 else { return nil }
        for i in 0..<960 { samples[i] = 0 }
        if let packet, !forwardErrorCorrection, let frame = SpokenFrame(packet) {
            let place = SimulatedCodecs.firstSample + Int(frame.hall) % SimulatedCodecs.voices
            samples[place] = Int16(SimulatedCodecs.height + Int(frame.number) % SimulatedCodecs.height)
        }
        return 960
    }
    func reset() {}
}

final class SimulatedEncoder: AudioEncoder {
    func encode(_ samples: UnsafeBufferPointer<Int16>, into packet: UnsafeMutableRawBufferPointer) -> Int? {
        var mix = MixedFrame()
        for voice in 0..<SimulatedCodecs.voices {
            let sample = samples[SimulatedCodecs.firstSample + voice]
            if sample != 0 { mix.voices.append((UInt16(voice), sample)) }
        }
        return mix.write(to: packet)
    }
    func reset() {}
    func expectLoss(percent: Int) {}
}

/// A mix as it reaches equipment: the voices in it.
struct MixedFrame {
    private static let magic: UInt32 = 0x4E43_4D58
    /// (hall's place modulo ``SimulatedCodecs/voices``, its sample).
    var voices: [(voice: UInt16, sample: Int16)] = []

    func write(to packet: UnsafeMutableRawBufferPointer) -> Int {
        let kept = voices.prefix(min(255, (packet.count - 5) / 4))
        packet.storeBytes(of: MixedFrame.magic.bigEndian, as: UInt32.self)
        packet[4] = UInt8(kept.count)
        for (i, voice) in kept.enumerated() {
            packet.storeBytes(of: voice.voice, toByteOffset: 5 + 4 * i, as: UInt16.self)
            packet.storeBytes(of: voice.sample, toByteOffset: 7 + 4 * i, as: Int16.self)
        }
        return 5 + 4 * kept.count
    }

    init() {}
    init?(_ packet: UnsafeRawBufferPointer) {
        guard packet.count >= 5, UInt32(bigEndian: packet.loadUnaligned(as: UInt32.self)) == MixedFrame.magic,
            packet.count >= 5 + 4 * Int(packet[4])
        else { return nil }
        for i in 0..<Int(packet[4]) {
            voices.append(
                (
                    packet.loadUnaligned(fromByteOffset: 5 + 4 * i, as: UInt16.self),
                    packet.loadUnaligned(fromByteOffset: 7 + 4 * i, as: Int16.self)
                ))
        }
    }
}
