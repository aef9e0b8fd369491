import COpenSSL
import Peer

/// AES_CM_128_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 sections 4.1.1 and 4.2.1), one direction.
final class CounterModePacketCipher: PacketCipher {
    private let rtp: CipherContext
    private let rtcp: CipherContext
    private var rtpMAC: HMACSHA1
    private var rtcpMAC: HMACSHA1
    // The upper 14 bytes of a 16-byte counter block: its two big-endian halves.
    private let rtpSalt: (UInt64, UInt64)
    private let rtcpSalt: (UInt64, UInt64)
    private static let tag = ProtectionProfile.aes128CounterModeSHA1.tagLength
    /// What SRTCP adds: the word with E-flag and index, and the tag.
    private static let rtcpOverhead = 4 + tag

    init(key: [UInt8], salt: [UInt8]) {
        precondition(key.count == 16 && salt.count == 14, "an AES-CM master key and salt of \(key.count) and \(salt.count) bytes")
        let keys = SRTPKeyDerivation(masterKey: key, masterSalt: salt)
        rtp = CipherContext(EVP_aes_128_ctr(), key: keys.derive(.rtpEncryption, 16))
        rtcp = CipherContext(EVP_aes_128_ctr(), key: keys.derive(.rtcpEncryption, 16))
        rtpMAC = HMACSHA1(key: keys.derive(.rtpAuthentication, 20))
        rtcpMAC = HMACSHA1(key: keys.derive(.rtcpAuthentication, 20))
        rtpSalt = Self.halves(keys.derive(.rtpSalt, 14))
        rtcpSalt = Self.halves(keys.derive(.rtcpSalt, 14))
    }

    private static func halves(_ salt: [UInt8]) -> (UInt64, UInt64) {
        (salt[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, salt[8..<14].reduce(0) { $0 << 8 | UInt64($1) } << 16)
    }

    /// RFC 3711 section 4.1.1: IV = salt · 2^16 XOR SSRC · 2^64 XOR index · 2^16.
    private func apply(
        _ context: CipherContext, salt: (UInt64, UInt64), ssrc: UInt32, index: UInt64, _ bytes: UnsafeMutableRawPointer, _ count: Int
    ) -> Bool {
        var iv = ((salt.0 ^ UInt64(ssrc)).bigEndian, (salt.1 ^ index << 16).bigEndian)
        return withUnsafeBytes(of: &iv) { context.start(iv: $0.baseAddress!, encrypting: true) } && context.transform(bytes, count)
    }

    /// The first 10 bytes of the HMAC over the packet and, for RTP, the roll-over counter.
    private typealias Digest = (UInt64, UInt64, UInt32)
    private func rtpDigest(_ base: UnsafeRawPointer, _ count: Int, index: UInt64) -> Digest {
        var digest: Digest = (0, 0, 0)
        var rollOver = UInt32(truncatingIfNeeded: index >> 16).bigEndian
        rtpMAC.begin()
        rtpMAC.append(base, count)
        rtpMAC.append(&rollOver, 4)
        withUnsafeMutableBytes(of: &digest) { rtpMAC.finish(into: $0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
        return digest
    }
    private func rtcpDigest(_ base: UnsafeRawPointer, _ count: Int) -> Digest {
        var digest: Digest = (0, 0, 0)
        rtcpMAC.begin()
        rtcpMAC.append(base, count)
        withUnsafeMutableBytes(of: &digest) { rtcpMAC.finish(into: $0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
        return digest
    }
    private static func equal(_ digest: Digest, _ tag: UnsafeRawPointer) -> Bool {
        withUnsafeBytes(of: digest) { CRYPTO_memcmp($0.baseAddress, tag, Self.tag) == 0 }
    }
    private static func store(_ digest: Digest, _ tag: UnsafeMutableRawPointer) {
        withUnsafeBytes(of: digest) { tag.copyMemory(from: $0.baseAddress!, byteCount: Self.tag) }
    }

    func protectRTP(
        _ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64
    ) -> Int? {
        guard let base = packet.baseAddress, headerLength >= 12, length >= headerLength, length <= packet.count - Self.tag,
            apply(rtp, salt: rtpSalt, ssrc: ssrc, index: index, base + headerLength, length - headerLength)
        else { return nil }
        Self.store(rtpDigest(base, length, index: index), base + length)
        return length + Self.tag
    }

    func unprotectRTP(
        _ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64
    ) -> Int? {
        guard let base = packet.baseAddress, headerLength >= 12, length <= packet.count, headerLength <= length - Self.tag else {
            return nil
        }
        let plain = length - Self.tag
        guard Self.equal(rtpDigest(base, plain, index: index), base + plain),
            apply(rtp, salt: rtpSalt, ssrc: ssrc, index: index, base + headerLength, plain - headerLength)
        else { return nil }
        return plain
    }

    func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        guard let base = packet.baseAddress, length >= 8, length <= packet.count - Self.rtcpOverhead else { return nil }
        let index = index & 0x7FFF_FFFF
        guard apply(rtcp, salt: rtcpSalt, ssrc: ssrc, index: UInt64(index), base + 8, length - 8) else { return nil }
        packet.storeBytes(of: (index | 0x8000_0000).bigEndian, toByteOffset: length, as: UInt32.self)
        Self.store(rtcpDigest(base, length + 4), base + length + 4)
        return length + Self.rtcpOverhead
    }

    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> (length: Int, index: UInt32)? {
        guard let base = packet.baseAddress, length <= packet.count, length >= 8 + Self.rtcpOverhead else { return nil }
        let plain = length - Self.rtcpOverhead
        guard Self.equal(rtcpDigest(base, plain + 4), base + plain + 4) else { return nil }
        let word = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: plain, as: UInt32.self))
        let index = word & 0x7FFF_FFFF
        let ssrc = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        if word >> 31 == 1, !apply(rtcp, salt: rtcpSalt, ssrc: ssrc, index: UInt64(index), base + 8, plain - 8) { return nil }
        return (plain, index)
    }
}
