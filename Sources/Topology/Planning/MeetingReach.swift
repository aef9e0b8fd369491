import Basics

/// How a meeting's sites lie in a network: for each slot, how many of them are at it and below.
struct MeetingReach {
    let meeting: MeetingDemand
    /// Sites of the meeting at each slot's own node.
    private(set) var here: [Int]
    /// At it and below.
    private(set) var below: [Int]
    /// Named holders at each slot and below; empty if none are named.
    private(set) var holdersBelow: [Int] = []
    let chairSlot: Int
    /// The slot of the first named holder.
    let speakerSlot: Int?
    /// All of its sites that the network has.
    var total: Int { below[0] }

    /// Nil if the network does not have the meeting's chair.
    init?(_ meeting: MeetingDemand, in network: Network) {
        guard let chair = network.slot(site: meeting.chair) else { return nil }
        self.meeting = meeting
        chairSlot = chair
        here = [Int](repeating: 0, count: network.count)
        for site in meeting.sites { if let slot = network.slot(site: site) { here[slot] += 1 } }
        below = MeetingReach.summed(here, network.tree)
        let holders = meeting.namedHolders.compactMap { network.slot(site: $0) }
        speakerSlot = meeting.speakers.first.flatMap { network.slot(site: $0) }
        guard !meeting.speakers.isEmpty else { return }
        var marks = [Int](repeating: 0, count: network.count)
        for slot in holders { marks[slot] += 1 }
        holdersBelow = MeetingReach.summed(marks, network.tree)
    }

    /// Children stand behind their parents, so one pass from the end sums subtrees.
    static func summed(_ values: [Int], _ tree: Tree) -> [Int] {
        var sums = values
        for slot in values.indices.reversed() { if let parent = tree.parent(slot) { sums[parent] += sums[slot] } }
        return sums
    }

    /// What the formulas want to know of the trunk above a slot.
    func side(_ slot: Int, _ tree: Tree) -> MeetingSide {
        MeetingSide(
            below: below[slot], total: total, chairIsBelow: tree.contains(slot, chairSlot),
            holdersBelow: holdersBelow.isEmpty ? nil : holdersBelow[slot],
            speakerIsBelow: speakerSlot.map { tree.contains(slot, $0) } ?? false)
    }
}

/// How a meeting lies about one trunk.
struct MeetingSide: Hashable {
    /// Its sites behind the trunk.
    var below: Int
    /// All of its sites that can be reached.
    var total: Int
    var chairIsBelow: Bool
    /// Of named holders; nil if none are named.
    var holdersBelow: Int?
    /// Of the first named one.
    var speakerIsBelow = false

    /// Sites on both sides: the meeting runs on the trunk.
    var isCrossed: Bool { below > 0 && below < total }
    /// Sites beside the chair's, below and outside.
    var othersBelow: Int { below - (chairIsBelow ? 1 : 0) }
    var othersOutside: Int { total - below - (chairIsBelow ? 0 : 1) }
}
