import Basics
import Conference
import Membership

/// Carries what `Membership` and `Conference` want from each other, until both are at rest.
extension Bridge {
    /// The first byte of a hop message: whose it is.
    enum HopKind: UInt8 {
        case conference = 1
        case interest = 2
        /// The crown's choice of voices, told down.
        case choice = 3
    }

    func pump(_ now: Instant) {
        // A round takes everything that is there; what it causes is taken in the next. Each effect is caused by an input,
        // so this ends; the bound only keeps a mistake from holding the loop.
        for _ in 0..<1_000 {
            if !control.membershipEffects.isEmpty {
                // The two lists change places, so that neither's storage is made anew.
                var taken: [Membership.Effect] = []
                swap(&taken, &control.spareEffects)
                swap(&taken, &control.membershipEffects)
                for effect in taken { carryOut(effect, now: now) }
                taken.removeAll(keepingCapacity: true)
                control.spareEffects = taken
            } else if control.conference.linksWait {
                control.conference.wake(now: now, wall: wall(now), into: &control.conferenceEffects)
            } else if !control.conferenceEffects.isEmpty {
                let taken = control.conferenceEffects
                control.conferenceEffects.removeAll(keepingCapacity: true)
                for effect in taken { carryOut(effect, now: now) }
            } else if !control.dirty.isEmpty {
                let taken = control.dirty
                control.dirty.removeAll(keepingCapacity: true)
                for meeting in taken { refreshSoon(meeting, now: now) }
            } else {
                if control.membership.hasTrustNews { tellTrustNews() }
                return
            }
        }
    }

    private func carryOut(_ effect: Membership.Effect, now: Instant) {
        switch effect {
        case .send(let edge, let bytes):
            guard let trunk = trunk(to: edge), let peer = trunk.peer else { return }
            _ = bytes.withUnsafeBytes { peer.send(message: $0, outbox: media.outbox) }
        case .edgeUp(let neighbour, let session):
            trunkCameUp(neighbour, now: now)
            control.conference.edgeUp(neighbour, session: session.rawValue, now: now, wall: wall(now), into: &control.conferenceEffects)
        case .edgeDown(let neighbour, let reason):
            let isPlanned = reason == .released && trunk(to: neighbour)?.isFormer == true
            control.conference.edgeDown(neighbour, isPlanned: isPlanned, now: now, wall: wall(now), into: &control.conferenceEffects)
            trunkWentDown(neighbour, reason: reason, now: now)
        case .unanswered(let neighbour): trunkIsUnanswered(neighbour, now: now)
        case .standby(let neighbour, let reason):
            trunkStandsBy(neighbour, fell: reason, now: now)
        case .changed(let namespace, let key):
            if namespace.lane == .link {
                noteEdition(namespace.node, key: key)
                noteRevocation(namespace.node, key: key, now: now)
            } else {
                keepProof(of: namespace, key: key)
            }
            let value = control.membership.value(node: namespace.node, lane: namespace.lane, scope: namespace.scope, key: key)
            control.conference.recordChanged(
                writer: namespace.node, lane: namespace.lane, scope: namespace.scope, key: key, value: value, now: now, wall: wall(now),
                into: &control.conferenceEffects)
        case .forgotten(let namespace):
            control.conference.namespaceForgotten(
                writer: namespace.node, lane: namespace.lane, scope: namespace.scope, now: now, wall: wall(now), into: &control.conferenceEffects)
        case .hop(let neighbour, let bytes):
            receiveHop(bytes, from: neighbour, now: now)
        case .persistIncarnation(let counter):
            control.conference.incarnationRaised(to: counter)
            effects.append(.persistIncarnation(counter))
        }
    }

    private func receiveHop(_ bytes: [UInt8], from neighbour: NodeIndex, now: Instant) {
        switch bytes.first.flatMap(HopKind.init) {
        case .conference:
            control.conference.receiveHop(from: neighbour, payload: Array(bytes.dropFirst()), now: now, wall: wall(now), into: &control.conferenceEffects)
        case .interest:
            let message = bytes.withUnsafeBytes { InterestMessage(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
            if let message { receiveInterest(message, from: neighbour, now: now) } else { count(.unknownHop) }
        case .choice:
            let message = bytes.withUnsafeBytes { ChoiceMessage(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
            if let message { receiveChoice(message, from: neighbour, now: now) } else { count(.unknownHop) }
        case nil:
            count(.unknownHop)
        }
    }

    private func carryOut(_ effect: ConferenceEffect, now: Instant) {
        switch effect {
        case .publish(let lane, let scope, let key, let value):
            control.membership.set(lane, scope: scope ?? Membership.everywhere, key: key, value: value, now: now, into: &control.membershipEffects)
            guard lane != .link else { return }
            effects.append(
                value.map { .keep(PublishedRecord(lane: lane, scope: scope, key: key, value: $0)) }
                    ?? .drop(lane: lane, scope: scope, key: key))
        case .retract(let lane, let scope, let key):
            control.membership.set(lane, scope: scope ?? Membership.everywhere, key: key, value: nil, now: now, into: &control.membershipEffects)
        case .hop(let neighbour, let payload):
            control.membership.sendHop(neighbour, [HopKind.conference.rawValue] + payload, now: now, into: &control.membershipEffects)
        case .gate(let meeting, let site, let open, _):
            setGate(meeting, site, open: open)
        case .scopes(let neighbour, let carried):
            control.membership.setScopes(neighbour, carried, now: now, into: &control.membershipEffects)
        case .wanted(let meeting, let isWanted):
            control.membership.setWanted(meeting, isWanted, now: now, into: &control.membershipEffects)
        case .waysChanged:
            media.interests.invalidate()
            announceInterests(now: now)
        case .changed(let meeting):
            control.changed(meeting)
        case .forget(let meeting):
            control.membership.forget(meeting, into: &control.membershipEffects)
            control.proofs.forget(meeting)
            effects.append(.forget(meeting))
            control.floorCounts[meeting] = nil
            control.changed(meeting)
        case .audit(let row):
            if row.event == .granted { control.floorCounts[row.meeting, default: (0, 0)].grants += 1 }
            if row.event == .denied || row.event == .refused { control.floorCounts[row.meeting, default: (0, 0)].refusals += 1 }
            effects.append(.audit(row))
        case .attendance(let row):
            effects.append(.attendance(row))
        case .vote(let row):
            effects.append(.vote(row))
        case .ballot(let row):
            effects.append(.ballot(row))
        case .dropped(let reason):
            control.conferenceDrops &+= 1
            control.conferenceDropsByReason[reason, default: 0] += 1
        }
    }
}
