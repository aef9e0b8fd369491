import Basics
import Conference
import Forwarding
import Peer
import RTP

/// Pages and bots: joining, leaving, and what arrives on their legs.
extension Bridge {
    // MARK: Joining

    /// Makes a leg out of an offer's text, which is parsed on the loop: for tests and simulations. A node's shell parses beforehand.
    public func join(_ pass: Pass, offer: String, now: Instant) throws(Refusal) -> (leg: UInt32, answer: String) {
        guard let parsed = try? SessionDescription(parsing: offer) else { throw .badOffer }
        return try join(pass, offer: parsed, now: now)
    }

    /// Makes a leg out of a page's offer; the page's own meeting is the pass's, or the one its site belongs to.
    public func join(_ pass: Pass, offer: SessionDescription, now: Instant) throws(Refusal) -> (leg: UInt32, answer: String) {
        guard let meeting = runningMeeting(of: pass) else { throw .unknownMeeting }
        guard let view = conference.view(of: meeting) else { throw .unknownMeeting }
        guard view.definition.sites.contains(pass.site) else { throw .notInMeeting }
        guard legs.count(where: { $0 != nil }) < Bridge.accessLegLimit else { throw .tooManyLegs }
        var ssrcs: [UInt32] = []
        while ssrcs.count < 5 {
            let ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
            if !ssrcs.contains(ssrc) { ssrcs.append(ssrc) }
        }
        let settings = AnswerSettings(
            address: network.nodes[slot].address, videoCodec: view.definition.videoCodec, audioSSRCs: Array(ssrcs[0..<3]),
            videoSSRCs: Array(ssrcs[3..<5]), cname: network.nodes[slot].index.description, audioOnlyWithoutCodec: true)
        let peer: Peer
        do {
            peer = try Peer(accessServer: offer, settings: settings, security: security, now: now)
        } catch {
            if case .noCommonCodec = error { throw .noCommonCodec }
            throw .badOffer
        }
        guard let answer = peer.localDescription else { throw .badOffer }
        let publishes = pass.role == .room || pass.role == .chair
        let publication = publishes ? publication(of: pass.site, in: meeting) : nil
        lastLegID += 1
        let leg = AccessLeg(id: lastLegID, peer: peer, pass: pass, meeting: meeting, publication: publication, random: &random)
        let place = legs.firstIndex { $0 == nil } ?? legs.count
        if place == legs.count { legs.append(leg) } else { legs[place] = leg }
        timers.hurry()
        if let name = peer.localUsername { legByUsername[name] = place }
        isPeersDueKnown = false
        return (leg.id, answer)
    }

    private func runningMeeting(of pass: Pass) -> MeetingID? {
        if let meeting = pass.meeting { return conference.view(of: meeting).map { !$0.ended } == true ? meeting : nil }
        return conference.meetingIDs.first { id in
            conference.view(of: id).map { !$0.ended && $0.definition.sites.contains(pass.site) } == true
        }
    }

    func publication(of site: SiteID, in meeting: MeetingID) -> Publication {
        if let known = publications.first(where: { $0.site == site && $0.meeting == meeting }) { return known }
        let made = Publication(site: site, meeting: meeting)
        publications.append(made)
        return made
    }

    /// Ends a leg by its number; one that is gone is no error.
    public func leave(_ id: UInt32, now: Instant) {
        guard let i = legs.firstIndex(where: { $0?.id == id }) else { return }
        end(leg: i, reason: "left", now: now)
        pump(now)
    }

    func end(leg i: Int, reason: String, now: Instant) {
        guard let leg = legs[i] else { return }
        leg.peer.close(outbox: outbox)
        if let remote = leg.peer.remote { routes[remote] = nil }
        if let name = leg.peer.localUsername { legByUsername[name] = nil }
        legs[i] = nil
        isPeersDueKnown = false
        effects.append(.log(.legDown(leg.id, leg.pass.site, reason: reason)))
        if let publication = leg.publication, publication.source == .leg(i) {
            publication.source = nil
            let heir = legs.lastIndex { $0?.publication === publication && $0?.isUp == true }
            if let heir, let next = legs[heir] {
                publish(publication, from: next, at: heir, now: now)
            } else {
                conference.siteLeft(publication.site, meeting: leg.meeting, now: now, wall: wall(now), into: &conferenceEffects)
            }
        }
        if !dirty.contains(leg.meeting) { dirty.append(leg.meeting) }
    }

    private func legCameUp(_ i: Int, now: Instant) {
        guard let leg = legs[i], !leg.isUp else { return }
        leg.isUp = true
        effects.append(.log(.legUp(leg.id, leg.pass.site)))
        if let publication = leg.publication { publish(publication, from: leg, at: i, now: now) }
        if !dirty.contains(leg.meeting) { dirty.append(leg.meeting) }
        pump(now)
    }

    /// From now on the site's voice and picture come from this leg.
    private func publish(_ publication: Publication, from leg: AccessLeg, at i: Int, now: Instant) {
        publication.source = .leg(i)
        let audio = leg.peer.media?.slot(.audio, 0).flatMap { $0.receives ? $0 : nil }
        let video = leg.peer.media?.slot(.video, 0).flatMap { $0.receives ? $0 : nil }
        siteJoined(publication, hasVideo: video != nil, now: now)
        publish(audio.map(agreement), .audio, of: publication, feedback: audio?.localSSRC ?? 1, now: now)
        publish(video.map(agreement), .video, of: publication, feedback: video?.localSSRC ?? 1, now: now)
    }

    func siteJoined(_ publication: Publication, hasVideo: Bool, now: Instant) {
        do {
            try conference.siteJoined(
                publication.site, meeting: publication.meeting, hasVideo: hasVideo, now: now, wall: wall(now), into: &conferenceEffects)
        } catch {
            // The meeting ended, or was changed to go without this site, since the page joined: its refresh ends the leg.
            conferenceDrops &+= 1
        }
    }

    private func agreement(_ slot: MediaSlot) -> StreamIngress.Agreement {
        StreamIngress.Agreement(codec: slot.codec, payloadType: slot.payloadType, audioLevelID: slot.audioLevelID)
    }

    /// Begins the site's stream of that kind, goes on with it, or ends it if the source has none.
    func publish(_ agreement: StreamIngress.Agreement?, _ kind: MediaKind, of publication: Publication, feedback: UInt32, now: Instant) {
        let known = kind == .audio ? publication.audio : publication.video
        if var ingress = known, let agreement, ingress.agreement.codec == agreement.codec {
            ingress.rejoin(agreement)
            if kind == .audio { publication.audio = ingress } else { publication.video = ingress }
            return
        }
        if let known { withdraw(stream: known.stream, now: now) }
        var fresh: StreamIngress?
        if let agreement, let place = makeStream(agreement.codec, publication, now: now) {
            fresh = StreamIngress(
                stream: place.slot, ssrc: place.ssrc, feedbackSSRC: feedback, agreement: agreement,
                firstSequence: UInt16.random(in: 0..<0x8000, using: &random), firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random))
            if kind == .video { fresh?.maximumBitrate = meetingMedia(publication.meeting)?.videoRate }
        }
        if kind == .audio { publication.audio = fresh } else { publication.video = fresh }
    }

    // MARK: Packets

    func receiveOnAccess(_ i: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        guard let leg = legs[i] else { return }
        switch leg.peer.receive(bytes, from: from, now: now, outbox: outbox) {
        case .rtp(let length):
            receiveMedia(UnsafeRawBufferPointer(rebasing: bytes[..<length]), onLeg: i, leg, now: now)
        case .rtcp(let length):
            receiveFeedback(UnsafeRawBufferPointer(rebasing: bytes[..<length]), on: leg, now: now)
        case .control:
            drainLeg(i, now: now)
            noteDue(of: leg)
        case .dropped:
            noteDue(of: leg)
        }
    }

    private func drainLeg(_ i: Int, now: Instant) {
        guard let leg = legs[i] else { return }
        while let event = leg.peer.nextEvent() {
            switch event {
            case .addressChanged(let address):
                if let old = routeByLeg[leg.id], old != address { routes[old] = nil }
                // An address that a trunk or an endpoint has is not a page's to take.
                switch routes[address] {
                case nil, .access, .pendingTrunk:
                    routes[address] = .access(i)
                    routeByLeg[leg.id] = address
                default: break
                }
            case .established: legCameUp(i, now: now)
            case .failed(let failure):
                end(leg: i, reason: "\(failure)", now: now)
                pump(now)
                return
            case .consentLost:
                end(leg: i, reason: "consent lost", now: now)
                pump(now)
                return
            case .message, .renewalDue: break
            }
        }
    }

    private func receiveMedia(_ packet: UnsafeRawBufferPointer, onLeg i: Int, _ leg: AccessLeg, now: Instant) {
        guard let header = RTPHeader(packet), let publication = leg.publication, publication.source == .leg(i) else { return }
        guard let media = leg.peer.media?.receiving(payloadType: header.payloadType) else { return count(.malformed) }
        receive(header, media.kind, of: publication, now: now)
    }

    /// A packet of one of our own sites, from a leg or an endpoint.
    func receive(_ header: RTPHeader, _ kind: MediaKind, of publication: Publication, now: Instant) {
        switch kind {
        case .audio:
            guard case .packet(let packet)? = publication.audio?.receive(header, now: now) else { return }
            if publication.audio?.misses == true { timers.hurry() }
            guard publication.gateOpen || !rules.contains(.gate) else { return count(.closedGate) }
            route(packet, from: InterestTable.local, now: now)
        case .video:
            guard case .packet(let packet)? = publication.video?.receive(header, now: now) else { return }
            if publication.video?.misses == true { timers.hurry() }
            if let frame = publication.keyFrame(with: packet, now: now) {
                effects.append(.still(site: publication.site, codec: packet.codec, frame: frame))
            }
            route(packet, from: InterestTable.local, now: now)
        }
    }

    private func receiveFeedback(_ bytes: UnsafeRawBufferPointer, on leg: AccessLeg, now: Instant) {
        for message in RTCPCompound(bytes) {
            switch message {
            case .senderReport(let report, let blocks):
                if let publication = leg.publication { receive(report, of: publication, now: now) }
                for block in blocks { leg.forEachSlot { $0.receive(block, now: now) } }
            case .receiverReport(_, let blocks):
                for block in blocks { leg.forEachSlot { $0.receive(block, now: now) } }
            case .nack(_, let media, let sequences):
                for i in leg.video.indices where leg.video[i]?.agreement.ssrc == media {
                    for sequence in sequences { resend(sequence, leg, i, now: now) }
                }
            case .pictureLoss(_, let media):
                askKeyFrame(ofSlot: media, leg)
            case .fullIntraRequest(_, let sources):
                for media in sources { askKeyFrame(ofSlot: media, leg) }
            default: break
            }
        }
    }

    func receive(_ report: SenderInformation, of publication: Publication, now: Instant) {
        publication.audio?.receive(report, now: now)
        publication.video?.receive(report, now: now)
        if let audio = publication.audio { streams[audio.stream]?.clock = audio.clock }
        if let video = publication.video { streams[video.stream]?.clock = video.clock }
    }

    private func askKeyFrame(ofSlot ssrc: UInt32, _ leg: AccessLeg) {
        for slot in leg.video where slot?.agreement.ssrc == ssrc {
            if let stream = slot?.selected { requestKeyFrame(stream) }
        }
    }

    private func resend(_ sequence: UInt16, _ leg: AccessLeg, _ i: Int, now: Instant) {
        let slot = outbox.reserve()
        guard let remote = leg.peer.remote, let length = leg.video[i]?.resend(sequence, now: now, into: slot),
            let header = RTPHeader(UnsafeRawBufferPointer(rebasing: slot[..<length])),
            let protected = leg.peer.protectRTP(slot, length: length, headerLength: header.headerLength)
        else { return }
        outbox.commit(protected, to: remote)
    }

    func wakeLegs(now: Instant) {
        for i in legs.indices {
            guard let leg = legs[i], let deadline = leg.peer.deadline, deadline <= now else { continue }
            leg.peer.wake(now: now, outbox: outbox)
            isPeersDueKnown = false
            drainLeg(i, now: now)
        }
    }

    // MARK: Deeds

    /// Does what a page or the shell asks; roles are checked by the caller, declared chairs by the conference.
    public func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?, now: Instant) throws(Refusal) {
        let id: MeetingID
        if case .start(let definition) = action {
            id = definition.id
        } else {
            guard let known = meeting ?? runningMeeting(of: pass) else { throw .unknownMeeting }
            id = known
        }
        do {
            try conference.perform(action, site: pass.site, meeting: id, now: now, wall: wall(now), into: &conferenceEffects)
        } catch {
            pump(now)
            throw error
        }
        pump(now)
    }
}
