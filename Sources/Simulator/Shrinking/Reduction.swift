import Basics
import Topology

extension Event {
    /// A deed of a person, not a fault or its repair.
    var isOfPeople: Bool {
        switch self {
        case .join, .leave, .talk, .request, .withdraw, .mute, .give, .revoke, .muteAll, .end, .breakAway, .rejoin: true
        default: false
        }
    }

    /// The nodes that it names.
    var nodes: [NodeIndex] {
        switch self {
        case .cut(let trunk), .mend(let trunk), .impair(let trunk, _): [trunk.lower, trunk.upper]
        case .cutOneWay(let from, let to): [from, to]
        case .crash(let node, _), .restart(let node), .pause(let node, _), .slow(let node, _), .drift(let node, _), .stepClock(let node, _),
            .diskFull(let node, _), .certificateExpired(let node, _), .loadTopology(let node, _), .newerProgram(let node),
            .byzantine(let node, _), .breakAway(let node, _), .rejoin(let node, _):
            [node]
        default: []
        }
    }

    /// The sites that it names, and their meeting.
    var people: (sites: [SiteID], meeting: MeetingID)? {
        switch self {
        case .join(let site, let meeting), .leave(let site, let meeting), .talk(let site, let meeting, _), .request(let site, let meeting, _),
            .withdraw(let site, let meeting), .mute(let site, let meeting, _), .cast(let site, let meeting, _, _):
            ([site], meeting)
        case .give(let chair, let meeting, let site), .revoke(let chair, let meeting, let site): ([chair, site], meeting)
        case .muteAll(let chair, let meeting), .end(let chair, let meeting), .openVote(let chair, let meeting, _),
            .closeVote(let chair, let meeting, _):
            ([chair], meeting)
        case .breakAway(_, let meeting), .rejoin(_, let meeting): ([], meeting)
        default: nil
        }
    }

    /// Only a chair does this.
    var chair: SiteID? {
        switch self {
        case .give(let chair, _, _), .revoke(let chair, _, _), .muteAll(let chair, _), .end(let chair, _), .openVote(let chair, _, _),
            .closeVote(let chair, _, _):
            chair
        default: nil
        }
    }
}

extension Network {
    /// The same network with these slots only, one of which stands above the others; nil if they are no tree.
    func restricted(to slots: some Sequence<Int>) -> Network? {
        let kept = Set(slots)
        let entries = nodes.indices.filter { kept.contains($0) }.map { slot in
            var link = links[slot]
            if let parent = tree.parent(slot), !kept.contains(parent) { link = nil }
            link?.backups.removeAll { backup in self.slot(backup).map { !kept.contains($0) } ?? true }
            return Entry(node: nodes[slot], link: link)
        }
        return try? Network(
            networkID: networkID, name: name, version: version, edition: edition, levels: levels, policy: policy, upstream: upstream, entries: entries)
    }
}

extension Scenario {
    /// By the place of the lower end in the tree.
    var sortedTrunks: [Trunk] {
        func place(_ trunk: Trunk) -> (Int, Int) { (network.slot(trunk.lower) ?? .max, network.slot(trunk.upper) ?? .max) }
        return links.keys.sorted { place($0) < place($1) }
    }

    /// The same with a part of the network, and without all that concerns the rest; nil if nothing sensible is left.
    func restricted(to slots: some Sequence<Int>) -> Scenario? {
        guard let smaller = network.restricted(to: slots), smaller.count > 0 else { return nil }
        var result = self
        result.network = smaller
        result.links = links.filter { smaller.slot($0.key.lower) != nil && smaller.slot($0.key.upper) != nil }
        result.core = core.map { $0.filter { smaller.slot($0) != nil } }
        if result.core?.isEmpty == true { return nil }
        result.timeline = timeline.compactMap { timed in
            guard timed.event.nodes.allSatisfy({ smaller.slot($0) != nil }) else { return nil }
            if case .loadTopology(let node, let edition) = timed.event {
                let kept = edition.nodes.indices.filter { smaller.slot(edition.nodes[$0].index) != nil }
                return edition.restricted(to: kept).map { TimedEvent(at: timed.at, event: .loadTopology(node, $0)) }
            }
            return timed
        }
        for meeting in meetings {
            let kept = meeting.file.sites.filter { smaller.slot(site: $0) != nil }
            guard kept.count < meeting.file.sites.count else { continue }
            guard let next = kept.isEmpty ? result.without(meeting: meeting.file.id) : result.keeping(sites: kept, of: meeting.file.id) else {
                return nil
            }
            result = next
        }
        return result
    }

    /// The same without a meeting; nil if it is the last.
    func without(meeting id: MeetingID) -> Scenario? {
        guard meetings.count > 1 else { return nil }
        var result = self
        result.meetings.removeAll { $0.file.id == id }
        result.timeline.removeAll { $0.event.people?.meeting == id }
        return result
    }

    /// The same with fewer sites in a meeting; where no chair is left, the first site takes the chair. Nil without sites.
    func keeping(sites: [SiteID], of id: MeetingID) -> Scenario? {
        guard let at = meetings.firstIndex(where: { $0.file.id == id }), !sites.isEmpty else { return nil }
        var result = self
        let kept = Set(sites)
        result.meetings[at].file.sites = meetings[at].file.sites.filter { kept.contains($0) }
        result.meetings[at].file.chairs = meetings[at].file.chairs.filter { kept.contains($0) }
        if result.meetings[at].file.chairs.isEmpty { result.meetings[at].file.chairs = [sites[0]] }
        let chairs = result.meetings[at].file.chairs
        result.timeline.removeAll { timed in
            guard let people = timed.event.people, people.meeting == id else { return false }
            return !people.sites.allSatisfy { kept.contains($0) } || timed.event.chair.map { !chairs.contains($0) } == true
        }
        return result
    }
}
