import Basics
import Testing

struct HashTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test(
        "SHA-256 of NIST's examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
        ])
    func sha256(message: String, digest: String) { #expect(hex(SHA256.digest(Array(message.utf8))) == digest) }

    @Test(
        "SHA-256 pads every length around a block's end",
        arguments: [
            (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
            (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
            (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
            (1_000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
        ])
    func padding(count: Int, digest: String) {
        #expect(hex(SHA256.digest([UInt8](repeating: 0x61, count: count))) == digest)
    }

    /// The paper's key 00 01 … 0f and messages 00 01 … of growing length (vectors.h of the reference code).
    @Test(
        "SipHash-2-4 gives the reference's vectors",
        arguments: [
            (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (7, 0xab02_00f5_8b01_d137),
            (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5), (63, 0x958a_324c_eb06_4572),
        ] as [(Int, UInt64)])
    func sipHash(count: Int, value: UInt64) {
        var hash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
        for byte in 0..<count { hash.append(UInt8(byte)) }
        #expect(hash.finish() == value)
    }

    @Test("integers are fed in little-endian order")
    func integers() {
        var bytes = SipHash(key0: 1, key1: 2)
        for byte in [4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1] as [UInt8] { bytes.append(byte) }
        var words = SipHash(key0: 1, key1: 2)
        words.append(0x0102_0304 as UInt32)
        words.append(0x0102_0304_0506_0708 as UInt64)
        #expect(bytes.finish() == words.finish())
    }
}
