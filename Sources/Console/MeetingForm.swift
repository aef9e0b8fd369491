import Basics
import Conference

/// `POST /api/meetings`: a meeting of the node's files by name, or a chair's own choice of sites.
public struct MeetingForm: Codable, Hashable, Sendable {
    /// The id of one of the node's meeting files; all else is then ignored.
    public var file: String?
    /// Nil: made from the kind and the node's clock.
    public var id: String?
    /// Needed: 1 to ``titleLimit`` characters, white space in a row counted as one.
    public var title: String?
    /// ``MeetingKind`` as in meeting files; nil: `hop`.
    public var kind: String?
    /// In the order in which they act. Empty: the page's own site.
    public var chairs: [String]?
    /// Sites by id.
    public var sites: [String]?
    /// All sites of these levels.
    public var levels: [String]?
    /// All sites at or below these nodes.
    public var subtrees: [String]?
    /// `vp8` or `h264`.
    public var videoCodec: String?
    /// 1…8; nil: 3.
    public var openMicrophones: Int?
    /// 1…`openMicrophones`; nil: 1.
    public var floorSize: Int?
    /// Nominal rate of one voice, 6…510 kbit/s (RFC 6716); nil: 32.
    public var audioKbps: Int?
    /// Nominal rate of one picture, 30…20,000 kbit/s; nil: 1,000.
    public var videoKbps: Int?
    /// Loudspeaker clusters play the meeting from its start on; nil: no.
    public var loudspeakers: Bool?

    /// All optional; see the properties.
    public init(file: String? = nil, title: String? = nil, kind: String? = nil, chairs: [String]? = nil, sites: [String]? = nil) {
        self.file = file
        self.title = title
        self.kind = kind
        self.chairs = chairs
        self.sites = sites
    }

    /// The longest title, in characters: what still fits the head of a page.
    public static let titleLimit = 200

    /// The meeting that the form asks for, its sites in the order of the tree.
    public func resolve(
        files: [MeetingDefinition], network: NetworkTree, site: SiteID, now: WallTime
    ) throws(FormProblem) -> MeetingDefinition {
        if let file {
            guard let found = files.first(where: { $0.id.rawValue == file }) else { throw .unknownFile(file) }
            return found
        }
        let title = (title ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !title.isEmpty, title.count <= Self.titleLimit else { throw .badTitle }
        guard let kind = MeetingKind(rawValue: kind ?? MeetingKind.discussion.rawValue) else { throw .unknownKind(kind ?? "") }
        let codec: Codec
        switch videoCodec ?? "vp8" {
        case "vp8": codec = .vp8
        case "h264": codec = .h264
        case let other: throw .unknownCodec(other)
        }
        let chairs = (chairs ?? []).isEmpty ? [site.rawValue] : chairs ?? []
        let chosen = try chosenSites(network: network, with: chairs)
        guard chosen.count >= 2 else { throw .tooFewSites }
        let name = id ?? "\(kind.rawValue)-\(now.milliseconds / 1_000)"
        guard MeetingForm.isValid(id: name) else { throw .badID(name) }
        let microphones = openMicrophones ?? 3
        let floor = floorSize ?? 1
        let audio = audioKbps ?? 32
        let video = videoKbps ?? 1_000
        guard (1...8).contains(microphones), (1...microphones).contains(floor), (6...510).contains(audio), (30...20_000).contains(video)
        else { throw .badNumbers }
        return MeetingDefinition(
            id: MeetingID(name), title: title, kind: kind, chairs: chairs.map { SiteID($0) }, sites: chosen.map { SiteID($0) },
            videoCodec: codec, openMicrophones: microphones, floorSize: floor, audioRate: .kbps(Int64(audio)), videoRate: .kbps(Int64(video)),
            loudspeakers: loudspeakers ?? false)
    }

    private func chosenSites(network: NetworkTree, with chairs: [String]) throws(FormProblem) -> [String] {
        var wanted = Set((sites ?? []) + chairs)
        for top in subtrees ?? [] {
            guard network.nodes.contains(where: { $0.id == top }) else { throw .unknownNode(top) }
            wanted.formUnion(network.sites(under: top))
        }
        for level in levels ?? [] {
            guard network.levels.contains(where: { $0.id == level }) else { throw .unknownLevel(level) }
            for node in network.nodes where node.level == level { wanted.formUnion(node.sites.map(\.id)) }
        }
        var chosen: [String] = []
        for node in network.nodes { for site in node.sites where wanted.remove(site.id) != nil { chosen.append(site.id) } }
        for node in network.nodes { for site in node.broadcasters ?? [] where wanted.remove(site.id) != nil { chosen.append(site.id) } }
        if let unknown = wanted.min() { throw .unknownSite(unknown) }
        return chosen
    }

    /// 1 to 48 bytes of letters, digits, `-`, `_` and `.` (see ``MeetingID``).
    public static func isValid(id: String) -> Bool {
        (1...48).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, 45, 46, 95: true
                default: false
                }
            }
    }
}

/// What is wrong with a chair's form.
public enum FormProblem: Error, Hashable, Sendable {
    case unknownFile(String)
    case badTitle
    case unknownKind(String)
    case unknownCodec(String)
    case unknownSite(String)
    case unknownNode(String)
    case unknownLevel(String)
    case tooFewSites
    case badID(String)
    /// A number beyond the limits that stand at its property.
    case badNumbers
}

/// `GET /api/meetings`: one running meeting or one of the node's files.
public struct MeetingSummary: Codable, Hashable, Sendable {
    public var id: String
    public var title: String
    /// ``MeetingKind`` as in meeting files: `quan-triet`, `giao-ban`, `hop`, `tap-huan`.
    public var kind: String
    /// Sites by id, in the order in which they act.
    public var chairs: [String]
    public var siteCount: Int
    /// As this node sees it; 0 of a file.
    public var presentCount: Int
    /// Runs now; else it is a file that can be started.
    public var running: Bool
    /// A file's summary.
    public init(_ definition: MeetingDefinition, running: Bool = false, presentCount: Int = 0) {
        id = definition.id.rawValue
        title = definition.title
        kind = definition.kind.rawValue
        chairs = definition.chairs.map(\.rawValue)
        siteCount = definition.sites.count
        self.presentCount = presentCount
        self.running = running
    }
    /// A running meeting's summary.
    public init(_ view: MeetingView) {
        self.init(view.definition, running: !view.ended, presentCount: view.sites.reduce(0) { $0 + ($1.presence == .present ? 1 : 0) })
    }
}

/// `GET /api/meetings`.
public struct MeetingList: Codable, Hashable, Sendable {
    /// In order of their ids.
    public var running: [MeetingSummary]
    /// All files of the node, those whose meeting runs among them.
    public var files: [MeetingSummary]
    /// Both lists.
    public init(running: [MeetingSummary], files: [MeetingSummary]) {
        self.running = running
        self.files = files
    }
}
