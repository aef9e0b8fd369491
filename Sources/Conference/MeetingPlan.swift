import Basics

/// A definition laid over the tree: which nodes take part, where it is anchored, which edges carry it.
struct MeetingPlan: Hashable {
    /// Of each site of the definition, in its order; nil: not in this topology.
    let siteSlots: [Int?]
    /// The declared sites by id, with their place in the definition.
    private let order: [Place]
    /// The lowest node above all sites; the crown stands there in fair weather.
    let anchor: Int
    /// Sorted slots of the sites' nodes and of the node that started it.
    let participants: [Int]
    /// Sorted slots of the nodes with a site.
    let siteNodes: [Int]
    /// The node of each chair, in the declared order.
    let chairNodes: [NodeIndex]

    private struct Place: Hashable {
        var site: SiteID
        var index: Int
    }

    /// Nil if no site is in the tree.
    init?(_ record: MeetingRecord, _ tree: Tree) {
        let definition = record.definition
        var slots: [Int?] = []
        slots.reserveCapacity(definition.sites.count)
        for site in definition.sites { slots.append(tree.slot(NodeIndex(of: site.node))) }
        let known = slots.compactMap { $0 }
        guard let anchor = tree.lowestCommonAncestor(known) else { return nil }
        siteSlots = slots
        self.anchor = anchor
        siteNodes = MeetingPlan.unique(known)
        participants = MeetingPlan.unique(known + (tree.slot(record.startedBy).map { [$0] } ?? []))
        order = definition.sites.enumerated().map { Place(site: $1, index: $0) }.sorted { $0.site < $1.site }
        chairNodes = definition.chairs.map { NodeIndex(of: $0.node) }
    }

    /// The site's place in the definition.
    func index(_ site: SiteID) -> Int? {
        let at = order.lowerBound { $0.site < site }
        return at < order.count && order[at].site == site ? order[at].index : nil
    }
    /// The slot of a declared site's node.
    func slot(_ site: SiteID) -> Int? { index(site).flatMap { siteSlots[$0] } }
    func hasSite(at slot: Int) -> Bool {
        let at = siteNodes.lowerBound { $0 < slot }
        return at < siteNodes.count && siteNodes[at] == slot
    }
    private static func unique(_ slots: [Int]) -> [Int] {
        var result: [Int] = []
        for slot in slots.sorted() where result.last != slot { result.append(slot) }
        return result
    }
}
