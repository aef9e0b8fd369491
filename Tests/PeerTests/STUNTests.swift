import Basics
import Testing

@testable import Peer

@Suite("STUN")
struct STUNTests {
    static let password = Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)
    static let transaction = "2112a442 b7e7a701bc34d686fa87dfae"
    /// RFC 5769 section 2.1.
    static let request = bytes(
        hex: "00010058" + transaction + "80220010 5354554e207465737420636c69656e74 00240004 6e0001ff"
            + "80290008 932ff9b151263b36 00060009 6576746a3a68367659202020"
            + "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf")
    /// RFC 5769 section 2.2.
    static let response4 = bytes(
        hex: "0101003c" + transaction + "8022000b 7465737420766563746f7220 00200008 0001a147e112a643"
            + "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96")
    /// RFC 5769 section 2.3.
    static let response6 = bytes(
        hex: "01010048" + transaction + "8022000b 7465737420766563746f7220"
            + "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
            + "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c")

    let security = FakeSecurity("stun")

    @Test("the sample request of RFC 5769 is understood and authentic")
    func sampleRequest() throws {
        try Self.request.withUnsafeBytes { raw in
            let message = try STUNMessage(parsing: raw)
            #expect(message.kind == .request)
            #expect(message.priority == 0x6E00_01FF)
            #expect(message.controlled == 0x932F_F9B1_5126_3B36)
            #expect(message.username.map { String(decoding: $0, as: UTF8.self) } == "evtj:h6vY")
            #expect(message.hasFingerprint)
            #expect(message.unknown.isEmpty)
            #expect(message.isAuthentic(key: Self.password, security: security))
            #expect(!message.isAuthentic(key: Array("wrong".utf8), security: security))
            #expect(Peer.stunUsername(of: raw) == "evtj")
        }
    }

    @Test("the sample responses of RFC 5769 give their addresses", arguments: [4, 6])
    func sampleResponses(_ family: Int) throws {
        try (family == 4 ? Self.response4 : Self.response6).withUnsafeBytes { raw in
            let message = try STUNMessage(parsing: raw)
            #expect(message.kind == .success)
            let host = family == 4 ? "192.0.2.1" : "2001:db8:1234:5678:11:2233:4455:6677"
            #expect(message.mapped == Address(host, port: 32_853))
            #expect(message.isAuthentic(key: Self.password, security: security))
            #expect(Peer.stunUsername(of: raw) == nil)
        }
    }

    @Test("what the builder writes is what the parser reads", arguments: ["192.0.2.7", "2001:db8::7"])
    func builder(_ host: String) throws {
        var random = SeededGenerator(seed: 3)
        let transaction = STUNTransaction(using: &random)
        let address = try #require(Address(host, port: 4_711))
        var builder = STUNBuilder(.failure, transaction)
        builder.add(mapped: address)
        builder.add(STUNAttribute.username, Array("a:bc".utf8))
        builder.add(errorCode: 487)
        builder.add(STUNAttribute.controlling, UInt64(77))
        builder.addIntegrity(key: Self.password, security: security)
        builder.addFingerprint()
        try builder.writer.bytes.withUnsafeBytes { raw in
            let message = try STUNMessage(parsing: raw)
            #expect(message.kind == .failure && message.transaction == transaction)
            #expect(message.mapped == address && message.errorCode == 487 && message.controlling == 77)
            #expect(message.hasFingerprint && message.isAuthentic(key: Self.password, security: security))
        }
    }

    @Test("every single changed bit of an authentic request is noticed")
    func bitFlips() {
        for bit in 0..<(Self.request.count * 8) {
            var copy = Self.request
            copy[bit / 8] ^= 1 << UInt8(bit % 8)
            let accepted = copy.withUnsafeBytes { raw in
                (try? STUNMessage(parsing: raw)).map {
                    $0.hasFingerprint && $0.isAuthentic(key: Self.password, security: security)
                } ?? false
            }
            #expect(!accepted, "bit \(bit)")
        }
    }

    @Test("every cut of a request is refused")
    func truncation() {
        for count in 0..<Self.request.count {
            let accepted = Array(Self.request[..<count]).withUnsafeBytes { (try? STUNMessage(parsing: $0)) != nil }
            #expect(!accepted, "\(count) bytes")
        }
    }

    @Test("the first byte tells the protocols apart")
    func demultiplexing() {
        let expected: [(ClosedRange<Int>, Demultiplexer.Kind)] = [
            (0...3, .stun), (4...19, .unknown), (20...63, .dtls), (64...127, .unknown), (128...191, .rtp), (192...255, .unknown),
        ]
        for (range, kind) in expected {
            for byte in range { #expect(Demultiplexer.kind(of: UInt8(byte)) == kind) }
        }
        for type in 0...255 {
            let packet: [UInt8] = [0x80, UInt8(type)]
            #expect(packet.withUnsafeBytes { Demultiplexer.kind(of: $0) } == ((192...223).contains(type) ? .rtcp : .rtp))
        }
    }
}
