import Basics

/// Writes one STUN binding message, attribute by attribute, then MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489).
struct STUNBuilder {
    private(set) var writer = ByteWriter()
    private let transaction: STUNTransaction

    init(_ kind: STUNClass, _ transaction: STUNTransaction) {
        self.transaction = transaction
        writer.bytes.reserveCapacity(128)
        writer.u16(0x0001 | UInt16(kind.rawValue & 1) << 4 | UInt16(kind.rawValue & 2) << 7)
        writer.u16(0)
        writer.u32(STUNMessage.magicCookie)
        writer.u32(transaction.high)
        writer.u64(transaction.low)
    }

    mutating func add(_ attribute: UInt16, _ value: [UInt8] = []) {
        writer.u16(attribute)
        writer.u16(UInt16(truncatingIfNeeded: value.count))
        writer.append(value)
        while writer.bytes.count & 3 != 0 { writer.u8(0) }
        setLength(writer.bytes.count)
    }
    mutating func add(_ attribute: UInt16, _ value: UInt32) {
        var bytes = ByteWriter()
        bytes.u32(value)
        add(attribute, bytes.bytes)
    }
    mutating func add(_ attribute: UInt16, _ value: UInt64) {
        var bytes = ByteWriter()
        bytes.u64(value)
        add(attribute, bytes.bytes)
    }
    mutating func add(mapped address: Address) {
        var bytes = ByteWriter()
        bytes.u8(0)
        bytes.u8(address.ipv4 == nil ? 2 : 1)
        bytes.u16(address.port ^ UInt16(STUNMessage.magicCookie >> 16))
        if let host = address.ipv4 {
            bytes.u32(host ^ STUNMessage.magicCookie)
        } else {
            bytes.u64(address.high ^ (UInt64(STUNMessage.magicCookie) << 32 | UInt64(transaction.high)))
            bytes.u64(address.low ^ transaction.low)
        }
        add(STUNAttribute.xorMappedAddress, bytes.bytes)
    }
    mutating func add(errorCode code: Int) {
        add(STUNAttribute.errorCode, [0, 0, UInt8(code / 100), UInt8(code % 100)])
    }
    mutating func add(unknown attributes: [UInt16]) {
        var bytes = ByteWriter()
        for attribute in attributes { bytes.u16(attribute) }
        add(STUNAttribute.unknownAttributes, bytes.bytes)
    }
    mutating func addIntegrity(key: [UInt8], security: any SecurityProvider) {
        setLength(writer.bytes.count + 24)
        let code = writer.bytes.withUnsafeBytes { security.hmacSHA1(key: key, $0) }
        add(STUNAttribute.messageIntegrity, code)
    }
    mutating func addFingerprint() {
        setLength(writer.bytes.count + 8)
        add(STUNAttribute.fingerprint, CRC32.checksum(writer.bytes) ^ CRC32.stunMask)
    }
    private mutating func setLength(_ end: Int) {
        let length = end - STUNMessage.headerLength
        writer.bytes[2] = UInt8(truncatingIfNeeded: length >> 8)
        writer.bytes[3] = UInt8(truncatingIfNeeded: length)
    }
}
