import Basics
import Forwarding
import Membership
import Peer
import Topology

// Trunks at work: strangers who dial, neighbours that are heard, and what gossip says of the edge.
extension Bridge {
    func trunk(to neighbour: NodeIndex) -> Trunk? { media.trunks.first { $0.neighbour == neighbour } }

    /// Puts a trunk into a place and dials, if its neighbour stands above.
    func begin(_ trunk: Trunk, at t: Int, now: Instant) {
        media.trunks.put(trunk, at: t)
        guard trunk.isParent else { return }
        media.trunks.connect(Peer(trunkTo: trunk.address, node: trunk.id, security: security, now: now), at: t)
        media.owners[trunk.address] = .trunk(t)
    }

    // MARK: Strangers

    func receiveFromStranger(_ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        let datagram = UnsafeRawBufferPointer(bytes)
        switch Demultiplexer.kind(of: datagram) {
        case .stun:
            guard let name = Peer.stunUsername(of: datagram), let leg = media.legs.place(ofUsername: name) else { return count(.unknownUsername) }
            receiveOnAccess(leg, bytes, from: from, now: now)
        case .dtls:
            guard let session = hear(datagram, from: from, now: now) else { return }
            guard media.pendingTrunks.hasRoom else { return count(.tooManyHandshakes) }
            let peer = Peer(trunkFrom: from, session: session, hello: datagram, security: security, now: now)
            let place = media.pendingTrunks.add(PendingTrunk(peer: peer, from: from))
            media.owners[from] = .pendingTrunk(place)
            peer.wake(now: now, outbox: media.outbox)
            drainPending(place, now: now)
        case .rtp, .rtcp:
            count(.unexpectedMedia)
            noteOtherSender(from, now: now)
        default:
            count(.unknownProtocol)
        }
    }

    /// Gives a datagram to the listener, which answers a hello without a cookie; a session if there was one.
    private func hear(_ datagram: UnsafeRawBufferPointer, from: Address, now: Instant) -> (any SecureSession)? {
        guard Demultiplexer.isClientHello(datagram) else {
            count(.unexpectedDTLS)
            return nil
        }
        return listener.receive(datagram, from: from, now: now) { media.outbox.append($0, to: from) }
    }

    func receiveOnPending(_ i: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        guard let pending = media.pendingTrunks[i] else { return }
        // A neighbour that dials anew during a handshake begins a new one.
        if Demultiplexer.isClientHello(UnsafeRawBufferPointer(bytes)), !pending.peer.isAnswering(UnsafeRawBufferPointer(bytes)) {
            media.pendingTrunks.remove(at: i)
            media.owners[from] = nil
            receiveFromStranger(bytes, from: from, now: now)
            return
        }
        _ = pending.peer.receive(bytes, from: from, now: now, outbox: media.outbox)
        drainPending(i, now: now)
    }

    private func drainPending(_ i: Int, now: Instant) {
        guard let pending = media.pendingTrunks[i] else { return }
        while let event = pending.peer.nextEvent() {
            switch event {
            case .established(.node(let id)):
                guard let t = media.trunks.firstIndex(where: { !$0.isParent && $0.id == id }) else {
                    refuse(i, .noChild(id))
                    return
                }
                media.pendingTrunks.remove(at: i)
                promote(pending, to: t, now: now)
                return
            case .established:
                refuse(i, .noNode)
                return
            case .failed(let failure):
                refuse(i, .failed(.session(failure)))
                return
            default: break
            }
        }
    }

    private func refuse(_ i: Int, _ reason: TrunkRefusal) {
        guard let pending = media.pendingTrunks[i] else { return }
        pending.peer.close(outbox: media.outbox)
        media.pendingTrunks.remove(at: i)
        media.owners[pending.from] = nil
        count(.refusedTrunk)
        effects.append(.log(.trunkRefused(pending.from, reason: reason)))
    }

    /// The proven neighbour takes its place; an older session of it, from wherever it came, ends here.
    private func promote(_ pending: PendingTrunk, to t: Int, now: Instant) {
        let trunk = media.trunks[t]
        if let old = trunk.peer?.remote { media.owners[old] = nil }
        media.owners[pending.from] = .trunk(t)
        media.peerDrops.close(trunk.peer)
        media.trunks.connect(pending.peer, at: t)
        connected(trunk, now: now)
        drainTrunk(t, now: now)
    }

    // MARK: Neighbours

    func receiveOnTrunk(_ t: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        let trunk = media.trunks[t]
        guard let peer = trunk.peer else { return }
        let datagram = UnsafeRawBufferPointer(bytes)
        if !trunk.isParent, Demultiplexer.isClientHello(datagram), !peer.isAnswering(datagram) {
            if let session = hear(datagram, from: from, now: now) { peer.adopt(session, hello: datagram, now: now) }
            peer.wake(now: now, outbox: media.outbox)
            drainTrunk(t, now: now)
            return
        }
        switch peer.receive(bytes, from: from, now: now, outbox: media.outbox) {
        case .rtp(let length):
            control.membership.mediaReceived(trunk.neighbour, now: now)
            if let packet = media.receiveMedia(UnsafeRawBufferPointer(rebasing: datagram[..<length]), on: t, now: now) {
                media.identify(packet, as: meet(ssrc: packet.ssrc, now: now), from: t, now: now)
            }
            takeReports(now)
        case .rtcp(let length):
            control.membership.mediaReceived(trunk.neighbour, now: now)
            receiveTrunkFeedback(UnsafeRawBufferPointer(rebasing: datagram[..<length]), on: t, now: now)
        case .control: drainTrunk(t, now: now)
        case .dropped: break
        }
    }

    func drainTrunk(_ t: Int, now: Instant) {
        let trunk = media.trunks[t]
        while let event = trunk.peer?.nextEvent() {
            switch event {
            case .established(.node(let id)) where id == trunk.id:
                connected(trunk, now: now)
            case .established:
                trunk.peer?.close(outbox: media.outbox)
                count(.refusedTrunk)
            case .message(let bytes):
                bytes.withUnsafeBytes { control.membership.receive($0, from: trunk.neighbour, now: now, into: &control.membershipEffects) }
            case .failed(let failure):
                if trunk.isUp { control.membership.edgeLost(trunk.neighbour, now: now, into: &control.membershipEffects) }
                effects.append(.log(.trunkDown(trunk.id, reason: .session(failure))))
                if !trunk.isParent { forgetPeer(of: t) }
            case .renewalDue:
                trunk.peer?.redial(now: now)
            case .addressChanged, .consentLost:
                break
            }
        }
        if !control.membershipEffects.isEmpty || !control.conferenceEffects.isEmpty { pump(now) }
    }

    /// A child said goodbye. A session that is over takes no new handshake, so the next datagram from that address is a stranger's.
    private func forgetPeer(of t: Int) {
        if let remote = media.trunks[t].peer?.remote { media.owners[remote] = nil }
        media.peerDrops.close(media.trunks[t].peer)
        media.trunks.connect(nil, at: t)
    }

    /// A new secure session: both directions of the trunk begin anew.
    private func connected(_ trunk: Trunk, now: Instant) {
        control.membership.edgeLost(trunk.neighbour, now: now, into: &control.membershipEffects)
        trunk.sender = TrunkSender()
        trunk.receiver = TrunkReceiver()
        control.membership.edgeConnected(trunk.neighbour, capacity: trunk.capacity, now: now, into: &control.membershipEffects)
        pump(now)
    }

    func wakeTrunks(now: Instant) {
        var t = 0
        while let due = media.trunks.nextDue(from: t, by: now) {
            media.trunks[due].peer?.wake(now: now, outbox: media.outbox)
            drainTrunk(due, now: now)
            t = due + 1
        }
        var i = 0
        while let due = media.pendingTrunks.nextDue(from: i, by: now) {
            media.pendingTrunks[due]?.peer.wake(now: now, outbox: media.outbox)
            drainPending(due, now: now)
            i = due + 1
        }
    }

    // MARK: What gossip says of the edge

    func trunkCameUp(_ neighbour: NodeIndex, now: Instant) {
        guard let trunk = trunk(to: neighbour) else { return }
        trunk.isUp = true
        trunk.isWarm = false
        trunk.since = wall(now)
        trunk.announced = []
        trunk.told = []
        effects.append(.log(.trunkUp(trunk.id)))
        announceInterests(now: now)
    }

    func trunkWentDown(_ neighbour: NodeIndex, reason: EdgeDownReason, now: Instant) {
        guard let t = media.trunks.firstIndex(where: { $0.neighbour == neighbour }) else { return }
        let trunk = media.trunks[t]
        trunk.isUp = false
        trunk.since = wall(now)
        forgetInterests(of: t, now: now)
        // A child's choice of voices comes anew with its next attachment.
        trunk.told = []
        effects.append(.log(.trunkDown(trunk.id, reason: .edge(reason))))
        // A parent that restarted has forgotten the session: only a new ClientHello reaches it. One that was left has not.
        if reason == .released {
            trunk.isSpent = true
        } else if trunk.isParent, reason != .lost {
            trunk.peer?.redial(now: now)
        }
    }

    /// The neighbour finished the DTLS handshake but sent no hello within 3 s. Its process has probably restarted, so dial again.
    func trunkIsUnanswered(_ neighbour: NodeIndex, now: Instant) {
        guard let trunk = trunk(to: neighbour), trunk.isParent else { return }
        effects.append(.log(.trunkDown(trunk.id, reason: .unanswered)))
        trunk.peer?.redial(now: now)
    }

    /// A trunk kept warm came up or fell silent.
    func trunkStandsBy(_ neighbour: NodeIndex, fell reason: EdgeDownReason?, now: Instant) {
        guard let trunk = trunk(to: neighbour) else { return }
        trunk.isWarm = reason == nil
        trunk.since = wall(now)
        // One that fell because its session gave way to a new one has what it needs.
        guard trunk.isParent, reason == nil ? trunk.isSpent : reason != .lost else { return }
        trunk.isSpent = false
        trunk.peer?.redial(now: now)
    }
}
