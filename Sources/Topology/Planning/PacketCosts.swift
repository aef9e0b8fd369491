import Basics

/// Packets and bits of something that flows, in one second.
public struct Flow: Hashable, Sendable {
    /// Datagrams.
    public var packets: Double
    /// Bits of plain RTP packets, headers included: what `/api/status` and the meters of trunks count. 0 for what is no media.
    public var rtpBits: Double
    /// Bits on the line, IP and UDP headers included, without the frames of the line below IP.
    public var wireBits: Double
    public init(packets: Double, rtpBits: Double = 0, wireBits: Double) {
        self.packets = packets
        self.rtpBits = rtpBits
        self.wireBits = wireBits
    }
    /// Nothing.
    public static let none = Flow(packets: 0, wireBits: 0)
    public static func + (a: Flow, b: Flow) -> Flow {
        Flow(packets: a.packets + b.packets, rtpBits: a.rtpBits + b.rtpBits, wireBits: a.wireBits + b.wireBits)
    }
    public static func - (a: Flow, b: Flow) -> Flow {
        Flow(packets: a.packets - b.packets, rtpBits: a.rtpBits - b.rtpBits, wireBits: a.wireBits - b.wireBits)
    }
    public static func * (a: Flow, n: Double) -> Flow {
        Flow(packets: a.packets * n, rtpBits: a.rtpBits * n, wireBits: a.wireBits * n)
    }
    /// Adds in place.
    public static func += (a: inout Flow, b: Flow) { a = a + b }
}

/// What the node puts around payloads on a trunk, and what it says there beside media. `docs/load.md` has each formula with its
/// source.
public struct PacketCosts: Hashable, Sendable {
    /// IPv4 20 (RFC 791), IPv6 40 (RFC 8200), and UDP 8 (RFC 768).
    public var networkBytes: Int

    /// `isIPv6`: the trunk runs over IPv6.
    public init(isIPv6: Bool = false) { networkBytes = (isIPv6 ? 40 : 20) + 8 }

    // MARK: Media

    /// The fixed RTP header (RFC 3550), and behind it the extension's head (RFC 8285), the audio level, the trunk's sequence
    /// and padding.
    public static let voiceHeader = 12 + 4 + 8
    /// The same without the audio level.
    public static let pictureHeader = 12 + 4 + 4
    /// The tag of AEAD_AES_128_GCM (RFC 7714).
    public static let tag = 16
    /// Opus frames of 20 ms.
    public static let voicePackets = 50.0
    /// The longest payload that a sender of pictures makes.
    public static let picturePayload = 1_100
    /// Pictures in a second that pages ask their cameras for.
    public static let pictureRate = 25.0

    /// One voice at that rate of Opus. In-band FEC is part of the rate; there is no further redundancy.
    public func voice(_ rate: Bitrate) -> Flow {
        let payload = Double(rate.bitsPerSecond) / 8 / Self.voicePackets
        return media(packets: Self.voicePackets, payload: payload * Self.voicePackets, header: Self.voiceHeader)
    }

    /// One picture at that rate of encoded frames, so many a second: a frame's last packet is half full on average, and no packet holds
    /// two frames.
    public func picture(_ rate: Bitrate, _ codec: Codec, frames: Double = pictureRate) -> Flow {
        // RFC 7741: four bytes with a picture id of 15 bits; RFC 6184: FU indicator and header.
        let descriptor = codec == .h264 ? 2.0 : 4.0
        let bytes = Double(rate.bitsPerSecond) / 8
        let packets = max(frames, bytes / (Double(Self.picturePayload) - descriptor) + frames / 2)
        return media(packets: packets, payload: bytes + packets * descriptor, header: Self.pictureHeader)
    }

    private func media(packets: Double, payload: Double, header: Int) -> Flow {
        let rtp = payload + packets * Double(header)
        return Flow(packets: packets, rtpBits: rtp * 8, wireBits: (rtp + packets * Double(Self.tag + networkBytes)) * 8)
    }

    // MARK: RTCP

    /// What SRTCP adds: the tag and the word with the index (RFC 7714 section 9).
    public static let rtcpTrailer = 20
    /// Sender reports that fit one compound of 1,200 bytes.
    public static let reportsAtOnce = 42
    /// A tail ("NCTS") every 100 ms while media flows.
    public static let tailsPerSecond = 10.0
    private static let tail = 16
    private static let senderReport = 28
    private static let feedback = 8 + 16

    private func rtcp(_ bytes: Double, datagrams: Double) -> Flow {
        Flow(packets: datagrams, wireBits: (bytes + datagrams * Double(Self.rtcpTrailer + networkBytes)) * 8)
    }

    /// The tails of a direction with media.
    public var tails: Flow { rtcp(Self.tailsPerSecond * Double(Self.tail), datagrams: Self.tailsPerSecond) }

    /// Sender reports of one meeting: of streams that flow once a second and all at once, of the others' every ten.
    public func reports(flowing: Int, silent: Int) -> Flow { compound(flowing) + compound(silent) * 0.1 }

    private func compound(_ reports: Int) -> Flow {
        rtcp(Double(reports * Self.senderReport), datagrams: Double((reports + Self.reportsAtOnce - 1) / Self.reportsAtOnce))
    }

    /// Requests for so many lost packets a second, at most one every 10 ms.
    public func requests(lost: Double) -> Flow {
        let datagrams = min(lost, 100)
        return rtcp(datagrams * Double(Self.feedback), datagrams: datagrams)
    }

    // MARK: Gossip

    /// A DTLS 1.2 record with AES-GCM: header, explicit nonce, tag.
    public static let record = 13 + 8 + 16
    private static let shortHello = 37
    private static let fullHello = 77
    /// `scopes` is left out while no meeting runs on the edge.
    private static let scopesHash = 9
    /// Below this capacity hellos are half as frequent.
    public static let slow = Bitrate.mbps(1)

    private func gossip(_ bytes: Int, _ perSecond: Double) -> Flow {
        Flow(packets: perSecond, wireBits: Double(bytes + Self.record + networkBytes) * 8 * perSecond)
    }

    /// Hellos of one direction: four full ones a second while nothing runs, else ten, and short ones in the gaps that media leave.
    ///
    /// `senderLevel`: hops from the sender to the root; a hello downward names the way to the top. `frames`: of pictures a second in
    /// this direction, whose packets put a hello off as voices do.
    public func hellos(
        isUp: Bool, senderLevel: Int, runsMeeting: Bool, hasVoice: Bool, frames: Double = 0, capacity: Bitrate
    ) -> Flow {
        let direction = isUp ? 2 : 2 + 4 * (senderLevel + 1)
        guard runsMeeting else { return gossip(Self.fullHello - Self.scopesHash + direction, 4) }
        let full = gossip(Self.fullHello + direction, 10)
        if hasVoice { return full }
        let spacing = capacity < Self.slow ? 0.05 : 0.025
        let all = frames > 0 ? frames * (1 / frames / spacing).rounded(.down) : 1 / spacing
        return full + gossip(Self.shortHello + (isUp ? 2 : 0), max(0, all - 10))
    }

    /// Claims and leases of one floor holder on one edge: 2.5 a second each way, each acknowledged.
    public var leases: Flow { gossip(75, 2.5) + gossip(16, 2.5) }

    // MARK: Stills

    /// A chair's page shows so many halls at once.
    public static let stillsShown = 20
    /// Towards the chair, for each hall shown: a JPEG of 10 KB in a TLS connection of its own, every five seconds.
    public var still: Flow { Flow(packets: 2, wireBits: (12_800.0 + 9 * 40) * 8 / 5) }
    /// The request for it, the other way.
    public var stillRequest: Flow { Flow(packets: 2, wireBits: 2_000.0 * 8 / 5) }
}
