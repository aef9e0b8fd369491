import Basics
import Conference
import Forwarding
import Mixing

// Which of a meeting's streams go to which slots of pages, equipment and the mixer.
extension Media {
    /// Follows a meeting's view: every slot shows what the layout says, and the streams know their sinks.
    func show(_ m: Int, _ view: MeetingView, _ records: [StreamRecord], now: Instant) {
        let audible = records.filter { record in place(ofStream: record.id).map { isAudible($0) } ?? true }
        for place in streams.indices where streams[place]?.meeting == m { streams[place]?.resetSinks() }
        var wantsAudio = meetings[m].isHeard
        var wantedVideo: [StreamID] = []
        for i in legs.indices {
            guard let leg = legs[i], leg.meeting == meetings[m].id, leg.isUp else { continue }
            leg.layout = LayoutPolicy.layout(for: leg.pass.site, view: view, streams: audible, previous: leg.layout)
            for s in leg.audio.indices where leg.audio[s] != nil {
                wantsAudio = true
                let stream = place(ofStream: leg.layout.audio[s])
                leg.audio[s]?.select(stream, now: now)
                if let stream { streams[stream]?.sinks.append(.page(leg: i, kind: .audio, slot: s)) }
            }
            for s in leg.video.indices where leg.video[s] != nil {
                let before = leg.video[s]?.current
                let stream = place(ofStream: leg.layout.video[s])
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

    /// Whether a stream may be heard at this node: pictures and voices from above always, others if chosen.
    private func isAudible(_ slot: Int) -> Bool {
        guard let stream = streams[slot], stream.record.kind == .audio else { return true }
        if let home = interests.home(ofStream: slot), home >= 0, trunks[home].isParent { return true }
        return meetings[stream.meeting].choice.goesDown(slot, stream.record.id)
    }
}
