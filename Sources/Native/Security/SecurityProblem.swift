import COpenSSL
import Peer

/// Why keys, certificates or their files could not be used; each names what to look at.
public enum SecurityProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is no PEM block of the kind named.
    case notPEM(String)
    /// The private key is encrypted, and no passphrase was given.
    case needsPassphrase
    /// The private key is encrypted with another passphrase, or damaged.
    case wrongPassphrase
    /// The certificate's key may not sign tokens of this network.
    case notForTokens
    /// A token would be good for longer than the key that signs it.
    case outlivesKey
    /// The private key does not belong to the certificate.
    case keyMismatch
    /// An identifier or name cannot stand in a certificate.
    case badName(String)
    /// The certificate may not sign others.
    case notAnAuthority
    /// The certificate does not chain to the authority now.
    case untrusted(CertificateFault)
    /// A file could not be written: its path and the system's reason.
    case file(path: String, reason: String)
    /// OpenSSL refused: the operation and OpenSSL's reason.
    case library(operation: String, reason: String)

    /// In English, for a log or a terminal.
    public var description: String {
        switch self {
        case .notPEM(let what): "no \(what) in PEM format"
        case .needsPassphrase: "the private key is encrypted; give its passphrase"
        case .wrongPassphrase: "the passphrase does not open the private key"
        case .notForTokens: "the certificate's key does not sign tokens of this network"
        case .outlivesKey: "the key that signs tokens is over before the token would be"
        case .keyMismatch: "the private key does not belong to the certificate"
        case .badName(let name): "“\(name)” cannot stand in a certificate"
        case .notAnAuthority: "the certificate is not an authority's (CA:TRUE is missing)"
        case .untrusted(let reason): "the certificate is not valid under the authority: \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .library(let operation, let reason): "\(operation): \(reason)"
        }
    }

    /// The newest entry of OpenSSL's error queue, which is emptied.
    static func library(_ operation: String) -> SecurityProblem {
        .library(operation: operation, reason: lastOpenSSLReason() ?? "unknown reason")
    }
}

/// The reason of the newest entry of this thread's error queue; the queue is emptied.
func lastOpenSSLReason() -> String? {
    let code = ERR_peek_last_error()
    defer { ERR_clear_error() }
    guard code != 0, let text = ERR_reason_error_string(code) else { return nil }
    return String(cString: text)
}
