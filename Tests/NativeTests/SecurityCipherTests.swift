import Basics
import Peer
import Testing

@testable import Native

@Suite("SRTP ciphers")
struct SecurityCipherTests {
    static let masterKey = hex("E1F97A0D3E018BE0D64FA32C06DE4139")
    static let masterSalt = hex("0EC675AD498AFEEBB6960B3AABE6")

    @Test("session keys are those of RFC 3711 appendix B.3")
    func derivation() {
        let keys = SRTPKeyDerivation(masterKey: Self.masterKey, masterSalt: Self.masterSalt)
        #expect(keys.derive(.rtpEncryption, 16) == hex("C61E7A93744F39EE10734AFE3FF7A087"))
        #expect(keys.derive(.rtpSalt, 14) == hex("30CBBC08863D8C85D49DB34A9AE1"))
        #expect(
            keys.derive(.rtpAuthentication, 94)
                == hex(
                    """
                    CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF722709
                    86371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2
                    """))
    }

    @Test("SRTP is that of RFC 7714 section 16.1")
    func rfc7714RTP() {
        let cipher = GCMPacketCipher(sessionKey: Array(0..<16), sessionSalt: hex("517569642070726f2071756f"))
        let plain = hex(
            """
            8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361
            20696e207061727465732074726573
            """)
        let wanted = hex(
            """
            8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf
            8833899d7f27beb16a9152cf765ee4390cce
            """)
        #expect(protectRTP(cipher, plain, ssrc: 0x5501_a0b2, index: 0xf17b) == wanted)
        #expect(unprotectRTP(cipher, wanted, ssrc: 0x5501_a0b2, index: 0xf17b) == plain)
    }

    @Test("SRTCP is that of RFC 7714 section 17.1")
    func rfc7714RTCP() {
        let cipher = GCMPacketCipher(sessionKey: Array(0..<16), sessionSalt: hex("517569642070726f2071756f"))
        let plain = hex(
            """
            81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61
            deadbeefdeadbeefdeadbeefdeadbeefdeadbeef
            """)
        let wanted = hex(
            """
            81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b46
            86303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4
            """)
        #expect(protectRTCP(cipher, plain, ssrc: 0x4d61_7273, index: 0x5d4) == wanted)
        let back = unprotectRTCP(cipher, wanted)
        #expect(back?.packet == plain && back?.index == 0x5d4)
    }

    struct LibSRTP: Sendable, CustomTestStringConvertible {
        var profile: ProtectionProfile
        var key: [UInt8]
        var salt: [UInt8]
        var rtp: [UInt8]
        var rtcp: [UInt8]
        var testDescription: String { "\(profile)" }
    }
    static let rtpPlain = hex("800f1234decafbadcafebabe") + [UInt8](repeating: 0xab, count: 16)
    static let rtcpPlain = hex("81c8000bcafebabe") + [UInt8](repeating: 0xab, count: 16)

    @Test(
        "packets are those of libsrtp's own examples, from master keys on",
        arguments: [
            LibSRTP(
                profile: .aes128CounterModeSHA1, key: masterKey, salt: masterSalt,
                rtp: hex("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"),
                rtcp: hex("81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798")),
            LibSRTP(
                profile: .aeadAES128GCM, key: Array(0..<16), salt: Array(0xa0...0xab),
                rtp: hex("800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392"),
                rtcp: hex("81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001")),
        ])
    func libsrtp(_ example: LibSRTP) throws {
        let cipher = try TestNetwork.stranger().makeCipher(profile: example.profile, key: example.key, salt: example.salt)
        #expect(protectRTP(cipher, Self.rtpPlain, ssrc: 0xcafe_babe, index: 0x1234) == example.rtp)
        #expect(unprotectRTP(cipher, example.rtp, ssrc: 0xcafe_babe, index: 0x1234) == Self.rtpPlain)
        #expect(protectRTCP(cipher, Self.rtcpPlain, ssrc: 0xcafe_babe, index: 1) == example.rtcp)
        #expect(unprotectRTCP(cipher, example.rtcp)?.packet == Self.rtcpPlain)
    }

    @Test("a changed bit, index, source or length is refused and nothing traps", arguments: ProtectionProfile.allCases)
    func tampering(_ profile: ProtectionProfile) throws {
        let security = try TestNetwork.stranger()
        let cipher = security.makeCipher(
            profile: profile, key: security.randomBytes(16), salt: security.randomBytes(profile.saltLength))
        let packet = protectRTP(cipher, Self.rtpPlain, ssrc: 7, index: 0x1_0000_1234)
        #expect(packet.count == Self.rtpPlain.count + profile.tagLength)
        #expect(unprotectRTP(cipher, packet, ssrc: 7, index: 0x1_0000_1234) == Self.rtpPlain)
        #expect(unprotectRTP(cipher, packet, ssrc: 7, index: 0x1234) == nil, "another roll-over counter")
        if profile == .aeadAES128GCM { #expect(unprotectRTP(cipher, packet, ssrc: 8, index: 0x1_0000_1234) == nil) }
        for bit in 0..<(packet.count * 8) {
            var changed = packet
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(unprotectRTP(cipher, changed, ssrc: 7, index: 0x1_0000_1234) == nil)
        }
        let control = protectRTCP(cipher, Self.rtcpPlain, ssrc: 0xcafe_babe, index: 0x7FFF_FFFF)
        #expect(unprotectRTCP(cipher, control)?.index == 0x7FFF_FFFF)
        for bit in 0..<(control.count * 8) {
            var changed = control
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(unprotectRTCP(cipher, changed) == nil)
        }
        for length in 0..<packet.count { #expect(unprotectRTP(cipher, Array(packet[..<length]), ssrc: 7, index: 0x1_0000_1234) == nil) }
        for length in 0..<control.count { #expect(unprotectRTCP(cipher, Array(control[..<length])) == nil) }
        // No room for the tag; lengths that contradict the buffer.
        var tight = Self.rtpPlain
        tight.withUnsafeMutableBytes {
            #expect(cipher.protectRTP($0, length: 28, headerLength: 12, ssrc: 1, index: 1) == nil)
            #expect(cipher.protectRTP($0, length: -1, headerLength: 12, ssrc: 1, index: 1) == nil)
            #expect(cipher.protectRTP($0, length: 12, headerLength: 40, ssrc: 1, index: 1) == nil)
            #expect(cipher.unprotectRTP($0, length: 99, headerLength: 12, ssrc: 1, index: 1) == nil)
            #expect(cipher.protectRTCP($0, length: 28, ssrc: 1, index: 1) == nil)
            #expect(cipher.unprotectRTCP($0, length: 99) == nil)
        }
        #expect(cipher.unprotectRTCP(UnsafeMutableRawBufferPointer(start: nil, count: 0), length: 0) == nil)
    }

    @Test("payloads of all lengths come back, the empty one too", arguments: ProtectionProfile.allCases)
    func lengths(_ profile: ProtectionProfile) throws {
        let security = try TestNetwork.stranger()
        let (key, salt) = (security.randomBytes(16), security.randomBytes(profile.saltLength))
        let sender = security.makeCipher(profile: profile, key: key, salt: salt)
        let receiver = security.makeCipher(profile: profile, key: key, salt: salt)
        for count in [0, 1, 15, 16, 17, 64, 160, 1_187] {
            let packet = Self.rtpPlain[..<12] + security.randomBytes(count)
            let protected = protectRTP(sender, Array(packet), ssrc: 3, index: UInt64(count))
            #expect(unprotectRTP(receiver, protected, ssrc: 3, index: UInt64(count)) == Array(packet))
        }
    }

    @Test("HMAC-SHA1 is that of RFC 2202")
    func hmac() throws {
        let security = try TestNetwork.stranger()
        func hmac(_ key: [UInt8], _ text: String) -> [UInt8] { Array(text.utf8).withUnsafeBytes { security.hmacSHA1(key: key, $0) } }
        #expect(hmac(Array("Jefe".utf8), "what do ya want for nothing?") == hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"))
        #expect(
            hmac([UInt8](repeating: 0xaa, count: 80), "Test Using Larger Than Block-Size Key - Hash Key First")
                == hex("aa4ae5e15272d00e95705637ce8a3b55ed402112"))
        #expect(security.randomBytes(32) != security.randomBytes(32))
    }
}

func protectRTP(_ cipher: any PacketCipher, _ plain: [UInt8], ssrc: UInt32, index: UInt64) -> [UInt8] {
    var packet = plain + [UInt8](repeating: 0, count: 32)
    let length = packet.withUnsafeMutableBytes { cipher.protectRTP($0, length: plain.count, headerLength: 12, ssrc: ssrc, index: index) }
    return length.map { Array(packet[..<$0]) } ?? []
}
func unprotectRTP(_ cipher: any PacketCipher, _ protected: [UInt8], ssrc: UInt32, index: UInt64) -> [UInt8]? {
    var packet = protected
    let length = packet.withUnsafeMutableBytes {
        cipher.unprotectRTP($0, length: protected.count, headerLength: 12, ssrc: ssrc, index: index)
    }
    return length.map { Array(packet[..<$0]) }
}
func protectRTCP(_ cipher: any PacketCipher, _ plain: [UInt8], ssrc: UInt32, index: UInt32) -> [UInt8] {
    var packet = plain + [UInt8](repeating: 0, count: 32)
    let length = packet.withUnsafeMutableBytes { cipher.protectRTCP($0, length: plain.count, ssrc: ssrc, index: index) }
    return length.map { Array(packet[..<$0]) } ?? []
}
func unprotectRTCP(_ cipher: any PacketCipher, _ protected: [UInt8]) -> (packet: [UInt8], index: UInt32)? {
    var packet = protected
    let result = packet.withUnsafeMutableBytes { cipher.unprotectRTCP($0, length: protected.count) }
    return result.map { (Array(packet[..<$0.length]), $0.index) }
}
