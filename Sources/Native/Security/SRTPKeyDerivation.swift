import COpenSSL

/// The session keys of SRTP and SRTCP out of a master key and salt, with a key derivation rate of 0 (RFC 3711 section 4.3).
///
/// The 96-bit salt of AEAD profiles is filled up with 16 zero bits on the right (RFC 7714 section 11).
struct SRTPKeyDerivation {
    enum Label: UInt8 {
        case rtpEncryption = 0
        case rtpAuthentication = 1
        case rtpSalt = 2
        case rtcpEncryption = 3
        case rtcpAuthentication = 4
        case rtcpSalt = 5
    }

    private let key: [UInt8]
    private var salt: [UInt8]

    init(masterKey: [UInt8], masterSalt: [UInt8]) {
        key = masterKey
        salt = masterSalt + [UInt8](repeating: 0, count: 14 - masterSalt.count)
    }

    /// `count` bytes of AES-CM keystream that start at (label XOR salt) · 2^16.
    func derive(_ label: Label, _ count: Int) -> [UInt8] {
        var iv = salt + [0, 0]
        iv[7] ^= label.rawValue
        let context = CipherContext(EVP_aes_128_ctr(), key: key)
        var bytes = [UInt8](repeating: 0, count: count)
        let ok = bytes.withUnsafeMutableBytes { buffer in
            iv.withUnsafeBytes { context.start(iv: $0.baseAddress!, encrypting: true) && context.transform(buffer.baseAddress!, count) }
        }
        precondition(ok, "AES-CTR derives no key")
        return bytes
    }
}

/// An EVP cipher context keyed once and used for many packets: only the IV is set again, nothing is allocated.
final class CipherContext {
    private let context: OpaquePointer

    /// Traps if OpenSSL lacks the cipher: it is one of the two we were linked for.
    init(_ cipher: OpaquePointer?, key: [UInt8]) {
        precondition(key.count == 16, "an AES-128 key of \(key.count) bytes")
        guard let context = EVP_CIPHER_CTX_new(), EVP_CipherInit_ex(context, cipher, nil, key, nil, 1) == 1 else {
            preconditionFailure("OpenSSL has no AES-128")
        }
        self.context = context
    }
    deinit { EVP_CIPHER_CTX_free(context) }

    func start(iv: UnsafeRawPointer, encrypting: Bool) -> Bool {
        EVP_CipherInit_ex(context, nil, nil, nil, iv.assumingMemoryBound(to: UInt8.self), encrypting ? 1 : 0) == 1
    }
    /// Additional authenticated data of an AEAD cipher.
    func authenticate(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
        var written: Int32 = 0
        return EVP_CipherUpdate(context, nil, &written, bytes.assumingMemoryBound(to: UInt8.self), Int32(truncatingIfNeeded: count)) == 1
    }
    /// In place.
    func transform(_ bytes: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        var written: Int32 = 0
        let at = bytes.assumingMemoryBound(to: UInt8.self)
        return EVP_CipherUpdate(context, at, &written, at, Int32(truncatingIfNeeded: count)) == 1 && written == count
    }
    /// Ends an AEAD encryption and writes the 16-byte tag.
    func seal(tag: UnsafeMutableRawPointer) -> Bool {
        var written: Int32 = 0
        return EVP_CipherFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &written) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1
    }
    /// Ends an AEAD decryption: whether the 16-byte tag is the right one.
    func open(tag: UnsafeMutableRawPointer) -> Bool {
        var written: Int32 = 0
        return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1
            && EVP_CipherFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &written) == 1
    }
}
