import Basics

/// Writes a compound RTCP packet into a slot; a message that does not fit is left out and reported by false.
///
/// RFC 3550 section 6.1 wants a report first: begin with ``senderReport(_:blocks:)`` or ``receiverReport(sender:blocks:)``.
public struct RTCPWriter {
    private let slot: UnsafeMutableRawBufferPointer
    /// Bytes written so far, a multiple of four.
    public private(set) var count = 0
    /// Leaves room for what SRTCP appends: the caller's slot must be longer than `limit`.
    public init(_ slot: UnsafeMutableRawBufferPointer, limit: Int = 1_200) {
        self.slot = UnsafeMutableRawBufferPointer(rebasing: slot[..<min(slot.count, limit)])
    }

    /// SR (RFC 3550 section 6.4.1) with at most one block.
    @discardableResult
    public mutating func senderReport(_ sender: SenderInformation, block: ReportBlock? = nil) -> Bool {
        guard begin(type: 200, count: block == nil ? 0 : 1, body: block == nil ? 24 : 48) else { return false }
        put(sender.ssrc)
        put(UInt32(sender.ntp >> 32))
        put(UInt32(truncatingIfNeeded: sender.ntp))
        put(sender.rtp)
        put(sender.packets)
        put(sender.octets)
        if let block { put(block) }
        return true
    }

    /// RR (RFC 3550 section 6.4.2) with at most one block; without one it only heads a compound.
    @discardableResult
    public mutating func receiverReport(sender: UInt32, block: ReportBlock? = nil) -> Bool {
        guard begin(type: 201, count: block == nil ? 0 : 1, body: block == nil ? 4 : 28) else { return false }
        put(sender)
        if let block { put(block) }
        return true
    }

    /// SDES with one CNAME of 1…255 bytes (RFC 3550 section 6.5.1).
    @discardableResult
    public mutating func sourceDescription(ssrc: UInt32, name: [UInt8]) -> Bool {
        guard (1...255).contains(name.count) else { return false }
        // At least one zero byte ends the chunk, up to the next word.
        let body = 4 + (2 + name.count) / 4 * 4 + 4
        guard begin(type: 202, count: 1, body: body) else { return false }
        let end = count + body
        put(ssrc)
        slot[count] = 1
        slot[count + 1] = UInt8(name.count)
        count += 2
        for byte in name {
            slot[count] = byte
            count += 1
        }
        while count < end {
            slot[count] = 0
            count += 1
        }
        return true
    }

    /// BYE of one source (RFC 3550 section 6.6).
    @discardableResult
    public mutating func bye(ssrc: UInt32) -> Bool {
        guard begin(type: 203, count: 1, body: 4) else { return false }
        put(ssrc)
        return true
    }

    /// Generic NACK for `sequences` in rising order (RFC 4585 section 6.2.1); returns how many found room.
    @discardableResult
    public mutating func nack(sender: UInt32, media: UInt32, _ sequences: [UInt16]) -> Int {
        guard !sequences.isEmpty, slot.count - count >= 16 else { return 0 }
        let start = count
        count += 4
        put(sender)
        put(media)
        var i = 0
        while i < sequences.count, slot.count - count >= 4 {
            let base = sequences[i]
            var mask: UInt32 = 0
            i += 1
            while i < sequences.count {
                let ahead = sequences[i].ahead(of: base)
                guard (1...16).contains(ahead) else { break }
                mask |= 1 << UInt32(ahead - 1)
                i += 1
            }
            put(UInt32(base) << 16 | mask)
        }
        header(at: start, type: 205, count: 1, body: count - start - 4)
        return i
    }

    /// PLI (RFC 4585 section 6.3.1).
    @discardableResult
    public mutating func pictureLoss(sender: UInt32, media: UInt32) -> Bool {
        guard begin(type: 206, count: 1, body: 8) else { return false }
        put(sender)
        put(media)
        return true
    }

    /// FIR for one source (RFC 5104 section 4.3.1); `number` rises with each new request.
    @discardableResult
    public mutating func fullIntraRequest(sender: UInt32, media: UInt32, number: UInt8) -> Bool {
        guard begin(type: 206, count: 4, body: 16) else { return false }
        put(sender)
        put(0)
        put(media)
        put(UInt32(number) << 24)
        return true
    }

    /// REMB (draft-alvestrand-rmcat-remb-03) for one source, or for all that the peer sends; the rate is rounded down to
    /// 18 significant bits.
    @discardableResult
    public mutating func maximumBitrate(sender: UInt32, _ rate: Bitrate, source: UInt32?) -> Bool {
        guard begin(type: 206, count: 15, body: source == nil ? 16 : 20) else { return false }
        var mantissa = UInt64(max(0, rate.bitsPerSecond))
        var exponent: UInt32 = 0
        while mantissa > 0x3FFFF {
            mantissa >>= 1
            exponent += 1
        }
        put(sender)
        put(0)
        put(0x5245_4D42)
        put(UInt32(source == nil ? 0 : 1) << 24 | exponent << 18 | UInt32(mantissa))
        if let source { put(source) }
        return true
    }

    /// APP (RFC 3550 section 6.7) with one word of data; `name` is four ASCII bytes, `subtype` 0…31.
    @discardableResult
    public mutating func application(subtype: UInt8, ssrc: UInt32, name: UInt32, data: UInt32) -> Bool {
        guard begin(type: 204, count: subtype & 0x1F, body: 12) else { return false }
        put(ssrc)
        put(name)
        put(data)
        return true
    }

    private mutating func begin(type: UInt8, count items: UInt8, body: Int) -> Bool {
        guard slot.count - count >= 4 + body else { return false }
        header(at: count, type: type, count: items, body: body)
        count += 4
        return true
    }
    private func header(at: Int, type: UInt8, count items: UInt8, body: Int) {
        slot[at] = 0x80 | items
        slot[at + 1] = type
        slot.storeBytes(of: UInt16(body / 4).bigEndian, toByteOffset: at + 2, as: UInt16.self)
    }
    private mutating func put(_ value: UInt32) {
        slot.storeBytes(of: value.bigEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }
    private mutating func put(_ block: ReportBlock) {
        put(block.ssrc)
        let lost = min(max(block.cumulativeLost, -0x80_0000), 0x7F_FFFF)
        put(UInt32(block.fractionLost) << 24 | UInt32(bitPattern: lost) & 0xFF_FFFF)
        put(block.highestSequence)
        put(block.jitter)
        put(block.lastReport)
        put(block.delaySinceLastReport)
    }
}
