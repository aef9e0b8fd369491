import Basics
import Membership
import SwiftProtobuf

/// Frames of gossip as protobuf, compressed when that is smaller.
///
/// One leading byte: 0 plain, 1 zstd with ``GossipDictionary``. Anything else is of a later version.
public final class GossipCoder: MessageCoder {
    private let compressor: (any Compressor)?
    /// Frames encoded, and their bytes before and after compression.
    public private(set) var encoded = 0
    public private(set) var plainBytes = 0
    public private(set) var sentBytes = 0

    /// Without a compressor frames travel plain, and compressed ones are not understood.
    public init(compressor: (any Compressor)?) { self.compressor = compressor }

    /// Frames shorter than this are not worth trying: hellos and acknowledgements.
    private static let worthTrying = 120

    /// As ``MessageCoder`` says.
    public func encode(_ frame: GossipFrame) -> [UInt8] {
        if let small = SmallFrames.encode(frame, prefix: 0), small.count <= GossipCoder.worthTrying {
            encoded += 1
            plainBytes += small.count
            sentBytes += small.count
            return small
        }
        let plain = GossipCoder.plain(frame)
        var result: [UInt8] = []
        if plain.count >= GossipCoder.worthTrying, plain.count <= GossipLimits.decompressed,
            let smaller = compressor?.compress(plain), smaller.count < plain.count
        {
            result = [1] + smaller
        } else {
            result = [0] + plain
        }
        encoded += 1
        plainBytes += plain.count + 1
        sentBytes += result.count
        return result
    }

    /// The protobuf bytes, before any compression.
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
            var reader = SmallFrameReader(rest)
            return reader.frame() ?? GossipCoder.frame(Array(rest))
        case 1:
            guard let plain = compressor?.decompress(rest, limit: GossipLimits.decompressed) else { return nil }
            return GossipCoder.frame(plain)
        default:
            return nil
        }
    }

    private static func frame(_ plain: [UInt8]) -> GossipFrame? {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 8
        options.discardUnknownFields = true
        guard let message = try? PBFrame(serializedBytes: plain, options: options) else { return nil }
        return GossipFrame(message)
    }
}
