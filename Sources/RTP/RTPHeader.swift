/// The fixed header, CSRC list and header extension of one RTP packet (RFC 3550 section 5.1), read in place.
///
/// The header does not own the bytes: it is valid as long as the packet's buffer.
public struct RTPHeader {
    /// The packet as it was given.
    public let packet: UnsafeRawBufferPointer
    /// 0…127.
    public let payloadType: UInt8
    /// Last packet of a frame, or first of a talkspurt.
    public let marker: Bool
    /// Rises by one for each packet, modulo 2¹⁶.
    public let sequence: UInt16
    /// Sampling time on the codec's RTP clock, modulo 2³².
    public let timestamp: UInt32
    /// The synchronization source.
    public let ssrc: UInt32
    /// Bytes before the payload: 12, the CSRC list and the header extension.
    public let headerLength: Int
    /// Where the payload lies in the packet, without padding.
    public let payload: Range<Int>
    private let extensionProfile: UInt16
    private let extensionBytes: Range<Int>

    /// Nil unless the bytes are version 2 and every length in them fits.
    ///
    /// `encrypted`: the packet is still under SRTP, so the padding count cannot be read and stays in the payload.
    public init?(_ packet: UnsafeRawBufferPointer, encrypted: Bool = false) {
        guard packet.count >= 12, packet[0] >> 6 == 2 else { return nil }
        let first = packet[0]
        var length = 12 + 4 * Int(first & 0x0F)
        guard packet.count >= length else { return nil }
        if first & 0x10 != 0 {
            guard packet.count >= length + 4 else { return nil }
            extensionProfile = UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: length, as: UInt16.self))
            let words = Int(UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: length + 2, as: UInt16.self)))
            guard packet.count >= length + 4 + 4 * words else { return nil }
            extensionBytes = length + 4..<length + 4 + 4 * words
            length += 4 + 4 * words
        } else {
            extensionProfile = 0
            extensionBytes = length..<length
        }
        var end = packet.count
        if first & 0x20 != 0, !encrypted {
            let padding = Int(packet[end - 1])
            guard padding > 0, length + padding <= end else { return nil }
            end -= padding
        }
        self.packet = packet
        payloadType = packet[1] & 0x7F
        marker = packet[1] & 0x80 != 0
        sequence = UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        timestamp = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        headerLength = length
        payload = length..<end
    }

    /// The payload without padding.
    public var payloadBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: packet[payload]) }

    /// The data of the first extension element with this local id (RFC 8285 sections 4.2 and 4.3); nil if there is none.
    public func extensionElement(id: UInt8) -> UnsafeRawBufferPointer? {
        guard id > 0, !extensionBytes.isEmpty else { return nil }
        let twoByte = extensionProfile & 0xFFF0 == 0x1000
        guard twoByte || extensionProfile == 0xBEDE else { return nil }
        var at = extensionBytes.lowerBound
        let end = extensionBytes.upperBound
        while at < end {
            let first = packet[at]
            at += 1
            // A zero byte is padding, in either form.
            if first == 0 { continue }
            let element: UInt8
            let count: Int
            if twoByte {
                guard at < end else { return nil }
                element = first
                count = Int(packet[at])
                at += 1
            } else {
                element = first >> 4
                // Id 15 ends the processing of the whole extension.
                if element == 15 { return nil }
                count = Int(first & 0x0F) + 1
            }
            guard at + count <= end else { return nil }
            if element == id { return UnsafeRawBufferPointer(rebasing: packet[at..<at + count]) }
            at += count
        }
        return nil
    }

    /// The audio level under that id (RFC 6464 section 3): 0 loudest … 127 silence, and whether it holds a voice.
    public func audioLevel(id: UInt8) -> (level: UInt8, voice: Bool)? {
        guard let data = extensionElement(id: id), let byte = data.first else { return nil }
        return (byte & 0x7F, byte & 0x80 != 0)
    }

    /// The transport-wide sequence number under that id.
    public func transportSequence(id: UInt8) -> UInt16? {
        guard let data = extensionElement(id: id), data.count >= 2 else { return nil }
        return UInt16(data[0]) << 8 | UInt16(data[1])
    }

    /// Whether the second byte says RTCP where RTP and RTCP share a port (RFC 5761 section 4).
    public static func isRTCP(_ packet: UnsafeRawBufferPointer) -> Bool {
        packet.count >= 2 && packet[0] >> 6 == 2 && (192...223).contains(packet[1])
    }
}
