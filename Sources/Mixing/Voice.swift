import Basics

/// One source of a mixer: its packets, its decoder and the sound not yet mixed.
final class Voice {
    /// What a tick costs and gives.
    enum Sound {
        /// 960 samples are in ``Voice/frame``.
        case frame
        case silence
    }

    let buffer = JitterBuffer()
    private let decoder: any AudioDecoder
    private let samples: UnsafeMutableBufferPointer<Int16>
    private var held = 0
    private var fadesIn = true
    /// Whether the decoder has a past that concealment can continue.
    private var hasPast = false
    /// Calls of the decoder so far, concealment included.
    private(set) var decodes = 0
    /// Packets the decoder refused.
    private(set) var undecodable = 0

    init(decoder: any AudioDecoder) {
        self.decoder = decoder
        samples = .allocate(capacity: Mixing.longestPacketSamples + Mixing.frameSamples)
        samples.initialize(repeating: 0)
    }
    deinit { samples.deallocate() }

    /// The samples of this tick, valid until the next.
    var frame: UnsafeBufferPointer<Int16> { UnsafeBufferPointer(rebasing: samples[0..<Mixing.frameSamples]) }

    /// Forgets the sound when the voice is no longer heard; packets go on being kept.
    func pause() {
        buffer.pause()
        decoder.reset()
        held = 0
        hasPast = false
        fadesIn = true
    }

    /// Moves on by 20 ms.
    func tick(now: Instant) -> Sound {
        consume()
        var turns = 0
        // A packet of 20 ms needs one turn; one of 2.5 ms would need eight.
        while held < Mixing.frameSamples, turns < 8 {
            turns += 1
            if !pull(now: now) { break }
        }
        guard held > 0 else {
            fadesIn = true
            return .silence
        }
        if held < Mixing.frameSamples {
            for i in held..<Mixing.frameSamples { samples[i] = 0 }
            held = Mixing.frameSamples
        }
        if fadesIn {
            fadesIn = false
            for i in 0..<240 { samples[i] = Int16(truncatingIfNeeded: Int32(samples[i]) * Int32(i) / 240) }
        }
        return .frame
    }

    private func consume() {
        guard held >= Mixing.frameSamples else {
            held = 0
            return
        }
        held -= Mixing.frameSamples
        guard held > 0 else { return }
        for i in 0..<held { samples[i] = samples[Mixing.frameSamples + i] }
    }

    /// One turn of the buffer; false when there is nothing to hear.
    private func pull(now: Instant) -> Bool {
        switch buffer.next(now: now) {
        case .silence:
            return false
        case .conceal:
            guard hasPast else { return false }
            return append(decode(nil, spare: false))
        case .recover(let packet):
            return append(decode(packet, spare: true))
        case .packet(let packet):
            let count = decode(packet, spare: false)
            if let count {
                hasPast = true
                buffer.advance(samples: count)
            } else {
                undecodable += 1
            }
            return append(count)
        }
    }

    private func decode(_ packet: UnsafeRawBufferPointer?, spare: Bool) -> Int? {
        decodes += 1
        let room = UnsafeMutableBufferPointer(rebasing: samples[held..<held + Mixing.longestPacketSamples])
        guard let count = decoder.decode(packet, forwardErrorCorrection: spare, into: room), count > 0,
            count <= Mixing.longestPacketSamples
        else { return nil }
        return count
    }

    private func append(_ count: Int?) -> Bool {
        guard let count else { return false }
        held += count
        return true
    }
}
