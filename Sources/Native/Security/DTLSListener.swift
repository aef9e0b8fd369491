import Basics
import COpenSSL
import Peer

/// Answers ClientHellos of unknown addresses with HelloVerifyRequest and remembers nothing but its own secrets.
///
/// ```
/// ClientHello without or with a wrong cookie ──▶ HelloVerifyRequest (45 bytes, never more than came in)
/// ClientHello with a valid cookie            ──▶ a server session for a trunk
/// anything else                              ──▶ nothing
/// ```
final class DTLSListener: SecureListener {
    private let context: DTLSContext
    private let clock: () -> WallTime
    private var cookies = HelloCookie()

    init(_ context: DTLSContext, clock: @escaping () -> WallTime) {
        self.context = context
        self.clock = clock
    }

    func receive(
        _ datagram: UnsafeRawBufferPointer, from address: Address, now: Instant, reply: (UnsafeRawBufferPointer) -> Void
    ) -> (any SecureSession)? {
        guard let hello = ClientHello(datagram) else { return nil }
        cookies.turn(now: now)
        if cookies.isValid(hello, from: address) {
            return DTLSSession(answering: datagram, context, at: clock(), now: now)
        }
        let answer = DTLSListener.helloVerifyRequest(cookies.make(for: hello, from: address), sequence: hello.sequence)
        guard answer.count <= datagram.count else { return nil }
        answer.withUnsafeBytes(reply)
        return nil
    }

    /// RFC 6347 section 4.2.1: version DTLS 1.0 whatever follows, and the sequence number of the ClientHello's record.
    private static func helloVerifyRequest(_ cookie: [UInt8], sequence: UInt64) -> [UInt8] {
        let body = UInt16(3 + cookie.count)
        var writer = ByteWriter()
        writer.u8(22)
        writer.u16(0xFEFF)
        writer.u64(sequence & 0xFFFF_FFFF_FFFF)
        writer.u16(12 + body)
        writer.u8(3)
        writer.u8(0)
        writer.u16(body)
        writer.u16(0)
        writer.u8(0)
        writer.u16(0)
        writer.u8(0)
        writer.u16(body)
        writer.u16(0xFEFF)
        writer.u8(UInt8(cookie.count))
        writer.append(cookie)
        return writer.bytes
    }
}
