import Basics
import Topology
import Yams

/// Reads a meeting file; without a network only its form is checked.
struct MeetingReader {
    let file: SourceFile
    private let top: MappingReader
    private let network: Network?

    static let keys = [
        "meeting", "topology", "title", "kind", "chairs", "sites", "except", "codec", "microphones", "floor", "audio",
        "video",
    ]

    /// Nil if the file is no mapping.
    init?(_ root: Node, network: Network?, in file: SourceFile) {
        guard let top = MappingReader(root, what: "meeting", keys: Self.keys, in: file) else { return nil }
        self.top = top
        self.file = file
        self.network = network
    }

    private enum VideoCodec: String, CaseIterable {
        case vp8
        case h264
    }

    /// Nil if something in it is wrong, or if there is no network.
    func read() -> MeetingFile? {
        for key in ["meeting", "title", "kind", "chairs", "sites"] { top.require(key) }
        let id = top.id("meeting")
        let title = top.text("title")
        let kind = readKind()
        let chairs = readChairs()
        let selections = readSelections("sites")
        let except = readSelections("except")
        let codec = top.choice("codec", VideoCodec.self) ?? .vp8
        let microphones = top.integer("microphones", 1...8) ?? 3
        let floor = top.integer("floor", 1...8) ?? 1
        let audio = top.bitrate("audio") ?? .kbps(32)
        let video = top.bitrate("video") ?? .kbps(1_000)
        checkFloor(floor, microphones: microphones, kind: kind)
        guard let network else { return nil }
        let chosen = network.sites(selections, except: except)
        let meant = Set(chosen).union(chairs)
        let sites = network.sites.filter { meant.contains($0) }
        if !file.hasErrors, chosen.isEmpty, let place = top.value("sites") { file.report(.noSites, at: place) }
        guard !file.hasErrors, let id, let title, let kind else { return nil }
        return MeetingFile(
            id: MeetingID(id), topology: top.value("topology")?.plainText, title: title, kind: kind, chairs: chairs,
            sites: sites, codec: codec == .vp8 ? .vp8 : .h264, openMicrophones: microphones, floorSize: floor,
            audioRate: audio, videoRate: video)
    }

    private func readKind() -> MeetingFile.Kind? {
        guard let text = top.text("kind"), let place = top.value("kind") else { return nil }
        if let kind = MeetingFile.Kind(rawValue: text) { return kind }
        let allowed = MeetingFile.Kind.allCases.map(\.rawValue)
        file.report(.unknownKind(text, allowed: allowed), at: place, meaning: text, among: allowed)
        return nil
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
            if network.slot(site: site) != nil {
                if chairs.contains(site) { file.report(.chairTwice(text), at: place) } else { chairs.append(site) }
            } else if let node = network.node(id: text) {
                file.report(.chairNeedsRoom(text, rooms: node.rooms.map(\.id.rawValue)), at: place)
            } else {
                file.report(.unknownChair(text), at: place, meaning: text, among: network.sites.lazy.map(\.rawValue))
            }
        }
        return chairs
    }

    /// `all`, or a list of ids and of conditions that hold together.
    private func readSelections(_ key: String) -> [SiteSelection] {
        guard let value = top.value(key) else { return [] }
        if value.plainText == "all" { return [.all] }
        let items: [Node]
        switch value {
        case .sequence(let sequence): items = Array(sequence)
        case .mapping: items = [value]
        default:
            if value.plainText == nil {
                file.report(.wrongType(key, want: .textOrList, found: value.shape), at: value)
                return []
            }
            items = [value]
        }
        return items.compactMap(readSelection)
    }

    private func readSelection(_ item: Node) -> SiteSelection? {
        var selection = SiteSelection()
        if let id = item.plainText {
            guard known(id, at: item) else { return nil }
            selection.id = id
        } else {
            guard let reader = MappingReader(item, what: "site", keys: ["id", "level", "unit", "subtree"], in: file) else {
                return nil
            }
            selection = SiteSelection(
                id: reader.text("id"), level: reader.text("level"), unit: reader.text("unit"),
                subtree: reader.text("subtree"))
            if selection == .all {
                file.report(.noSites, at: item)
                return nil
            }
            guard check(selection, reader) else { return nil }
        }
        guard let network else { return nil }
        if network.sites([selection]).isEmpty { file.report(.noSites, at: item) }
        return selection
    }

    private func known(_ id: String, at place: Node) -> Bool {
        guard let network else { return true }
        if network.slot(site: SiteID(id)) != nil || network.slot(id: id) != nil { return true }
        let names = network.nodes.map(\.id) + network.sites.map(\.rawValue)
        file.report(.unknownSite(id), at: place, meaning: id, among: names)
        return false
    }

    private func check(_ selection: SiteSelection, _ reader: MappingReader) -> Bool {
        guard let network else { return true }
        var good = true
        if let id = selection.id, let place = reader.value("id") { good = known(id, at: place) && good }
        if let level = selection.level, let place = reader.value("level"), network.level(id: level) == nil {
            file.report(.unknownLevel(level), at: place, meaning: level, among: network.levels.map(\.id))
            good = false
        }
        if let unit = selection.unit, let place = reader.value("unit"), !network.nodes.contains(where: { $0.unit == unit }) {
            file.report(.unknownUnit(unit), at: place, meaning: unit, among: network.nodes.compactMap(\.unit))
            good = false
        }
        if let top = selection.subtree, let place = reader.value("subtree"), network.slot(id: top) == nil {
            file.report(.unknownSite(top), at: place, meaning: top, among: network.nodes.map(\.id))
            good = false
        }
        return good
    }
}
