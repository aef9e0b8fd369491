import Basics
import Membership
import SwiftProtobuf

/// Frames of gossip as protobuf, compressed when that is smaller.
///
/// One leading byte: 0 plain, 1 zstd with ``GossipDictionary``. Anything else is of a later version.
public final class GossipCoder: MessageCoder {
    private let compressor: (any Compressor)?
    /// Frames encoded.
    public private(set) var encoded = 0
    /// The bytes of ``encoded`` before compression.
    public private(set) var plainBytes = 0
    /// The same after it.
    public private(set) var sentBytes = 0

    /// Without a compressor frames travel plain, and compressed ones are not understood.
    public init(compressor: (any Compressor)?) { self.compressor = compressor }

    /// Frames shorter than this are not worth trying: hellos and acknowledgements.
    private static let worthTrying = 120

    /// As ``MessageCoder`` says.
    public func encode(_ frame: GossipFrame) -> [UInt8] {
        var result = SmallFrames.encode(frame, prefix: 0) ?? [0] + GossipCoder.plain(frame)
        encoded += 1
        plainBytes += result.count
        let plain = result.count - 1
        if let compressor, plain >= GossipCoder.worthTrying, plain <= GossipLimits.decompressed,
            let smaller = compressor.compress(Array(result.dropFirst())), smaller.count < plain
        {
            result = [1] + smaller
        }
        sentBytes += result.count
        return result
    }

    /// The protobuf bytes, before any compression, by protobuf's runtime.
    public static func plain(_ frame: GossipFrame) -> [UInt8] {
        // Serialization of a proto3 message without required fields cannot fail.
        (try? PBFrame(frame).serializedBytes()) ?? []
    }

    /// As ``MessageCoder`` says.
    public func decode(_ bytes: UnsafeRawBufferPointer) -> GossipFrame? {
        guard let first = bytes.first else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        switch first {
        case 0:
            guard rest.count <= GossipLimits.decompressed else { return nil }
            return GossipCoder.frame(rest)
        case 1:
            guard let plain = compressor?.decompress(rest, limit: GossipLimits.decompressed) else { return nil }
            return plain.withUnsafeBytes { GossipCoder.frame($0) }
        default:
            return nil
        }
    }

    private static func frame(_ plain: UnsafeRawBufferPointer) -> GossipFrame? {
        var reader = SmallFrameReader(plain)
        if let frame = reader.frame() { return frame }
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 8
        options.discardUnknownFields = true
        guard let message = try? PBFrame(serializedBytes: Array(plain), options: options) else { return nil }
        return GossipFrame(message)
    }
}
