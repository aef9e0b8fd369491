import Basics

/// One line of a meeting's list of sites: where all of its conditions hold, all rooms of the node are meant.
public struct SiteSelection: Hashable, Sendable {
    /// A site, or a node with all its rooms.
    public var id: String?
    /// The id of a level.
    public var level: String?
    /// Code of an administrative unit: its nodes and all below them.
    public var unit: String?
    /// A node and all below it.
    public var subtree: String?
    public init(id: String? = nil, level: String? = nil, unit: String? = nil, subtree: String? = nil) {
        self.id = id
        self.level = level
        self.unit = unit
        self.subtree = subtree
    }
    /// Every site of the network.
    public static let all = SiteSelection()
}

extension Network {
    /// The sites that at least one selection names, in the order of the tree.
    public func sites(_ selections: [SiteSelection], except: [SiteSelection] = []) -> [SiteID] {
        let excluded = marks(except)
        let included = marks(selections)
        func names(_ selections: [SiteSelection], _ site: SiteID) -> Bool { selections.contains { $0 == SiteSelection(id: site.rawValue) } }
        let halls = zip(sites, zip(included, excluded)).filter { $0.1.0 && !$0.1.1 }.map(\.0)
        return halls + broadcasters.filter { names(selections, $0) && !names(except, $0) }
    }

    /// For each of ``sites``: is it named?
    private func marks(_ selections: [SiteSelection]) -> [Bool] {
        var result = [Bool](repeating: false, count: sites.count)
        for selection in selections {
            let under = selection.unit.map { unit in
                nodes.indices.filter { nodes[$0].unit == unit }.map { tree.subtree($0) }
            }
            let top = selection.subtree.map { slot(id: $0).map { tree.subtree($0) } ?? 0..<0 }
            for (i, site) in sites.enumerated() where !result[i] {
                guard let slot = slot(site: site) else { continue }
                if let id = selection.id, id != site.rawValue, id != nodes[slot].id { continue }
                if let level = selection.level, level != nodes[slot].level { continue }
                if let top, !top.contains(slot) { continue }
                if let under, !under.contains(where: { $0.contains(slot) }) { continue }
                result[i] = true
            }
        }
        return result
    }
}
