import Basics

/// One datagram of the stand-in's handshake: a DTLS record that the demultiplexer and `Peer` recognise, of about the size of
/// OpenSSL's with P-256 certificates.
///
/// ```
/// ClientHello            ──▶                     150 bytes
///                        ◀── HelloVerifyRequest   trunks only
/// ClientHello (cookie)   ──▶
///                        ◀── ServerHello … Done   two fragments
/// Certificate … Finished ──▶
///                        ◀── Finished
/// ```
/// A checksum stands for what the Finished hashes and record tags find in the end: damaged records are dropped.
struct HandshakeRecord {
    /// The handshake type of its first message (RFC 5246 section 7.4).
    enum Kind: UInt8 {
        case clientHello = 1
        case serverFlight = 2
        case helloVerifyRequest = 3
        case clientFlight = 11
        case serverFinished = 20

        /// Bytes of each fragment of the flight.
        var sizes: [Int] {
            switch self {
            case .clientHello: [172]
            case .helloVerifyRequest: [96]
            case .serverFlight: [1_180, 260]
            case .clientFlight: [930]
            case .serverFinished: [118]
            }
        }
    }

    var kind: Kind
    /// The sender's 32 random bytes.
    var random: [UInt8]
    var fragment: UInt8 = 0
    var cookie: UInt64 = 0
    var authority: UInt64 = 0
    var isExpired = false
    var node = ""
    var fingerprint: [UInt8] = []

    init(_ kind: Kind, random: [UInt8]) {
        self.kind = kind
        self.random = random
    }

    /// Where the random ends: record header 13, handshake header 12, version 2, random 32.
    private static let prefix = 59
    private static let checksumKey: UInt64 = 0x6861_6E64_7368_616B

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.u8(22)
        writer.u16(0xFEFD)
        writer.u16(kind == .serverFinished ? 1 : 0)
        writer.u16(0)
        writer.u32(UInt32(fragment))
        writer.u16(0)
        writer.u8(kind.rawValue)
        writer.append([UInt8](repeating: 0, count: 11))
        writer.u16(0xFEFD)
        writer.append(random)
        if kind == .helloVerifyRequest || kind == .clientHello {
            writer.u64(cookie)
        } else {
            writer.u8(fragment)
            writer.u64(authority)
            writer.u8(isExpired ? 1 : 0)
            writer.u8(UInt8(fingerprint.count))
            writer.append(fingerprint)
            writer.u8(UInt8(clamping: node.utf8.count))
            writer.append(node.utf8.prefix(255))
        }
        let size = kind.sizes[min(Int(fragment), kind.sizes.count - 1)]
        if writer.bytes.count + 8 < size { writer.append([UInt8](repeating: 0, count: size - 8 - writer.bytes.count)) }
        let body = UInt16(writer.bytes.count + 8 - 13)
        writer.bytes[11] = UInt8(body >> 8)
        writer.bytes[12] = UInt8(truncatingIfNeeded: body)
        writer.u64(writer.bytes.withUnsafeBytes { FastHash.hash($0, key: HandshakeRecord.checksumKey) })
        return writer.bytes
    }

    /// Nil for anything that is no sound record of a handshake.
    init?(_ datagram: UnsafeRawBufferPointer) {
        guard datagram.count > HandshakeRecord.prefix + 8, datagram[0] == 22, let kind = Kind(rawValue: datagram[13]) else { return nil }
        let end = datagram.count - 8
        let sum = FastHash.hash(UnsafeRawBufferPointer(rebasing: datagram[..<end]), key: HandshakeRecord.checksumKey)
        guard UInt64(bigEndian: datagram.loadUnaligned(fromByteOffset: end, as: UInt64.self)) == sum else { return nil }
        self.kind = kind
        random = [UInt8](datagram[27..<HandshakeRecord.prefix])
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: datagram[HandshakeRecord.prefix..<end]))
        if kind == .helloVerifyRequest || kind == .clientHello {
            guard let cookie = reader.u64() else { return nil }
            self.cookie = cookie
        } else {
            guard let fragment = reader.u8(), let authority = reader.u64(), let flags = reader.u8(), let length = reader.u8(),
                let fingerprint = reader.take(Int(length)), let idLength = reader.u8(), let id = reader.take(Int(idLength))
            else { return nil }
            self.fragment = fragment
            self.authority = authority
            isExpired = flags & 1 != 0
            self.fingerprint = [UInt8](fingerprint)
            node = String(decoding: id, as: UTF8.self)
        }
    }
}
