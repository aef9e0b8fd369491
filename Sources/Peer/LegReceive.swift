import Basics

// A datagram's way through a leg: first byte, then ICE, DTLS or SRTP.

extension Peer {
    /// One datagram that belongs to this leg. Media is decrypted in place, without a copy or an allocation; take events
    /// afterwards.
    public func receive(
        _ packet: UnsafeMutableRawBufferPointer, from: Address, now: Instant, outbox: Outbox
    ) -> Received {
        clock = now
        counters.datagramsIn &+= 1
        counters.bytesIn &+= UInt64(packet.count)
        let bytes = UnsafeRawBufferPointer(packet)
        let kind = Demultiplexer.kind(of: bytes)
        if isOver { return drop(.notEstablished) }
        switch kind {
        case .stun, .dtls: noteDeadline()
        case .rtp, .rtcp, .unknown: break
        }
        switch kind {
        case .stun: return receive(stun: bytes, from: from, outbox)
        case .dtls: return receive(dtls: bytes, from: from, outbox)
        case .rtp:
            guard accepts(from) else { return drop(.wrongAddress) }
            guard let established = state.established else { return drop(.notEstablished) }
            switch established.unprotectRTP(packet, now: now) {
            case .plain(let length):
                counters.rtpIn &+= 1
                if established.takesRenewal() { tell(.renewalDue) }
                return .rtp(length: length)
            case .dropped(let reason): return drop(reason)
            }
        case .rtcp:
            guard accepts(from) else { return drop(.wrongAddress) }
            guard let established = state.established else { return drop(.notEstablished) }
            switch established.unprotectRTCP(packet) {
            case .plain(let length):
                counters.rtcpIn &+= 1
                return .rtcp(length: length)
            case .dropped(let reason): return drop(reason)
            }
        case .unknown: return drop(.unknownProtocol)
        }
    }

    func drop(_ reason: DropReason) -> Received {
        counters.count(reason)
        return .dropped(reason)
    }

    /// Media and DTLS are taken from addresses that passed a check, and from a trunk's own.
    private func accepts(_ from: Address) -> Bool {
        if from == remote { return true }
        return way.server?.agent.checked.contains(from) ?? false
    }

    private func receive(stun bytes: UnsafeRawBufferPointer, from: Address, _ outbox: Outbox) -> Received {
        guard way.server != nil || way.client != nil else { return drop(.misplacedSTUN) }
        let message: STUNMessage
        do { message = try STUNMessage(parsing: bytes) } catch { return drop(.malformedSTUN) }
        // Every message of ICE carries FINGERPRINT (RFC 8445 section 7.1); what follows MESSAGE-INTEGRITY is covered by it alone.
        guard message.hasFingerprint else { return drop(.malformedSTUN) }
        if let server = way.server {
            let before = outbox.datagrams.count
            defer { counters.countControl(outbox, since: before) }
            switch server.receive(message, from: from, now: clock, security: security, outbox: outbox) {
            case .dropped(let reason): return drop(reason)
            case .answered(let moved):
                if message.kind == .request { counters.checks &+= 1 }
                if moved, let address = server.agent.remote { move(to: address) }
                return .control
            }
        }
        guard let client = way.client else { return drop(.misplacedSTUN) }
        switch client.receive(message, from: from, now: clock, security: security) {
        case .dropped(let reason): return drop(reason)
        case .refused(let code):
            fail(.refused(code: code))
        case .connected:
            counters.checks &+= 1
            startSession(.accessClient)
            advance(outbox)
        case .none: if message.kind == .success { counters.checks &+= 1 }
        }
        counters.roundTrip = client.agent.roundTrip
        return .control
    }

    private func receive(dtls bytes: UnsafeRawBufferPointer, from: Address, _ outbox: Outbox) -> Received {
        guard accepts(from) else { return drop(.wrongAddress) }
        if let successor = way.acceptor?.successor?.session {
            // Handshake records of either epoch are the new session's: the old one is past its own. What only the old
            // one can open (application data, alerts in cipher) stays with it.
            let clear = bytes.count > 4 && bytes[3] == 0 && bytes[4] == 0
            if bytes[0] == 20 || bytes[0] == 22 || clear {
                successor.receive(bytes, now: clock)
                advance(outbox)
                return .control
            }
        }
        guard let session = state.session else { return drop(.notEstablished) }
        // A handshake record: not what an old session still sends.
        if bytes[0] == 22 { way.dialer?.answered() }
        session.receive(bytes, now: clock)
        advance(outbox)
        return .control
    }
}
