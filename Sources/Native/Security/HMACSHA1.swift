import COpenSSL

/// HMAC-SHA1 (RFC 2104) with the key's two blocks hashed once; copying the states allocates nothing, unlike `EVP_MAC`.
struct HMACSHA1 {
    private var inner = SHA_CTX()
    private var outer = SHA_CTX()
    private var running = SHA_CTX()

    init(key: [UInt8]) {
        var block = [UInt8](repeating: 0, count: 64)
        if key.count > 64 {
            _ = SHA1(key, key.count, &block)
        } else {
            block.replaceSubrange(0..<key.count, with: key)
        }
        for i in 0..<64 { block[i] ^= 0x36 }
        SHA1_Init(&inner)
        SHA1_Update(&inner, block, 64)
        for i in 0..<64 { block[i] ^= 0x36 ^ 0x5C }
        SHA1_Init(&outer)
        SHA1_Update(&outer, block, 64)
        OPENSSL_cleanse(&block, 64)
    }

    mutating func begin() { running = inner }
    mutating func append(_ bytes: UnsafeRawPointer?, _ count: Int) { SHA1_Update(&running, bytes, count) }
    /// Writes 20 bytes.
    mutating func finish(into digest: UnsafeMutablePointer<UInt8>) {
        SHA1_Final(digest, &running)
        running = outer
        SHA1_Update(&running, digest, 20)
        SHA1_Final(digest, &running)
    }
}
