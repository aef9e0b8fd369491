import Basics
import Documents
import Topology

/// What `nhipcau topology what-if` says: the changes, what they do to running meetings and to loads, and the plan that comes out.
public struct WhatIfReport: Sendable {
    /// Before and after.
    public let diff: NetworkDiff
    /// As it is.
    public let before: NetworkPlan
    /// As it would be.
    public let after: PlanReport
    /// What was changed.
    public let changes: [NetworkChange]
    /// Of the text.
    public let language: Language

    public init(_ network: Network, _ changed: Network, changes: [NetworkChange], demands: [MeetingDemand], language: Language = .en) {
        diff = NetworkDiff([network], changed)
        before = NetworkPlan(network, meetings: demands)
        after = PlanReport(NetworkPlan(changed, meetings: demands.compactMap { $0.restricted(to: changed) }), language: language)
        self.changes = changes
        self.language = language
    }

    /// Every trunk of the changed plan suffices.
    public var ok: Bool { after.ok }

    /// Trunks whose load, capacity or parent differ, by the new slot; those that are new or gone are not among them.
    private var shifted: [(before: TrunkLoad, after: TrunkLoad)] {
        after.plan.trunks.compactMap { load in
            guard let load, let place = diff.before(load.child), let old = before.trunks[place.slot] else { return nil }
            let same =
                abs(old.up.bits - load.up.bits) < 500 && abs(old.down.bits - load.down.bits) < 500 && old.up.capacity == load.up.capacity
                && old.down.capacity == load.down.capacity
            return same ? nil : (old, load)
        }
    }

    /// Several lines, without a line break at the end.
    public var text: String {
        let words = PlanWords(language)
        let report = DiffReport(diff, oldPlans: [before], newPlan: after.plan, language: language)
        var lines = report.sentences.map { "- " + $0 } + DiffWords(language).impact(diff.impact).map { "- " + $0 }
        let shifts = shifted
        if !shifts.isEmpty {
            lines += ["", words.shiftHead]
            for shift in shifts.prefix(20) { lines.append(words.shift(after.plan.network.name(of: shift.after.child), shift.before, shift.after)) }
            if shifts.count > 20 { lines.append(words.moreShifts(shifts.count - 20)) }
        }
        return (lines + ["", after.text]).joined(separator: "\n")
    }

    /// One JSON object: `changes` (a list of sentences), `shifted` (each `node`, `upKbps`, `downKbps` with `from` and `to`), `plan` (as `topology plan`).
    public var json: String {
        func pair(_ a: DirectionLoad, _ b: DirectionLoad) -> JSONText {
            .object([("from", .number(a.kbps)), ("to", .number(b.kbps)), ("capacityKbps", .number(b.capacity.kbps))])
        }
        let report = DiffReport(diff, oldPlans: [before], newPlan: after.plan, language: language)
        return JSONText.object([
            ("network", .text(after.plan.network.networkID)), ("changes", .list(report.sentences.map { .text($0) })),
            (
                "shifted",
                .list(
                    shifted.map {
                        .object([
                            ("node", .text(after.plan.network.nodes[$0.after.child].id)), ("upKbps", pair($0.before.up, $0.after.up)),
                            ("downKbps", pair($0.before.down, $0.after.down)),
                        ])
                    })
            ),
            ("plan", after.object),
        ]).description
    }
}

extension PlanWords {
    var shiftHead: String { language == .vi ? "Tải thay đổi (Mbit/s, lên và xuống):" : "Loads that change (Mbit/s, up and down):" }
    func shift(_ name: String, _ a: TrunkLoad, _ b: TrunkLoad) -> String {
        func pair(_ a: DirectionLoad, _ b: DirectionLoad) -> String {
            let capacity = number(b.capacity.kbps / 1_000, places: 1)
            return "\(megabits(a.bits)) → \(megabits(b.bits)) / \(capacity)"
        }
        return "- \(name): \(pair(a.up, b.up)); \(pair(a.down, b.down))"
    }
    func moreShifts(_ n: Int) -> String { language == .vi ? "… và \(n) trung kế khác" : "… and \(n) more trunks" }
}
