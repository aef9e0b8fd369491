import Basics
import Conference
import Forwarding
import Peer
import RTP

// A hall's sources: pages and equipment come and go, and one of them at a time is its microphone, one its camera (`SourceChoice`).
extension Bridge {
    /// A page of the hall is up, or a device sends for the first time: the hall is present, and may be heard or seen from there.
    func sourceCame(_ source: SourceName, to publication: Publication, now: Instant) {
        var hasVideo = publication.video != nil
        for kind in MediaKind.allCases where agreement(of: source, kind) != nil { hasVideo = hasVideo || kind == .video }
        siteJoined(publication, hasVideo: hasVideo, now: now)
        for kind in MediaKind.allCases where agreement(of: source, kind) != nil {
            if publication.add(source, kind, rank: rank(of: source), now: now) { takeOver(kind, of: publication, now: now) }
        }
    }

    /// A source is gone: the next one goes on, and without any the hall leaves, unless a page of it listens.
    func sourceLeft(_ source: SourceName, of publication: Publication, now: Instant) {
        for kind in MediaKind.allCases where publication.remove(source, kind, now: now) { takeOver(kind, of: publication, now: now) }
        guard publication.isEmpty, !media.legs.contains(where: { $0?.publication === publication && $0?.isUp == true }) else { return }
        control.conference.siteLeft(publication.site, meeting: publication.meeting, now: now, wall: wall(now), into: &control.conferenceEffects)
    }

    /// The stream goes over to the source that is chosen now, or ends if there is none.
    func takeOver(_ kind: MediaKind, of publication: Publication, now: Instant) {
        guard let source = publication.chosen(kind), let agreement = agreement(of: source, kind) else {
            if let known = publication.ingress(kind) { withdraw(stream: known.stream, now: now) }
            publication.setIngress(nil, kind)
            return
        }
        let feedback = feedbackSSRC(to: source, kind)
        if let known = publication.ingress(kind) {
            if known.agreement.codec == agreement.codec { return publication.rejoin(agreement, kind, feedback: feedback) }
            withdraw(stream: known.stream, now: now)
        }
        guard let place = makeStream(agreement.codec, publication, now: now) else { return publication.setIngress(nil, kind) }
        var fresh = StreamIngress(
            stream: place.slot, ssrc: place.ssrc, feedbackSSRC: feedback, agreement: agreement,
            firstSequence: UInt16.random(in: 0..<0x8000, using: &random), firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random))
        if kind == .video { fresh.maximumBitrate = media.meeting(publication.meeting)?.videoRate }
        publication.setIngress(fresh, kind)
    }

    /// Pages before equipment, the page that came up last first; equipment in the order of the topology file.
    private func rank(of source: SourceName) -> Int64 {
        switch source {
        case .leg(let i): -Int64(media.legs[i]?.id ?? 0) - 1
        case .equipment(let e): Int64(e)
        }
    }

    /// What a source sends of that kind; nil: nothing.
    private func agreement(of source: SourceName, _ kind: MediaKind) -> StreamIngress.Agreement? {
        switch source {
        case .leg(let i):
            guard let slot = media.legs[i]?.peer.media?.slot(kind, 0), slot.receives else { return nil }
            return StreamIngress.Agreement(codec: slot.codec, payloadType: slot.payloadType, audioLevelID: slot.audioLevelID)
        case .equipment(let e):
            let declared = media.equipment[e].declared
            guard declared.codec.kind == kind, declared.direction.sends else { return nil }
            return StreamIngress.Agreement(codec: declared.codec, payloadType: declared.payloadType)
        }
    }

    private func feedbackSSRC(to source: SourceName, _ kind: MediaKind) -> UInt32 {
        switch source {
        case .leg(let i): media.legs[i]?.peer.media?.slot(kind, 0)?.localSSRC ?? 1
        case .equipment(let e): media.equipment[e].ssrc
        }
    }

    private func siteJoined(_ publication: Publication, hasVideo: Bool, now: Instant) {
        do {
            try control.conference.siteJoined(
                publication.site, meeting: publication.meeting, hasVideo: hasVideo, now: now, wall: wall(now), into: &control.conferenceEffects)
        } catch {
            // The meeting ended, or was changed to go without this site, since the source came: its refresh ends the leg.
            control.conferenceDrops &+= 1
        }
    }
}
