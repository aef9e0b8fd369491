import Basics

/// The same meetings without a tree: every site a direct child of the root, or every hall sending to every other.
struct StarFormula {
    let rootBits: Double
    let meshSpeakerBits: Double
    let copies: Int

    init(_ network: Network, _ reaches: [MeetingReach], _ formulas: [TrunkFormula]) {
        let formula = NetworkPlan.formula(of: 0, network, formulas)
        // By meeting, whether each of the network's sites takes part and whether it holds the floor.
        var place: [SiteID: Int] = [:]
        for (i, site) in network.sites.enumerated() { place[site] = i }
        let members = reaches.map { reach in
            var marks = [Bool](repeating: false, count: network.sites.count)
            for site in reach.meeting.sites { if let i = place[site] { marks[i] = true } }
            return marks
        }
        var children: [TrunkFacts] = []
        for (i, site) in network.sites.enumerated() {
            guard let slot = network.slot(site: site), slot != 0, let link = network.links[slot] else { continue }
            let sides = reaches.indices.map { m in StarFormula.side(site, isMember: members[m][i], reaches[m]) }
            children.append(TrunkFacts(child: slot, parent: 0, line: link.line, parentLevel: 0, sides: sides))
        }
        let root = NodeFormula.Surroundings(
            slot: 0, uplink: nil, children: children, here: reaches.map { $0.here[0] }, chairIsHere: reaches.map { $0.chairSlot == 0 })
        rootBits = NodeFormula(trunks: formula).load(root).trunkBits
        let first = reaches.first?.meeting
        copies = max(0, (first?.sites.count ?? 1) - 1)
        // Its voice and picture once for each other hall, the tails beside them, and hellos with all of them.
        let costs = formula.costs
        let media = reaches.isEmpty ? Flow.none : formula.voice(0) + formula.picture(0)
        let hellos = costs.hellos(isUp: true, senderLevel: 0, runsMeeting: true, hasVoice: true, capacity: .mbps(10))
        meshSpeakerBits = (media + costs.tails + hellos).wireBits * Double(copies)
    }

    private static func side(_ site: SiteID, isMember: Bool, _ reach: MeetingReach) -> MeetingSide {
        let meeting = reach.meeting
        return MeetingSide(
            below: isMember ? 1 : 0, total: reach.total, chairIsBelow: meeting.chair == site,
            holdersBelow: meeting.speakers.isEmpty ? nil : meeting.namedHolders.contains(site) ? 1 : 0,
            speakerIsBelow: meeting.speakers.first == site)
    }
}
