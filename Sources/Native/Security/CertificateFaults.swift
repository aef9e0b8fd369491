import COpenSSL
import Peer

extension CertificateFault {
    /// What OpenSSL's verification found (`X509_V_ERR_…`).
    init(verdict: Int) {
        switch Int32(truncatingIfNeeded: verdict) {
        // A trunk's certificate comes right below the authority, so one of another authority is told as a chain that is too long.
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_CERT_CHAIN_TOO_LONG,
            X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            self = .otherAuthority
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        default: self = .other(String(cString: X509_verify_cert_error_string(verdict)))
        }
    }

    /// What the other end's alert says of the own certificate (RFC 5246 section 7.2.2); nil: the alert is about something else.
    init?(alert reason: Int32) {
        switch reason {
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA: self = .otherAuthority
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: self = .expired
        // OpenSSL tells a certificate whose time has not begun so, and some others.
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: self = .notYetValid
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
            SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            self = .other("alert \(reason - SSL_AD_REASON_OFFSET)")
        default: return nil
        }
    }
}
