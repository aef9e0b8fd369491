import Basics
import Foundation
import Native
import RTP
import SDP
import Testing

@testable import Demo
@testable import Peer

/// A bot's leg and the node's side of it, joined in memory; the test forwards packets as a node would.
final class Bench {
    static let botAddress = Address("127.0.0.1", port: 40_000)!
    static let nodeAddress = Address("127.77.0.3", port: 7_000)!
    static let wall = WallTime(milliseconds: 1_790_000_000_000)

    let bot: BotLeg
    let node: Peer
    let outbox = Outbox()
    var now = Instant.zero
    var news: [BotLeg.News] = []
    /// Plain packets from the bot.
    var rtp: ([UInt8]) -> Void = { _ in }
    var rtcp: ([UInt8]) -> Void = { _ in }
    /// Datagrams from the bot that get lost, by their first RTP numbers.
    var loses: (_ ssrc: UInt32, _ sequence: UInt16) -> Bool = { _, _ in false }

    init(_ site: SiteMedia.Site, codec: Codec, sites: Int) throws {
        let media = try SiteMedia.prepare([site], cache: MediaTests.cache)[0]
        let clips = BotLeg.Clips(sound: try media.clip(.opus), vp8: try media.clip(.vp8), h264: try media.clip(.h264))
        let mine = try OpenSSLSecurity.ephemeral(clock: { Bench.wall })
        let theirs = try OpenSSLSecurity.ephemeral(clock: { Bench.wall })
        bot = BotLeg(clips: clips, sites: sites, security: mine, codecs: OpusCodecs(), now: now)
        let settings = AnswerSettings(
            address: Bench.nodeAddress, videoCodec: codec, audioSSRCs: [101, 102, 103], videoSSRCs: [201, 202], cname: "node")
        node = try Peer(accessServer: SessionDescription(parsing: bot.offer), settings: settings, security: theirs, now: now)
        try bot.accept(answer: try #require(node.localDescription), now: now)
    }

    /// Five milliseconds of both sides.
    func step() {
        now += .milliseconds(5)
        bot.wake(now: now, wall: Bench.wall + (now - .zero))
        let datagrams = bot.outbox.datagrams.map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
        bot.outbox.removeAll()
        for var datagram in datagrams {
            if let header = datagram.withUnsafeBytes({ RTPHeader($0, encrypted: true).map { ($0.ssrc, $0.sequence) } }),
                !datagram.withUnsafeBytes({ RTPHeader.isRTCP($0) }), loses(header.0, header.1)
            {
                continue
            }
            let received = datagram.withUnsafeMutableBytes { node.receive($0, from: Bench.botAddress, now: now, outbox: outbox) }
            switch received {
            case .rtp(let length): rtp(Array(datagram[..<length]))
            case .rtcp(let length): rtcp(Array(datagram[..<length]))
            case .control, .dropped: break
            }
        }
        if let deadline = node.deadline, deadline <= now { node.wake(now: now, outbox: outbox) }
        while node.nextEvent() != nil {}
        deliver()
    }

    /// What the node has to send reaches the bot.
    func deliver() {
        let datagrams = outbox.datagrams.map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
        outbox.removeAll()
        for var datagram in datagrams {
            datagram.withUnsafeMutableBytes { bot.receive($0, from: Bench.nodeAddress, now: now) }
        }
        news += bot.takeNews()
    }

    /// Sends a plain packet of another leg under one of our slots' SSRCs.
    func forward(_ packet: [UInt8], as ssrc: UInt32) {
        guard let remote = node.remote else { return }
        var packet = packet
        for i in 0..<4 { packet[8 + i] = UInt8(truncatingIfNeeded: ssrc >> UInt32(24 - 8 * i)) }
        let room = outbox.reserve()
        room.copyBytes(from: packet)
        let header = packet.withUnsafeBytes { RTPHeader($0)!.headerLength }
        if let total = node.protectRTP(room, length: packet.count, headerLength: header) { outbox.commit(total, to: remote) }
    }

    func feedback(_ body: (inout RTCPWriter) -> Void) {
        guard let remote = node.remote else { return }
        let room = outbox.reserve()
        var writer = RTCPWriter(room)
        writer.receiverReport(sender: 101)
        body(&writer)
        if let total = node.protectRTCP(room, length: writer.count) { outbox.commit(total, to: remote) }
    }

    func run(_ duration: Interval, _ other: Bench? = nil) {
        let end = now + duration
        while now < end {
            step()
            other?.step()
            deliver()
        }
    }
}

@Suite("A bot's leg")
struct BotLegTests {
    static let speaker = SiteMedia.Site(name: "Tỉnh Ninh Bình", index: 17)
    static let listener = SiteMedia.Site(name: "Phường Yên Thắng", index: 130)

    static func header(_ packet: [UInt8]) -> (ssrc: UInt32, sequence: UInt16, type: UInt8, payload: [UInt8]) {
        packet.withUnsafeBytes {
            let header = RTPHeader($0)!
            return (header.ssrc, header.sequence, header.payloadType, Array(header.payloadBytes))
        }
    }

    @Test(
        "one bot hears and sees the other through real DTLS, SRTP and codecs, and not itself; of a closed microphone comes a little silence",
        .enabled(if: MediaTests.canMake), arguments: [Codec.vp8, .h264])
    func heardAndSeen(codec: Codec) throws {
        let a = try Bench(Self.speaker, codec: codec, sites: 289)
        let b = try Bench(Self.listener, codec: codec, sites: 289)
        let video = codec == .vp8 ? 96 : 97
        a.rtp = { packet in b.forward(packet, as: Self.header(packet).type == video ? 201 : 101) }
        var reports: [UInt32: SenderInformation] = [:]
        a.rtcp = { packet in
            packet.withUnsafeBytes { bytes in
                for case .senderReport(let report, _) in RTCPCompound(bytes) { reports[report.ssrc] = report }
            }
        }
        a.bot.microphone = .quiet
        a.run(.seconds(Int64(3)), b)
        #expect(a.news == [.established])
        #expect(b.news == [.established, .saw(17)], "nobody talks")
        a.bot.microphone = .talking
        a.run(.seconds(Int64(3)), b)
        let tellsOfSound = { (news: BotLeg.News) in if case .hearing = news { true } else { false } }
        #expect(b.news.filter { !tellsOfSound($0) } == [.established, .saw(17), .heard(17)])
        #expect(b.news.filter(tellsOfSound).count == 1, "one voice without a pause")
        #expect(a.news == [.established])
        // One clock behind both streams.
        #expect(reports.count == 2 && Set(reports.values.map(\.ntp)).count == 1)
        #expect(b.node.counters.rtcpIn > 5)
        // As a muted track does: the node learns of the source, and nobody is kept busy.
        a.bot.microphone = .muted
        var silences: [[UInt8]] = []
        a.rtp = { packet in if Self.header(packet).type != video { silences.append(packet) } }
        a.run(.seconds(Int64(2)), b)
        #expect((4...5).contains(silences.count))
    }

    @Test("a leg that rests takes and reports everything, decodes nothing, and hears and sees again once it is woken", .enabled(if: MediaTests.canMake))
    func resting() throws {
        let a = try Bench(Self.speaker, codec: .vp8, sites: 289)
        let b = try Bench(Self.listener, codec: .vp8, sites: 289)
        a.rtp = { packet in b.forward(packet, as: Self.header(packet).type == 96 ? 201 : 101) }
        var heard: Set<UInt32> = []
        b.rtcp = { packet in
            packet.withUnsafeBytes { bytes in
                for case .receiverReport(_, let blocks) in RTCPCompound(bytes) { for block in blocks { heard.insert(block.ssrc) } }
            }
        }
        a.bot.microphone = .talking
        b.bot.isResting = true
        a.run(.seconds(Int64(3)), b)
        #expect(b.news == [.established])
        #expect(heard == [101, 201])
        b.bot.isResting = false
        a.run(.milliseconds(2_500), b)
        #expect(b.news.contains(.saw(17)) && b.news.contains(.heard(17)))
    }

    @Test("a lost picture packet is asked for and repaired; a lost one of its own is sent again, the very same", .enabled(if: MediaTests.canMake))
    func repair() throws {
        let a = try Bench(Self.speaker, codec: .vp8, sites: 289)
        let b = try Bench(Self.listener, codec: .vp8, sites: 289)
        var kept: [UInt16: [UInt8]] = [:]
        var count = 0
        a.rtp = { packet in
            let (_, sequence, type, _) = Self.header(packet)
            guard type == 96 else { return }
            kept[sequence] = packet
            count += 1
            if count % 10 != 7 { b.forward(packet, as: 201) }
        }
        var asked: [UInt16] = []
        var keyRequests = 0
        b.rtcp = { packet in
            packet.withUnsafeBytes { bytes in
                for message in RTCPCompound(bytes) {
                    if case .nack(_, 201, let numbers) = message { asked += Array(numbers) }
                    if case .pictureLoss(_, 201) = message { keyRequests += 1 }
                }
            }
            for number in asked { if let packet = kept.removeValue(forKey: number) { b.forward(packet, as: 201) } }
        }
        // And on the way from the speaker to its node.
        var lost: Set<UInt16> = []
        var resent: Set<UInt16> = []
        var sender: UInt32 = 0
        let inner = a.rtp
        a.rtp = { packet in
            let (ssrc, sequence, type, _) = Self.header(packet)
            if type == 96 { sender = ssrc }
            if lost.contains(sequence), type == 96 { resent.insert(sequence) }
            inner(packet)
        }
        var seen = 0
        a.loses = { ssrc, sequence in
            guard ssrc == sender, !lost.contains(sequence) else { return false }
            seen += 1
            if seen % 25 == 0 {
                lost.insert(sequence)
                return true
            }
            return false
        }
        for _ in 0..<80 {
            a.run(.milliseconds(50), b)
            let missing = lost.subtracting(resent).sorted()
            if !missing.isEmpty { a.feedback { $0.nack(sender: 201, media: sender, missing) } }
        }
        #expect(lost.count >= 3 && resent == lost)
        #expect(asked.count >= 8 && keyRequests <= 1)
        #expect(b.news == [.established, .saw(17)])
    }

    @Test("a request for a key frame moves the clip on to one within a frame's time", .enabled(if: MediaTests.canMake))
    func keyFrame() throws {
        let a = try Bench(Self.speaker, codec: .vp8, sites: 289)
        var keys: [Instant] = []
        var sender: UInt32 = 0
        a.rtp = { packet in
            let (ssrc, _, type, payload) = Self.header(packet)
            guard type == 96 else { return }
            sender = ssrc
            // RFC 7741 section 4.2: S bit of partition 0, then P of the frame's header.
            if payload[0] & 0x10 != 0, payload[4] & 1 == 0 { keys.append(a.now) }
        }
        a.run(.milliseconds(1_500))
        let before = keys.count
        a.feedback { $0.pictureLoss(sender: 201, media: sender) }
        let asked = a.now
        a.run(.milliseconds(100))
        #expect(keys.count == before + 1 && keys.last! - asked <= .milliseconds(75))
        // Another request at once is answered by the same frame.
        a.feedback { $0.pictureLoss(sender: 201, media: sender) }
        a.run(.milliseconds(100))
        #expect(keys.count == before + 1)
    }
}
