import COpenSSL

/// What all DTLS sessions of one kind share: versions, ciphers, groups, profiles, the own certificate and the trust.
final class DTLSContext {
    enum Kind {
        /// The other's certificate must chain directly to this authority and be bound to a node id; nil refuses all.
        case trunk(Certificate?)
        /// Any certificate, but one there must be.
        case access
    }

    let context: OpaquePointer
    let verifiesNodes: Bool
    /// The handshake's first retransmission, in microseconds. RFC 6347 section 4.2.4.1 would say a second; a lossy trunk shall
    /// come up quickly.
    var firstTimeout: UInt32 = 100_000
    /// Where decrypted messages land before they are copied out; a record of a datagram we take is no longer than that.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: DTLSSession.maximumInput, alignment: 16)

    /// Forward secrecy and authenticated encryption only.
    private static let ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
        + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

    init(_ kind: Kind, certificate: Certificate, key: PrivateKey) throws(SecurityProblem) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(DTLS_method()) else { throw .library("making a DTLS context") }
        self.context = context
        if case .trunk = kind { verifiesNodes = true } else { verifiesNodes = false }
        guard nc_ctx_dtls12_only(context) == 1, SSL_CTX_set_cipher_list(context, DTLSContext.ciphers) == 1,
            nc_ctx_set_groups(context, "X25519:P-256") == 1,
            // Returns 0 on success, unlike its neighbours.
            SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0
        else { throw .library("setting up DTLS 1.2") }
        guard SSL_CTX_use_certificate(context, certificate.x509) == 1, SSL_CTX_use_PrivateKey(context, key.pkey) == 1,
            SSL_CTX_check_private_key(context) == 1
        else {
            ERR_clear_error()
            throw .keyMismatch
        }
        nc_ctx_plain_sessions(context)
        if case .trunk(let authority) = kind {
            if let authority, let store = SSL_CTX_get_cert_store(context) {
                guard X509_STORE_add_cert(store, authority.x509) == 1 else { throw .library("trusting the authority") }
            }
            // No certificate may stand between authority and node.
            SSL_CTX_set_verify_depth(context, 0)
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verifyNode)
            // DTLSv1_listen wants callbacks; our listener has verified the cookie before.
            SSL_CTX_set_cookie_generate_cb(context) { _, _, _ in 0 }
            SSL_CTX_set_cookie_verify_cb(context) { _, _, _ in 1 }
        } else {
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT) { _, _ in 1 }
        }
    }
    deinit {
        SSL_CTX_free(context)
        scratch.deallocate()
    }
}

/// Adds the binding to a node id to OpenSSL's verification of the chain.
private let verifyNode: @convention(c) (Int32, OpaquePointer?) -> Int32 = { chainHolds, store in
    guard chainHolds == 1 else { return 0 }
    guard X509_STORE_CTX_get_error_depth(store) == 0 else { return 1 }
    guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let certificate = X509_STORE_CTX_get_current_cert(store),
        let owner = SSL_get_ex_data(OpaquePointer(ssl), 0)
    else { return 0 }
    // The session owns the SSL object, so it lives while OpenSSL calls.
    if Unmanaged<DTLSSession>.fromOpaque(owner).takeUnretainedValue().accepts(certificate) { return 1 }
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
    return 0
}
