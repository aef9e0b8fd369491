import Basics
import Conference
import Forwarding
import Mixing
import RTP
import Topology

/// Plain RTP equipment of this node: a decoder, a loudspeaker cluster, a broadcaster.
///
/// The equipment takes part in the meeting that its site is in. Its sound is the site's voice, and it hears one mix of the open
/// microphones without its own. A picture is forwarded as it is.
final class PlainEndpoint {
    /// A source that sent nothing for so long has left.
    static let silence = Interval.seconds(5)

    let declared: Network.Endpoint
    /// Its meeting's dense index while one runs.
    var meeting: Int?
    /// Its place among the mixer's listeners.
    var listener: Int?
    /// The slot of the picture that a video endpoint is shown.
    var video: AccessSlot?
    var publication: Publication?
    var lastHeard: Instant?
    let ssrc: UInt32
    var sequence: UInt16

    init(_ declared: Network.Endpoint, random: inout SeededGenerator) {
        self.declared = declared
        ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
        sequence = UInt16.random(in: 0..<0x8000, using: &random)
    }
}

extension Bridge {
    func makeEndpoints() {
        for declared in network.nodes[slot].endpoints {
            routes[declared.address] = .endpoint(endpoints.count)
            endpoints.append(PlainEndpoint(declared, random: &random))
        }
    }

    // MARK: What it sends

    func receiveOnEndpoint(_ e: Int, _ bytes: UnsafeMutableRawBufferPointer, now: Instant) {
        let endpoint = endpoints[e]
        let packet = UnsafeRawBufferPointer(bytes)
        if RTPHeader.isRTCP(packet) {
            for message in RTCPCompound(packet) {
                if case .senderReport(let report, _) = message, let publication = endpoint.publication { receive(report, of: publication, now: now) }
            }
            return
        }
        guard endpoint.declared.direction.sends, let header = RTPHeader(packet), header.payloadType == endpoint.declared.payloadType
        else { return count(.malformed) }
        guard let m = endpoint.meeting, let site = endpoint.declared.site else { return count(.closedGate) }
        if endpoint.lastHeard == nil { begin(endpoint, e, site: site, meeting: meetings[m].id, now: now) }
        endpoint.lastHeard = now
        if let publication = endpoint.publication { receive(header, endpoint.declared.codec.kind, of: publication, now: now) }
    }

    private func begin(_ endpoint: PlainEndpoint, _ e: Int, site: SiteID, meeting: MeetingID, now: Instant) {
        let publication = publication(of: site, in: meeting)
        // A page of the same hall goes first: it has a camera and buttons.
        guard publication.source == nil else { return }
        publication.source = .endpoint(e)
        endpoint.publication = publication
        let kind = endpoint.declared.codec.kind
        siteJoined(publication, hasVideo: kind == .video, now: now)
        publish(
            StreamIngress.Agreement(codec: endpoint.declared.codec, payloadType: endpoint.declared.payloadType), kind, of: publication,
            feedback: endpoint.ssrc, now: now)
        pump(now)
    }

    private func quiet(_ endpoint: PlainEndpoint, _ e: Int, now: Instant) {
        endpoint.lastHeard = nil
        guard let publication = endpoint.publication else { return }
        endpoint.publication = nil
        guard publication.source == .endpoint(e) else { return }
        publication.source = nil
        conference.siteLeft(publication.site, meeting: publication.meeting, now: now, wall: wall(now), into: &conferenceEffects)
    }

    func wakeEndpoints(now: Instant) {
        for e in endpoints.indices {
            if let heard = endpoints[e].lastHeard, now - heard > PlainEndpoint.silence { quiet(endpoints[e], e, now: now) }
        }
    }

    // MARK: What it hears and sees

    /// Puts each endpoint into the meeting of its site, as listener of the mix or viewer of the speaker.
    func syncEndpoints(_ m: Int, _ view: MeetingView, now: Instant) {
        let meeting = meetings[m]
        let node = network.nodes[slot]
        for endpoint in endpoints {
            let inMeeting =
                endpoint.declared.site.map(view.definition.sites.contains)
                ?? node.rooms.contains { view.definition.sites.contains($0.id) }
            if endpoint.meeting == nil, inMeeting { endpoint.meeting = m }
            guard endpoint.meeting == m, endpoint.declared.direction.receives else { continue }
            if endpoint.declared.codec == .opus {
                if meeting.mixer == nil {
                    var settings = Mixer.Settings()
                    settings.selection.voices = max(1, min(view.definition.openMicrophones, Mixer.mostVoices))
                    settings.bitrate = view.definition.audioRate
                    meeting.mixer = Mixer(codecs: codecs, settings: settings)
                }
                if endpoint.listener == nil { endpoint.listener = meeting.mixer?.addListener() }
            } else {
                if endpoint.video == nil {
                    endpoint.video = AccessSlot(
                        AccessSlot.Agreement(
                            codec: endpoint.declared.codec, payloadType: endpoint.declared.payloadType, ssrc: endpoint.ssrc,
                            firstSequence: endpoint.sequence, firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random)))
                }
                let shown = view.speaker == endpoint.declared.site ? nil : view.speaker
                let record = conference.streams(of: meeting.id).last {
                    $0.kind == .video && $0.site == shown && $0.codec == endpoint.declared.codec
                }
                endpoint.video?.select(streamSlot(record?.id), now: now)
            }
        }
        syncVoices(m, view, now: now)
    }

    /// Every voice of the meeting is a source of its mixer, ranked as the floor ranks it.
    private func syncVoices(_ m: Int, _ view: MeetingView, now: Instant) {
        guard let mixer = meetings[m].mixer else { return }
        for place in streams.indices {
            guard let stream = streams[place], stream.meeting == m, stream.record.kind == .audio else { continue }
            if stream.voice == nil { streams[place]?.voice = mixer.addSource() }
            guard let voice = streams[place]?.voice else { continue }
            mixer.setMicrophone(voice, rank: view.rank(of: stream.record.site), now: now)
        }
        for endpoint in endpoints where endpoint.meeting == m {
            guard let listener = endpoint.listener, rules.contains(.mixMinus) else { continue }
            mixer.setOwn(listener, streams.compactMap { $0?.meeting == m && $0?.record.site == endpoint.declared.site ? $0?.voice : nil })
        }
    }

    func stopEndpoints(_ m: Int) {
        for endpoint in endpoints where endpoint.meeting == m {
            endpoint.meeting = nil
            endpoint.listener = nil
            endpoint.video = nil
            endpoint.publication = nil
            endpoint.lastHeard = nil
        }
    }

    /// Makes the mixes that are due and sends each to those who hear it.
    func wakeMixers(now: Instant) {
        for m in meetings.indices {
            guard let mixer = meetings[m].mixer else { continue }
            while let due = mixer.deadline, due <= now {
                mixer.wake(now: now)
                for mix in mixer.mixes {
                    for listener in mixer.listeners[mix.listeners] {
                        guard let endpoint = endpoints.first(where: { $0.meeting == m && $0.listener == listener }) else { continue }
                        send(mix, to: endpoint)
                    }
                }
            }
        }
    }

    private func send(_ mix: Mixer.Mix, to endpoint: PlainEndpoint) {
        let slot = outbox.reserve()
        endpoint.sequence &+= 1
        let header = RTPHeader.write(
            into: slot, payloadType: endpoint.declared.payloadType, marker: mix.marker, sequence: endpoint.sequence, timestamp: mix.timestamp,
            ssrc: endpoint.ssrc)
        guard header + mix.packet.count <= slot.count else { return }
        UnsafeMutableRawBufferPointer(rebasing: slot[header..<header + mix.packet.count]).copyMemory(from: mix.packet)
        outbox.commit(header + mix.packet.count, to: endpoint.declared.address)
    }
}
