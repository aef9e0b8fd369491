import Basics

/// The receiving half of a session's SRTP (RFC 3711): index, replay, tag, in this order, in the receive buffer.
struct SRTPReceiver {
    /// After so long a silence of a source, a sequence number at or below its highest is taken for a new cycle
    /// (see ``SRTPSender/restart``; shorter, since the silence seen here may be shorter by the line's jitter).
    static let restart = Interval.seconds(3)
    /// Bytes of the scratch copy: more than any datagram of ours.
    private static let scratchSize = 2_048

    enum Verdict {
        case plain(length: Int)
        case dropped(DropReason)
    }

    private let cipher: any PacketCipher
    private let tagLength: Int
    private var sources: SourceTable
    private var windows = ReplayWindows()
    private var lastHeard: [Instant] = []
    private var rtcpSources: SourceTable
    private var rtcpWindows = ReplayWindows()
    private var scratch = [UInt8](repeating: 0, count: SRTPReceiver.scratchSize)

    init(_ cipher: any PacketCipher, profile: ProtectionProfile, limits: SourceLimits) {
        self.cipher = cipher
        tagLength = profile.tagLength
        sources = SourceTable(limit: limits.rtp)
        rtcpSources = SourceTable(limit: limits.rtcp)
    }

    var sourceCount: Int { sources.count }
    var isNearlyFull: Bool { sources.count >= sources.limit / 4 * 3 }

    mutating func unprotectRTP(_ packet: UnsafeMutableRawBufferPointer, now: Instant) -> Verdict {
        guard packet.count > tagLength,
            let frame = RTPFrame(UnsafeRawBufferPointer(packet), length: packet.count - tagLength)
        else { return .dropped(.malformedMedia) }
        guard let slot = sources.slot(frame.ssrc) else { return unprotectFirst(packet, frame, now) }
        var index = SRTPIndex.estimate(sequence: frame.sequence, highest: windows.highest[slot])
        if index <= windows.highest[slot], now - lastHeard[slot] > SRTPReceiver.restart { index += 1 << 16 }
        switch windows.check(slot, index) {
        case .replayed: return .dropped(.replayed)
        case .tooOld: return .dropped(.tooOld)
        case .fresh: break
        }
        guard
            let length = cipher.unprotectRTP(
                packet, length: packet.count, headerLength: frame.headerLength, ssrc: frame.ssrc, index: index)
        else { return .dropped(.notAuthentic) }
        windows.accept(slot, index)
        lastHeard[slot] = now
        return .plain(length: length)
    }

    /// A source's first packet: normally of cycle 0; of cycle 1 if the sender began high and what we hear first comes
    /// after its wrap. Rare, so a copy for the second try is cheap.
    private mutating func unprotectFirst(_ packet: UnsafeMutableRawBufferPointer, _ frame: RTPFrame, _ now: Instant) -> Verdict {
        if sources.isFull { return .dropped(.tooManySources) }
        let retry = frame.sequence < 0x8000 && packet.count <= scratch.count
        if retry { scratch.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(packet)) } }
        var index = UInt64(frame.sequence)
        var length = cipher.unprotectRTP(
            packet, length: packet.count, headerLength: frame.headerLength, ssrc: frame.ssrc, index: index)
        if length == nil, retry {
            scratch.withUnsafeBytes { packet.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<packet.count])) }
            index += 1 << 16
            length = cipher.unprotectRTP(
                packet, length: packet.count, headerLength: frame.headerLength, ssrc: frame.ssrc, index: index)
        }
        guard let length else { return .dropped(.notAuthentic) }
        _ = sources.insert(frame.ssrc)
        windows.add(first: index)
        lastHeard.append(now)
        return .plain(length: length)
    }

    mutating func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer) -> Verdict {
        guard packet.count >= 8 + 4 + tagLength, packet[0] >> 6 == 2 else { return .dropped(.malformedMedia) }
        let ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let known = rtcpSources.slot(ssrc)
        if known == nil, rtcpSources.isFull { return .dropped(.tooManySources) }
        // The cipher reads the index from the packet, so replay is judged after the tag; nothing is kept before both hold.
        guard let (length, index) = cipher.unprotectRTCP(packet, length: packet.count) else { return .dropped(.notAuthentic) }
        guard let slot = known else {
            _ = rtcpSources.insert(ssrc)
            rtcpWindows.add(first: UInt64(index))
            return .plain(length: length)
        }
        switch rtcpWindows.check(slot, UInt64(index)) {
        case .replayed: return .dropped(.replayed)
        case .tooOld: return .dropped(.tooOld)
        case .fresh: break
        }
        rtcpWindows.accept(slot, UInt64(index))
        return .plain(length: length)
    }
}
