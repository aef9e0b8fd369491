import Basics

/// The encoders of a mixer, one for each set of voices left out that has come up.
final class MixEncoders {
    /// What an encoder gave.
    struct Encoded {
        var packet: UnsafeRawBufferPointer
        var isFirst: Bool
        var level: UInt8
    }

    private struct Entry {
        var mask: UInt32
        var encoder: any AudioEncoder
        var limiter = Limiter()
        /// Whether its next packet follows the one before.
        var isRunning = false
        var quietFrames = 0
    }

    /// −dBov from which a mix counts as silence.
    private static let silence: UInt8 = 80
    /// Silent frames still sent, so that the listener's decoder fades.
    private static let hangover = 10

    private let codecs: any AudioCodecProvider
    private let bitrate: Bitrate
    private(set) var expectedLoss: Int
    private var entries: [Entry] = []
    private let packets: UnsafeMutableRawPointer
    private let samples: UnsafeMutableBufferPointer<Int16>

    init(codecs: any AudioCodecProvider, bitrate: Bitrate, expectedLoss: Int) {
        self.codecs = codecs
        self.bitrate = bitrate
        self.expectedLoss = expectedLoss
        packets = .allocate(byteCount: Mixer.mostMixes * Mixing.longestPacketBytes, alignment: 16)
        samples = .allocate(capacity: Mixing.frameSamples)
        samples.initialize(repeating: 0)
        entries.reserveCapacity(Mixer.mostMixes)
    }
    deinit {
        packets.deallocate()
        samples.deallocate()
    }

    /// Loss in percent that all mixes prepare for from now on.
    func expectLoss(percent: Int) {
        guard percent != expectedLoss else { return }
        expectedLoss = percent
        for entry in entries { entry.encoder.expectLoss(percent: percent) }
    }

    /// The voice at a place changes: mixes without it begin anew, since other listeners will hear them.
    func forget(place: Int) {
        for i in entries.indices where entries[i].mask & (1 << UInt32(place)) != 0 { entries[i].isRunning = false }
    }

    /// A mix is silent in this tick.
    func rest(_ mask: UInt32) {
        if let i = entries.firstIndex(where: { $0.mask == mask }) { entries[i].isRunning = false }
    }

    /// Encodes the mix that leaves out `mask`; an empty packet is silence; nil if there is no encoder for it.
    func encode(_ mask: UInt32, _ sum: UnsafeBufferPointer<Int32>) -> Encoded? {
        guard let i = entry(mask) else { return nil }
        let level = entries[i].limiter.apply(sum, into: samples)
        entries[i].quietFrames = level < MixEncoders.silence ? 0 : entries[i].quietFrames + 1
        if entries[i].quietFrames > MixEncoders.hangover {
            entries[i].isRunning = false
            return Encoded(packet: UnsafeRawBufferPointer(start: nil, count: 0), isFirst: false, level: 127)
        }
        let isFirst = !entries[i].isRunning
        if isFirst { entries[i].encoder.reset() }
        let room = UnsafeMutableRawBufferPointer(
            start: packets + i * Mixing.longestPacketBytes, count: Mixing.longestPacketBytes)
        guard let count = entries[i].encoder.encode(UnsafeBufferPointer(samples), into: room), count > 0, count <= room.count
        else {
            entries[i].isRunning = false
            return nil
        }
        entries[i].isRunning = true
        return Encoded(
            packet: UnsafeRawBufferPointer(start: room.baseAddress, count: count), isFirst: isFirst, level: level)
    }

    private func entry(_ mask: UInt32) -> Int? {
        if let i = entries.firstIndex(where: { $0.mask == mask }) { return i }
        guard entries.count < Mixer.mostMixes, let encoder = codecs.makeEncoder(bitrate) else { return nil }
        encoder.expectLoss(percent: expectedLoss)
        entries.append(Entry(mask: mask, encoder: encoder))
        return entries.count - 1
    }
}
