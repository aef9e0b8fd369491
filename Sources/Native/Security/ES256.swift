import COpenSSL

/// ECDSA on P-256 with SHA-256; the signature is R and S, 32 bytes each (RFC 7518 section 3.4), where OpenSSL speaks DER.
enum ES256 {
    static func sign(_ message: [UInt8], key: OpaquePointer) throws(SecurityProblem) -> [UInt8] {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { throw .library("signing") }
        defer { EVP_MD_CTX_free(context) }
        var der = [UInt8](repeating: 0, count: 80)
        var length = der.count
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &der, &length, message, message.count) == 1
        else { throw .library("signing") }
        let parsed: OpaquePointer? = der.withUnsafeBufferPointer {
            var at = $0.baseAddress
            return d2i_ECDSA_SIG(nil, &at, length)
        }
        guard let parsed else { throw .library("signing") }
        defer { ECDSA_SIG_free(parsed) }
        var signature = [UInt8](repeating: 0, count: 64)
        let filled = signature.withUnsafeMutableBufferPointer {
            BN_bn2binpad(ECDSA_SIG_get0_r(parsed), $0.baseAddress, 32) == 32
                && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), $0.baseAddress! + 32, 32) == 32
        }
        // A key of another curve has longer numbers.
        guard filled else { throw .library("signing with a key that is not on P-256") }
        return signature
    }

    static func verify(_ signature: [UInt8], of message: [UInt8], key: OpaquePointer) -> Bool {
        guard signature.count == 64, EVP_PKEY_get_bits(key) == 256 else { return false }
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let pair = ECDSA_SIG_new() else { return false }
        defer { ECDSA_SIG_free(pair) }
        let numbers = signature.withUnsafeBufferPointer {
            (BN_bin2bn($0.baseAddress, 32, nil), BN_bin2bn($0.baseAddress! + 32, 32, nil))
        }
        // The pair owns both numbers from here on.
        guard ECDSA_SIG_set0(pair, numbers.0, numbers.1) == 1 else { return false }
        var der: UnsafeMutablePointer<UInt8>?
        let length = i2d_ECDSA_SIG(pair, &der)
        defer { CRYPTO_free(der, #file, 0) }
        guard length > 0, let der, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, der, Int(length), message, message.count) == 1
    }
}
