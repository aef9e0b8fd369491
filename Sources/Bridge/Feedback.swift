import Basics
import Conference
import Forwarding
import Membership
import Peer
import RTP

/// RTCP: repair and key frames hop by hop, reports that keep sound and picture together.
extension Bridge {
    /// The SSRC of our feedback on trunks: no stream has it.
    private static let trunkSSRC: UInt32 = 0

    // MARK: In

    func receiveTrunkFeedback(_ bytes: UnsafeRawBufferPointer, on t: Int, now: Instant) {
        for message in RTCPCompound(bytes) {
            if media.trunks[t].receiver.receive(message, now: now) {
                media.timers.hurry()
                continue
            }
            switch message {
            case .nack(_, 0, let sequences):
                for sequence in sequences { resend(sequence, onTrunk: t, now: now) }
            case .pictureLoss(_, let source):
                if let stream = meet(ssrc: source, now: now), media.streams[stream]?.record.kind == .video { media.requestKeyFrame(stream) }
            case .senderReport(let report, _):
                guard let stream = meet(ssrc: report.ssrc, now: now), media.interests.accepts(stream: stream, arrivingFrom: t) else { continue }
                // The first word of a source's clock goes on at once: until a page has it, sound and picture are not tied.
                if media.streams[stream]?.clock.arrival == nil {
                    media.streams[stream]?.nextReport = .zero
                    media.timers.hurry()
                }
                media.streams[stream]?.clock.receive(ntp: report.ntp, rtp: report.rtp, now: now)
            default: break
            }
        }
    }

    private func resend(_ sequence: UInt16, onTrunk t: Int, now: Instant) {
        let trunk = media.trunks[t]
        guard let peer = trunk.peer, let remote = peer.remote else { return }
        let slot = media.outbox.reserve()
        guard let length = trunk.sender.resend(sequence, now: now, roundTrip: roundTrip(of: trunk), into: slot),
            let header = RTPHeader(UnsafeRawBufferPointer(rebasing: slot[..<length])),
            // A packet that was lost before a part broke away, or before the last listener there left, is not sent after it.
            let stream = media.streamBySSRC[header.ssrc], media.interests.goes(stream: stream, to: t)
        else { return }
        peer.noteResent(bytes: length)
        media.outbox.commit(length, to: remote)
    }

    private func roundTrip(of trunk: Trunk) -> Interval { control.membership.roundTrip(trunk.neighbour) ?? .milliseconds(20) }

    // MARK: Out

    /// Says what is due to every page and neighbour: when the next is due, or 10 ms after the last time if something came up.
    func everySoOften(now: Instant) {
        wakeEquipment(now: now)
        endUnchecked(now: now)
        leaveFormerUplinks(now: now)
        updateChoices(now: now)
        let streamsSpeak = media.streams.contains { $0.map { $0.due <= now } ?? false }
        // Reports due soon go along: streams that began at different times would else wake the node one by one for ever.
        let reports = streamsSpeak ? now + Bridge.reportsTogether : nil
        // One datagram holds some forty; what did not fit stays due and goes with the next.
        var written = media.streams.count
        for t in media.trunks.indices where media.trunks[t].isUp && (streamsSpeak || media.trunks[t].isDue(now)) {
            written = min(written, speakToTrunk(t, reports: reports, now: now))
        }
        if let reports { postponeReports(until: reports, before: written, now: now) }
        for publication in media.publications { speakToSource(publication, now: now) }
        for leg in media.legs { if let leg, leg.isUp { speakToPage(leg, now: now) } }
        media.timers.feedbackGiven(now, next: nextFeedback(now), isServing: isServing)
    }

    private var isServing: Bool { !media.equipment.isEmpty || media.legs.contains { $0 != nil } || media.streams.contains { $0 != nil } }

    /// When the next of it is due, as far as can be seen now; `Timers.hurry` brings forward what comes up meanwhile.
    private func nextFeedback(_ now: Instant) -> Instant? {
        var result: Instant?
        for stream in media.streams { if let stream { result.keepEarlier(stream.due) } }
        for trunk in media.trunks where trunk.isUp {
            result.keepEarlier(trunk.receiver.deadline)
            result.keepEarlier(trunk.sender.deadline)
        }
        for publication in media.publications {
            if publication.chosen(.audio) != nil { result.keepEarlier(publication.audio?.deadline) }
            if publication.chosen(.video) != nil { result.keepEarlier(publication.video?.deadline) }
        }
        for leg in media.legs {
            guard let leg, leg.isUp else { continue }
            leg.forEachSlot { slot in result.keepEarlier(slot.deadline) }
        }
        for meeting in media.meetings where meeting.choice.isMoving { result.keepEarlier(now + VoiceChoice.beat) }
        return result
    }

    private static let reportsTogether = Interval.milliseconds(300)

    /// `reports`: streams whose report is due by then have theirs written; nil: no stream has anything to say. Returns the place of the
    /// first stream whose report did not fit, or the number of places.
    private func speakToTrunk(_ t: Int, reports: Instant?, now: Instant) -> Int {
        let trunk = media.trunks[t]
        var written = media.streams.count
        guard let peer = trunk.peer else { return written }
        writeRTCP(to: peer) { writer in
            _ = trunk.receiver.writeFeedback(now: now, roundTrip: roundTrip(of: trunk), sender: Self.trunkSSRC, into: &writer)
            _ = trunk.sender.writeTail(now: now, sender: Self.trunkSSRC, into: &writer)
            guard let reports else { return }
            for place in media.streams.indices {
                guard let stream = media.streams[place], stream.due <= reports else { continue }
                if media.interests.home(ofStream: place) == t, stream.keyFrames.deadline.map({ $0 <= now }) == true, stream.keyFrames.take(now: now) {
                    writer.pictureLoss(sender: Self.trunkSSRC, media: stream.record.ssrc)
                }
                // Unchanged but for the time that passed: both of the source's tracks stay on the source's clock.
                if stream.nextReport <= reports, media.interests.goes(stream: place, to: t), let pair = stream.clock.pair(now: now) {
                    let report = SenderInformation(ssrc: stream.record.ssrc, ntp: pair.ntp, rtp: pair.rtp, packets: 0, octets: 0)
                    if !writer.senderReport(report) { written = min(written, place) }
                }
            }
        }
        return written
    }

    private func postponeReports(until reports: Instant, before end: Int, now: Instant) {
        for place in media.streams.indices.prefix(end) {
            guard let stream = media.streams[place], stream.nextReport <= reports else { continue }
            media.streams[place]?.nextReport = now + stream.reportPeriod(now: now)
        }
    }

    /// What the hall's chosen microphone and camera are told: reports, what is asked for again, key frames, the rate.
    private func speakToSource(_ publication: Publication, now: Instant) {
        for kind in MediaKind.allCases {
            guard let due = publication.ingress(kind)?.deadline, due <= now else { continue }
            switch publication.chosen(kind) {
            case .leg(let i)?:
                guard let leg = media.legs[i], leg.isUp else { continue }
                let roundTrip = leg.peer.counters.roundTrip ?? .milliseconds(20)
                writeRTCP(to: leg.peer) { publication.writeFeedback(kind, now: now, roundTrip: roundTrip, into: &$0) }
            case .equipment(let e)?:
                writeRTCP(to: media.equipment[e]) { publication.writeFeedback(kind, now: now, roundTrip: .milliseconds(20), into: &$0) }
            case nil: break
            }
        }
    }

    private func speakToPage(_ leg: AccessLeg, now: Instant) {
        writeRTCP(to: leg.peer) { writer in
            leg.forEachSlot { slot in
                slot.wake(now: now)
                if let stream = slot.awaitingKeyFrame { media.requestKeyFrame(stream) }
                if let current = slot.current, let clock = media.streams[current]?.clock {
                    _ = slot.writeReport(source: clock, now: now, into: &writer)
                }
            }
        }
    }

    private func writeRTCP(to peer: Peer, _ body: (inout RTCPWriter) -> Void) {
        guard let remote = peer.remote else { return }
        let slot = media.outbox.reserve()
        var writer = RTCPWriter(slot)
        body(&writer)
        guard writer.count > 0, let length = peer.protectRTCP(slot, length: writer.count) else { return }
        media.outbox.commit(length, to: remote)
    }
}
