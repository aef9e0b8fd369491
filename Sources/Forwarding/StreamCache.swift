import Basics
import RTP

/// The last packets of one picture stream by its own sequence, one copy for all slots of a node.
///
/// A slot keeps what it sent itself; this keeps what passed the node, for the slot that began in the middle. Store each
/// video packet that the node routes; nothing is allocated after the first.
public struct StreamCache {
    /// The bridge's dense slot of the stream.
    public let stream: Int
    private let cache: RetransmissionCache
    private static let headerLength = 12

    /// 64 KiB hold the last half second of 1 Mbit/s.
    public init(stream: Int, packets: Int = 256, bytes: Int = 64 << 10) {
        self.stream = stream
        cache = RetransmissionCache(packets: packets, bytes: bytes)
    }

    /// Keeps a copy of a packet of this stream.
    public func store(_ packet: MediaPacket) {
        guard let room = cache.reserve(packet.sequence, Self.headerLength + packet.payload.count) else { return }
        room[0] = packet.codec.rawValue
        room[1] = packet.marker ? 1 : 0
        room[2] = packet.startsKeyFrame ? 1 : 0
        room.storeBytes(of: packet.timestamp, toByteOffset: 4, as: UInt32.self)
        room.storeBytes(of: packet.ssrc, toByteOffset: 8, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: room[Self.headerLength...]).copyMemory(from: packet.payload)
    }

    /// The packet with this sequence number of the stream, if it is still here; its payload is valid until the next one
    /// is stored.
    public func packet(_ sequence: UInt16) -> MediaPacket? {
        guard let bytes = cache.packet(sequence), let codec = Codec(rawValue: bytes[0]) else { return nil }
        return MediaPacket(
            stream: stream, kind: codec.kind, codec: codec, ssrc: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self),
            sequence: sequence, timestamp: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self), marker: bytes[1] != 0,
            level: 127, voice: false, startsKeyFrame: bytes[2] != 0,
            payload: UnsafeRawBufferPointer(rebasing: bytes[Self.headerLength...]))
    }
}
