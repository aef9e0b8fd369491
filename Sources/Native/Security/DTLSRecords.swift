import Basics

/// DTLS record borders (RFC 6347 section 4.1): type 1, version 2, epoch 2, sequence number 6, length 2 bytes, then the fragment.
enum DTLSRecords {
    static let headerLength = 13

    /// Length of the record at the start of `bytes`, header included; nil if no whole record of DTLS 1.0 to 1.2 stands there.
    static func firstLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var reader = ByteReader(bytes)
        guard let type = reader.u8(), (20...23).contains(type), let version = reader.u16(), version == 0xFEFF || version == 0xFEFD,
            reader.skip(8), let length = reader.u16(), reader.take(Int(length)) != nil
        else { return nil }
        return reader.offset
    }

    /// Bytes that AES-GCM adds to a record: its explicit nonce and tag (RFC 5288 section 3).
    private static let protection = 8 + 16

    /// Whether a record of the datagram, which is whole records, cannot be of an established session: an alert or data in clear, or a
    /// protected record that is shorter than its protection. OpenSSL takes some of those for the peer's goodbye.
    static func isForeign(_ datagram: UnsafeRawBufferPointer) -> Bool {
        var rest = datagram
        while let length = firstLength(rest) {
            let isClear = rest[3] == 0 && rest[4] == 0
            if isClear ? rest[0] == 21 || rest[0] == 23 : length < headerLength + protection { return true }
            rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        }
        return false
    }

    /// Whether `datagram` is nothing but whole records.
    static func areWhole(_ datagram: UnsafeRawBufferPointer) -> Bool {
        var rest = datagram
        while !rest.isEmpty {
            guard let length = firstLength(rest) else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        }
        return true
    }
}

/// What a cookie is bound to in an unfragmented ClientHello (RFC 6347 section 4.2.1).
struct ClientHello {
    /// The record's sequence number, which the answer repeats.
    var sequence: UInt64
    var cookie: UnsafeRawBufferPointer
    /// Version, random and session id; and cipher suites, compression methods and extensions.
    var beforeCookie: UnsafeRawBufferPointer
    var afterCookie: UnsafeRawBufferPointer

    /// Nil for all that is not one first ClientHello, whole in its first record.
    init?(_ datagram: UnsafeRawBufferPointer) {
        var record = ByteReader(datagram)
        guard record.u8() == 22, let version = record.u16(), version == 0xFEFF || version == 0xFEFD, let epoch = record.u16(),
            epoch == 0, let high = record.u16(), let low = record.u32(), let length = record.u16(),
            let fragment = record.take(Int(length)), record.remaining == 0
        else { return nil }
        sequence = UInt64(high) << 32 | UInt64(low)
        var handshake = ByteReader(fragment)
        guard handshake.u8() == 1, let bodyLength = handshake.u24(), let number = handshake.u16(), number <= 1,
            handshake.u24() == 0, handshake.u24() == bodyLength, let body = handshake.take(Int(bodyLength)),
            handshake.remaining == 0
        else { return nil }
        var hello = ByteReader(body)
        guard let wanted = hello.u16(), wanted == 0xFEFD, hello.skip(32), let idLength = hello.u8(), idLength <= 32,
            hello.skip(Int(idLength))
        else { return nil }
        beforeCookie = UnsafeRawBufferPointer(rebasing: body[..<hello.offset])
        guard let cookieLength = hello.u8(), let cookie = hello.take(Int(cookieLength)) else { return nil }
        self.cookie = cookie
        afterCookie = UnsafeRawBufferPointer(rebasing: body[hello.offset...])
        guard let suites = hello.u16(), suites >= 2, suites % 2 == 0, hello.skip(Int(suites)), let methods = hello.u8(), methods >= 1,
            hello.skip(Int(methods))
        else { return nil }
    }
}
