import Basics
import Mixing

/// One encoded frame of a clip: an Opus packet, a VP8 frame or an H.264 access unit in Annex B.
public struct MediaFrame: Sendable {
    /// The encoded bytes.
    public var bytes: [UInt8]
    /// Since the clip's start, in ticks of the codec's RTP clock.
    public var timestamp: Int64
    /// Whether a decoder can start here; always true for sound.
    public var isKey: Bool
    /// −dBov (RFC 6464), for sound whose level was measured.
    public var level: UInt8?

    public init(bytes: [UInt8], timestamp: Int64, isKey: Bool, level: UInt8? = nil) {
        self.bytes = bytes
        self.timestamp = timestamp
        self.isKey = isKey
        self.level = level
    }
}

/// A clip that a bot sends over and over in real time.
public struct MediaClip: Sendable {
    /// Of all frames.
    public let codec: Codec
    /// In the order of sending; never empty.
    public let frames: [MediaFrame]
    /// After which the clip begins again, in ticks of the codec's RTP clock.
    public let length: Int64

    /// Nil without frames or length.
    public init?(codec: Codec, frames: [MediaFrame], length: Int64) {
        guard !frames.isEmpty, length > 0 else { return nil }
        self.codec = codec
        self.frames = frames
        self.length = length
    }

    /// The n-th frame of endless repetition: its place in ``frames`` and its timestamp, which goes on growing.
    public func frame(_ n: Int) -> (index: Int, timestamp: Int64) {
        let (round, index) = n.quotientAndRemainder(dividingBy: frames.count)
        return (index, Int64(round) * length + frames[index].timestamp)
    }

    /// When the n-th frame is due after the clip's start.
    public func due(_ n: Int) -> Interval {
        .nanoseconds(frame(n).timestamp * 1_000_000_000 / Int64(codec.clockRate))
    }

    /// The first key frame at or after the n-th frame: where a new viewer can be served.
    public func nextKey(from n: Int) -> Int {
        (n..<n + frames.count).first { frames[$0 % frames.count].isKey } ?? n
    }

    /// The same sound with the level of every frame, measured by decoding it once.
    public func measured(by decoder: any AudioDecoder) -> MediaClip {
        var measured = frames
        var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
        for i in frames.indices {
            let count = frames[i].bytes.withUnsafeBytes { packet in
                samples.withUnsafeMutableBufferPointer { decoder.decode(packet, forwardErrorCorrection: false, into: $0) }
            }
            guard let count, count > 0 else { continue }
            var energy = 0.0
            for sample in samples[0..<count] { energy += Double(sample) * Double(sample) }
            measured[i].level = SoundMark.level(meanSquare: energy / Double(count))
        }
        return MediaClip(codec: codec, frames: measured, length: length) ?? self
    }
}

/// Why a media file cannot be used.
public enum MediaError: Error, CustomStringConvertible {
    /// A tool is missing or failed: its name and what it said.
    case tool(String, String)
    /// A file is damaged: what, and at which byte.
    case file(String, offset: Int)
    /// Site index beyond what the marks can carry.
    case tooManySites(Int)

    /// What went wrong, in one line.
    public var description: String {
        switch self {
        case .tool(let name, let message): "\(name): \(message)"
        case .file(let what, let offset): "media file: \(what) at byte \(offset)"
        case .tooManySites(let index): "site number \(index): the sound mark tells \(SoundMark.capacity) sites apart"
        }
    }
}
