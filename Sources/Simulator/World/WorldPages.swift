import Basics
import Bridge
import Conference

// People: pages that join, talk and hear. Their own networks lose nothing.
extension World {
    func hall(_ site: SiteID, _ meeting: MeetingID) -> Hall? {
        guard let m = meetings.firstIndex(where: { $0.id == meeting }), let h = hallByKey[HallKey(site: site, meeting: m)] else { return nil }
        return halls[h]
    }

    func pass(_ site: SiteID, _ m: Int) -> Pass {
        Pass(
            site: site, role: meetings[m].definition.chairs.contains(site) ? .chair : .room, meeting: meetings[m].id,
            expires: WallTime(milliseconds: .max))
    }

    // MARK: Joining and leaving

    func planJoin(_ hall: Hall, after pause: Interval) {
        guard hall.wanted, !hall.joinPlanned else { return }
        hall.joinPlanned = true
        heap.push(.join(Int32(hall.number)), at: now + pause)
    }

    /// The page asks its node for a leg; if it gets none it asks again.
    func tryJoin(_ hall: Hall) {
        hall.joinPlanned = false
        guard hall.wanted, hall.peer == nil else { return }
        let node = nodes[hall.node]
        guard node.responds(now) else { return planJoin(hall, after: Hall.patience) }
        var joined = false
        turn(node) { bridge, boot in
            guard let (leg, answer) = try? bridge.join(pass(hall.site, hall.meeting), offer: hall.offer(now: now), now: boot) else {
                hall.drop()
                return
            }
            joined = hall.accept(answer, leg: leg, now: now)
        }
        guard joined else { return planJoin(hall, after: Hall.patience) }
        hall.ear.forget()
        plan(hall)
    }

    func leave(_ hall: Hall) {
        hall.wanted = false
        hall.talks = false
        guard hall.peer != nil else { return }
        ledger.left(hall)
        turn(nodes[hall.node]) { bridge, boot in bridge.leave(hall.leg, now: boot) }
        hall.drop()
    }

    /// Pages notice a restarted node by its events and join again.
    func comeBack(_ node: SimulatedNode) {
        for hall in halls where hall.node == node.place && hall.wanted {
            planJoin(hall, after: .nanoseconds(Int64.random(in: 100_000_000...600_000_000, using: &hall.random)))
        }
    }

    func legWentDown(_ node: SimulatedNode, _ leg: UInt32, _ reason: String) {
        for hall in halls where hall.node == node.place && hall.leg == leg && hall.peer != nil {
            hall.drop()
            planJoin(hall, after: Hall.patience)
        }
    }

    // MARK: The leg

    func wakeHall(_ hall: Hall) {
        guard hall.wakeAt == now else { return }
        hall.wakeAt = nil
        if let deadline = hall.deadline, deadline <= now { hall.wake(now: now) }
        flush(hall)
    }

    /// Sends what the page has to send, and plans its next wake.
    func flush(_ hall: Hall, frame: UInt32 = 0) {
        for datagram in hall.outbox.datagrams {
            let bytes = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.count)
            heap.push(.deliver(pool.add(bytes, from: hall.endpoint, to: Int32(hall.node), frame: frame)), at: now + Hall.networkDelay)
        }
        hall.outbox.removeAll()
        plan(hall)
    }

    private func plan(_ hall: Hall) {
        guard let deadline = hall.deadline else {
            // A leg that ended by itself (consent, a refused handshake) is sought anew.
            if hall.peer == nil { planJoin(hall, after: Hall.patience) }
            return
        }
        let at = max(deadline, now)
        if let planned = hall.wakeAt, planned <= at, planned >= now { return }
        hall.wakeAt = at
        heap.push(.wakeHall(Int32(hall.number)), at: at)
    }

    // MARK: Speaking and hearing

    func setTalking(_ hall: Hall, _ talks: Bool) {
        if talks, !hall.talks { hall.talksSince = now }
        if !talks, hall.talks { measures.fellSilent(hall, self) }
        hall.talks = talks
        guard talks, !hall.speakPlanned else { return }
        hall.speakPlanned = true
        let beat = SpokenFrame.length.nanoseconds
        // Halls are not in step, but each keeps its beat.
        let phase = Int64(hall.number) * 1_700_000 % beat
        let next = (now.nanoseconds - phase + beat) / beat * beat + phase
        heap.push(.speak(Int32(hall.number)), at: Instant(nanoseconds: next))
    }

    func speak(_ hall: Hall) {
        hall.speakPlanned = false
        guard hall.talks else { return }
        if hall.isUp {
            let gate = nodes[hall.node].floors[hall.meeting]?.homes.first { $0.site == hall.site }
            let lease = gate?.gateLease ?? LeaseName(epoch: 0, crown: nodes[hall.node].index, sequence: 0)
            if hall.speak(lease, now: now) { flush(hall, frame: Hall.frameNumber(now)) }
        }
        hall.speakPlanned = true
        heap.push(.speak(Int32(hall.number)), at: now + SpokenFrame.length)
    }

    // MARK: Meetings

    /// The first chair whose node answers starts the meeting; without one it is tried again.
    func startMeeting(_ m: Int) {
        for place in meetings[m].chairNodes where nodes[place].responds(now) {
            guard let chair = meetings[m].definition.chairs.first(where: { scenario.network.slot(site: $0) == place }) else { continue }
            var started = false
            // As `nhipcau meeting start` does: the file may name sites beyond the chair's own subtree.
            let by = Pass(site: chair, role: .operator, meeting: nil, expires: WallTime(milliseconds: .max))
            turn(nodes[place]) { bridge, boot in
                started = (try? bridge.perform(.start(meetings[m].definition), pass: by, meeting: nil, now: boot)) != nil
            }
            if started {
                findings.tell(now, nodes[place].index, "\(chair) starts \(meetings[m].id)")
                return
            }
        }
        guard !meetings[m].chairNodes.isEmpty else { return }
        heap.push(.start(Int32(m)), at: now + Hall.patience)
    }

    /// Somebody at a site does something; at a dead node nothing comes of it.
    @discardableResult func perform(_ action: ConferenceAction, _ site: SiteID, _ meeting: MeetingID) -> Bool {
        guard let m = meetings.firstIndex(where: { $0.id == meeting }), let place = scenario.network.slot(site: site) else { return false }
        let node = nodes[place]
        guard node.responds(now) else { return false }
        var done = false
        ledger.willPerform(action, site, m, node)
        turn(node) { bridge, boot in
            done = (try? bridge.perform(action, pass: pass(site, m), meeting: meeting, now: boot)) != nil
        }
        digest.note(now, .deed, UInt64(place), done ? 1 : 0)
        return done
    }
}
