import Basics
import COpenSSL
import Peer

/// One DTLS 1.2 association on OpenSSL's memory BIOs.
///
/// ```
/// handshaking ──handshake done──▶ established ──close_notify, fatal alert──▶ failed
///      └──refused certificate, fatal alert, 30 s──────────────────────────────▲
/// ```
/// With `failed` the OpenSSL objects are gone; datagrams already made, the alert among them, can still be taken.
final class DTLSSession: SecureSession {
    enum Side { case client, server }

    private(set) var state = SecureSessionState.handshaking
    private(set) var deadline: Instant?

    private var ssl: OpaquePointer?
    /// Owned by `ssl`.
    private let input: OpaquePointer
    private let output: OpaquePointer
    fileprivate let context: DTLSContext
    private let expected: String?
    /// Why our verification refused the other's certificate; said in the failure.
    private var refusal: CertificateFault?
    private var handshakeEnd: Instant?
    private var outgoing = RecordQueue()
    private var messages: [[UInt8]] = []
    private var firstMessage = 0

    /// No datagram of ours is longer; leaves room for IP, UDP and a tunnel in 1,280.
    static let maximumDatagram = 1_200
    /// A datagram from the network that is longer is dropped: nobody we speak with fills more than Ethernet's frame.
    static let maximumInput = 2_048
    /// Record header 13, explicit nonce 8, tag 16.
    static let recordOverhead = 37
    /// A handshake takes 30 s at most.
    static let handshakeLimit = Interval.seconds(Int64(30))
    /// Decrypted messages that wait for ``nextMessage()``; more are dropped. A datagram brings a few, so reaching this means
    /// that the owner does not drain.
    static let maximumMessages = 256

    /// `time`: when certificates must be valid.
    init(_ context: DTLSContext, side: Side, expecting expected: String?, at time: WallTime) {
        self.context = context
        self.expected = expected
        ERR_clear_error()
        guard let ssl = SSL_new(context.context), let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            preconditionFailure("no memory for a DTLS session")
        }
        _ = nc_bio_mem_retry_when_empty(input)
        _ = nc_bio_mem_retry_when_empty(output)
        SSL_set_bio(ssl, input, output)
        self.ssl = ssl
        self.input = input
        self.output = output
        _ = nc_ssl_set_mtu(ssl, DTLSSession.maximumDatagram)
        DTLS_set_timer_cb(ssl) { ssl, last in
            // Doubled up to 4 s: OpenSSL gives up after 12, which from 100 ms on is beyond the 30 s of a handshake.
            if last > 0 { return min(last * 2, 4_000_000) }
            guard let owner = SSL_get_ex_data(ssl, 0) else { return 1_000_000 }
            return Unmanaged<DTLSSession>.fromOpaque(owner).takeUnretainedValue().context.firstTimeout
        }
        X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), time.timeT)
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        switch side {
        case .client: SSL_set_connect_state(ssl)
        case .server: SSL_set_accept_state(ssl)
        }
    }

    /// A server session that begins with a ClientHello whose cookie is verified; nil if OpenSSL does not take it.
    convenience init?(answering hello: UnsafeRawBufferPointer, _ context: DTLSContext, at time: WallTime, now: Instant) {
        self.init(context, side: .server, expecting: nil, at: time)
        guard hello.count <= DTLSSession.maximumInput, let ssl, let address = BIO_ADDR_new() else { return nil }
        defer { BIO_ADDR_free(address) }
        BIO_write(input, hello.baseAddress, Int32(hello.count))
        // Only this sets the sequence numbers to those after a HelloVerifyRequest.
        guard DTLSv1_listen(ssl, address) == 1 else { return nil }
        handshakeEnd = now + DTLSSession.handshakeLimit
        advance(now)
        if case .failed = state { return nil }
    }

    deinit { release() }

    private func release() {
        guard let ssl else { return }
        self.ssl = nil
        SSL_free(ssl)
        ERR_clear_error()
    }

    /// Called by OpenSSL for the other's certificate, once its chain holds.
    func accepts(_ x509: OpaquePointer) -> Bool {
        guard let node = Certificate.node(of: x509) else {
            refusal = .noNode
            return false
        }
        if let expected, node != expected {
            refusal = .otherNode(node, expected: expected)
            return false
        }
        return true
    }

    // MARK: - Inputs

    func start(now: Instant) {
        guard ssl != nil, handshakeEnd == nil else { return }
        handshakeEnd = now + DTLSSession.handshakeLimit
        advance(now)
    }

    func receive(_ datagram: UnsafeRawBufferPointer, now: Instant) {
        guard ssl != nil, !datagram.isEmpty, datagram.count <= DTLSSession.maximumInput, DTLSRecords.areWhole(datagram) else { return }
        if handshakeEnd == nil { handshakeEnd = now + DTLSSession.handshakeLimit }
        if case .established = state, DTLSRecords.isForeign(datagram) { return }
        BIO_write(input, datagram.baseAddress, Int32(datagram.count))
        advance(now)
        // What OpenSSL left must not run into the next datagram.
        if ssl != nil, BIO_ctrl_pending(input) > 0 { _ = nc_bio_reset(input) }
    }

    func wake(now: Instant) {
        guard let ssl else { return }
        if state == .handshaking, let end = handshakeEnd, now >= end {
            fail(.timeout)
            return
        }
        ERR_clear_error()
        if nc_dtls_handle_timeout(ssl) < 0 {
            collect()
            fail(.timeout)
            return
        }
        collect()
        plan(now)
    }

    func send(_ message: UnsafeRawBufferPointer) -> Bool {
        guard case .established = state, let ssl, !message.isEmpty,
            message.count <= DTLSSession.maximumDatagram - DTLSSession.recordOverhead
        else { return false }
        ERR_clear_error()
        let sent = SSL_write(ssl, message.baseAddress, Int32(message.count))
        collect()
        return sent == message.count
    }

    func close() {
        guard let ssl else { return }
        ERR_clear_error()
        if case .established = state { SSL_shutdown(ssl) }
        collect()
        fail(.closedByPeer)
    }

    // MARK: - Outputs

    func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        outgoing.next(into: buffer, limit: DTLSSession.maximumDatagram)
    }

    func nextMessage() -> [UInt8]? {
        guard firstMessage < messages.count else { return nil }
        let message = messages[firstMessage]
        firstMessage += 1
        if firstMessage == messages.count {
            messages.removeAll(keepingCapacity: true)
            firstMessage = 0
        }
        return message
    }

    func exportKeys() -> SRTPKeys? {
        guard case .established = state, let ssl, let agreed = SSL_get_selected_srtp_profile(ssl),
            let profile = ProtectionProfile(rawValue: UInt16(truncatingIfNeeded: agreed.pointee.id))
        else { return nil }
        let (key, salt) = (profile.keyLength, profile.saltLength)
        var material = [UInt8](repeating: 0, count: 2 * (key + salt))
        let label = "EXTRACTOR-dtls_srtp"
        ERR_clear_error()
        guard SSL_export_keying_material(ssl, &material, material.count, label, label.utf8.count, nil, 0, 0) == 1 else { return nil }
        defer { OPENSSL_cleanse(&material, material.count) }
        // RFC 5764 section 4.2: client's key, server's key, client's salt, server's salt.
        let client = (Array(material[..<key]), Array(material[(2 * key)..<(2 * key + salt)]))
        let server = (Array(material[key..<(2 * key)]), Array(material[(2 * key + salt)...]))
        let (mine, other) = SSL_is_server(ssl) == 1 ? (server, client) : (client, server)
        return SRTPKeys(profile: profile, sendKey: mine.0, sendSalt: mine.1, receiveKey: other.0, receiveSalt: other.1)
    }

    // MARK: - OpenSSL

    private func advance(_ now: Instant) {
        guard let ssl else { return }
        if state == .handshaking {
            ERR_clear_error()
            let result = SSL_do_handshake(ssl)
            collect()
            if result == 1 {
                establish(ssl)
            } else if let failure = failure(ssl, result) {
                return fail(failure)
            }
        }
        if case .established = state { read(ssl) }
        plan(now)
    }

    private func establish(_ ssl: OpaquePointer) {
        guard let certificate = SSL_get1_peer_certificate(ssl) else {
            return fail(.untrustedCertificate(.other("no certificate")))
        }
        defer { X509_free(certificate) }
        if !context.verifiesNodes {
            state = .established(.fingerprint(Certificate.fingerprint(of: certificate)))
        } else if SSL_get_verify_result(ssl) == X509_V_OK, let node = Certificate.node(of: certificate) {
            state = .established(.node(node))
        } else {
            fail(.untrustedCertificate(.noNode))
        }
    }

    private func read(_ ssl: OpaquePointer) {
        while true {
            ERR_clear_error()
            let result = SSL_read(ssl, context.scratch.baseAddress, Int32(context.scratch.count))
            if result > 0 {
                if messages.count - firstMessage < DTLSSession.maximumMessages {
                    messages.append(Array(context.scratch[..<Int(result)]))
                }
                continue
            }
            let failure = failure(ssl, result)
            // A close_notify is answered with one (RFC 5246 section 7.2.1).
            if SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0, failure != nil { SSL_shutdown(ssl) }
            collect()
            if let failure { fail(failure) }
            return
        }
    }

    /// What a result that is no success means; nil if OpenSSL only waits for more. Must follow the call at once.
    private func failure(_ ssl: OpaquePointer, _ result: Int32) -> SecureSessionFailure? {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil
        case SSL_ERROR_ZERO_RETURN: return .closedByPeer
        default: break
        }
        let code = ERR_peek_last_error()
        let reason = lastOpenSSLReason() ?? "unknown reason"
        if nc_error_reason(code) == SSL_R_READ_TIMEOUT_EXPIRED { return .timeout }
        if case .established = state { return .closedByPeer }
        if let refusal { return .untrustedCertificate(refusal) }
        let verdict = SSL_get_verify_result(ssl)
        if context.verifiesNodes, verdict != Int(X509_V_OK) {
            return .untrustedCertificate(CertificateFault(verdict: verdict))
        }
        if let fault = CertificateFault(alert: nc_error_reason(code)) { return .refusedCertificate(fault) }
        return .handshake(reason)
    }

    private func fail(_ failure: SecureSessionFailure) {
        collect()
        state = .failed(failure)
        deadline = nil
        release()
    }

    /// Takes the records that OpenSSL has written.
    private func collect() {
        guard ssl != nil else { return }
        var data: UnsafeMutablePointer<CChar>?
        let count = nc_bio_mem_data(output, &data)
        guard count > 0, let data else { return }
        outgoing.append(UnsafeRawBufferPointer(start: data, count: count))
        _ = nc_bio_reset(output)
    }

    /// OpenSSL's timer runs on its own clock; what is left of it is counted from `now`.
    private func plan(_ now: Instant) {
        guard let ssl else { return }
        deadline = state == .handshaking ? handshakeEnd : nil
        var left = timeval()
        if nc_dtls_get_timeout(ssl, &left) == 1 {
            let wait = Interval.seconds(Int64(left.tv_sec)) + .microseconds(Int64(left.tv_usec))
            deadline.keepEarlier(now + wait)
        }
    }
}
