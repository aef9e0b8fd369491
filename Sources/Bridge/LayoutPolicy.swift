import Basics
import Conference

/// Which stream each slot of a page carries: a pure function of the meeting's view and its streams.
///
/// Everyone sees the speaker and nothing else; the speaker sees the chair (video 1), and a speaking chair the previous speaker.
/// So a trunk towards listeners carries one picture. Nobody hears or sees themselves.
struct LayoutPolicy {
    /// Further open microphones beside the speaker's that a page has slots for.
    static let extraVoices = 2

    /// The streams that a page of one site receives, by ``StreamID``.
    struct Layout: Equatable {
        /// Audio 0 (the speaker) and the further voices.
        var audio: [StreamID?] = [nil, nil, nil]
        /// Video 0 (the speaker) and video 1 (the chair, or the previous speaker for a speaking chair).
        var video: [StreamID?] = [nil, nil]
    }

    /// `previous` keeps a voice in the slot it has, so that a listener hears no change when somebody else comes or goes.
    static func layout(for site: SiteID, view: MeetingView, streams: [StreamRecord], previous: Layout) -> Layout {
        var result = Layout()
        func stream(of site: SiteID?, _ kind: MediaKind) -> StreamID? {
            guard let site else { return nil }
            return streams.last { $0.site == site && $0.kind == kind }?.id
        }
        if view.speaker == site {
            let counterpart = view.actingChair == site ? view.previousSpeaker : view.actingChair
            if counterpart != site { result.video[1] = stream(of: counterpart, .video) }
        } else {
            result.video[0] = stream(of: view.speaker, .video)
            result.audio[0] = stream(of: view.speaker, .audio)
        }
        var voices = view.openSites.filter { $0 != site && $0 != view.speaker }.compactMap { stream(of: $0, .audio) }.sorted()
        for slot in 1...extraVoices {
            if let kept = previous.audio[slot], let at = voices.firstIndex(of: kept) {
                result.audio[slot] = kept
                voices.remove(at: at)
            }
        }
        for slot in 1...extraVoices where result.audio[slot] == nil && !voices.isEmpty {
            result.audio[slot] = voices.removeFirst()
        }
        return result
    }
}
