import Documents
import Topology

/// What `nhipcau topology plan` says: a plan, what breaks in it, and what would help, as text for people or as one JSON object.
public struct PlanReport: Sendable {
    /// What was worked out.
    public let plan: NetworkPlan
    /// What was asked to break, in that order.
    public let failures: [FailureOutcome]
    /// What would help most.
    public let advice: [PlanAdvice]
    /// Of the text.
    public let language: Language
    /// Every trunk has its line, however many there are.
    public let showsAll: Bool

    /// `failing`: what to break; advice is worked out in any case.
    public init(_ plan: NetworkPlan, failing: [NetworkFailure] = [], showsAll: Bool = false, language: Language = .en) {
        self.plan = plan
        failures = failing.map { plan.failure(of: $0) }
        advice = plan.advice(after: failures)
        self.language = language
        self.showsAll = showsAll
    }

    /// No trunk carries more than it can, whatever breaks of what was asked to break.
    public var ok: Bool { !plan.isOver && !failures.contains { !$0.overloaded.isEmpty } }
}

extension PlanReport {
    /// One JSON object; its shape is in `docs/load.md`.
    public var json: String { object.description }

    /// What the files ask for and no node does yet, in the report's language.
    package var notYet: [String] {
        let words = PlanWords(language)
        let network = plan.network
        let modes = network.links.contains { $0.map { $0.audio == .mix || $0.video == .mix || $0.video == .none } ?? false }
        return (modes ? [words.modesIgnored] : []) + (network.upstream?.address == nil ? [] : [words.upstreamIgnored])
            + (plan.isOver ? [words.overIsNotShaped] : [])
    }

    package var object: JSONText {
        let network = plan.network
        func id(_ slot: Int) -> JSONText { .text(network.nodes[slot].id) }
        let trunks = plan.trunks.compactMap { $0 }.map { trunk($0) }
        let busiest: JSONText =
            plan.busiest.map { node in
                .object([
                    ("id", id(node.slot)), ("name", .text(network.name(of: node.slot))), ("packetsPerSecond", .number(node.packetsSent.rounded())),
                    ("kbps", .number((node.trunkBits + node.hallBits) / 1_000)), ("cores", .number(node.cores)),
                ])
            } ?? .null
        let farthest: JSONText =
            plan.farthest.map {
                .object([("from", .text($0.from.rawValue)), ("to", .text($0.to.rawValue)), ("hops", .count($0.hops))])
            } ?? .null
        return .object([
            ("network", .text(network.networkID)), ("checkCode", .text(plan.checkCode)), ("ok", .flag(ok)),
            ("notYet", .list(notYet.map { .text($0) })),
            ("assumedTrunks", .count(plan.assumedTrunks)), ("assumedDelays", .count(plan.assumedDelays)), ("assumedNodes", .count(plan.assumedNodes)),
            ("missingKbps", .object([("up", .number(plan.missing.up / 1_000)), ("down", .number(plan.missing.down / 1_000))])),
            ("meetings", .list(plan.meetings.map { .object([("id", .text($0.id.rawValue)), ("sites", .count($0.sites.count))]) })),
            ("trunks", .list(trunks)), ("accesses", .list(plan.accesses.map { access($0) })), ("busiestNode", busiest),
            ("rootKbps", .number(plan.rootBits / 1_000)),
            ("starRootKbps", .number(plan.starRootBits / 1_000)), ("meshSpeakerKbps", .number(plan.meshSpeakerBits / 1_000)),
            ("copies", .object([("tree", .count(1)), ("star", .count(plan.copies)), ("mesh", .count(plan.copies))])),
            ("farthestSiteMs", .number((plan.farthest?.delay.seconds ?? 0) * 1_000)), ("farthestSite", farthest),
            ("failures", .list(failures.map { failure($0) })), ("advice", .list(advice.map { advice($0) })),
        ])
    }

    private func access(_ load: AccessLoad) -> JSONText {
        .object([
            ("node", .text(plan.network.nodes[load.slot].id)), ("upKbps", .number(load.upBits / 1_000)), ("downKbps", .number(load.downBits / 1_000)),
            ("capacityUpKbps", .number(load.line.up.kbps)), ("capacityDownKbps", .number(load.line.down.kbps)),
        ])
    }

    private func trunk(_ trunk: TrunkLoad) -> JSONText {
        .object([
            ("child", .text(plan.network.nodes[trunk.child].id)), ("parent", .text(plan.network.nodes[trunk.parent].id)),
            ("up", direction(trunk.up)), ("down", direction(trunk.down)), ("assumed", .flag(trunk.isAssumed)),
        ])
    }

    private func direction(_ load: DirectionLoad) -> JSONText {
        let several = plan.meetings.count > 1
        let dropped = load.dropped.map { JSONText.text($0.kind.rawValue + (several ? "@" + $0.meeting.rawValue : "")) }
        func kbps(_ bits: Double) -> JSONText { .number(bits / 1_000) }
        return .object([
            ("streams", .count(load.streams)), ("kbps", .number(load.kbps)), ("capacityKbps", .number(load.capacity.kbps)),
            ("dropped", .list(dropped)), ("headroomKbps", .number(load.headroomKbps)), ("voices", .count(load.voices)),
            ("pictures", .count(load.pictures)), ("packetsPerSecond", .number(load.packets)), ("rtpKbps", kbps(load.rtpBits)),
            (
                "parts",
                .object([
                    ("voices", kbps(load.parts.voices)), ("pictures", kbps(load.parts.pictures)), ("reports", kbps(load.parts.reports)),
                    ("repair", kbps(load.parts.repair)), ("gossip", kbps(load.parts.gossip)), ("stills", kbps(load.parts.stills)),
                ])
            ),
        ])
    }

    private func failure(_ outcome: FailureOutcome) -> JSONText {
        func id(_ slot: Int) -> JSONText { .text(plan.network.nodes[slot].id) }
        return .object([
            ("failed", .text(name(outcome.failed))), ("lost", .list(outcome.lost.map { .text($0.rawValue) })),
            ("rehomed", .list(outcome.rehomed.map { .object([("node", id($0.node)), ("to", id($0.to))]) })),
            ("overloaded", .list(outcome.overloaded.map { trunk($0) })),
        ])
    }

    private func advice(_ advice: PlanAdvice) -> JSONText {
        func rate(_ bits: Double?) -> JSONText { bits.map { .number($0) } ?? .null }
        return .object([
            ("kind", .text(advice.kind.rawValue)), ("node", .text(plan.network.nodes[advice.slot].id)), ("sites", .count(advice.sites)),
            ("nodes", .list(advice.slots.map { .text(plan.network.nodes[$0].id) })), ("addedUpKbps", .number(advice.added.up.kbps)),
            ("addedDownKbps", .number(advice.added.down.kbps)),
            ("upKbps", rate(advice.up?.kbps)), ("downKbps", rate(advice.down?.kbps)),
        ])
    }

    /// A node by its id, a trunk as `CHILD:PARENT`, a carrier as `carrier:NAME`.
    package func name(_ failed: NetworkFailure) -> String {
        switch failed {
        case .carrier(let name): "carrier:" + name
        case .node(let slot): plan.network.nodes[slot].id
        case .trunk(let slot): plan.network.nodes[slot].id + ":" + (plan.network.tree.parent(slot).map { plan.network.nodes[$0].id } ?? "")
        }
    }
}
