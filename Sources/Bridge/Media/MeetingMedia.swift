import Basics
import Conference
import Mixing
import RTP

/// What this node does for one meeting besides its floor: streams, slots, mixer.
final class MeetingMedia {
    let id: MeetingID
    /// As of the last refresh; nil once the meeting is gone.
    var view: MeetingView?
    /// What the meeting's plain RTP equipment hears; nil without any.
    private(set) var mixer: Mixer?
    /// By the mixer's listener: the device that hears it.
    private var devices: [Int?] = []
    /// By site: its place in the definition.
    private var places: [SiteID: Int] = [:]
    private var placesOf: [SiteID] = []
    var wasCrown = false
    var choice = VoiceChoice()
    /// When it was followed last, and whether it has changed since.
    var refreshedAt = Instant.zero
    var isStale = false
    /// Neighbours to which it is attached, as of the last refresh.
    var attached: [NodeIndex] = []
    var videoRate: Bitrate { view?.definition.videoRate ?? .kbps(1_000) }
    /// The nominal rate of one stream of that kind.
    func rate(of kind: MediaKind) -> Bitrate { kind == .video ? videoRate : view?.definition.audioRate ?? .kbps(32) }

    init(id: MeetingID) { self.id = id }

    /// Where a site stands in the definition, and so in the view; nil: it is not in the meeting.
    func place(of site: SiteID) -> Int? { places[site] }

    /// The definition's sites, if they changed.
    func learnPlaces(_ definition: MeetingDefinition) {
        guard definition.sites != placesOf else { return }
        placesOf = definition.sites
        places = Dictionary(zip(placesOf, placesOf.indices)) { first, _ in first }
    }

    /// The meeting's mixer, made when the first device listens.
    func mixer(_ codecs: any AudioCodecProvider, _ definition: MeetingDefinition) -> Mixer {
        if let mixer { return mixer }
        var settings = Mixer.Settings()
        settings.selection.voices = max(1, min(definition.openMicrophones, Mixer.mostVoices))
        settings.bitrate = definition.audioRate
        let made = Mixer(codecs: codecs, settings: settings)
        mixer = made
        return made
    }

    /// The device that listens under that number.
    func device(of listener: Int) -> Int? { devices.indices.contains(listener) ? devices[listener] : nil }

    /// Some device hears the mix.
    var isHeard: Bool { devices.contains { $0 != nil } }

    func setDevice(_ device: Int?, of listener: Int) {
        while devices.count <= listener { devices.append(nil) }
        devices[listener] = device
    }

    /// The meeting is over here.
    func close() {
        view = nil
        mixer = nil
        devices = []
    }
}
