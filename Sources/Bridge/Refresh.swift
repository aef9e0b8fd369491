import Basics
import Conference
import Forwarding
import Mixing

/// Turns a changed meeting into streams, slots, mixes and interests.
extension Bridge {
    /// Changes that come in a row are followed together, at most so much later; an attachment is followed at once, since media
    /// must not cross where it is gone.
    static let refreshPause = Interval.milliseconds(10)

    /// Follows a changed meeting now, or soon if it was followed just now.
    func refreshSoon(_ id: MeetingID, now: Instant) {
        guard let meeting = media.meeting(id), meeting.view != nil, now < meeting.refreshedAt + Bridge.refreshPause,
            control.conference.attachedNeighbours(id) == meeting.attached
        else { return refresh(id, now: now) }
        meeting.isStale = true
        media.timers.nextRefresh.keepEarlier(meeting.refreshedAt + Bridge.refreshPause)
    }

    /// Follows what was put off.
    func refreshStale(now: Instant) {
        guard let due = media.timers.nextRefresh, due <= now else { return }
        media.timers.nextRefresh = nil
        for meeting in media.meetings where meeting.isStale && meeting.refreshedAt + Bridge.refreshPause <= now { refresh(meeting.id, now: now) }
        for meeting in media.meetings where meeting.isStale { media.timers.nextRefresh.keepEarlier(meeting.refreshedAt + Bridge.refreshPause) }
    }

    func refresh(_ id: MeetingID, now: Instant) {
        media.timers.hurry()
        if let meeting = media.meeting(id) {
            meeting.isStale = false
            meeting.refreshedAt = now
            // Held by the conference alone, its lines are brought up to date where they lie.
            meeting.view?.sites = []
        }
        let view = control.conference.view(of: id)
        guard let view, !view.ended else {
            finish(id, now: now)
            effects.append(.changed(id))
            return
        }
        let m = media.place(ofMeeting: id)
        let meeting = media.meetings[m]
        if meeting.view == nil {
            takeEarlyInterests(m)
            effects.append(.meetingStarted(view.definition, at: wall(now)))
        }
        meeting.view = view
        meeting.learnPlaces(view.definition)
        endRemovedLegs(id, view, now: now)
        // A mixer has every voice ready; a page shows those that may be heard.
        let records = media.equipment.isEmpty ? control.conference.streams(of: id, at: view.heardSites) : control.conference.streams(of: id)
        for case let stream? in media.streams where stream.meeting == m {
            stream.share.adopt(stream.record.kind, meeting.rate(of: stream.record.kind), now: now)
        }
        syncStreams(m, records, now: now)
        syncChoice(m, view, now: now)
        syncEquipment(m, view, now: now)
        syncAttachment(m, now: now)
        media.show(m, view, records, now: now)
        if view.crown != meeting.wasCrown {
            meeting.wasCrown = view.crown
            effects.append(.log(.meetingChanged(id, crown: view.crown)))
        }
        announceInterests(now: now)
        // A node whose part holds the floor does not go home to its declared parent in the middle of a sentence.
        control.membership.isSpeaking = media.meetings.contains { meeting in
            meeting.view?.holders.contains { isHere($0.site.node) } ?? false
        }
        effects.append(.changed(id))
    }

    /// The node is this one or hangs below it.
    private func isHere(_ id: String) -> Bool {
        guard let there = network.slot(id: id) else { return false }
        if there == slot { return true }
        guard let next = control.conference.nextHop(to: network.nodes[there].index) else { return false }
        return trunk(to: next).map { !$0.isParent } ?? false
    }

    /// The meeting ended or left: its legs, streams and interests with it.
    private func finish(_ id: MeetingID, now: Instant) {
        guard let m = media.meetings.firstIndex(where: { $0.id == id }), media.meetings[m].view != nil else { return }
        for i in media.legs.indices where media.legs[i]?.meeting == id { end(leg: i, reason: "meeting ended", now: now) }
        for place in media.streams.indices where media.streams[place]?.meeting == m { removeStream(place) }
        media.publications.removeAll(of: id)
        releaseEquipment(of: m)
        effects.append(.meetingEnded(id, at: wall(now)))
        media.meetings[m].close()
        media.forgetStills()
        takeReports(now)
        media.interests.removeMeeting(m)
        for trunk in media.trunks { trunk.wanted.removeAll { $0.meeting == id } }
        announceInterests(now: now)
    }

    /// Pages of sites that were taken out of the meeting end.
    private func endRemovedLegs(_ id: MeetingID, _ view: MeetingView, now: Instant) {
        guard view.seats.contains(where: { $0.state == .out || $0.state == .declined }) else { return }
        for i in media.legs.indices {
            guard let leg = media.legs[i], leg.meeting == id, !view.definition.sites.contains(leg.pass.site) else { continue }
            end(leg: i, reason: "its site was taken out of the meeting", now: now)
        }
    }

    // MARK: Streams

    /// A new stream of one of our own sites; nil if the conference does not take it.
    func makeStream(_ codec: Codec, _ publication: Publication, now: Instant) -> (slot: Int, ssrc: UInt32)? {
        var ssrc: UInt32
        repeat {
            ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
        } while media.streamBySSRC[ssrc] != nil || control.conference.stream(ssrc: ssrc) != nil
        media.lastStream += 1
        let record = StreamRecord(
            id: StreamID(node: network.nodes[slot].index, incarnation: control.membership.incarnation.counter, counter: media.lastStream), ssrc: ssrc,
            kind: codec.kind, codec: codec, site: publication.site)
        let place = addStream(record, meeting: media.place(ofMeeting: publication.meeting), now: now)
        control.conference.publishStream(record, meeting: publication.meeting, now: now, wall: wall(now), into: &control.conferenceEffects)
        return (place, ssrc)
    }

    func withdraw(stream: Int, now: Instant) {
        guard let known = media.streams[stream] else { return }
        control.conference.withdrawStream(
            known.record.id, meeting: media.meetings[known.meeting].id, now: now, wall: wall(now), into: &control.conferenceEffects)
    }

    private func addStream(_ record: StreamRecord, meeting: Int, now: Instant) -> Int {
        let share = StreamShare(record.kind, media.meetings[meeting].rate(of: record.kind))
        let stream = Stream(record: record, meeting: meeting, isLocal: record.id.node == network.nodes[slot].index, share: share)
        let place = media.streams.firstIndex { $0 == nil } ?? media.streams.count
        if place == media.streams.count { media.streams.append(stream) } else { media.streams[place] = stream }
        stream.newest = media.passed.first { $0.id == record.id }
        media.timers.hurry()
        media.streamByID[record.id] = place
        // If two streams have one SSRC, the stream with the smaller name keeps it.
        if let other = media.streamBySSRC[record.ssrc], let known = media.streams[other], known.record.id < record.id {
        } else {
            media.streamBySSRC[record.ssrc] = place
        }
        media.interests.setStream(place, id: record.id, meeting: meeting, kind: record.kind)
        return place
    }

    /// Takes out the streams that are over or out of reach, and takes in those of `records`.
    private func syncStreams(_ m: Int, _ records: [StreamRecord], now: Instant) {
        for place in media.streams.indices {
            guard let known = media.streams[place], known.meeting == m, control.conference.stream(known.record.id, of: media.meetings[m].id) != known.record
            else { continue }
            removeStream(place)
        }
        for record in records where media.place(ofStream: record.id) == nil { _ = addStream(record, meeting: m, now: now) }
    }

    private func removeStream(_ place: Int) {
        guard let known = media.streams[place] else { return }
        if media.streamByID[known.record.id] == place { media.streamByID[known.record.id] = nil }
        if media.streamBySSRC[known.record.ssrc] == place { media.streamBySSRC[known.record.ssrc] = nil }
        if let voice = known.voice { media.meetings[known.meeting].mixer?.removeSource(voice) }
        // While this node goes over to another uplink, what comes from above is out of reach for a moment.
        if let newest = known.newest {
            media.passed.removeAll { $0.id == newest.id || newest.at - $0.at > Stream.Newest.kept }
            media.passed.append(newest)
        }
        media.streams[place] = nil
        media.interests.removeStream(place)
        guard known.isLocal, let publication = media.publications.known(known.record.site, media.meetings[known.meeting].id) else { return }
        for kind in MediaKind.allCases where publication.ingress(kind)?.stream == place { publication.setIngress(nil, kind) }
    }

    // A country's roster has thousands of streams, and few are ever heard or seen. A stream takes a place here when somebody may speak on it
    // (`syncStreams`), when a packet or report of it comes, or when a neighbour wants its picture.

    /// The place of the stream with that SSRC; nil if the roster does not have it.
    func meet(ssrc: UInt32, now: Instant) -> Int? {
        if let known = media.streamBySSRC[ssrc] { return known }
        guard let found = control.conference.stream(ssrc: ssrc), let m = media.meetings.firstIndex(where: { $0.id == found.meeting && $0.view != nil })
        else { return nil }
        let place = meet(found.record.id, m, now: now)
        // A node that lost its memory names streams anew: until what it wrote before is gone, two may go by one name, and the sound of one
        // must not take the way of the other.
        return place.flatMap { media.streams[$0]?.record == found.record && media.streams[$0]?.meeting == m ? $0 : nil }
    }

    /// The place of a stream of which something is wanted.
    private func meet(_ id: StreamID, _ m: Int, now: Instant) -> Int? {
        if let known = media.streamByID[id] { return known }
        guard let record = control.conference.stream(id, of: media.meetings[m].id) else { return nil }
        let place = addStream(record, meeting: m, now: now)
        _ = media.interests.update(hop: { self.hop($0, $1) })
        return place
    }

    /// The conference opened or closed the microphone of one of our sites.
    func setGate(_ meeting: MeetingID, _ site: SiteID, open: Bool) { media.publications.find(site, meeting).gateOpen = open }

    // MARK: Interests

    /// The edge towards a stream's home; nil while it cannot be reached, or the meeting is not attached that way.
    private func hop(_ id: StreamID, _ m: Int) -> Int? {
        if id.node == network.nodes[slot].index { return InterestTable.local }
        guard let next = control.conference.nextHop(to: id.node) else { return nil }
        return media.trunks.firstIndex { $0.neighbour == next && isAttached(m, $0) }
    }

    /// Media of the meeting may cross the trunk: it is up, and both ends hold the same attachment (mesh, "attachment is per meeting").
    private func isAttached(_ m: Int, _ trunk: Trunk) -> Bool {
        trunk.isUp && control.conference.isAttached(media.meetings[m].id, trunk.neighbour)
    }

    /// Takes the neighbours' wishes where the meeting is attached, and drops them elsewhere.
    private func syncAttachment(_ m: Int, now: Instant) {
        for t in media.trunks.indices {
            let message = media.trunks[t].wanted.first { $0.meeting == media.meetings[m].id }
            let before = media.interests.interest(edge: t, meeting: m)
            var wanted = Interest.none
            if let message, isAttached(m, media.trunks[t]) { wanted = Interest(audio: message.audio, video: message.videos) }
            media.interests.set(wanted, edge: t, meeting: m)
            guard wanted != before else { continue }
            media.timers.hurry()
            // A neighbour that begins to listen or watch needs the sources' clocks, and a whole picture.
            for place in media.streams.indices where media.streams[place]?.meeting == m { media.streams[place]?.nextReport = .zero }
            for id in wanted.video where !before.wants(id) { if let stream = meet(id, m, now: now) { media.requestKeyFrame(stream) } }
        }
        // An edge that is attached now, or no longer, changes the ways of streams too.
        let attached = control.conference.attachedNeighbours(media.meetings[m].id)
        guard attached != media.meetings[m].attached else { return }
        media.meetings[m].attached = attached
        media.interests.invalidate()
    }

    /// Tells neighbours what changed in what we want of them.
    func announceInterests(now: Instant) {
        _ = media.interests.update(hop: { self.hop($0, $1) })
        for t in media.trunks.indices where media.trunks[t].isUp {
            for m in media.meetings.indices {
                let wanted = media.meetings[m].view != nil && isAttached(m, media.trunks[t]) ? media.interests.announcement(edge: t, meeting: m) : .none
                let message = InterestMessage(meeting: media.meetings[m].id, audio: wanted.audio, videos: wanted.video)
                let last = media.trunks[t].announced.firstIndex { $0.meeting == message.meeting }
                if let last {
                    guard media.trunks[t].announced[last] != message else { continue }
                    media.trunks[t].announced[last] = message
                } else {
                    guard message.audio || !message.videos.isEmpty else { continue }
                    media.trunks[t].announced.append(message)
                }
                var writer = ByteWriter([HopKind.interest.rawValue])
                message.encode(into: &writer)
                control.membership.sendHop(media.trunks[t].neighbour, writer.bytes, now: now, into: &control.membershipEffects)
            }
        }
    }

    func receiveInterest(_ message: InterestMessage, from neighbour: NodeIndex, now: Instant) {
        guard let t = media.trunks.firstIndex(where: { $0.neighbour == neighbour }) else { return }
        // The meeting's record may still be on its way; a stranger's name must not take a place for ever.
        guard control.conference.view(of: message.meeting) != nil else {
            media.trunks[t].early.removeAll { $0.meeting == message.meeting }
            if media.trunks[t].early.count < Trunk.earlyLimit { media.trunks[t].early.append(message) }
            return
        }
        media.trunks[t].note(wanted: message)
        syncAttachment(media.place(ofMeeting: message.meeting), now: now)
        announceInterests(now: now)
    }

    private func takeEarlyInterests(_ m: Int) {
        for t in media.trunks.indices {
            guard let at = media.trunks[t].early.firstIndex(where: { $0.meeting == media.meetings[m].id }) else { continue }
            media.trunks[t].note(wanted: media.trunks[t].early.remove(at: at))
        }
    }

    func forgetInterests(of t: Int, now: Instant) {
        media.trunks[t].announced = []
        media.trunks[t].wanted = []
        media.trunks[t].early = []
        media.interests.removeEdge(t)
        announceInterests(now: now)
    }
}
