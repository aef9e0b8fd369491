import Basics
import COpenSSL

/// An X.509 certificate (RFC 5280), owned.
final class Certificate: @unchecked Sendable {
    // Never changed after init; OpenSSL counts references atomically.
    let x509: OpaquePointer

    /// Takes over one reference.
    init(taking x509: OpaquePointer) { self.x509 = x509 }
    deinit { X509_free(x509) }

    /// Reads the first certificate of a PEM text.
    convenience init(pem: String) throws(SecurityProblem) {
        ERR_clear_error()
        let x509 = withPEM(pem) { PEM_read_bio_X509($0, nil, noPassphrase, nil) }
        guard let x509 else {
            ERR_clear_error()
            throw .notPEM("certificate")
        }
        self.init(taking: x509)
    }

    /// Reads a DER form with nothing behind it.
    convenience init?(der: [UInt8]) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let x509: OpaquePointer? = der.withUnsafeBufferPointer { bytes in
            var at = bytes.baseAddress
            guard let x509 = d2i_X509(nil, &at, bytes.count) else { return nil }
            if at == bytes.baseAddress.map({ $0 + bytes.count }) { return x509 }
            X509_free(x509)
            return nil
        }
        guard let x509 else { return nil }
        self.init(taking: x509)
    }

    var pem: String { writePEM { PEM_write_bio_X509($0, self.x509) } }
    var der: [UInt8]? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let length = i2d_X509(x509, &bytes)
        defer { CRYPTO_free(bytes, #file, 0) }
        guard length > 0, let bytes else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }

    /// SHA-256 of the DER form, 32 bytes: what `a=fingerprint` says (RFC 8122 section 5).
    var fingerprint: [UInt8] { Certificate.fingerprint(of: x509) }

    static func fingerprint(of x509: OpaquePointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        return X509_digest(x509, EVP_sha256(), &digest, &length) == 1 && length == 32 ? digest : []
    }

    /// The subject's common name, if it has exactly one that is valid UTF-8.
    static func commonName(of x509: OpaquePointer) -> String? {
        guard let subject = X509_get_subject_name(x509) else { return nil }
        let at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard at >= 0, X509_NAME_get_index_by_NID(subject, NID_commonName, at) < 0,
            let entry = X509_NAME_get_entry(subject, at), let value = X509_NAME_ENTRY_get_data(entry)
        else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let length = ASN1_STRING_to_UTF8(&text, value)
        defer { CRYPTO_free(text, #file, 0) }
        guard length > 0, let text else { return nil }
        return String(validating: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
    }

    /// The node that the certificate is bound to: the one URI entry `nhipcau:node:ID` of the subject's alternative names,
    /// which must equal the common name. Nil if there is no such binding or it is ambiguous.
    static func node(of x509: OpaquePointer) -> String? {
        defer { ERR_clear_error() }
        guard let names = nc_alt_names(x509) else { return nil }
        defer { nc_alt_names_free(names) }
        var found: String?
        for i in 0..<max(0, nc_alt_names_count(names)) {
            var length: Int32 = 0
            guard let bytes = nc_alt_name_uri(names, i, &length), length > 0,
                let uri = String(validating: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self),
                uri.hasPrefix(nodeScheme)
            else { continue }
            if found != nil { return nil }
            found = String(uri.dropFirst(nodeScheme.count))
        }
        guard let found, NodeName.isValid(found), commonName(of: x509) == found else { return nil }
        return found
    }

    /// What precedes the node id in the certificate's URI entry.
    static let nodeScheme = "nhipcau:node:"
    /// What precedes the network's id in the URI entry of a token key's certificate.
    static let tokensScheme = "nhipcau:tokens:"

    /// The certificate says of itself that its key signs the tokens of that network: by the one URI entry of its alternative names.
    static func signsTokens(_ x509: OpaquePointer, of network: String) -> Bool {
        defer { ERR_clear_error() }
        guard let names = nc_alt_names(x509) else { return false }
        defer { nc_alt_names_free(names) }
        var length: Int32 = 0
        guard nc_alt_names_count(names) == 1, let bytes = nc_alt_name_uri(names, 0, &length), length > 0 else { return false }
        return (tokensScheme + network).utf8.elementsEqual(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }

    /// The beginning of validity.
    var notBefore: WallTime? { WallTime(X509_get0_notBefore(x509)) }
    /// The end of validity.
    var notAfter: WallTime? { WallTime(X509_get0_notAfter(x509)) }
}

/// What a node id or network id may look like in a certificate: 1 to 64 bytes (RFC 5280's limit of a common name) of
/// letters, digits, `-`, `_` and `.`.
enum NodeName {
    static func isValid(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count) && id.utf8.allSatisfy(isValid)
    }

    static func isValid(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// A private key, owned.
final class PrivateKey: @unchecked Sendable {
    // Never changed after init; OpenSSL counts references atomically.
    let pkey: OpaquePointer

    /// Takes over one reference.
    init(taking pkey: OpaquePointer) { self.pkey = pkey }
    deinit { EVP_PKEY_free(pkey) }

    /// A new key on P-256.
    convenience init() throws(SecurityProblem) {
        ERR_clear_error()
        guard let pkey = nc_p256_key() else { throw .library("making a P-256 key") }
        self.init(taking: pkey)
    }

    /// Reads a private key in PEM format; an encrypted one needs its passphrase.
    convenience init(pem: String, passphrase: String? = nil) throws(SecurityProblem) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let isEncrypted = pem.contains("BEGIN ENCRYPTED PRIVATE KEY")
        guard let passphrase, isEncrypted else {
            guard let pkey = withPEM(pem, { PEM_read_bio_PrivateKey($0, nil, noPassphrase, nil) }) else {
                if isEncrypted { throw .needsPassphrase }
                throw .notPEM("unencrypted private key")
            }
            self.init(taking: pkey)
            return
        }
        var secret = Array(passphrase.utf8CString)
        // Without a callback OpenSSL takes the last argument for the passphrase.
        let pkey = secret.withUnsafeMutableBytes { secret in withPEM(pem) { PEM_read_bio_PrivateKey($0, nil, nil, secret.baseAddress) } }
        guard let pkey else { throw .wrongPassphrase }
        self.init(taking: pkey)
    }

    /// PKCS #8, not encrypted.
    var pem: String { writePEM { PEM_write_bio_PKCS8PrivateKey($0, self.pkey, nil, nil, 0, nil, nil) } }

    /// PKCS #8 encrypted with AES-256 under scrypt (RFC 7914) of the passphrase.
    func encryptedPEM(_ passphrase: String) throws(SecurityProblem) -> String {
        ERR_clear_error()
        let secret = Array(passphrase.utf8)
        let text = writePEM { nc_write_encrypted_key($0, self.pkey, secret, Int32(secret.count)) }
        guard !text.isEmpty else { throw .library("encrypting a private key") }
        return text
    }
}

extension WallTime {
    /// In whole seconds since 1970, as C's `time_t`.
    var timeT: time_t { time_t(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000) }

    init?(_ time: UnsafePointer<ASN1_TIME>?) {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        self.init(milliseconds: Int64(timegm(&parts)) &* 1000)
    }
}

/// OpenSSL would ask at the terminal for an encrypted key's passphrase; nobody sits there.
private let noPassphrase: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
    _, _, _, _ in -1
}

private func withPEM<T>(_ pem: String, _ body: (OpaquePointer) -> T?) -> T? {
    var pem = pem
    return pem.withUTF8 { bytes in
        guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }
}

private func writePEM(_ body: (OpaquePointer) -> Int32) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(bio) }
    var data: UnsafeMutablePointer<CChar>?
    guard body(bio) == 1 else { return "" }
    let length = nc_bio_mem_data(bio, &data)
    guard length > 0, let data else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
}
