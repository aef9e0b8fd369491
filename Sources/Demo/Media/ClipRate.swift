import Basics
import RTP

/// What a clip costs as RTP, measured on its frames and written beside its file.
public struct ClipRate: Codable, Hashable, Sendable {
    /// Of encoded frames: what a meeting's file names.
    public var bitsPerSecond: Double
    /// Of RTP payloads: with the payload descriptors of pictures.
    public var payloadBitsPerSecond: Double
    public var packetsPerSecond: Double
    /// Largest and smallest whole second of encoded frames, in bits: equal where the rate is constant.
    public var largestSecond: Double
    public var smallestSecond: Double

    /// Cuts the clip into packets as a bot does.
    public init(_ clip: MediaClip) {
        var payload = 0
        var packets = 0
        var seconds: [Int64: Int] = [:]
        var packetizer = clip.codec.kind == .video ? VideoPacketizer(codec: clip.codec) : nil
        for frame in clip.frames {
            seconds[frame.timestamp / Int64(clip.codec.clockRate), default: 0] += frame.bytes.count
            guard packetizer != nil else {
                payload += frame.bytes.count
                packets += 1
                continue
            }
            frame.bytes.withUnsafeBytes { bytes in
                packetizer?.packetize(bytes) { part, _ in
                    payload += part.count
                    packets += 1
                }
            }
        }
        let length = Double(clip.length) / Double(clip.codec.clockRate)
        bitsPerSecond = Double(seconds.values.reduce(0, +)) * 8 / length
        payloadBitsPerSecond = Double(payload) * 8 / length
        packetsPerSecond = Double(packets) / length
        largestSecond = Double(seconds.values.max() ?? 0) * 8
        smallestSecond = Double(seconds.values.min() ?? 0) * 8
    }
}
