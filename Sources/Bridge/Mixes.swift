import Basics
import Conference
import Forwarding
import Mixing
import RTP

// What a meeting's plain RTP equipment hears and sees: one mix for each set of own voices, and the speaker's picture as it is.
extension Bridge {
    /// Puts each device into the meeting of its site, as listener of the mix or viewer of the speaker. Costs one look a device.
    func syncEquipment(_ m: Int, _ view: MeetingView, now: Instant) {
        guard !media.equipment.isEmpty else { return }
        let meeting = media.meetings[m]
        let isHere = network.nodes[slot].rooms.contains { meeting.place(of: $0.id) != nil }
        let pictures = view.speaker.map { control.conference.streams(of: meeting.id, at: [$0]) }?.filter { $0.kind == .video } ?? []
        for (e, device) in media.equipment.enumerated() {
            let isIn = device.declared.site.map { meeting.place(of: $0) != nil } ?? isHere
            if device.meeting == nil, isIn { device.meeting = m }
            // Its site was taken out of the meeting.
            if device.meeting == m, !isIn { release(e, of: m, now: now) }
            guard device.meeting == m, device.declared.direction.receives else { continue }
            if device.declared.kind == .loudspeaker, !view.loudspeakers {
                silence(device, in: meeting)
                continue
            }
            if device.declared.codec.kind == .audio {
                listen(e, to: meeting, view)
            } else {
                show(view.speaker == device.declared.site ? [] : pictures, to: device, now: now)
            }
        }
        syncVoices(m, view, now: now)
    }

    private func listen(_ e: Int, to meeting: MeetingMedia, _ view: MeetingView) {
        let mixer = meeting.mixer(codecs, view.definition)
        guard media.equipment[e].listener == nil else { return }
        let listener = mixer.addListener()
        media.equipment[e].listener = listener
        meeting.setDevice(e, of: listener)
    }

    /// A loudspeaker cluster hears and sees nothing of the meeting until it is told to.
    private func silence(_ device: Equipment, in meeting: MeetingMedia) {
        device.video = nil
        device.lastMix = nil
        guard let listener = device.listener else { return }
        meeting.mixer?.removeListener(listener)
        meeting.setDevice(nil, of: listener)
        device.listener = nil
    }

    private func show(_ pictures: [StreamRecord], to device: Equipment, now: Instant) {
        if device.video == nil {
            device.video = AccessSlot(
                AccessSlot.Agreement(
                    codec: device.declared.codec, payloadType: device.declared.payloadType, ssrc: device.ssrc, firstSequence: device.sequence,
                    firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random)))
        }
        device.video?.select(media.place(ofStream: pictures.last { $0.codec == device.declared.codec }?.id), now: now)
    }

    /// Every voice of the meeting is a source of its mixer, ranked as the floor ranks it; a device does not hear its own hall's.
    private func syncVoices(_ m: Int, _ view: MeetingView, now: Instant) {
        let meeting = media.meetings[m]
        guard let mixer = meeting.mixer else { return }
        var voices: [SiteID: [Int]] = [:]
        for place in media.streams.indices {
            guard let stream = media.streams[place], stream.meeting == m, stream.record.kind == .audio else { continue }
            if stream.voice == nil { stream.voice = mixer.addSource() }
            guard let voice = stream.voice else { continue }
            voices[stream.record.site, default: []].append(voice)
            mixer.setMicrophone(voice, rank: view.rank(of: stream.record.site, at: meeting.place(of: stream.record.site)), now: now)
        }
        guard rules.contains(.mixMinus) else { return }
        for device in media.equipment where device.meeting == m {
            if let listener = device.listener, let site = device.declared.site { mixer.setOwn(listener, voices[site] ?? []) }
        }
    }

    func releaseEquipment(of m: Int) {
        for device in media.equipment where device.meeting == m { device.leaveMeeting() }
    }

    /// One device's site is in the meeting no longer; the meeting goes on.
    private func release(_ e: Int, of m: Int, now: Instant) {
        silence(e, now: now)
        if let listener = media.equipment[e].listener {
            media.meetings[m].mixer?.removeListener(listener)
            media.meetings[m].setDevice(nil, of: listener)
        }
        media.equipment[e].leaveMeeting()
    }
}

// The beat.
extension Media {
    /// Makes the mixes that are due and sends each to those who hear it.
    func wakeMixers(now: Instant) {
        for meeting in meetings {
            guard let mixer = meeting.mixer else { continue }
            while let due = mixer.deadline, due <= now {
                mixer.wake(now: now)
                for mix in mixer.mixes {
                    for listener in mixer.listeners[mix.listeners] {
                        if let e = meeting.device(of: listener) { send(mix, to: equipment[e], now: now) }
                    }
                }
            }
        }
    }

    private func send(_ mix: Mixer.Mix, to device: Equipment, now: Instant) {
        let slot = outbox.reserve()
        device.sequence &+= 1
        let header = RTPHeader.write(
            into: slot, payloadType: device.declared.payloadType, marker: mix.marker, sequence: device.sequence, timestamp: mix.timestamp,
            ssrc: device.ssrc)
        guard header + mix.packet.count <= slot.count else { return ledger.drop(SinkKind.equipment, .tooLarge) }
        UnsafeMutableRawBufferPointer(rebasing: slot[header..<header + mix.packet.count]).copyMemory(from: mix.packet)
        outbox.commit(header + mix.packet.count, to: device.declared.address)
        device.packets &+= 1
        device.octets &+= UInt32(truncatingIfNeeded: mix.packet.count)
        device.lastMix = (mix.timestamp, now)
        ledger.sent(.equipment)
    }
}
