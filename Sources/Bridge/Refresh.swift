import Basics
import Conference
import Forwarding
import Mixing

/// Turns a changed meeting into streams, slots, mixes and interests.
extension Bridge {
    func meetingMedia(_ id: MeetingID) -> MeetingMedia? { meetings.first { $0.id == id } }

    private func meetingIndex(_ id: MeetingID) -> Int {
        if let known = meetings.firstIndex(where: { $0.id == id }) { return known }
        let media = MeetingMedia(id: id)
        // A place whose meeting is gone is used again: the interests' tables stay as small as the meetings at once.
        if let free = meetings.firstIndex(where: { $0.view == nil }) {
            meetings[free] = media
            return free
        }
        meetings.append(media)
        return meetings.count - 1
    }

    /// Changes that come in a row are followed together, at most so much later; an attachment is followed at once, since media
    /// must not cross where it is gone.
    static let refreshPause = Interval.milliseconds(10)

    /// Follows a changed meeting now, or soon if it was followed just now.
    func refreshSoon(_ id: MeetingID, now: Instant) {
        guard let media = meetingMedia(id), media.view != nil, now < media.refreshedAt + Bridge.refreshPause,
            conference.attachedNeighbours(id) == media.attached
        else { return refresh(id, now: now) }
        media.isStale = true
        timers.nextRefresh.keepEarlier(media.refreshedAt + Bridge.refreshPause)
    }

    /// Follows what was put off.
    func refreshStale(now: Instant) {
        guard let due = timers.nextRefresh, due <= now else { return }
        timers.nextRefresh = nil
        for media in meetings where media.isStale && media.refreshedAt + Bridge.refreshPause <= now { refresh(media.id, now: now) }
        for media in meetings where media.isStale { timers.nextRefresh.keepEarlier(media.refreshedAt + Bridge.refreshPause) }
    }

    func refresh(_ id: MeetingID, now: Instant) {
        timers.hurry()
        if let media = meetingMedia(id) {
            media.isStale = false
            media.refreshedAt = now
            // Held by the conference alone, its lines are brought up to date where they lie.
            media.view?.sites = []
        }
        let view = conference.view(of: id)
        guard let view, !view.ended else {
            finish(id, now: now)
            effects.append(.changed(id))
            return
        }
        let m = meetingIndex(id)
        let meeting = meetings[m]
        if meeting.view == nil {
            takeEarlyInterests(m)
            effects.append(.meetingStarted(view.definition, at: wall(now)))
        }
        meeting.view = view
        meeting.learnPlaces(view.definition)
        endRemovedLegs(id, view, now: now)
        // A mixer has every voice ready; a page shows those that may be heard.
        let records = equipment.isEmpty ? conference.streams(of: id, at: view.heardSites) : conference.streams(of: id)
        for stream in streams { if let stream, stream.meeting == m { stream.share.adopt(stream.record.kind, meeting.rate(of: stream.record.kind), now: now) } }
        syncStreams(m, records, now: now)
        syncChoice(m, view, now: now)
        syncEquipment(m, view, now: now)
        syncAttachment(m, now: now)
        syncSlots(m, view, records, now: now)
        if view.crown != meeting.wasCrown {
            meeting.wasCrown = view.crown
            effects.append(.log(.meetingChanged(id, crown: view.crown)))
        }
        announceInterests(now: now)
        // A node whose part holds the floor does not go home to its declared parent in the middle of a sentence.
        membership.isSpeaking = meetings.contains { meeting in
            meeting.view?.holders.contains { isHere($0.site.node) } ?? false
        }
        effects.append(.changed(id))
    }

    /// The node is this one or hangs below it.
    private func isHere(_ id: String) -> Bool {
        guard let there = network.slot(id: id) else { return false }
        if there == slot { return true }
        guard let next = conference.nextHop(to: network.nodes[there].index) else { return false }
        return trunk(to: next).map { !$0.isParent } ?? false
    }

    /// The meeting ended or left: its legs, streams and interests with it.
    private func finish(_ id: MeetingID, now: Instant) {
        guard let m = meetings.firstIndex(where: { $0.id == id }), meetings[m].view != nil else { return }
        for i in legs.indices where legs[i]?.meeting == id { end(leg: i, reason: "meeting ended", now: now) }
        for place in streams.indices where streams[place]?.meeting == m { removeStream(place) }
        publications.removeAll(of: id)
        releaseEquipment(of: m)
        effects.append(.meetingEnded(id, at: wall(now)))
        meetings[m].close()
        forgetStills()
        interests.removeMeeting(m)
        for trunk in trunks { trunk.wanted.removeAll { $0.meeting == id } }
        announceInterests(now: now)
    }

    /// Pages of sites that were taken out of the meeting end.
    private func endRemovedLegs(_ id: MeetingID, _ view: MeetingView, now: Instant) {
        guard view.seats.contains(where: { $0.state == .out || $0.state == .declined }) else { return }
        for i in legs.indices {
            guard let leg = legs[i], leg.meeting == id, !view.definition.sites.contains(leg.pass.site) else { continue }
            end(leg: i, reason: "its site was taken out of the meeting", now: now)
        }
    }

    // MARK: Streams

    /// A new stream of one of our own sites; nil if the conference does not take it.
    func makeStream(_ codec: Codec, _ publication: Publication, now: Instant) -> (slot: Int, ssrc: UInt32)? {
        var ssrc: UInt32
        repeat { ssrc = UInt32.random(in: 1...UInt32.max, using: &random) } while streamBySSRC[ssrc] != nil || conference.stream(ssrc: ssrc) != nil
        lastStream += 1
        let record = StreamRecord(
            id: StreamID(node: network.nodes[slot].index, incarnation: membership.incarnation.counter, counter: lastStream), ssrc: ssrc,
            kind: codec.kind, codec: codec, site: publication.site)
        let place = addStream(record, meeting: meetingIndex(publication.meeting), now: now)
        conference.publishStream(record, meeting: publication.meeting, now: now, wall: wall(now), into: &conferenceEffects)
        return (place, ssrc)
    }

    func withdraw(stream: Int, now: Instant) {
        guard let known = streams[stream] else { return }
        conference.withdrawStream(known.record.id, meeting: meetings[known.meeting].id, now: now, wall: wall(now), into: &conferenceEffects)
    }

    private func addStream(_ record: StreamRecord, meeting: Int, now: Instant) -> Int {
        let share = StreamShare(record.kind, meetings[meeting].rate(of: record.kind))
        let stream = Stream(record: record, meeting: meeting, isLocal: record.id.node == network.nodes[slot].index, share: share)
        let place = streams.firstIndex { $0 == nil } ?? streams.count
        if place == streams.count { streams.append(stream) } else { streams[place] = stream }
        stream.newest = passed.first { $0.id == record.id }
        timers.hurry()
        streamByID[record.id] = place
        // If two streams have one SSRC, the stream with the smaller name keeps it.
        if let other = streamBySSRC[record.ssrc], let known = streams[other], known.record.id < record.id {
        } else {
            streamBySSRC[record.ssrc] = place
        }
        interests.setStream(place, id: record.id, meeting: meeting, kind: record.kind)
        return place
    }

    /// Takes out the streams that are over or out of reach, and takes in those of `records`.
    private func syncStreams(_ m: Int, _ records: [StreamRecord], now: Instant) {
        for place in streams.indices {
            guard let known = streams[place], known.meeting == m, conference.stream(known.record.id, of: meetings[m].id) != known.record
            else { continue }
            removeStream(place)
        }
        for record in records where streamSlot(record.id) == nil { _ = addStream(record, meeting: m, now: now) }
    }

    private func removeStream(_ place: Int) {
        guard let known = streams[place] else { return }
        if streamByID[known.record.id] == place { streamByID[known.record.id] = nil }
        if streamBySSRC[known.record.ssrc] == place { streamBySSRC[known.record.ssrc] = nil }
        if let voice = known.voice { meetings[known.meeting].mixer?.removeSource(voice) }
        // While this node goes over to another uplink, what comes from above is out of reach for a moment.
        if let newest = known.newest {
            passed.removeAll { $0.id == newest.id || newest.at - $0.at > Stream.Newest.kept }
            passed.append(newest)
        }
        streams[place] = nil
        interests.removeStream(place)
        guard known.isLocal, let publication = publications.known(known.record.site, meetings[known.meeting].id) else { return }
        for kind in MediaKind.allCases where publication.ingress(kind)?.stream == place { publication.setIngress(nil, kind) }
    }

    // A country's roster has thousands of streams, and few are ever heard or seen. A stream takes a place here when somebody may speak on it
    // (`syncStreams`), when a packet or report of it comes, or when a neighbour wants its picture.

    /// The place of the stream with that SSRC; nil if the roster does not have it.
    func meet(ssrc: UInt32, now: Instant) -> Int? {
        if let known = streamBySSRC[ssrc] { return known }
        guard let found = conference.stream(ssrc: ssrc), let m = meetings.firstIndex(where: { $0.id == found.meeting && $0.view != nil })
        else { return nil }
        let place = meet(found.record.id, m, now: now)
        // A node that lost its memory names streams anew: until what it wrote before is gone, two may go by one name, and the sound of one
        // must not take the way of the other.
        return place.flatMap { streams[$0]?.record == found.record && streams[$0]?.meeting == m ? $0 : nil }
    }

    /// The place of a stream of which something is wanted.
    private func meet(_ id: StreamID, _ m: Int, now: Instant) -> Int? {
        if let known = streamByID[id] { return known }
        guard let record = conference.stream(id, of: meetings[m].id) else { return nil }
        let place = addStream(record, meeting: m, now: now)
        _ = interests.update(hop: { self.hop($0, $1) })
        return place
    }

    /// Whether a stream may be heard at this node: pictures and voices from above always, others if chosen.
    private func isAudible(_ slot: Int) -> Bool {
        guard let stream = streams[slot], stream.record.kind == .audio else { return true }
        if let home = interests.home(ofStream: slot), home >= 0, trunks[home].isParent { return true }
        return meetings[stream.meeting].choice.goesDown(slot, stream.record.id)
    }

    func streamSlot(_ id: StreamID?) -> Int? {
        guard let id else { return nil }
        return streamByID[id]
    }

    /// The conference opened or closed the microphone of one of our sites.
    func setGate(_ meeting: MeetingID, _ site: SiteID, open: Bool) { publications.find(site, meeting).gateOpen = open }

    // MARK: Slots

    private func syncSlots(_ m: Int, _ view: MeetingView, _ records: [StreamRecord], now: Instant) {
        let audible = records.filter { record in streamSlot(record.id).map { isAudible($0) } ?? true }
        for place in streams.indices where streams[place]?.meeting == m { streams[place]?.resetSinks() }
        var wantsAudio = meetings[m].isHeard
        var wantedVideo: [StreamID] = []
        for i in legs.indices {
            guard let leg = legs[i], leg.meeting == meetings[m].id, leg.isUp else { continue }
            leg.layout = LayoutPolicy.layout(for: leg.pass.site, view: view, streams: audible, previous: leg.layout)
            for s in leg.audio.indices where leg.audio[s] != nil {
                wantsAudio = true
                let stream = streamSlot(leg.layout.audio[s])
                leg.audio[s]?.select(stream, now: now)
                if let stream { streams[stream]?.sinks.append(.page(leg: i, kind: .audio, slot: s)) }
            }
            for s in leg.video.indices where leg.video[s] != nil {
                let before = leg.video[s]?.current
                let stream = streamSlot(leg.layout.video[s])
                leg.video[s]?.select(stream, now: now)
                guard let stream, let id = leg.layout.video[s] else { continue }
                streams[stream]?.sinks.append(.page(leg: i, kind: .video, slot: s))
                wantedVideo.append(id)
                // The old picture goes on until the new one's key frame is there.
                if let before, before != stream, streams[before]?.meeting == m {
                    streams[before]?.sinks.append(.page(leg: i, kind: .video, slot: s))
                }
                if leg.video[s]?.awaitingKeyFrame != nil { requestKeyFrame(stream) }
            }
        }
        for (e, device) in equipment.enumerated() {
            guard device.meeting == m, let stream = device.video?.selected, let id = streams[stream]?.record.id else { continue }
            streams[stream]?.sinks.append(.equipment(e))
            wantedVideo.append(id)
            if device.video?.awaitingKeyFrame != nil { requestKeyFrame(stream) }
        }
        interests.set(Interest(audio: wantsAudio, video: wantedVideo), edge: InterestTable.local, meeting: m)
    }

    // MARK: Interests

    /// The edge towards a stream's home; nil while it cannot be reached, or the meeting is not attached that way.
    private func hop(_ id: StreamID, _ m: Int) -> Int? {
        if id.node == network.nodes[slot].index { return InterestTable.local }
        guard let next = conference.nextHop(to: id.node) else { return nil }
        return trunks.firstIndex { $0.neighbour == next && isAttached(m, $0) }
    }

    /// Media of the meeting may cross the trunk: it is up, and both ends hold the same attachment (mesh, "attachment is per meeting").
    private func isAttached(_ m: Int, _ trunk: Trunk) -> Bool {
        trunk.isUp && conference.isAttached(meetings[m].id, trunk.neighbour)
    }

    /// Takes the neighbours' wishes where the meeting is attached, and drops them elsewhere.
    private func syncAttachment(_ m: Int, now: Instant) {
        for t in trunks.indices {
            let message = trunks[t].wanted.first { $0.meeting == meetings[m].id }
            let before = interests.interest(edge: t, meeting: m)
            var wanted = Interest.none
            if let message, isAttached(m, trunks[t]) { wanted = Interest(audio: message.audio, video: message.videos) }
            interests.set(wanted, edge: t, meeting: m)
            guard wanted != before else { continue }
            timers.hurry()
            // A neighbour that begins to listen or watch needs the sources' clocks, and a whole picture.
            for place in streams.indices where streams[place]?.meeting == m { streams[place]?.nextReport = .zero }
            for id in wanted.video where !before.wants(id) { if let stream = meet(id, m, now: now) { requestKeyFrame(stream) } }
        }
        // An edge that is attached now, or no longer, changes the ways of streams too.
        let attached = conference.attachedNeighbours(meetings[m].id)
        guard attached != meetings[m].attached else { return }
        meetings[m].attached = attached
        interests.invalidate()
    }

    /// Tells neighbours what changed in what we want of them.
    func announceInterests(now: Instant) {
        _ = interests.update(hop: { self.hop($0, $1) })
        for t in trunks.indices where trunks[t].isUp {
            for m in meetings.indices {
                let wanted = meetings[m].view != nil && isAttached(m, trunks[t]) ? interests.announcement(edge: t, meeting: m) : .none
                let message = InterestMessage(meeting: meetings[m].id, audio: wanted.audio, videos: wanted.video)
                let last = trunks[t].announced.firstIndex { $0.meeting == message.meeting }
                if let last {
                    guard trunks[t].announced[last] != message else { continue }
                    trunks[t].announced[last] = message
                } else {
                    guard message.audio || !message.videos.isEmpty else { continue }
                    trunks[t].announced.append(message)
                }
                var writer = ByteWriter([HopKind.interest.rawValue])
                message.encode(into: &writer)
                membership.sendHop(trunks[t].neighbour, writer.bytes, now: now, into: &membershipEffects)
            }
        }
    }

    func receiveInterest(_ message: InterestMessage, from neighbour: NodeIndex, now: Instant) {
        guard let t = trunks.firstIndex(where: { $0.neighbour == neighbour }) else { return }
        // The meeting's record may still be on its way; a stranger's name must not take a place for ever.
        guard conference.view(of: message.meeting) != nil else {
            trunks[t].early.removeAll { $0.meeting == message.meeting }
            if trunks[t].early.count < Trunk.earlyLimit { trunks[t].early.append(message) }
            return
        }
        trunks[t].note(wanted: message)
        syncAttachment(meetingIndex(message.meeting), now: now)
        announceInterests(now: now)
    }

    private func takeEarlyInterests(_ m: Int) {
        for t in trunks.indices {
            guard let at = trunks[t].early.firstIndex(where: { $0.meeting == meetings[m].id }) else { continue }
            trunks[t].note(wanted: trunks[t].early.remove(at: at))
        }
    }

    func forgetInterests(of t: Int, now: Instant) {
        trunks[t].announced = []
        trunks[t].wanted = []
        trunks[t].early = []
        interests.removeEdge(t)
        announceInterests(now: now)
    }
}
