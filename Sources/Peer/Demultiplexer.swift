import Basics

/// Tells the protocols of one UDP port apart (RFC 7983 section 7; RTCP inside RTP by RFC 5761 section 4).
public enum Demultiplexer {
    /// What a datagram is.
    public enum Kind: Hashable, Sendable {
        case stun, dtls, rtp, rtcp, unknown
    }

    /// By the first byte alone; `.rtp` stands for RTP and RTCP.
    @inlinable public static func kind(of firstByte: UInt8) -> Kind {
        switch firstByte {
        case 0...3: .stun
        case 20...63: .dtls
        case 128...191: .rtp
        default: .unknown
        }
    }

    /// By the first two bytes, so that RTCP (packet types 192…223) is told from RTP.
    @inlinable public static func kind(of datagram: UnsafeRawBufferPointer) -> Kind {
        guard let first = datagram.first else { return .unknown }
        let kind = kind(of: first)
        guard kind == .rtp, datagram.count >= 2 else { return kind }
        return datagram[1] >= 192 && datagram[1] <= 223 ? .rtcp : .rtp
    }

    /// A DTLS ClientHello in the clear: what a restarted remote sends on an address that already has a session.
    public static func isClientHello(_ datagram: UnsafeRawBufferPointer) -> Bool {
        // Record: type, version (2), epoch (2), sequence (6), length (2); then the handshake type (RFC 6347 section 4.1).
        datagram.count > 13 && datagram[0] == 22 && datagram[3] == 0 && datagram[4] == 0 && datagram[13] == 1
    }

    /// A ClientHello's random, 32 bytes: the same in all sendings of one handshake. Nil if it is none.
    static func clientRandom(_ datagram: UnsafeRawBufferPointer) -> [UInt8]? {
        // Behind the record's header (13) come the handshake's (12) and the version (2).
        guard isClientHello(datagram), datagram.count >= 59 else { return nil }
        return [UInt8](datagram[27..<59])
    }
}
