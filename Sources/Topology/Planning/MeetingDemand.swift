import Basics

/// A meeting as the load formulas see it: who takes part, who may speak, at which rates.
public struct MeetingDemand: Hashable, Sendable {
    /// As its file says.
    public var id: MeetingID
    /// What people call it.
    public var title: String
    /// In *quán triệt* the chair speaks, in the others whoever has the floor, with the chair's microphone open beside.
    public var kind: MeetingFile.Kind
    /// The first of the declared chairs.
    public var chair: SiteID
    /// All of its sites.
    public var sites: [SiteID]
    /// Microphones passed on at most.
    public var openMicrophones: Int
    /// Slots of the floor.
    public var floorSize: Int
    /// Of one voice.
    public var audioRate: Bitrate
    /// Of one picture; nil: sound only.
    public var videoRate: Bitrate?
    /// Of pictures.
    public var codec: Codec
    /// Frames of one picture in a second: what pages ask their cameras for.
    public var picturesPerSecond = PacketCosts.pictureRate
    /// Who holds the floor, the first one shown; empty: anybody, and each trunk counts with its worst case.
    public var speakers: [SiteID] = []
    /// Nobody talks at the chair's own microphone while others speak.
    public var chairIsMuted = false
    /// The chair's page shows stills of the halls.
    public var showsStills = true
    /// No file names it: it is ``everybody(in:)``.
    public private(set) var isEverybody = false

    /// The meeting of a file, with the floor open to all its sites.
    public init(_ file: MeetingFile) {
        id = file.id
        title = file.title
        kind = file.kind
        chair = file.chairs.first ?? file.sites[0]
        sites = file.sites
        openMicrophones = file.openMicrophones
        floorSize = file.floorSize
        audioRate = file.audioRate
        videoRate = file.videoRate
        codec = file.codec
    }

    /// *Quán triệt* of all sites from the root, or from the first site where the root has no hall; nil without sites.
    public static func everybody(in network: Network) -> MeetingDemand? {
        guard let first = network.sites.first else { return nil }
        var demand = MeetingDemand(
            MeetingFile(
                id: MeetingID("quan-triet"), title: "Quán triệt toàn mạng", kind: .resolutionStudy, chairs: [first], sites: network.sites))
        demand.isEverybody = true
        return demand
    }

    /// The floor's holders beside the chair, if they are named.
    var namedHolders: [SiteID] { speakers.filter { $0 != chair } }
    /// The chair is the one that is shown: by its kind, or by name.
    var chairSpeaks: Bool { speakers.isEmpty ? kind == .resolutionStudy : speakers[0] == chair }
    /// Anybody may speak.
    public var isOpen: Bool { speakers.isEmpty && kind != .resolutionStudy }
}
