import Basics

/// The sending half of a session's SRTP (RFC 3711): finds each packet's index and encrypts nothing under an index that is used.
///
/// Under AES-GCM a second text under one nonce gives the authentication key away (RFC 7714 section 9.1), so each source has a
/// window of the indices that were used. A resend is the protected packet itself, which its sender keeps.
struct SRTPSender {
    /// A source silent for so long resends nothing: a sequence number at or below its highest is a new cycle. This is
    /// how a gated stream that keeps its home's numbers comes back after half a cycle or more.
    static let restart = Interval.seconds(5)
    /// The 31 bits of an SRTCP index (RFC 3711 section 3.4).
    static let rtcpLimit: UInt32 = 1 << 31

    private let cipher: any PacketCipher
    private var sources: SourceTable
    /// Which indices each source has used.
    private var used = ReplayWindows()
    private var lastSent: [Instant] = []
    private var rtcpIndex: UInt32 = 0
    /// Packets that were not sent since their index was used or lies behind the window.
    private(set) var repeated = 0

    init(_ cipher: any PacketCipher, limits: SourceLimits) {
        self.cipher = cipher
        sources = SourceTable(limit: limits.rtp)
    }

    var sourceCount: Int { sources.count }
    var isNearlyFull: Bool { sources.count >= sources.limit / 4 * 3 }

    /// Nil if the packet cannot be protected: no RTP, no room, too many sources, too old for its source, or an index
    /// that is used.
    mutating func protectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, now: Instant) -> Int? {
        guard let frame = RTPFrame(UnsafeRawBufferPointer(packet), length: length), frame.headerLength == headerLength
        else { return nil }
        guard let slot = sources.slot(frame.ssrc) else {
            let index = UInt64(frame.sequence)
            guard !sources.isFull,
                let protected = cipher.protectRTP(
                    packet, length: length, headerLength: headerLength, ssrc: frame.ssrc, index: index)
            else { return nil }
            _ = sources.insert(frame.ssrc)
            used.add(first: index)
            lastSent.append(now)
            return protected
        }
        let top = used.highest[slot]
        var index = SRTPIndex.estimate(sequence: frame.sequence, highest: top)
        if index <= top, now - lastSent[slot] > SRTPSender.restart { index += 1 << 16 }
        guard index < SRTPIndex.limit, used.check(slot, index) == .fresh else {
            repeated += 1
            return nil
        }
        // Marked before it is tried: a cipher that failed half way must not be given another text under the same index.
        used.accept(slot, index)
        lastSent[slot] = now
        return cipher.protectRTP(packet, length: length, headerLength: headerLength, ssrc: frame.ssrc, index: index)
    }

    mutating func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> Int? {
        guard length >= 8, packet.count >= length, rtcpIndex < SRTPSender.rtcpLimit - 1 else { return nil }
        let ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        // One counter for all of the leg's RTCP sources: each sees an increasing index, which is all SRTCP asks.
        rtcpIndex += 1
        return cipher.protectRTCP(packet, length: length, ssrc: ssrc, index: rtcpIndex)
    }
}
