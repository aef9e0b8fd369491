import Basics
import COpus
import Mixing

/// libopus behind ``AudioCodecProvider``: 48 kHz, mono, frames of 20 ms (RFC 6716, RFC 7587).
public final class OpusCodecs: AudioCodecProvider {
    /// 0 … 10: CPU against quality. At 5 a frame costs about a quarter of a millisecond.
    public let complexity: Int
    /// Whether encoders send (nearly) nothing where libopus finds no speech; it takes steady tones for noise. A
    /// ``Mixer`` keeps silent by itself when nobody speaks.
    public let discontinuous: Bool

    /// The complexity is brought into 0…10.
    public init(complexity: Int = 5, discontinuous: Bool = false) {
        self.complexity = max(0, min(10, complexity))
        self.discontinuous = discontinuous
    }

    /// An encoder of constrained variable bitrate, 6 … 510 kbit/s; nil if libopus has no memory.
    public func makeEncoder(_ bitrate: Bitrate) -> (any AudioEncoder)? {
        OpusSpeechEncoder(bitrate: bitrate, complexity: complexity, discontinuous: discontinuous)
    }
    /// Nil if libopus has no memory.
    public func makeDecoder() -> (any AudioDecoder)? { OpusSpeechDecoder() }
}

/// One libopus encoder in its VoIP mode.
final class OpusSpeechEncoder: AudioEncoder {
    private let encoder: OpaquePointer

    init?(bitrate: Bitrate, complexity: Int, discontinuous: Bool) {
        var status: Int32 = 0
        guard let encoder = opus_encoder_create(48_000, 1, OPUS_APPLICATION_VOIP, &status), status == OPUS_OK else { return nil }
        self.encoder = encoder
        let rate = Int32(max(6_000, min(510_000, bitrate.bitsPerSecond)))
        set(OPUS_SET_BITRATE_REQUEST, rate)
        set(OPUS_SET_COMPLEXITY_REQUEST, Int32(complexity))
        set(OPUS_SET_VBR_REQUEST, 1)
        set(OPUS_SET_VBR_CONSTRAINT_REQUEST, 1)
        set(OPUS_SET_DTX_REQUEST, discontinuous ? 1 : 0)
    }
    deinit { opus_encoder_destroy(encoder) }

    private func set(_ request: Int32, _ value: Int32) { _ = nc_opus_set(encoder, request, value) }

    func expectLoss(percent: Int) {
        set(OPUS_SET_INBAND_FEC_REQUEST, percent > 0 ? 1 : 0)
        set(OPUS_SET_PACKET_LOSS_PERC_REQUEST, Int32(max(0, min(100, percent))))
    }

    func reset() { _ = nc_opus_reset_encoder(encoder) }

    func encode(_ samples: UnsafeBufferPointer<Int16>, into packet: UnsafeMutableRawBufferPointer) -> Int? {
        guard samples.count == Mixing.frameSamples, let sound = samples.baseAddress, let start = packet.baseAddress, packet.count > 0
        else { return nil }
        let limit = Int32(clamping: packet.count)
        let count = opus_encode(encoder, sound, Int32(samples.count), start.assumingMemoryBound(to: UInt8.self), limit)
        return count > 0 ? Int(count) : nil
    }
}

/// One libopus decoder.
final class OpusSpeechDecoder: AudioDecoder {
    private let decoder: OpaquePointer

    init?() {
        var status: Int32 = 0
        guard let decoder = opus_decoder_create(48_000, 1, &status), status == OPUS_OK else { return nil }
        self.decoder = decoder
    }
    deinit { opus_decoder_destroy(decoder) }

    func reset() { _ = nc_opus_reset_decoder(decoder) }

    func decode(_ packet: UnsafeRawBufferPointer?, forwardErrorCorrection: Bool, into samples: UnsafeMutableBufferPointer<Int16>) -> Int? {
        let count: Int32
        guard let sound = samples.baseAddress else { return nil }
        if let packet {
            // Length zero means concealment to libopus; an empty packet is no packet.
            guard let start = packet.baseAddress, packet.count > 0, packet.count <= 65_535 else { return nil }
            // A spare copy stands for as much as was lost: one frame.
            let room = forwardErrorCorrection ? min(samples.count, Mixing.frameSamples) : min(samples.count, Mixing.longestPacketSamples)
            count = opus_decode(
                decoder, start.assumingMemoryBound(to: UInt8.self), Int32(packet.count), sound, Int32(room),
                forwardErrorCorrection ? 1 : 0)
        } else {
            guard samples.count >= Mixing.frameSamples else { return nil }
            count = opus_decode(decoder, nil, 0, sound, Int32(Mixing.frameSamples), 0)
        }
        return count > 0 ? Int(count) : nil
    }
}
