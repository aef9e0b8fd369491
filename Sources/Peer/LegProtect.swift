import Basics

// Media on its way out: protected where it lies, in a slot of the outbox.

extension Peer {
    /// Encrypts an RTP packet in place and returns its new length; the caller commits the slot to ``remote``.
    ///
    /// Nil if the leg is not established, or the packet's index was used or lies behind the window (counted). A packet is sent again
    /// as the protected bytes that were sent first (``noteResent(bytes:)``): two texts have no nonce in common (RFC 7714 section 9.1).
    /// `headerLength` is that of the whole header, CSRCs and extension included; `slot` has room for
    /// ``ProtectionProfile/tagLength`` more bytes.
    public func protectRTP(_ slot: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int) -> Int? {
        guard let established = state.established else { return nil }
        guard let protected = established.protectRTP(slot, length: length, headerLength: headerLength, now: clock) else {
            counters.unprotectable &+= 1
            return nil
        }
        counters.rtpOut &+= 1
        counters.bytesOut &+= UInt64(protected)
        if established.takesRenewal() { tell(.renewalDue) }
        return protected
    }

    /// Counts a packet that is sent again as it was protected first.
    public func noteResent(bytes: Int) {
        counters.rtpOut &+= 1
        counters.bytesOut &+= UInt64(bytes)
    }

    /// Encrypts a compound RTCP packet in place and returns its new length; nil if the leg is not established.
    public func protectRTCP(_ slot: UnsafeMutableRawBufferPointer, length: Int) -> Int? {
        guard let established = state.established else { return nil }
        guard let protected = established.protectRTCP(slot, length: length) else {
            counters.unprotectable &+= 1
            return nil
        }
        counters.rtcpOut &+= 1
        counters.bytesOut &+= UInt64(protected)
        return protected
    }
}
