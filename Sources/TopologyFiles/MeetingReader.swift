import Basics
import Documents
import Topology
import Yams

/// Reads a meeting file; without a network only its form is checked.
package struct MeetingReader {
    package let file: SourceFile
    private let top: MappingReader
    private let network: Network?

    /// Nil if the file is no mapping. `also` are keys that somebody else reads.
    package init?(_ root: Node, network: Network?, also: [String] = [], in file: SourceFile) {
        guard let top = MappingReader(root, what: "meeting", keys: MeetingKeys.meeting.names + also, in: file) else { return nil }
        self.top = top
        self.file = file
        self.network = network
    }

    enum VideoCodec: String, CaseIterable {
        case vp8
        case h264
    }

    /// Nil if something in it is wrong, or if there is no network.
    package func read() -> MeetingFile? {
        top.require(MeetingKeys.meeting)
        let id = top.id("meeting")
        let title = top.sentence("title")
        let kind = readKind()
        let chairs = readChairs()
        let selector = SelectionReader(file: file, network: network)
        let selections = top.value("sites").map { selector.read($0, key: "sites") } ?? []
        let except = top.value("except").map { selector.read($0, key: "except") } ?? []
        let codec = top.choice("codec", VideoCodec.self) ?? .vp8
        let microphones = top.integer("microphones", 1...8) ?? 3
        let floor = top.integer("floor", 1...8) ?? 1
        let audio = top.bitrate("audio") ?? .kbps(32)
        let video = top.bitrate("video") ?? .kbps(1_000)
        let loudspeakers = top.flag("loudspeakers") ?? false
        if microphones > 3, let place = top.value("microphones") { file.report(.moreVoices(microphones), at: place) }
        checkFloor(floor, microphones: microphones, kind: kind)
        guard let network else { return nil }
        let chosen = network.sites(selections, except: except)
        let meant = Set(chosen).union(chairs)
        let sites = (network.sites + network.broadcasters).filter { meant.contains($0) }
        if kind == .briefing, let place = top.value("sites") { checkOrder(place, in: network) }
        if !file.hasErrors, chosen.isEmpty, let place = top.value("sites") { file.report(.noSites, at: place) }
        guard !file.hasErrors, let id, let title, let kind else { return nil }
        return MeetingFile(
            id: MeetingID(id), topology: top.value("topology")?.plainText, title: title, kind: kind, chairs: chairs,
            sites: sites, codec: codec == .vp8 ? .vp8 : .h264, openMicrophones: microphones, floorSize: floor,
            audioRate: audio, videoRate: video, loudspeakers: loudspeakers)
    }

    private func readKind() -> MeetingFile.Kind? {
        guard let text = top.text("kind"), let place = top.value("kind") else { return nil }
        if let kind = MeetingFile.Kind(rawValue: text) { return kind }
        let allowed = MeetingFile.Kind.allCases.map(\.rawValue)
        file.report(.unknownKind(text, allowed: allowed), at: place, meaning: text, among: allowed)
        return nil
    }

    /// Reports of a giao ban go by the tree: a list in another order is told.
    private func checkOrder(_ place: Node, in network: Network) {
        guard case .sequence(let items) = place else { return }
        let named = items.compactMap { $0.plainText.map { SiteID($0) } }.filter { network.slot(site: $0) != nil }
        let order = network.sites.filter { named.contains($0) }
        if named.count == items.count, named != order { file.report(.orderNotYet, at: place) }
    }

    private func checkFloor(_ floor: Int, microphones: Int, kind: MeetingFile.Kind?) {
        guard let place = top.value("floor") else { return }
        if let kind, floor > 1, kind == .resolutionStudy || kind == .briefing {
            file.report(.floorOfOne(floor, kind: kind.rawValue), at: place)
        } else if floor > microphones {
            file.report(.floorTooLarge(floor, microphones: microphones), at: place)
        }
    }

    private func readChairs() -> [SiteID] {
        var chairs: [SiteID] = []
        let texts = top.texts("chairs")
        if texts.isEmpty, let place = top.value("chairs"), case .sequence = place { file.report(.noSites, at: place) }
        for (text, place) in texts {
            guard let network else { continue }
            let site = SiteID(text)
            if network.room(site) != nil {
                if chairs.contains(site) { file.report(.chairTwice(text), at: place) } else { chairs.append(site) }
            } else if let node = network.node(id: text) {
                file.report(.chairNeedsRoom(text, rooms: node.rooms.map(\.id.rawValue)), at: place)
            } else {
                file.report(.unknownChair(text), at: place, meaning: text, among: network.sites.lazy.map(\.rawValue))
            }
        }
        return chairs
    }
}
