extension RTPHeader {
    /// The most bytes that ``write(into:payloadType:marker:sequence:timestamp:ssrc:audioLevel:transportSequence:mid:)`` needs.
    public static let longestWritten = 12 + 4 + 2 + 1 + 2 + 2 + 2 + 16 + 3

    /// Writes a header without CSRC list to the start of `slot` and returns its length; the payload goes behind it.
    ///
    /// Extensions take the one-byte form of RFC 8285, or the two-byte form if an id is above 14. `slot` must hold
    /// ``longestWritten`` bytes, a MID (RFC 9143) at most 16.
    public static func write(
        into slot: UnsafeMutableRawBufferPointer, payloadType: UInt8, marker: Bool, sequence: UInt16, timestamp: UInt32,
        ssrc: UInt32, audioLevel: (id: UInt8, level: UInt8, voice: Bool)? = nil,
        transportSequence: (id: UInt8, value: UInt16)? = nil, mid: (id: UInt8, value: [UInt8])? = nil
    ) -> Int {
        precondition(slot.count >= longestWritten, "a slot of \(slot.count) bytes holds no RTP header")
        let extended = audioLevel != nil || transportSequence != nil || mid != nil
        slot[0] = extended ? 0x90 : 0x80
        slot[1] = (marker ? 0x80 : 0) | payloadType & 0x7F
        slot.storeBytes(of: sequence.bigEndian, toByteOffset: 2, as: UInt16.self)
        slot.storeBytes(of: timestamp.bigEndian, toByteOffset: 4, as: UInt32.self)
        slot.storeBytes(of: ssrc.bigEndian, toByteOffset: 8, as: UInt32.self)
        guard extended else { return 12 }

        let twoByte = max(audioLevel?.id ?? 0, transportSequence?.id ?? 0, mid?.id ?? 0) > 14
        var at = 16
        func element(_ id: UInt8, _ count: Int) {
            if twoByte {
                slot[at] = id
                slot[at + 1] = UInt8(count)
                at += 2
            } else {
                slot[at] = id << 4 | UInt8(count - 1)
                at += 1
            }
        }
        if let audioLevel {
            element(audioLevel.id, 1)
            slot[at] = (audioLevel.voice ? 0x80 : 0) | min(audioLevel.level, 127)
            at += 1
        }
        if let transportSequence {
            element(transportSequence.id, 2)
            slot[at] = UInt8(transportSequence.value >> 8)
            slot[at + 1] = UInt8(truncatingIfNeeded: transportSequence.value)
            at += 2
        }
        if let mid {
            precondition((1...16).contains(mid.value.count), "a MID of \(mid.value.count) bytes")
            element(mid.id, mid.value.count)
            for byte in mid.value {
                slot[at] = byte
                at += 1
            }
        }
        while at & 3 != 0 {
            slot[at] = 0
            at += 1
        }
        slot.storeBytes(of: UInt16(twoByte ? 0x1000 : 0xBEDE).bigEndian, toByteOffset: 12, as: UInt16.self)
        slot.storeBytes(of: UInt16((at - 16) / 4).bigEndian, toByteOffset: 14, as: UInt16.self)
        return at
    }
}
