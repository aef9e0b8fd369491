/// What is written in C and stays so, behind the protocols that the core declares: OpenSSL, libopus, libavcodec with
/// libswscale, libzstd.
///
/// The core below never sees a C type: it is handed an `any SecurityProvider`, an `any AudioCodecProvider` and so on by the
/// shells, and the simulator hands it others.
///
/// ## Security, in reading order
/// - ``OpenSSLSecurity`` makes everything a node or a bot needs: sessions, listeners, ciphers.
/// - `DTLSSession` is one DTLS 1.2 association on memory BIOs; `DTLSContext` holds what all sessions of one kind share;
///   `DTLSRecords` finds record borders, so that output becomes datagrams again and rubbish is dropped before OpenSSL sees it.
/// - `DTLSListener` answers unknown addresses with a cookie (RFC 6347 section 4.2.1) and keeps nothing.
/// - `GCMPacketCipher` (RFC 7714) and `CounterModePacketCipher` (RFC 3711) protect RTP and RTCP in place;
///   `SRTPKeyDerivation` gives them their session keys.
/// - ``CertificateAuthority`` is the network's own: it issues node certificates and the ``TokenKey``, which signs tokens;
///   ``Tokens`` verifies those.
/// - ``PrivateFile`` writes secrets; ``SecurityProblem`` says what was wrong with keys and files.
///
/// ## Codecs and compression
/// Opus, VP8 and H.264 as ``Mixing`` declares them, and dictionary compression as ``Membership`` declares it.
///
/// May import `Basics`, `Peer`, `Mixing`, `Membership`, the C libraries and FoundationEssentials. The OpenSSL error queue is
/// emptied before each call whose failure is read from it, and objects are freed with the first failure, not at the end.
public enum Native {}
