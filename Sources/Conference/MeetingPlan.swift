import Basics

/// A definition laid over the tree: which nodes take part, where it is anchored, which edges carry it.
///
/// A country's meeting has thousands of sites, and each of its nodes holds this: slots are kept narrow.
struct MeetingPlan: Hashable {
    /// In the definition's order, which ``order`` refers to.
    private let sites: [SiteID]
    /// Of each site; -1: not in this topology.
    let slots: [Int32]
    /// The sites' places, in order of their ids.
    private let order: [Int32]
    /// The lowest node above all sites; the crown stands there in fair weather.
    let anchor: Int
    /// Sorted slots of the sites' nodes, of those called and of the node that started it.
    let participants: [Int32]
    /// Sorted slots of the nodes with a site.
    private let siteNodes: [Int32]
    /// The node of each chair, in the declared order.
    let chairNodes: [NodeIndex]

    /// `called`: sites that chairs called or took out since. Their nodes hear of the meeting, whether they are in or not.
    ///
    /// Nil if no site is in the tree.
    init?(_ record: MeetingRecord, _ tree: Tree, called: [SiteID]) {
        let definition = record.definition
        let slots = definition.sites.map { tree.slot(NodeIndex(of: $0.node)) }
        let known = slots.compactMap { $0 }
        let others = called.compactMap { tree.slot(NodeIndex(of: $0.node)) }
        guard let anchor = tree.lowestCommonAncestor(known.isEmpty ? others : known) else { return nil }
        self.slots = slots.map { Int32($0 ?? -1) }
        self.anchor = anchor
        siteNodes = MeetingPlan.unique(known)
        participants = MeetingPlan.unique(known + others + (tree.slot(record.startedBy).map { [$0] } ?? []))
        let sites = definition.sites
        order = sites.indices.sorted { sites[$0] < sites[$1] }.map { Int32($0) }
        self.sites = sites
        chairNodes = definition.chairs.map { NodeIndex(of: $0.node) }
    }

    /// How many sites the definition has.
    var count: Int { sites.count }
    /// The site's place in the definition.
    func index(_ site: SiteID) -> Int? {
        let at = order.lowerBound { sites[Int($0)] < site }
        guard at < order.count, sites[Int(order[at])] == site else { return nil }
        return Int(order[at])
    }
    /// Calls with every declared site and its place in the definition, in order of the sites' ids.
    func forEachSite(_ body: (SiteID, Int) -> Void) { for place in order { body(sites[Int(place)], Int(place)) } }
    /// The slot of a declared site's node.
    func slot(_ site: SiteID) -> Int? { index(site).flatMap { slots[$0] < 0 ? nil : Int(slots[$0]) } }
    func hasSite(at slot: Int) -> Bool {
        let at = siteNodes.lowerBound { $0 < slot }
        return at < siteNodes.count && siteNodes[at] == slot
    }
    /// A participant stands at or below that slot.
    func concerns(_ slot: Int, _ tree: Tree) -> Bool {
        // Slots are numbered from the top down, each subtree in a row.
        let at = participants.lowerBound { $0 < slot }
        return at < participants.count && tree.contains(slot, Int(participants[at]))
    }
    private static func unique(_ slots: [Int]) -> [Int32] {
        var result: [Int32] = []
        for slot in slots.sorted() where result.last != Int32(slot) { result.append(Int32(slot)) }
        return result
    }
}
