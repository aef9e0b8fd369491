import Basics
import Conference
import Forwarding
import Membership
import Peer
import RTP
import Rights
import SDP

/// Pages and bots: joining, leaving, and what arrives on their legs.
extension Bridge {
    // MARK: Joining

    /// Makes a leg out of an offer's text, which is parsed on the loop: for tests and simulations. A node's shell parses beforehand.
    public func join(_ pass: Pass, offer: String, now: Instant) throws(Refusal) -> (leg: UInt32, answer: String) {
        guard let parsed = try? SessionDescription(parsing: offer) else { throw .badOffer }
        do throws(JoinRefusal) { return try join(pass, offer: parsed, now: now) } catch { throw error.refusal }
    }

    /// Makes a leg out of a page's offer; the page's own meeting is the pass's, or the one its site belongs to.
    public func join(_ pass: Pass, offer: SessionDescription, now: Instant) throws(JoinRefusal) -> (leg: UInt32, answer: String) {
        // The link may have been withdrawn while the offer was read.
        guard !isRevoked(pass) else { throw JoinRefusal(.notAllowed) }
        guard let meeting = runningMeeting(of: pass), let view = control.conference.view(of: meeting) else { throw JoinRefusal(.unknownMeeting) }
        guard view.definition.sites.contains(pass.site) else { throw JoinRefusal(.notInMeeting) }
        do throws(Refusal) { try makeRoom(for: pass, now: now) } catch { throw JoinRefusal(error) }
        var ssrcs: [UInt32] = []
        while ssrcs.count < 5 {
            let ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
            if !ssrcs.contains(ssrc) { ssrcs.append(ssrc) }
        }
        let settings = AnswerSettings(
            address: network.nodes[slot].address, videoCodec: view.definition.videoCodec, audioSSRCs: Array(ssrcs[0..<3]),
            videoSSRCs: Array(ssrcs[3..<5]), cname: network.nodes[slot].index.description, audioOnlyWithoutCodec: true,
            audioRate: view.definition.audioRate)
        let peer: Peer
        do {
            peer = try Peer(accessServer: offer, settings: settings, security: security, now: now)
        } catch {
            if case .noCommonCodec = error { throw JoinRefusal(.noCommonCodec, error) }
            throw JoinRefusal(.badOffer, error)
        }
        guard let answer = peer.localDescription else { throw JoinRefusal(.badOffer) }
        let publishes = control.conference.refusal(principal(pass), .putOnAir, site: pass.site, meeting: meeting) == nil
        let publication = publishes ? media.publications.find(pass.site, meeting) : nil
        let leg = AccessLeg(
            id: media.legs.nextID(), peer: peer, pass: pass, meeting: meeting, publication: publication, since: now, random: &random)
        media.legs.add(leg)
        media.timers.hurry()
        if offer.sections.contains(where: { $0.media == "video" }), peer.media?.slot(.video, 0) == nil {
            effects.append(.log(.soundOnly(leg.id, pass.site, wanted: view.definition.videoCodec)))
        }
        return (leg.id, answer)
    }

    /// Ends a leg by its number; one that is gone is no error.
    public func leave(_ id: UInt32, now: Instant) {
        guard let i = media.legs.firstIndex(where: { $0?.id == id }) else { return }
        end(leg: i, reason: "left", now: now)
        pump(now)
    }

    func end(leg i: Int, reason: String, now: Instant) {
        guard let leg = media.legs[i] else { return }
        leg.peer.close(outbox: media.outbox)
        for address in [leg.peer.remote, leg.address] {
            if let address, case .access(i)? = media.owners[address] { media.owners[address] = nil }
        }
        media.peerDrops.close(leg.peer)
        media.legs.remove(at: i)
        effects.append(.log(.legDown(leg.id, leg.pass.site, reason: reason)))
        if leg.isUp, let publication = leg.publication { sourceLeft(.leg(i), of: publication, now: now) }
        control.changed(leg.meeting)
    }

    private func legCameUp(_ i: Int, now: Instant) {
        guard let leg = media.legs[i], !leg.isUp else { return }
        leg.isUp = true
        effects.append(.log(.legUp(leg.id, leg.pass.site)))
        if let publication = leg.publication { sourceCame(.leg(i), to: publication, now: now) }
        control.changed(leg.meeting)
        pump(now)
    }

    // MARK: Packets

    func receiveOnAccess(_ i: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        guard let leg = media.legs[i] else { return }
        switch leg.peer.receive(bytes, from: from, now: now, outbox: media.outbox) {
        case .rtp(let length):
            go(on: media.receiveMedia(UnsafeRawBufferPointer(rebasing: bytes[..<length]), onLeg: i, leg, now: now), now: now)
        case .rtcp(let length):
            receiveFeedback(UnsafeRawBufferPointer(rebasing: bytes[..<length]), on: leg, now: now)
        case .control: drainLeg(i, now: now)
        case .dropped: break
        }
    }

    /// A packet of a hall went its way, or waits for its stream to go over to another source.
    func go(on turn: Media.Turn?, now: Instant) {
        if let turn {
            takeOver(turn.kind, of: turn.publication, now: now)
            media.number(turn, now: now)
        }
        takeReports(now)
    }

    private func drainLeg(_ i: Int, now: Instant) {
        guard let leg = media.legs[i] else { return }
        while let event = leg.peer.nextEvent() {
            switch event {
            case .addressChanged(let address):
                if let old = leg.address, old != address { media.owners[old] = nil }
                // An address that a trunk or a device has is not a page's to take.
                switch media.owners[address] {
                case nil, .access, .pendingTrunk:
                    media.owners[address] = .access(i)
                    leg.address = address
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

    private func receiveFeedback(_ bytes: UnsafeRawBufferPointer, on leg: AccessLeg, now: Instant) {
        for message in RTCPCompound(bytes) {
            switch message {
            case .senderReport(let report, let blocks):
                if let publication = leg.publication {
                    publication.receive(report, now: now)
                    noteClocks(of: publication)
                }
                for block in blocks { leg.forEachSlot { $0.receive(block, now: now) } }
            case .receiverReport(_, let blocks):
                for block in blocks { leg.forEachSlot { $0.receive(block, now: now) } }
            case .nack(_, let source, let sequences):
                for i in leg.video.indices where leg.video[i]?.agreement.ssrc == source {
                    for sequence in sequences { resend(sequence, leg, i, now: now) }
                }
            case .pictureLoss(_, let source):
                askKeyFrame(ofSlot: source, leg)
            case .fullIntraRequest(_, let sources):
                for source in sources { askKeyFrame(ofSlot: source, leg) }
            default: break
            }
        }
    }

    /// The clocks of a hall's streams, for those who hear and see them.
    func noteClocks(of publication: Publication) {
        if let audio = publication.audio { media.streams[audio.stream]?.clock = audio.clock }
        if let video = publication.video { media.streams[video.stream]?.clock = video.clock }
    }

    private func askKeyFrame(ofSlot ssrc: UInt32, _ leg: AccessLeg) {
        for slot in leg.video where slot?.agreement.ssrc == ssrc {
            if let stream = slot?.selected { media.requestKeyFrame(stream) }
        }
    }

    private func resend(_ sequence: UInt16, _ leg: AccessLeg, _ i: Int, now: Instant) {
        let slot = media.outbox.reserve()
        guard let remote = leg.peer.remote, let length = leg.video[i]?.resend(sequence, now: now, into: slot) else { return }
        leg.peer.noteResent(bytes: length)
        media.outbox.commit(length, to: remote)
    }

    func wakeLegs(now: Instant) {
        var i = 0
        while let due = media.legs.nextDue(from: i, by: now) {
            media.legs[due]?.peer.wake(now: now, outbox: media.outbox)
            drainLeg(due, now: now)
            i = due + 1
        }
    }

    // MARK: Deeds

    /// Who stands behind a pass; an operator acts in the name of this node.
    func principal(_ pass: Pass) -> Principal {
        let site = pass.role == .operator ? SiteID(network.nodes[slot].id) : pass.site
        return Principal(site: site, node: NodeIndex(of: site.node), role: pass.policyRole)
    }

    /// Why the bearer of a pass may not do something to a meeting; nil: it may.
    public func refusal(_ pass: Pass, _ deed: Deed, meeting: MeetingID) -> Refusal? {
        if let bound = pass.meeting, bound != meeting { return .notInMeeting }
        return control.conference.refusal(principal(pass), deed, meeting: meeting)
    }

    /// The running meetings that ask a site of this node to come and have no answer yet.
    public func invitations(of site: SiteID) -> [Invitation] { control.conference.invitations(of: site) }

    /// Does what a page or the shell asks, if the policy lets it.
    ///
    /// An operator acts in the node's own name. A deed that would take the last room for this node's records is refused as `busy`.
    public func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?, now: Instant) throws(Refusal) {
        let id: MeetingID
        if case .start(let definition) = action {
            id = definition.id
        } else {
            guard let known = meeting ?? runningMeeting(of: pass) else { throw .unknownMeeting }
            id = known
            guard [Lane.floor, .roster, .bulk].allSatisfy({ control.membership.hasRoom($0, scope: id) }) else { throw .busy }
        }
        let isOperator = pass.role == .operator
        do {
            try control.conference.perform(
                action, site: isOperator ? SiteID(network.nodes[slot].id) : pass.site, role: pass.policyRole, meeting: id, now: now,
                wall: wall(now), into: &control.conferenceEffects)
        } catch {
            pump(now)
            throw error
        }
        pump(now)
    }
}
