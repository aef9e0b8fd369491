import COpenSSL
import Peer

/// AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714), one direction.
///
/// RTP: header as associated data, payload encrypted, 16 bytes of tag at the end. RTCP: the first 8 bytes and the trailing
/// E-flag-and-index word as associated data, tag before that word.
final class GCMPacketCipher: PacketCipher {
    private let rtp: CipherContext
    private let rtcp: CipherContext
    // Session salts with the four zero bytes that the IV's fixed places need, as two big-endian numbers: 4 + 8 bytes.
    private let rtpSalt: (UInt32, UInt64)
    private let rtcpSalt: (UInt32, UInt64)
    private static let tag = ProtectionProfile.aeadAES128GCM.tagLength
    /// What SRTCP adds: tag and the word with E-flag and index.
    private static let rtcpOverhead = tag + 4

    init(key: [UInt8], salt: [UInt8]) {
        precondition(key.count == 16 && salt.count == 12, "an AES-128-GCM master key and salt of \(key.count) and \(salt.count) bytes")
        let keys = SRTPKeyDerivation(masterKey: key, masterSalt: salt)
        rtp = CipherContext(EVP_aes_128_gcm(), key: keys.derive(.rtpEncryption, 16))
        rtcp = CipherContext(EVP_aes_128_gcm(), key: keys.derive(.rtcpEncryption, 16))
        rtpSalt = Self.numbers(keys.derive(.rtpSalt, 12))
        rtcpSalt = Self.numbers(keys.derive(.rtcpSalt, 12))
    }

    /// With session keys instead of master keys, as the examples of RFC 7714 have them.
    init(sessionKey: [UInt8], sessionSalt: [UInt8]) {
        rtp = CipherContext(EVP_aes_128_gcm(), key: sessionKey)
        rtcp = CipherContext(EVP_aes_128_gcm(), key: sessionKey)
        rtpSalt = Self.numbers(sessionSalt)
        rtcpSalt = rtpSalt
    }

    private static func numbers(_ salt: [UInt8]) -> (UInt32, UInt64) {
        (salt[0..<4].reduce(0) { $0 << 8 | UInt32($1) }, salt[4..<12].reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// RFC 7714 sections 8.1 and 9.1: two zero bytes, SSRC, then 48 bits of packet index, XOR salt.
    private func start(
        _ context: CipherContext, salt: (UInt32, UInt64), ssrc: UInt32, index: UInt64, encrypting: Bool
    ) -> Bool {
        let low = UInt64(ssrc & 0xFFFF) << 48 | (index & 0xFFFF_FFFF_FFFF)
        var iv = ((salt.0 ^ ssrc >> 16).bigEndian, UInt32(0), UInt32(0))
        let second = salt.1 ^ low
        iv.1 = UInt32(truncatingIfNeeded: second >> 32).bigEndian
        iv.2 = UInt32(truncatingIfNeeded: second).bigEndian
        return withUnsafeBytes(of: &iv) { context.start(iv: $0.baseAddress!, encrypting: encrypting) }
    }

    func protectRTP(
        _ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64
    ) -> Int? {
        guard let base = packet.baseAddress, headerLength >= 12, length >= headerLength, length <= packet.count - Self.tag,
            start(rtp, salt: rtpSalt, ssrc: ssrc, index: index, encrypting: true),
            rtp.authenticate(base, headerLength),
            rtp.transform(base + headerLength, length - headerLength),
            rtp.seal(tag: base + length)
        else { return nil }
        return length + Self.tag
    }

    func unprotectRTP(
        _ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64
    ) -> Int? {
        guard let base = packet.baseAddress, headerLength >= 12, length <= packet.count, headerLength <= length - Self.tag else {
            return nil
        }
        let plain = length - Self.tag
        guard start(rtp, salt: rtpSalt, ssrc: ssrc, index: index, encrypting: false),
            rtp.authenticate(base, headerLength),
            rtp.transform(base + headerLength, plain - headerLength),
            rtp.open(tag: base + plain)
        else { return nil }
        return plain
    }

    func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        guard let base = packet.baseAddress, length >= 8, length <= packet.count - Self.rtcpOverhead else { return nil }
        let index = index & 0x7FFF_FFFF
        var word = (index | 0x8000_0000).bigEndian
        guard start(rtcp, salt: rtcpSalt, ssrc: ssrc, index: UInt64(index), encrypting: true),
            rtcp.authenticate(base, 8), rtcp.authenticate(&word, 4),
            rtcp.transform(base + 8, length - 8),
            rtcp.seal(tag: base + length)
        else { return nil }
        packet.storeBytes(of: word, toByteOffset: length + Self.tag, as: UInt32.self)
        return length + Self.rtcpOverhead
    }

    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> (length: Int, index: UInt32)? {
        guard let base = packet.baseAddress, length <= packet.count, length >= 8 + Self.rtcpOverhead else { return nil }
        let plain = length - Self.rtcpOverhead
        var word = packet.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)
        let encrypted = UInt32(bigEndian: word) >> 31 == 1
        let index = UInt32(bigEndian: word) & 0x7FFF_FFFF
        let ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        // Without the E-flag the whole packet is associated data (RFC 7714 section 9.3).
        guard start(rtcp, salt: rtcpSalt, ssrc: ssrc, index: UInt64(index), encrypting: false),
            rtcp.authenticate(base, encrypted ? 8 : plain), rtcp.authenticate(&word, 4),
            !encrypted || rtcp.transform(base + 8, plain - 8),
            rtcp.open(tag: base + plain)
        else { return nil }
        return (plain, index)
    }
}
