import Basics
import Forwarding
import Membership
import Peer
import Topology

/// One end of a trunk: the leg to the parent or to one child, with the trunk's own sequence in both directions.
final class Trunk {
    let neighbour: NodeIndex
    /// The neighbour's id in the topology; empty for a place that is free.
    let id: String
    /// Where a neighbour above is dialled.
    let address: Address
    /// The neighbour stands above: the declared parent or a backup of it.
    let isParent: Bool
    /// A declared backup, seen from either end: kept warm until the lower end takes it.
    var isBackup: Bool
    /// An uplink of the edition before, seen from either end, that the present one no longer declares.
    var isFormer = false
    /// The capacity of the line in this end's direction.
    var capacity: Bitrate
    /// Nil for a child that has not dialled yet.
    var peer: Peer?
    /// The peer's deadline as read last.
    var due: Instant?
    var sender = TrunkSender()
    var receiver = TrunkReceiver()
    /// Both ends hear each other, and the lower one takes this trunk as its uplink.
    var isUp = false
    /// Both ends hear each other, but the lower one does not take this trunk: it is ready for the day it is needed.
    var isWarm = false
    /// The trunk carried media before it was left. The next use begins with fresh keys, so that no stream's SRTP index runs on.
    var isSpent = false
    /// When ``isUp`` changed last.
    var since: WallTime
    /// The interests that we announced last, so that they can be sent again after a cut.
    var announced: [InterestMessage] = []
    /// The choices of voices we last told a child.
    var told: [ChoiceMessage] = []
    /// What the neighbour wants of each meeting, attached or not.
    var wanted: [InterestMessage] = []
    /// Interests in meetings whose record has not arrived yet.
    var early: [InterestMessage] = []
    static let earlyLimit = 64

    init(_ node: Network.Node, isParent: Bool, isBackup: Bool = false, capacity: Bitrate, since: WallTime) {
        neighbour = node.index
        id = node.id
        address = node.address
        self.isParent = isParent
        self.isBackup = isBackup
        self.capacity = capacity
        self.since = since
    }

    /// A place whose neighbour is gone, kept so that the others keep theirs.
    init(freeSince since: WallTime) {
        neighbour = NodeIndex(rawValue: 0)
        id = ""
        address = Address(ipv4: 0, port: 0)
        isParent = false
        isBackup = false
        capacity = .kbps(0)
        self.since = since
    }
    var isFree: Bool { id.isEmpty }

    /// Feedback or a tail is due.
    func isDue(_ now: Instant) -> Bool {
        receiver.deadline.map { $0 <= now } ?? false || sender.deadline.map { $0 <= now } ?? false
    }

    /// The neighbour's newest word on one meeting.
    func note(wanted message: InterestMessage) {
        wanted.removeAll { $0.meeting == message.meeting }
        if message.audio || !message.videos.isEmpty { wanted.append(message) }
    }
}

/// A stranger whose ClientHello carried our cookie, until it has shown its certificate.
struct PendingTrunk {
    let peer: Peer
    let from: Address
}

extension Bridge {
    func trunk(to neighbour: NodeIndex) -> Trunk? { trunks.first { $0.neighbour == neighbour } }

    /// Puts a trunk into a place and dials, if its neighbour stands above.
    func begin(_ trunk: Trunk, at t: Int, now: Instant) {
        if t == trunks.count { trunks.append(trunk) } else { trunks[t] = trunk }
        guard trunk.isParent else { return }
        trunk.peer = Peer(trunkTo: trunk.address, node: trunk.id, security: security, now: now)
        owners[trunk.address] = .trunk(t)
        isPeersDueKnown = false
    }

    // MARK: Strangers

    func receiveFromStranger(_ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        let datagram = UnsafeRawBufferPointer(bytes)
        switch Demultiplexer.kind(of: datagram) {
        case .stun:
            guard let name = Peer.stunUsername(of: datagram), let leg = legByUsername[name] else { return count(.unknownUsername) }
            receiveOnAccess(leg, bytes, from: from, now: now)
        case .dtls:
            guard let session = hear(datagram, from: from, now: now) else { return }
            guard let free = freePendingSlot() else { return count(.tooManyHandshakes) }
            let peer = Peer(trunkFrom: from, session: session, hello: datagram, security: security, now: now)
            pendingTrunks[free] = PendingTrunk(peer: peer, from: from)
            owners[from] = .pendingTrunk(free)
            peer.wake(now: now, outbox: outbox)
            isPeersDueKnown = false
            drainPending(free, now: now)
        case .rtp, .rtcp:
            count(.unexpectedMedia)
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
        return listener.receive(datagram, from: from, now: now) { outbox.append($0, to: from) }
    }

    private func freePendingSlot() -> Int? {
        if let free = pendingTrunks.firstIndex(where: { $0 == nil }) { return free }
        guard pendingTrunks.count < Bridge.pendingTrunkLimit else { return nil }
        pendingTrunks.append(nil)
        return pendingTrunks.count - 1
    }

    func receiveOnPending(_ i: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        guard let pending = pendingTrunks[i] else { return }
        // A neighbour that dials anew during a handshake begins a new one.
        if Demultiplexer.isClientHello(UnsafeRawBufferPointer(bytes)), !pending.peer.isAnswering(UnsafeRawBufferPointer(bytes)) {
            pendingTrunks[i] = nil
            isPeersDueKnown = false
            owners[from] = nil
            receiveFromStranger(bytes, from: from, now: now)
            return
        }
        _ = pending.peer.receive(bytes, from: from, now: now, outbox: outbox)
        isPeersDueKnown = false
        drainPending(i, now: now)
    }

    private func drainPending(_ i: Int, now: Instant) {
        guard let pending = pendingTrunks[i] else { return }
        while let event = pending.peer.nextEvent() {
            switch event {
            case .established(.node(let id)):
                guard let t = trunks.firstIndex(where: { !$0.isParent && $0.id == id }) else {
                    refuse(i, "\(id) is no child of this node")
                    return
                }
                pendingTrunks[i] = nil
                promote(pending, to: t, now: now)
                return
            case .established:
                refuse(i, "no certificate of a node")
                return
            case .failed(let failure):
                refuse(i, "\(failure)")
                return
            default: break
            }
        }
    }

    private func refuse(_ i: Int, _ reason: String) {
        guard let pending = pendingTrunks[i] else { return }
        pending.peer.close(outbox: outbox)
        pendingTrunks[i] = nil
        isPeersDueKnown = false
        owners[pending.from] = nil
        count(.refusedTrunk)
        effects.append(.log(.trunkRefused(pending.from, reason: reason)))
    }

    /// The proven neighbour takes its place; an older session of it, from wherever it came, ends here.
    private func promote(_ pending: PendingTrunk, to t: Int, now: Instant) {
        let trunk = trunks[t]
        if let old = trunk.peer?.remote { owners[old] = nil }
        owners[pending.from] = .trunk(t)
        peerDrops.close(trunk.peer)
        trunk.peer = pending.peer
        isPeersDueKnown = false
        connected(trunk, now: now)
        drainTrunk(t, now: now)
    }

    // MARK: Neighbours

    func receiveOnTrunk(_ t: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        let trunk = trunks[t]
        guard let peer = trunk.peer else { return }
        let datagram = UnsafeRawBufferPointer(bytes)
        if !trunk.isParent, Demultiplexer.isClientHello(datagram), !peer.isAnswering(datagram) {
            if let session = hear(datagram, from: from, now: now) { peer.adopt(session, hello: datagram, now: now) }
            peer.wake(now: now, outbox: outbox)
            isPeersDueKnown = false
            drainTrunk(t, now: now)
            return
        }
        switch peer.receive(bytes, from: from, now: now, outbox: outbox) {
        case .rtp(let length):
            membership.mediaReceived(trunk.neighbour, now: now)
            receiveMedia(UnsafeRawBufferPointer(rebasing: datagram[..<length]), on: t, now: now)
        case .rtcp(let length):
            membership.mediaReceived(trunk.neighbour, now: now)
            receiveTrunkFeedback(UnsafeRawBufferPointer(rebasing: datagram[..<length]), on: t, now: now)
        case .control:
            drainTrunk(t, now: now)
            noteDue(of: trunk)
        case .dropped:
            noteDue(of: trunk)
        }
    }

    func drainTrunk(_ t: Int, now: Instant) {
        let trunk = trunks[t]
        while let event = trunk.peer?.nextEvent() {
            switch event {
            case .established(.node(let id)) where id == trunk.id:
                connected(trunk, now: now)
            case .established:
                trunk.peer?.close(outbox: outbox)
                isPeersDueKnown = false
                count(.refusedTrunk)
            case .message(let bytes):
                bytes.withUnsafeBytes { membership.receive($0, from: trunk.neighbour, now: now, into: &membershipEffects) }
            case .failed(let failure):
                if trunk.isUp { membership.edgeLost(trunk.neighbour, now: now, into: &membershipEffects) }
                effects.append(.log(.trunkDown(trunk.id, reason: "\(failure)")))
                if !trunk.isParent { forgetPeer(of: trunk) }
            case .renewalDue:
                trunk.peer?.redial(now: now)
                isPeersDueKnown = false
            case .addressChanged, .consentLost:
                break
            }
        }
        if !membershipEffects.isEmpty || !conferenceEffects.isEmpty { pump(now) }
    }

    /// A child said goodbye. A session that is over takes no new handshake, so the next datagram from that address is a stranger's.
    private func forgetPeer(of trunk: Trunk) {
        if let remote = trunk.peer?.remote { owners[remote] = nil }
        peerDrops.close(trunk.peer)
        trunk.peer = nil
        isPeersDueKnown = false
    }

    /// A new secure session: both directions of the trunk begin anew.
    private func connected(_ trunk: Trunk, now: Instant) {
        membership.edgeLost(trunk.neighbour, now: now, into: &membershipEffects)
        trunk.sender = TrunkSender()
        trunk.receiver = TrunkReceiver()
        membership.edgeConnected(trunk.neighbour, capacity: trunk.capacity, now: now, into: &membershipEffects)
        pump(now)
    }

    func wakeTrunks(now: Instant) {
        for t in trunks.indices {
            guard let peer = trunks[t].peer, let deadline = peer.deadline, deadline <= now else { continue }
            peer.wake(now: now, outbox: outbox)
            isPeersDueKnown = false
            drainTrunk(t, now: now)
        }
        for i in pendingTrunks.indices {
            guard let pending = pendingTrunks[i], let deadline = pending.peer.deadline, deadline <= now else { continue }
            pending.peer.wake(now: now, outbox: outbox)
            isPeersDueKnown = false
            drainPending(i, now: now)
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
        guard let t = trunks.firstIndex(where: { $0.neighbour == neighbour }) else { return }
        let trunk = trunks[t]
        trunk.isUp = false
        trunk.since = wall(now)
        forgetInterests(of: t, now: now)
        // A child's choice of voices comes anew with its next attachment.
        trunk.told = []
        effects.append(.log(.trunkDown(trunk.id, reason: "\(reason)")))
        // A parent that restarted has forgotten the session: only a new ClientHello reaches it. One that was left has not.
        if reason == .released {
            trunk.isSpent = true
        } else if trunk.isParent, reason != .lost {
            trunk.peer?.redial(now: now)
            isPeersDueKnown = false
        }
    }

    /// The neighbour finished the DTLS handshake but sent no hello within 3 s. Its process has probably restarted, so dial again.
    func trunkIsUnanswered(_ neighbour: NodeIndex, now: Instant) {
        guard let trunk = trunk(to: neighbour), trunk.isParent else { return }
        effects.append(.log(.trunkDown(trunk.id, reason: "unanswered")))
        trunk.peer?.redial(now: now)
        isPeersDueKnown = false
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
        isPeersDueKnown = false
    }
}
