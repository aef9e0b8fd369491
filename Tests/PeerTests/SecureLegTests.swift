import Basics
import Native
import SDP
import Testing

@testable import Peer

@Suite("Legs on OpenSSL")
struct SecureLegTests {
    @Sendable static func clock() -> WallTime { WallTime(milliseconds: 1_790_000_000_000) }

    @Test("a bot and a node with real DTLS and AES-GCM", arguments: [Codec.vp8, .h264])
    func access(_ codec: Codec) throws {
        let bot = try OpenSSLSecurity.ephemeral(clock: Self.clock)
        let node = try OpenSSLSecurity.ephemeral(clock: Self.clock)
        let client = Peer(accessClient: OfferSettings(audioSSRC: 11, videoSSRC: 12, cname: "bot"), security: bot, now: .zero)
        var settings = AccessLegTests.settings(codec)
        settings.address = Line.addressB
        let server = try Peer(
            accessServer: SessionDescription(parsing: #require(client.localDescription)), settings: settings, security: node,
            now: .zero)
        try client.accept(answer: SessionDescription(parsing: #require(server.localDescription)), now: .zero)
        let line = Line(client, server, security: node)
        line.run(for: .seconds(2))
        #expect(line.eventsA.last == .established(.fingerprint(node.fingerprint)), "\(client.snapshot)")
        #expect(line.eventsB.last == .established(.fingerprint(bot.fingerprint)), "\(server.snapshot)")
        try AccessLegTests.expectMedia(client, server, at: Line.addressA, now: line.now, ssrc: 11, sequences: 65_500..<65_535)
        try AccessLegTests.expectMedia(client, server, at: Line.addressA, now: line.now, ssrc: 11, sequences: 0..<40)
        try AccessLegTests.expectMedia(server, client, at: Line.addressB, now: line.now, ssrc: 101, sequences: 1..<40)
        #expect(line.send(fromA: false, Array("chào".utf8)))
        line.run(for: .milliseconds(20))
        #expect(line.eventsA.last == .message(Array("chào".utf8)))
    }

    @Test("a trunk comes up between certificates of one authority, and its renewal replaces the keys")
    func trunk() throws {
        let authority = try CertificateAuthority.create(network: "soc-trang", now: Self.clock())
        func security(_ node: String) throws -> OpenSSLSecurity {
            try OpenSSLSecurity(
                authority: authority.credential.certificate, own: authority.issue(node: node, names: [], now: Self.clock()),
                clock: Self.clock)
        }
        let parent = try security("my-tu")
        let dialer = try Peer(trunkTo: Line.addressB, node: "my-tu", security: security("my-phuoc"), now: .zero)
        let line = Line(dialer, nil, security: parent)
        line.listener = parent.makeListener()
        line.run(for: .seconds(2))
        #expect(line.eventsA == [.established(.node("my-tu"))], "\(dialer.snapshot)")
        #expect(line.eventsB == [.established(.node("my-phuoc"))])
        try AccessLegTests.expectMedia(dialer, line.b!, at: Line.addressA, now: line.now, ssrc: 5, sequences: 1..<20)
        let old = try #require(dialer.protected(rtpPacket(ssrc: 5, sequence: 30)))

        dialer.redial(now: line.now)
        line.run(for: .seconds(2))
        #expect(line.eventsB == [.established(.node("my-phuoc")), .established(.node("my-phuoc"))])
        try AccessLegTests.expectMedia(dialer, line.b!, at: Line.addressA, now: line.now, ssrc: 5, sequences: 1..<20)
        #expect(line.b!.take(old, from: Line.addressA, now: line.now, outbox: Outbox()).0 == .dropped(.notAuthentic))

        let other = try Peer(trunkTo: Line.addressB, node: "elsewhere", security: security("my-phuoc"), now: line.now)
        let wrong = Line(other, nil, security: parent)
        wrong.now = line.now
        wrong.listener = parent.makeListener()
        wrong.run(for: .milliseconds(150))
        guard case .failed(.session(.untrustedCertificate)) = wrong.eventsA.first else {
            Issue.record("\(wrong.eventsA)")
            return
        }
    }
}
