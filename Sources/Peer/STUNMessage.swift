import Basics

/// A STUN transaction's 96-bit id (RFC 8489 section 5).
struct STUNTransaction: Hashable, Sendable {
    var high: UInt32
    var low: UInt64
    init(high: UInt32, low: UInt64) {
        self.high = high
        self.low = low
    }
    init(using random: inout SeededGenerator) {
        high = UInt32(truncatingIfNeeded: random.next())
        low = random.next()
    }
}

/// The four classes of a STUN message (RFC 8489 section 5).
enum STUNClass: UInt8, Sendable {
    case request = 0
    case indication = 1
    case success = 2
    case failure = 3
}

/// The attributes we know (RFC 8489 section 18.3, RFC 8445 section 16.1).
enum STUNAttribute {
    static let username: UInt16 = 0x0006
    static let messageIntegrity: UInt16 = 0x0008
    static let errorCode: UInt16 = 0x0009
    static let unknownAttributes: UInt16 = 0x000A
    static let realm: UInt16 = 0x0014
    static let nonce: UInt16 = 0x0015
    static let messageIntegritySHA256: UInt16 = 0x001C
    static let xorMappedAddress: UInt16 = 0x0020
    static let priority: UInt16 = 0x0024
    static let useCandidate: UInt16 = 0x0025
    static let fingerprint: UInt16 = 0x8028
    static let controlled: UInt16 = 0x8029
    static let controlling: UInt16 = 0x802A
}

/// One STUN binding message, parsed in place (RFC 8489): every offset is checked before it is kept.
///
/// It points into the datagram and must not outlive it.
struct STUNMessage {
    static let magicCookie: UInt32 = 0x2112_A442
    static let headerLength = 20
    /// No binding message of ICE comes near; RFC 8489 section 6.1 lets them fill a datagram.
    static let maximumLength = 1_280
    /// RFC 8489 section 14.3: fewer than 509 bytes.
    static let maximumUsername = 508

    /// What is wrong with the bytes.
    enum Malformed: Error, Hashable {
        case notSTUN
        case badLength
        case badAttribute(at: Int)
        case badFingerprint
        /// Any method but Binding.
        case unknownMethod
    }

    let bytes: UnsafeRawBufferPointer
    let kind: STUNClass
    let transaction: STUNTransaction
    private(set) var username: UnsafeRawBufferPointer?
    private(set) var priority: UInt32?
    private(set) var useCandidate = false
    private(set) var controlling: UInt64?
    private(set) var controlled: UInt64?
    private(set) var mapped: Address?
    private(set) var errorCode: Int?
    private(set) var hasFingerprint = false
    /// Comprehension-required attributes that we do not comprehend, at most eight.
    private(set) var unknown: [UInt16] = []
    /// Where MESSAGE-INTEGRITY's header starts; nil without one.
    private(set) var integrityOffset: Int?

    init(parsing bytes: UnsafeRawBufferPointer) throws(Malformed) {
        self.bytes = bytes
        var reader = ByteReader(bytes)
        guard bytes.count <= STUNMessage.maximumLength, let type = reader.u16(), let length = reader.u16(),
            let cookie = reader.u32(), let high = reader.u32(), let low = reader.u64(), type & 0xC000 == 0,
            cookie == STUNMessage.magicCookie
        else { throw .notSTUN }
        guard Int(length) == reader.remaining, length & 3 == 0 else { throw .badLength }
        // Class bits C1 and C0 are 8 and 4 of the type; the rest is the method (RFC 8489 figure 3).
        guard type & 0x3EEF == 0x0001 else { throw .unknownMethod }
        kind = STUNClass(rawValue: UInt8(type >> 7 & 2 | type >> 4 & 1))!
        transaction = STUNTransaction(high: high, low: low)
        while reader.remaining > 0 {
            let start = reader.offset
            guard let attribute = reader.u16(), let size = reader.u16(), let value = reader.take(Int(size)),
                reader.skip((4 - Int(size) & 3) & 3)
            else { throw .badAttribute(at: start) }
            // After MESSAGE-INTEGRITY only FINGERPRINT counts; after FINGERPRINT nothing may come (section 14.7).
            if hasFingerprint { throw .badAttribute(at: start) }
            if attribute == STUNAttribute.fingerprint {
                try take(fingerprint: value, at: start)
            } else if integrityOffset == nil {
                guard take(attribute, value, at: start) else { throw .badAttribute(at: start) }
            }
        }
    }

    private mutating func take(fingerprint value: UnsafeRawBufferPointer, at start: Int) throws(Malformed) {
        var reader = ByteReader(value)
        guard value.count == 4, let sent = reader.u32() else { throw .badAttribute(at: start) }
        let crc = CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<start]))
        guard sent == crc ^ CRC32.stunMask else { throw .badFingerprint }
        hasFingerprint = true
    }

    private mutating func take(_ attribute: UInt16, _ value: UnsafeRawBufferPointer, at start: Int) -> Bool {
        var reader = ByteReader(value)
        switch attribute {
        case STUNAttribute.username:
            guard value.count <= STUNMessage.maximumUsername else { return false }
            if username == nil { username = value }
        case STUNAttribute.messageIntegrity:
            guard value.count == 20 else { return false }
            integrityOffset = start
        case STUNAttribute.priority:
            guard value.count == 4 else { return false }
            priority = reader.u32()
        case STUNAttribute.useCandidate:
            useCandidate = true
        case STUNAttribute.controlling:
            guard value.count == 8 else { return false }
            controlling = reader.u64()
        case STUNAttribute.controlled:
            guard value.count == 8 else { return false }
            controlled = reader.u64()
        case STUNAttribute.xorMappedAddress:
            guard let address = unmask(value) else { return false }
            mapped = address
        case STUNAttribute.errorCode:
            guard value.count >= 4, (3...6).contains(value[2] & 7), value[3] < 100 else { return false }
            errorCode = Int(value[2] & 7) * 100 + Int(value[3])
        case STUNAttribute.unknownAttributes, STUNAttribute.realm, STUNAttribute.nonce,
            STUNAttribute.messageIntegritySHA256:
            break
        default:
            if attribute < 0x8000, unknown.count < 8 { unknown.append(attribute) }
        }
        return true
    }

    /// XOR-MAPPED-ADDRESS (section 14.2).
    private func unmask(_ value: UnsafeRawBufferPointer) -> Address? {
        var reader = ByteReader(value)
        guard reader.skip(1), let family = reader.u8(), let port = reader.u16() else { return nil }
        let plainPort = port ^ UInt16(STUNMessage.magicCookie >> 16)
        if family == 1, value.count == 8, let host = reader.u32() {
            return Address(ipv4: host ^ STUNMessage.magicCookie, port: plainPort)
        }
        guard family == 2, value.count == 20, let high = reader.u64(), let low = reader.u64() else { return nil }
        return Address(
            high: high ^ (UInt64(STUNMessage.magicCookie) << 32 | UInt64(transaction.high)), low: low ^ transaction.low,
            port: plainPort)
    }

    /// Whether MESSAGE-INTEGRITY is there and was made with this key (section 14.5, short-term credentials).
    func isAuthentic(key: [UInt8], security: any SecurityProvider) -> Bool {
        guard let offset = integrityOffset else { return false }
        // The HMAC covers all before the attribute, with a length that ends behind it.
        var covered = [UInt8](bytes[..<offset])
        let length = offset + 24 - STUNMessage.headerLength
        covered[2] = UInt8(truncatingIfNeeded: length >> 8)
        covered[3] = UInt8(truncatingIfNeeded: length)
        let wanted = covered.withUnsafeBytes { security.hmacSHA1(key: key, $0) }
        guard wanted.count == 20 else { return false }
        var difference: UInt8 = 0
        for i in 0..<20 { difference |= wanted[i] ^ bytes[offset + 4 + i] }
        return difference == 0
    }

    /// USERNAME's two fragments; nil if there are not exactly two. The first is the receiver's (RFC 8445 section 7.2.2).
    var fragments: (receiver: UnsafeRawBufferPointer.SubSequence, sender: UnsafeRawBufferPointer.SubSequence)? {
        guard let username, let colon = username.firstIndex(of: 0x3A) else { return nil }
        return (username[..<colon], username[(colon + 1)...])
    }
}

/// CRC-32 of ITU-T V.42, as FINGERPRINT wants it (RFC 8489 section 14.7).
enum CRC32 {
    static let stunMask: UInt32 = 0x5354_554E
    private static let table: [UInt32] = (0..<256).map { (n: UInt32) in
        var c = n
        for _ in 0..<8 { c = c & 1 == 1 ? c >> 1 ^ 0xEDB8_8320 : c >> 1 }
        return c
    }
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var c: UInt32 = 0xFFFF_FFFF
        for byte in bytes { c = c >> 8 ^ table[Int(UInt8(truncatingIfNeeded: c) ^ byte)] }
        return ~c
    }
}
