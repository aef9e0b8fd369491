import Basics
import Documents
import Rights
import Topology
import Yams

/// A topology as its file says it, with the places where it says so; not yet a tree.
package struct TopologyDraft {
    struct Entry {
        var node: Network.Node
        var idPlace: Node
        /// Nil if the address is missing or bad.
        var addressPlace: Node?
        /// It names none, and gets one of the range in `defaults`.
        var wantsAddress = false
        var hasUplink = false
        /// Nil for the root, and where `to` is missing or bad.
        var parent: (id: String, place: Node)?
        var backups: [(text: String, node: Node)] = []
        var line: Network.Line?
        var audio = Network.AudioMode.auto
        var video = Network.VideoMode.auto
        var zone: String?

        init(node: Network.Node, idPlace: Node) {
            self.node = node
            self.idPlace = idPlace
        }
        var lineNumber: Int { idPlace.place.line }
    }

    var root: Node
    var networkID = ""
    var name = ""
    var version: UInt32 = 1
    var edition = ""
    var agency = ""
    var language: Language?
    package var levels: [Network.Level] = []
    var levelPlaces: [String: Node] = [:]
    var policy = Policy.standard
    package var upstream: Network.Upstream?
    var nodesPlace: Node?
    var entries: [Entry] = []
    /// Entries under `nodes`, also those that could not be read.
    package var listed = 0
    package var uplinksListed = 0
    package var assumed = Assumptions()

    init(root: Node) { self.root = root }

    func level(_ id: String) -> Network.Level? { levels.first { $0.id == id } }

    /// The network; only for a draft without errors.
    package func network() throws(Tree.Malformed) -> Network {
        try Network(
            networkID: networkID, name: name, version: version, edition: edition, agency: agency, language: language?.rawValue, levels: levels,
            policy: policy, upstream: upstream,
            entries: entries.map { entry in
                let link = entry.parent.flatMap { parent in
                    entry.line.map { line in
                        Network.Link(
                            parent: NodeIndex(of: parent.id), line: line, backups: entry.backups.map { NodeIndex(of: $0.text) },
                            audio: entry.audio, video: entry.video, zone: entry.zone)
                    }
                }
                return Network.Entry(node: entry.node, link: link)
            })
    }
}

/// The figures of a line as one place in the file gives them, in part or in full.
package struct LineDraft {
    package static let keys = TopologyKeys.line.names

    package var up: Bitrate?
    package var down: Bitrate?
    /// Given, be it well or badly.
    var saysUp = false
    var saysDown = false
    package var latency: Interval?
    package var loss: Int?
    package var carrier: String?
    package var audio: Network.AudioMode?
    package var video: Network.VideoMode?
    package var assumed: Assumption?
    var assumedPlace: Node?
    /// Trunks that take their capacity, and their delay, from here.
    var users = 0
    var latencyUsers = 0

    package init() {}

    package init(_ reader: MappingReader) {
        let both = reader.bitrate("capacity")
        up = reader.bitrate("up") ?? both
        down = reader.bitrate("down") ?? both
        saysUp = reader.has("capacity") || reader.has("up")
        saysDown = reader.has("capacity") || reader.has("down")
        latency = reader.interval("latency")
        loss = reader.share("loss")
        carrier = reader.label("carrier")
        audio = reader.choice("audio", Network.AudioMode.self)
        video = reader.choice("video", Network.VideoMode.self)
        NotYet.check(reader)
        assumed = reader.assumption("assumed")
        assumedPlace = reader.value("assumed")
    }

    package var given: Bool { saysUp || saysDown || latency != nil || loss != nil || carrier != nil }
    /// The keys that would complete the capacity.
    package var missing: [String] { (saysUp ? [] : ["up"]) + (saysDown ? [] : ["down"]) }

    package func filled(from other: LineDraft) -> LineDraft {
        var result = self
        if !saysUp { (result.up, result.saysUp) = (other.up, other.saysUp) }
        if !saysDown { (result.down, result.saysDown) = (other.down, other.saysDown) }
        result.latency = latency ?? other.latency
        result.loss = loss ?? other.loss
        result.carrier = carrier ?? other.carrier
        result.audio = audio ?? other.audio
        result.video = video ?? other.video
        return result
    }

    /// What is missing or bad counts as nothing: the file has an error then.
    package func line(assumed: Assumption) -> Network.Line {
        Network.Line(
            up: up ?? .kbps(0), down: down ?? .kbps(0), latency: latency ?? .zero, lossPerMillion: loss ?? 0,
            carrier: carrier ?? "", assumed: assumed.capacity, assumesLatency: assumed.latency && latency != nil)
    }
}
