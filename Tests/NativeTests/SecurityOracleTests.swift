import Peer
import Testing

@testable import Native

/// What libsrtp 2.5 makes of random packets under random master keys, one row each: master key and salt, RTP plain and
/// protected, RTCP plain and protected. A salt of 12 bytes means AEAD_AES_128_GCM. RTCP packets have index 1.
let libsrtpRows = """
    d6d6ccca07a50eb29280bfaeff9802f72dbe023f0e81cef814f45ed58b66
    800f3c002c43a53af637bab5
    800f3c002c43a53af637bab574f967dd39bc7d80f186
    80c80001b17ba6b3
    80c80001b17ba6b3800000018dab8828118cbfbe9771
    bbb53589ad497e0b1e0971536bad5397f1f9d1e7308b9c1645eafff766a5
    800f1adfaa072828134732849a
    800f1adfaa07282813473284391a1e820dc7d25635c53b
    80c8000223e6050a1790a62d
    80c8000223e6050a47997d2f80000001b6cd7630ba076bc9e6ad
    d6912ccdf7d277182c57c2347feb47c61dcb60bafd4eee2034f32a4b83d1
    800f22a52659779e71a4f533d8741e1f3b3bea9bf5e8e9e3081ed633695a04e2b36688dabfff7830a36d637be1
    800f22a52659779e71a4f533771b245ed2cc783b8dc730959aa1370d5995294800a4ccff8b85ade982181da0ffc1aa8a3958d4256565b7
    80c8000a85b8b36da19675bf6da829c7ac0b7a129354d193cc01363965b21be74c37a4d1ef573e91eeb4505b
    80c8000a85b8b36df00688ff16f3d3b402941631d45fc16b4c6ce1691b980158c99b4b0bfeafae33df2bd9b380000001f42c02d81cd3ce63ee1a
    8d3f4cfa48394ee3dc5eace064f935584e61a79b223707f9dac6e951
    800f1004f9583d473b19a5e7
    800f1004f9583d473b19a5e7a45c5ad41a582e0b3756ec95e78d4114
    80c80001622f9009
    80c80001622f9009aa6154c8f57eb38ce17f79778463382680000001
    cab241d2ab1b98956d09652507752900cd67470880edf07af7d1a959
    800f2ba49d97bf352c2c3e9151
    800f2ba49d97bf352c2c3e912dac955541607c5468954f24193664c6af
    80c80002d4e28ddd627acddd
    80c80002d4e28dddd2defbd8706436412c8cfb77f1f700c42e93e64780000001
    719e86cb9ec02e69abd20642913b6ebe79000fbf078a05db6c92b8cf
    800f233249c2f2772b9e4932e0db6d4f99e74fa8a65633ab319f3dea6e4a6f1ac9934d12553f8a80ddd3b2beae
    800f233249c2f2772b9e49324f1f5e1aa3a211c7d04bc5e2035838dbe1affc1f143abb14abd70894610b0933f66ace2808bf50e7d71bf778a9a14a822a
    80c8000a5cf0adb22358e3c295cd31e03d4ba9d098bb25d845a5b5195873c778800f7fdcff2c8e228472e419
    80c8000a5cf0adb2c441d976b629278d876e72604b714afea39d61eefd30bf8a602e7b6056250a5c90ea64bb86fce8a64ed11294d77625fac9ef2e2380000001
    """

@Suite("SRTP beside libsrtp")
struct SecurityOracleTests {
    @Test("packets of all sorts are protected as libsrtp does it, and read back")
    func rows() throws {
        let words = libsrtpRows.split(whereSeparator: \.isWhitespace).map { hex(String($0)) }
        #expect(words.count == 30)
        for row in stride(from: 0, to: words.count, by: 5) {
            try SecurityOracleTests.check(Array(words[row..<(row + 5)]))
        }
    }

    static func check(_ row: [[UInt8]]) throws {
        let profile = row[0].count == 28 ? ProtectionProfile.aeadAES128GCM : .aes128CounterModeSHA1
        let cipher = try TestNetwork.stranger().makeCipher(profile: profile, key: Array(row[0][..<16]), salt: Array(row[0][16...]))
        let sequence = UInt64(row[1][2]) << 8 | UInt64(row[1][3])
        let ssrc = row[1][8..<12].reduce(0) { $0 << 8 | UInt32($1) }
        #expect(protectRTP(cipher, row[1], ssrc: ssrc, index: sequence) == row[2])
        #expect(unprotectRTP(cipher, row[2], ssrc: ssrc, index: sequence) == row[1])
        #expect(protectRTCP(cipher, row[3], ssrc: row[3][4..<8].reduce(0) { $0 << 8 | UInt32($1) }, index: 1) == row[4])
        #expect(unprotectRTCP(cipher, row[4])?.packet == row[3])
    }
}
