import Basics

/// A whole encoded frame, put together from its packets.
public struct VideoFrame: Hashable, Sendable {
    /// RTP time, 90 kHz.
    public var timestamp: UInt32
    /// Decodes without any other frame.
    public var isKeyFrame: Bool
    /// A VP8 frame, or an H.264 access unit in Annex B.
    public var bytes: [UInt8]
}

/// Puts the packets of one video stream back together, in order, through reordering and loss.
///
/// Frames leave in order of sequence. A frame with a missing packet waits while repair may still come; then all up to
/// the next key frame is dropped, and ``needsKeyFrame`` asks for one. Allocates: it is for stills, decoders and senders
/// of tests, not for the forwarding path.
public struct VideoFrameAssembler {
    private struct Piece {
        var number: Int64
        var timestamp: UInt32
        var marker: Bool
        var startsKeyFrame: Bool
        var startsFrame: Bool
        var payload: [UInt8]
    }

    /// VP8 or H.264.
    public let codec: Codec
    /// Packets waited for a missing one before its frame is given up.
    public let patience: Int
    /// Packets held at most, so that a stranger's stream without markers cannot grow.
    public static let limit = 2_048

    // In rising order of number.
    private var pieces: [Piece] = []
    private var unwrapper = SequenceUnwrapper()
    // The number of the next frame's first packet, once a key frame was found.
    private var next: Int64?
    /// True until a key frame starts the stream, and again after a frame was given up.
    public var needsKeyFrame: Bool { next == nil }
    /// Frames handed out.
    public private(set) var frames = 0
    /// Times that a missing packet was given up.
    public private(set) var breaks = 0

    /// `patience` of 64 packets is about half a second of 1 Mbit/s.
    public init(codec: Codec, patience: Int = 64) {
        precondition(codec.kind == .video, "\(codec) has no frames to assemble")
        self.codec = codec
        self.patience = min(patience, Self.limit / 2)
    }

    /// Takes one packet; call ``nextFrame()`` until it gives nil afterwards.
    public mutating func receive(sequence: UInt16, timestamp: UInt32, marker: Bool, payload: UnsafeRawBufferPointer) {
        guard !payload.isEmpty else { return }
        let number = unwrapper.unwrap(sequence)
        if let next, number < next { return }
        let at = position(number)
        guard at == pieces.count || pieces[at].number != number else { return }
        let starts: Bool
        if codec == .vp8 {
            guard let descriptor = VP8PayloadDescriptor(payload) else { return }
            starts = descriptor.startsFrame
        } else {
            starts = false
        }
        let piece = Piece(
            number: number, timestamp: timestamp, marker: marker, startsKeyFrame: codec.startsKeyFrame(payload),
            startsFrame: starts, payload: Array(payload))
        pieces.insert(piece, at: at)
        if pieces.count > Self.limit {
            pieces.removeFirst(pieces.count - Self.limit)
            giveUp()
        }
    }

    /// As ``receive(sequence:timestamp:marker:payload:)``, from a parsed header.
    public mutating func receive(_ header: RTPHeader) {
        receive(sequence: header.sequence, timestamp: header.timestamp, marker: header.marker, payload: header.payloadBytes)
    }

    private func position(_ number: Int64) -> Int {
        // Nearly always at the end.
        var at = pieces.count
        while at > 0, pieces[at - 1].number >= number { at -= 1 }
        return at
    }

    /// The next whole frame in order, if it is complete.
    public mutating func nextFrame() -> VideoFrame? {
        if next == nil { findKeyFrame() }
        while let start = next {
            if let count = completeCount(start) {
                let frame = assemble(count)
                pieces.removeFirst(count)
                next = start + Int64(count)
                if let frame {
                    frames += 1
                    return frame
                }
                // Malformed: what follows may refer to it.
                giveUp()
            } else if let highest = unwrapper.highest, highest - start >= Int64(patience), isBroken(start) {
                giveUp()
            } else {
                return nil
            }
        }
        return nil
    }

    /// Drops up to the next key frame held, if any.
    private mutating func giveUp() {
        breaks += 1
        if let next {
            // What is left of the broken frame starts nothing, even if it holds a slice of an IDR picture.
            let broken = pieces.first?.number == next ? pieces.first?.timestamp : nil
            pieces.removeAll { $0.number <= next || $0.timestamp == broken }
        }
        next = nil
        findKeyFrame()
    }

    private mutating func findKeyFrame() {
        guard let at = pieces.firstIndex(where: \.startsKeyFrame) else {
            if let last = pieces.last?.number { pieces.removeAll { $0.number < last - Int64(patience) } }
            return
        }
        next = pieces[at].number
        pieces.removeFirst(at)
    }

    /// The number of pieces from `start` to its marker (or to where the timestamp changes), if none is missing.
    private func completeCount(_ start: Int64) -> Int? {
        guard let first = pieces.first, first.number == start else { return nil }
        for (i, piece) in pieces.enumerated() {
            guard piece.number == start + Int64(i) else { return nil }
            if piece.timestamp != first.timestamp { return i }
            if piece.marker { return i + 1 }
        }
        return nil
    }

    /// Whether a piece is missing before the newest one; a long frame that is merely unfinished is not broken.
    private func isBroken(_ start: Int64) -> Bool {
        for (i, piece) in pieces.enumerated() where piece.number != start + Int64(i) { return true }
        return pieces.isEmpty
    }

    private func assemble(_ count: Int) -> VideoFrame? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces[..<count].reduce(0) { $0 + $1.payload.count + 8 })
        var isKey = false
        for (i, piece) in pieces[..<count].enumerated() {
            isKey = isKey || piece.startsKeyFrame
            let good = piece.payload.withUnsafeBytes { payload -> Bool in
                if codec == .h264 { return H264Payload.appendAnnexB(payload, to: &bytes) }
                guard let descriptor = VP8PayloadDescriptor(payload), descriptor.startsFrame == (i == 0) else { return false }
                bytes.append(contentsOf: payload.part(descriptor.length, payload.count - descriptor.length))
                return true
            }
            guard good else { return nil }
        }
        return VideoFrame(timestamp: pieces[0].timestamp, isKeyFrame: isKey, bytes: bytes)
    }
}
