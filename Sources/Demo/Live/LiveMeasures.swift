import Basics
import Console
import Simulator

/// What a live run's log says about its faults: the live counterparts of the simulator's measures, as people notice them.
///
/// A node's page lags its node by a few milliseconds, and a bot's ear by its jitter buffer; both are counted in, since what is
/// wanted is what a hall sees and hears.
struct LiveMeasures {
    let plan: LivePlan
    let pages: [LiveWatch.Page]
    let sounds: [LiveWatch.Sound]

    init(_ plan: LivePlan, _ watch: LiveWatch) {
        self.plan = plan
        pages = watch.pages
        sounds = watch.sounds
    }

    // MARK: A cut

    /// From a cut or crash until the part below meets by itself: the lower end's page says that it is cut off, and its node is the
    /// meeting's floor control server. Nil: that did not come about before `limit`.
    func lowerMeets(_ trunk: Trunk, _ meeting: MeetingID, after cut: Instant, before limit: Instant) -> Interval? {
        guard let slot = plan.network.slot(trunk.lower) else { return nil }
        return first(slot, meeting, cut, limit) { $0.crown && $0.cutOff != nil }
    }

    /// The same for the part above: the upper end's page shows a site below the trunk as cut off, and goes on.
    func upperMeets(_ trunk: Trunk, _ meeting: MeetingID, after cut: Instant, before limit: Instant) -> Interval? {
        guard let lower = plan.network.slot(trunk.lower), let upper = plan.network.slot(trunk.upper) else { return nil }
        let below = Set(plan.network.tree.subtree(lower).flatMap { plan.network.nodes[$0].rooms.map(\.id.rawValue) })
        return first(upper, meeting, cut, limit) { page in page.sites.contains { below.contains($0.id) && $0.presence == .cutOff } }
    }

    /// Both: the later of the two.
    func bothMeet(_ trunk: Trunk, _ meeting: MeetingID, after cut: Instant, before limit: Instant) -> Interval? {
        guard let lower = lowerMeets(trunk, meeting, after: cut, before: limit), let upper = upperMeets(trunk, meeting, after: cut, before: limit)
        else { return nil }
        return max(lower, upper)
    }

    private func first(
        _ slot: Int, _ meeting: MeetingID, _ from: Instant, _ limit: Instant, _ holds: (PageState.Meeting) -> Bool
    ) -> Interval? {
        pages.first { page in
            page.node == slot && page.meeting == meeting && page.at >= from && page.at <= limit && page.state?.meeting.map(holds) == true
        }.map { $0.at - from }
    }

    // MARK: A heal

    /// When, after `from`, the pages of all nodes of a meeting first agreed: one floor control server, nobody cut off, the same
    /// holders (at most the floor's size) and, if `andQueue`, the same queue. Nil: they did not before `limit`. With `among`, pages
    /// of other nodes do not count.
    func agreement(_ meeting: MeetingID, after from: Instant, before limit: Instant, andQueue: Bool, among: Set<Int>? = nil) -> Instant? {
        var latest: [PageState.Meeting?] = Array(repeating: nil, count: plan.network.count)
        func agree() -> Bool {
            let shown = latest.compactMap { $0 }.filter { !$0.ended }
            guard let one = shown.first, shown.count(where: \.crown) == 1, one.holders.count <= one.floorSize else { return false }
            return shown.allSatisfy { page in
                page.cutOff == nil && page.holders.map(\.id) == one.holders.map(\.id) && (!andQueue || page.queue.map(\.id) == one.queue.map(\.id))
            }
        }
        for page in pages where page.meeting == meeting && page.at <= limit && among?.contains(page.node) ?? true {
            latest[page.node] = page.state?.meeting
            if page.at >= from, agree() { return page.at }
        }
        return nil
    }

    // MARK: Votes

    /// Ballots in the tallies that all nodes' last pages of a meeting show alike; with `among`, pages of other nodes do not count.
    func ballots(_ meeting: MeetingID, among: Set<NodeIndex>? = nil) -> Int {
        var latest: [Int: [PageState.Vote]] = [:]
        for page in pages where page.meeting == meeting && among?.contains(plan.network.nodes[page.node].index) ?? true {
            // What the page's own hall said is another on each.
            if let shown = page.state?.meeting, !shown.ended {
                latest[page.node] = shown.votes.map { vote in
                    var vote = vote
                    vote.own = nil
                    return vote
                }
            } else {
                latest[page.node] = nil
            }
        }
        guard let one = latest.first?.value else { return 0 }
        return one.filter { vote in latest.values.allSatisfy { $0.contains(vote) } }.reduce(0) { $0 + $1.voted }
    }

    /// The nodes that a node reaches over declared trunks that are not cut.
    func part(of node: NodeIndex, cuts: Set<Trunk>) -> Set<Int> {
        let network = plan.network
        func isOpen(_ lower: Int) -> Bool {
            network.links[lower].map { !cuts.contains(Trunk(lower: network.nodes[lower].index, upper: $0.parent)) } ?? false
        }
        var reached = Set(network.slot(node).map { [$0] } ?? [])
        var open = Array(reached)
        while let here = open.popLast() {
            let neighbours = network.tree.children(here).filter(isOpen) + (isOpen(here) ? [network.tree.parent(here)!] : [])
            for next in neighbours where reached.insert(next).inserted { open.append(next) }
        }
        return reached
    }

    // MARK: Sound

    /// How long each hall heard nobody around a fault: its silence that began within `window` after it, until sound came again or
    /// until `limit`. Halls that heard nothing before are left out; a hall without a pause has zero. With `sameSpeaker`, halls
    /// for which another speaker follows are left out: somebody must be given the floor first.
    func gaps(
        _ meeting: MeetingID, sites: [String], after fault: Instant, window: Interval, before limit: Instant, sameSpeaker: Bool = false
    ) -> [String: Interval] {
        var result: [String: Interval] = [:]
        for site in sites {
            let own = sounds.filter { $0.meeting == meeting && $0.site == site }
            // Silence is told 100 ms late, with the time at which it began.
            guard own.last(where: { $0.at <= fault })?.isHeard == true else { continue }
            var longest: Interval? = .zero
            for (i, sound) in own.enumerated() where !sound.isHeard && sound.at > fault - .milliseconds(100) && sound.at <= fault + window {
                let back = own[(i + 1)...].first { $0.isHeard }?.at ?? limit
                if sameSpeaker, speaker(site, meeting, sound.at) != speaker(site, meeting, back) { longest = nil }
                longest = longest.map { max($0, min(back, limit) - sound.at) }
            }
            result[site] = longest
        }
        return result
    }

    /// Who leads, as the page of a site's own node shows it.
    private func speaker(_ site: String, _ meeting: MeetingID, _ at: Instant) -> String? {
        let node = plan.network.slot(site: SiteID(site))
        return pages.last { $0.node == node && $0.meeting == meeting && $0.at <= at }?.state?.meeting?.speaker
    }

    // MARK: The roster

    /// For each site that became present while nothing was broken: from the first page that said so until the last page of the
    /// meeting's nodes did.
    func rosterDelays(_ meeting: MeetingID, until end: Instant) -> [Interval] {
        var shown = Set(pages.filter { $0.meeting == meeting && $0.at < end && $0.state?.meeting != nil }.map(\.node))
        shown.formIntersection(plan.network.nodes.indices)
        var result: [Interval] = []
        for site in plan.scenario.meetings.first(where: { $0.file.id == meeting })?.file.sites ?? [] {
            var seen: [Int: Instant] = [:]
            for page in pages where page.meeting == meeting && page.at < end && seen[page.node] == nil {
                if page.state?.meeting?.sites.contains(where: { $0.id == site.rawValue && $0.presence == .present }) == true { seen[page.node] = page.at }
            }
            guard seen.count == shown.count, let first = seen.values.min(), let last = seen.values.max() else { continue }
            result.append(last - first)
        }
        return result
    }
}

/// Order statistics of measured times.
enum Quantile {
    /// The smallest value that at least the share `p` of all are not above; nil of none.
    static func of(_ values: [Interval], _ p: Double) -> Interval? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return sorted[max(0, min(sorted.count - 1, Int((p * Double(sorted.count)).rounded(.up)) - 1))]
    }
    static func text(_ time: Interval?) -> String { time.map { "\($0.milliseconds) ms" } ?? "–" }
}
