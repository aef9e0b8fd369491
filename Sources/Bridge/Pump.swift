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
            if !membershipEffects.isEmpty {
                // The two lists change places, so that neither's storage is made anew.
                var taken: [Membership.Effect] = []
                swap(&taken, &spareEffects)
                swap(&taken, &membershipEffects)
                for effect in taken { carryOut(effect, now: now) }
                taken.removeAll(keepingCapacity: true)
                spareEffects = taken
            } else if conference.linksWait {
                conference.wake(now: now, wall: wall(now), into: &conferenceEffects)
            } else if !conferenceEffects.isEmpty {
                let taken = conferenceEffects
                conferenceEffects.removeAll(keepingCapacity: true)
                for effect in taken { carryOut(effect, now: now) }
            } else if !dirty.isEmpty {
                let taken = dirty
                dirty.removeAll(keepingCapacity: true)
                for meeting in taken { refreshSoon(meeting, now: now) }
            } else {
                if membership.hasTrustNews { tellTrustNews() }
                return
            }
        }
    }

    private func carryOut(_ effect: Membership.Effect, now: Instant) {
        switch effect {
        case .send(let edge, let bytes):
            guard let trunk = trunk(to: edge), let peer = trunk.peer else { return }
            _ = bytes.withUnsafeBytes { peer.send(message: $0, outbox: outbox) }
        case .edgeUp(let neighbour, let session):
            trunkCameUp(neighbour, now: now)
            conference.edgeUp(neighbour, session: session.rawValue, now: now, wall: wall(now), into: &conferenceEffects)
        case .edgeDown(let neighbour, let reason):
            let isPlanned = reason == .released && trunk(to: neighbour)?.isFormer == true
            conference.edgeDown(neighbour, isPlanned: isPlanned, now: now, wall: wall(now), into: &conferenceEffects)
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
            let value = membership.value(node: namespace.node, lane: namespace.lane, scope: namespace.scope, key: key)
            conference.recordChanged(
                writer: namespace.node, lane: namespace.lane, scope: namespace.scope, key: key, value: value, now: now, wall: wall(now),
                into: &conferenceEffects)
        case .forgotten(let namespace):
            conference.namespaceForgotten(
                writer: namespace.node, lane: namespace.lane, scope: namespace.scope, now: now, wall: wall(now), into: &conferenceEffects)
        case .hop(let neighbour, let bytes):
            receiveHop(bytes, from: neighbour, now: now)
        case .persistIncarnation(let counter):
            conference.incarnationRaised(to: counter)
            effects.append(.persistIncarnation(counter))
        }
    }

    private func receiveHop(_ bytes: [UInt8], from neighbour: NodeIndex, now: Instant) {
        switch bytes.first.flatMap(HopKind.init) {
        case .conference:
            conference.receiveHop(from: neighbour, payload: Array(bytes.dropFirst()), now: now, wall: wall(now), into: &conferenceEffects)
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
            membership.set(lane, scope: scope ?? Membership.everywhere, key: key, value: value, now: now, into: &membershipEffects)
            guard lane != .link else { return }
            effects.append(
                value.map { .keep(PublishedRecord(lane: lane, scope: scope, key: key, value: $0)) }
                    ?? .drop(lane: lane, scope: scope, key: key))
        case .retract(let lane, let scope, let key):
            membership.set(lane, scope: scope ?? Membership.everywhere, key: key, value: nil, now: now, into: &membershipEffects)
        case .hop(let neighbour, let payload):
            membership.sendHop(neighbour, [HopKind.conference.rawValue] + payload, now: now, into: &membershipEffects)
        case .gate(let meeting, let site, let open, _):
            setGate(meeting, site, open: open)
        case .scopes(let neighbour, let meetings):
            membership.setScopes(neighbour, meetings, now: now, into: &membershipEffects)
        case .wanted(let meeting, let isWanted):
            membership.setWanted(meeting, isWanted, now: now, into: &membershipEffects)
        case .waysChanged:
            interests.invalidate()
            announceInterests(now: now)
        case .changed(let meeting):
            if !dirty.contains(meeting) { dirty.append(meeting) }
        case .forget(let meeting):
            membership.forget(meeting, into: &membershipEffects)
            proofs.forget(meeting)
            effects.append(.forget(meeting))
            floorCounts[meeting] = nil
            if !dirty.contains(meeting) { dirty.append(meeting) }
        case .audit(let row):
            if row.event == .granted { floorCounts[row.meeting, default: (0, 0)].grants += 1 }
            if row.event == .denied || row.event == .refused { floorCounts[row.meeting, default: (0, 0)].refusals += 1 }
            effects.append(.audit(row))
        case .attendance(let row):
            effects.append(.attendance(row))
        case .vote(let row):
            effects.append(.vote(row))
        case .ballot(let row):
            effects.append(.ballot(row))
        case .dropped(let reason):
            conferenceDrops &+= 1
            conferenceDropsByReason[reason, default: 0] += 1
        }
    }
}
