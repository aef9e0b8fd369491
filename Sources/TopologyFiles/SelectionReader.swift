import Basics
import Documents
import Topology
import Yams

/// Reads who is meant: sites by id, level, unit or subtree. Without a network only the form is checked.
package struct SelectionReader {
    package let file: SourceFile
    package let network: Network?

    package init(file: SourceFile, network: Network?) {
        self.file = file
        self.network = network
    }

    /// `all`, or a list of ids and of conditions that hold together.
    package func read(_ value: Node, key: String) -> [SiteSelection] {
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
            guard let reader = MappingReader(item, what: "site", table: MeetingKeys.selection, in: file) else {
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
        let names = network.nodes.map(\.id) + (network.sites + network.broadcasters).map(\.rawValue)
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
