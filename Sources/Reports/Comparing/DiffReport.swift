import Basics
import Documents
import Topology

/// What `nhipcau topology diff` says: the changes as sentences, what they mean for running meetings, and the load before and after.
public struct DiffReport: Sendable {
    /// What was compared.
    public let diff: NetworkDiff
    /// One plan for each of the older networks: all of its sites in a *quán triệt*.
    public let oldPlans: [NetworkPlan]
    /// The same for the newer one.
    public let newPlan: NetworkPlan
    /// Of the text.
    public let language: Language
    /// Nothing is cut short.
    public let showsAll: Bool

    public init(_ diff: NetworkDiff, oldPlans: [NetworkPlan], newPlan: NetworkPlan, showsAll: Bool = false, language: Language = .en) {
        self.diff = diff
        self.oldPlans = oldPlans
        self.newPlan = newPlan
        self.showsAll = showsAll
        self.language = language
    }
}

extension DiffReport {
    private var old: [Network] { diff.olds }
    private var new: Network { diff.new }

    /// One JSON object; its shape is in `docs/planning.md`.
    public var json: String {
        func id(_ place: OldPlace) -> JSONText { .text(old[place.network].nodes[place.slot].id) }
        func id(_ slot: Int) -> JSONText { .text(new.nodes[slot].id) }
        func changes(_ list: [NetworkDiff.Change]) -> JSONText {
            .list(
                list.map { change in
                    .object([
                        ("node", id(change.node)), ("was", id(change.before)),
                        (
                            "changes",
                            .object(change.differences.map { ($0.key, .object([("from", .text($0.old)), ("to", .text($0.new))])) })
                        ),
                    ])
                })
        }
        func sites(_ list: [SiteID]) -> JSONText { .list(list.map { .text($0.rawValue) }) }
        let impact = diff.impact
        return JSONText.object([
            ("old", .list(old.map { .text($0.networkID) })), ("new", .text(new.networkID)),
            ("editions", .object([("old", .list(old.map { .text($0.edition) })), ("new", .text(new.edition))])),
            ("added", .list(diff.added.map(id))), ("removed", .list(diff.removed.map(id))),
            ("merged", .list(diff.merged.map { .object([("into", id($0.into)), ("from", .list($0.from.map(id)))]) })),
            ("moved", .list(diff.moved.map { .object([("node", id($0.node)), ("from", id($0.from)), ("to", id($0.to))]) })),
            ("renamed", changes(diff.renamed)), ("relinked", changes(diff.relinked)), ("refitted", changes(diff.refitted)),
            ("policy", .object(diff.policy.map { ($0.key, .object([("from", .text($0.old)), ("to", .text($0.new))])) })),
            ("hubsKept", .list(diff.hubsKept.map(id))),
            (
                "meetings",
                .object([
                    ("untouched", sites(impact.untouched)), ("reconnecting", sites(impact.reconnecting)), ("rejoining", sites(impact.rejoining)),
                    ("joining", sites(impact.joining)), ("leaving", .count(impact.leaving)),
                    ("reconnectMs", .number(DiffImpact.reconnection.seconds * 1_000)),
                    ("applyMs", .number(DiffImpact.handover.seconds * 1_000)), ("rejoinMs", .number(DiffImpact.rejoining.seconds * 1_000)),
                ])
            ),
            ("load", .object([("old", .list(oldPlans.map(load))), ("new", load(newPlan))])),
            ("sentences", .list(sentences.map { .text($0) })),
        ]).description
    }

    private func load(_ plan: NetworkPlan) -> JSONText {
        .object([
            ("network", .text(plan.network.networkID)), ("sites", .count(plan.network.sites.count)), ("rootKbps", .number(plan.rootBits / 1_000)),
            ("starRootKbps", .number(plan.starRootBits / 1_000)), ("busiestPacketsPerSecond", .number(plan.busiest?.packetsSent ?? 0)),
            ("overloaded", .count(plan.trunks.count { $0?.isOver == true })),
            ("farthestSiteMs", .number((plan.farthest?.delay.seconds ?? 0) * 1_000)),
        ])
    }

    /// Several lines, without a line break at the end.
    public var text: String {
        let words = DiffWords(language)
        var lines = [words.heading(old, new)]
        lines += diff.isEmpty ? [words.nothing] : sentences.map { "- " + $0 }
        lines += ["", words.meetingsHead] + words.impact(diff.impact).map { "- " + $0 }
        lines += ["", words.loadHead] + (oldPlans + [newPlan]).map { "- " + words.load($0) }
        return lines.joined(separator: "\n")
    }
}
