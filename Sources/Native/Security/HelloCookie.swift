import Basics
import COpenSSL

/// Cookies that prove a client's address without memory of it (RFC 6347 section 4.2.1): the number of a secret, and 16 bytes
/// of HMAC-SHA-256 under that secret over the address and the ClientHello without its cookie.
struct HelloCookie {
    static let length = 17
    /// A secret makes cookies for a minute and accepts them for one more.
    static let rotation = Interval.seconds(Int64(60))

    private var secrets: [(number: UInt8, secret: [UInt8])] = [(0, SecureRandom.bytes(32))]
    private var turned: Instant?

    /// Forgets secrets whose time is over.
    mutating func turn(now: Instant) {
        guard let last = turned else {
            turned = now
            return
        }
        let age = now - last
        guard age >= HelloCookie.rotation else { return }
        turned = now
        let next = (number: secrets[0].number &+ 1, secret: SecureRandom.bytes(32))
        secrets = age < HelloCookie.rotation * 2 ? [next, secrets[0]] : [next]
    }

    /// ``length`` bytes.
    func make(for hello: ClientHello, from address: Address) -> [UInt8] {
        [secrets[0].number] + mac(secrets[0].secret, hello, address)
    }

    func isValid(_ hello: ClientHello, from address: Address) -> Bool {
        guard hello.cookie.count == HelloCookie.length, let entry = secrets.first(where: { $0.number == hello.cookie[0] }) else {
            return false
        }
        let wanted = mac(entry.secret, hello, address)
        return wanted.withUnsafeBytes { CRYPTO_memcmp($0.baseAddress, hello.cookie.baseAddress! + 1, 16) == 0 }
    }

    private func mac(_ secret: [UInt8], _ hello: ClientHello, _ address: Address) -> [UInt8] {
        var writer = ByteWriter()
        writer.u64(address.high)
        writer.u64(address.low)
        writer.u16(address.port)
        writer.append(hello.beforeCookie)
        writer.append(hello.afterCookie)
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        _ = HMAC(EVP_sha256(), secret, Int32(secret.count), writer.bytes, writer.bytes.count, &digest, &length)
        return Array(digest[..<16])
    }
}
