import Basics
import RTP

@testable import Native
@testable import Peer

/// The first look at a datagram (RFC 7983), and ClientHellos before any state is made for their sender.
enum DemultiplexTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        let kind = Demultiplexer.kind(of: bytes)
        if let first = bytes.first {
            let rough = Demultiplexer.kind(of: first)
            promise(kind == rough || rough == .rtp && kind == .rtcp, "\(rough) by the first byte, \(kind) by two")
        } else {
            promise(kind == .unknown, "nothing is \(kind)")
        }
        promise((kind == .rtcp) == RTPHeader.isRTCP(bytes), "both tests for RTCP agree")
        let isHello = Demultiplexer.isClientHello(bytes)
        if isHello { promise(kind == .dtls, "a ClientHello is DTLS") }
        if let random = Demultiplexer.clientRandom(bytes) { promise(isHello && random.count == 32, "a ClientHello's random") }

        if let length = DTLSRecords.firstLength(bytes) {
            promise(kind == .dtls && length >= DTLSRecords.headerLength && length <= bytes.count, "a record of \(length) bytes")
        }
        if DTLSRecords.areWhole(bytes), !bytes.isEmpty { promise(kind == .dtls, "whole records are DTLS") }
        if let hello = ClientHello(bytes) {
            promise(isHello && Demultiplexer.clientRandom(bytes) != nil, "whoever answers with a cookie sees a ClientHello")
            // Record header 13, handshake header 12, the cookie's length 1.
            let parts = hello.beforeCookie.count + hello.cookie.count + hello.afterCookie.count
            promise(parts + 26 == bytes.count, "the parts of a ClientHello fill it")
        }
    }

    static var seeds: [[UInt8]] {
        [
            hello(cookie: []), hello(cookie: (0..<17).map { $0 }), hello(cookie: [UInt8](repeating: 7, count: 255)),
            [0x16, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 0] + [0x15, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0],
            [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2], [0x80, 200, 0, 6], [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42], [0x80], [99],
        ]
    }

    private static func hello(cookie: [UInt8]) -> [UInt8] {
        var body = ByteWriter()
        body.u16(0xFEFD)
        body.append((0..<32).map { UInt8($0) })
        body.append([4, 1, 2, 3, 4])
        body.u8(UInt8(cookie.count))
        body.append(cookie)
        // One suite, the null compression, one empty extension.
        body.append([0, 2, 0xC0, 0x2B, 1, 0, 0, 4, 0, 23, 0, 0])
        var handshake = ByteWriter([1])
        let length = [UInt8(0), UInt8(body.bytes.count >> 8), UInt8(body.bytes.count & 0xFF)]
        handshake.append(length + [0, cookie.isEmpty ? 0 : 1, 0, 0, 0] + length + body.bytes)
        var record = ByteWriter([22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 5])
        record.u16(UInt16(handshake.bytes.count))
        record.append(handshake.bytes)
        return record.bytes
    }
}
