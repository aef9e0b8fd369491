import Basics

/// The payload descriptor before each piece of a VP8 frame (RFC 7741 section 4.2).
public struct VP8PayloadDescriptor: Hashable, Sendable {
    /// S: the piece begins a partition.
    public var startsPartition: Bool
    /// PID: index of the partition, 0…7.
    public var partition: UInt8
    /// N: no other frame refers to this one.
    public var nonReference: Bool
    /// 7 or 15 bits; nil if absent.
    public var pictureID: UInt16?
    /// TL0PICIDX, if present.
    public var baseLayerIndex: UInt8?
    /// TID, if present.
    public var temporalLayer: UInt8?
    /// Bytes of the descriptor; the VP8 data follow.
    public var length: Int
    /// The first byte of VP8 data has P = 0 and begins the frame.
    public var startsKeyFrame: Bool

    /// The piece is the first of a frame.
    public var startsFrame: Bool { startsPartition && partition == 0 }

    /// Nil if the payload is shorter than its descriptor says, or empty behind it.
    public init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.count >= 2 else { return nil }
        let first = payload[0]
        startsPartition = first & 0x10 != 0
        nonReference = first & 0x20 != 0
        partition = first & 0x07
        var at = 1
        if first & 0x80 != 0 {
            let flags = payload[1]
            at = 2
            if flags & 0x80 != 0 {
                guard payload.count > at else { return nil }
                if payload[at] & 0x80 != 0 {
                    guard payload.count > at + 1 else { return nil }
                    pictureID = UInt16(payload[at] & 0x7F) << 8 | UInt16(payload[at + 1])
                    at += 2
                } else {
                    pictureID = UInt16(payload[at])
                    at += 1
                }
            }
            if flags & 0x40 != 0 {
                guard payload.count > at else { return nil }
                baseLayerIndex = payload[at]
                at += 1
            }
            if flags & 0x30 != 0 {
                guard payload.count > at else { return nil }
                if flags & 0x20 != 0 { temporalLayer = payload[at] >> 6 }
                at += 1
            }
        }
        guard payload.count > at else { return nil }
        length = at
        startsKeyFrame = first & 0x17 == 0x10 && payload[at] & 0x01 == 0
    }

    /// Width and height that a key frame's header names (RFC 6386 section 9.1), from its first piece.
    public static func pictureSize(_ frame: UnsafeRawBufferPointer) -> (width: Int, height: Int)? {
        guard frame.count >= 10, frame[0] & 1 == 0, frame[3] == 0x9D, frame[4] == 0x01, frame[5] == 0x2A else { return nil }
        return (Int(frame[6]) | Int(frame[7] & 0x3F) << 8, Int(frame[8]) | Int(frame[9] & 0x3F) << 8)
    }
}

extension Codec {
    /// Whether this payload begins a key frame: what a switch of source waits for. Always true for sound.
    public func startsKeyFrame(_ payload: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .opus: true
        case .vp8: VP8PayloadDescriptor(payload)?.startsKeyFrame ?? false
        case .h264: H264Payload.contents(payload).startsKeyFrame
        }
    }
}
