import Basics
import Topology

/// Turns a network and a plan into what a sheet says of them.
struct DrawingCaptions {
    private let network: Network
    private let options: DrawingOptions
    private let words: DrawingWords
    private let plan: NetworkPlan
    private let sitesBehind: [Int]
    private let worst: [Outages.Weakness]

    /// Weak points that a sheet lists.
    private static let listed = 5

    init(_ network: Network, _ options: DrawingOptions) {
        self.network = network
        self.options = options
        words = DrawingWords(language: options.language)
        plan = NetworkPlan(network, meetings: options.meetings)
        worst = Outages(plan).worst(network.count)
        var behind = network.nodes.map(\.rooms.count)
        for slot in network.nodes.indices.dropFirst().reversed() { behind[network.tree.parent(slot)!] += behind[slot] }
        sitesBehind = behind
    }

    var content: SheetContent {
        SheetContent(
            tree: network.tree, captions: network.nodes.indices.map(caption), sheet: sheet, places: network.nodes.map(\.coordinates))
    }

    private func load(_ slot: Int) -> TrunkLoad? { options.showsLoad ? plan.trunks[slot] : nil }
    private var occasion: String {
        options.meetings.isEmpty ? words.everybody : options.meetings.map { words.meeting($0.kind, $0.title) }.joined(separator: "; ")
    }

    // MARK: Nodes

    func caption(_ slot: Int) -> NodeCaption {
        let node = network.nodes[slot]
        let link = network.links[slot]
        let tree = network.tree
        var tail = String(network.name(of: slot).dropFirst(node.name.count))
        let loudspeakers = node.endpoints.count { $0.kind == .loudspeaker }
        if loudspeakers > 0 { tail += " (\(words.loudspeakers(loudspeakers)))" }
        if node.assumed { tail += " *" }
        var note = node.id
        if !tree.children(slot).isEmpty {
            note += " · " + words.sites(sitesBehind[slot])
        } else if node.rooms.isEmpty {
            note += " · " + words.noHall
        }
        var lines: [String] = []
        if node.rooms.count > 1 || node.rooms.first.map({ $0.name != node.name }) == true { lines = node.rooms.map { "▪ " + $0.name } }
        if slot == 0, let upstream = network.upstream { lines.append(words.upstream(upstream.name)) }
        let backups = (link?.backups ?? []).compactMap { tree.slot($0) }
        let figures = link.map { words.figures($0.line, load(slot)) } ?? ""
        return NodeCaption(
            name: node.name, tail: tail, note: note, rooms: lines, figures: figures,
            band: LoadBand(load(slot)), symbol: node.rooms.isEmpty ? .hub : .site,
            backup: backups.isEmpty ? "" : words.backup(backups.map { network.nodes[$0].name }), backups: backups,
            zone: link?.zone.map(words.zone), weakness: worst.prefix(Self.listed).firstIndex { $0.slot == slot }.map { $0 + 1 },
            continued: slot == 0 ? words.continued(words.direct(node.name)) : words.continued(node.name),
            direct: words.direct(node.name), tip: tip(slot, figures))
    }

    private func tip(_ slot: Int, _ figures: String) -> String {
        var lines = [network.name(of: slot), network.nodes[slot].id + " · " + words.sites(sitesBehind[slot])]
        if let parent = network.tree.parent(slot) { lines.append(words.trunk(network.nodes[parent].name, figures)) }
        return lines.joined(separator: "\n")
    }

    // MARK: The sheet

    private var sheet: SheetCaption {
        var note = worst.isEmpty ? words.noWeakness : words.partsGoOn
        if worst.count > Self.listed {
            let next = worst[Self.listed]
            note = words.moreWeak(worst.count - Self.listed, atLeast: max(next.byNode, next.byTrunk)) + " " + note
        }
        return SheetCaption(
            title: words.title(network.name), subtitle: options.showsLoad ? words.planned(occasion) : words.capacityOnly,
            legendTitle: words.legend, legend: legend, weaknessTitle: words.weakPoints,
            weaknesses: worst.prefix(Self.listed).map {
                words.weak(
                    network.nodes[$0.slot].name, trunk: $0.byTrunk, node: $0.byNode, hasBackup: network.links[$0.slot]?.backups.isEmpty == false)
            },
            weaknessNote: note, facts: facts, signatures: words.signatures, signatureHint: words.signatureHint, paperLabel: words.paper,
            hoangSa: words.hoangSa, truongSa: words.truongSa, mapNote: words.mapNote)
    }

    private var legend: [SheetCaption.Entry] {
        let links = network.links.compactMap { $0 }
        var entries: [SheetCaption.Entry] = []
        if options.showsLoad {
            entries += [LoadBand.low, .middle, .high, .over].map { .init(.trunk($0), words.band($0)) }
        }
        if !options.showsLoad { entries.append(.init(.trunk(.unknown), words.band(.unknown))) }
        entries.append(.init(.bus, words.bus))
        if links.contains(where: { !$0.backups.isEmpty }) { entries.append(.init(.backup, words.backupLine)) }
        if links.contains(where: { $0.zone != nil }) { entries.append(.init(.zone, words.zoneFrame)) }
        entries.append(.init(.symbol(.site), words.siteSymbol))
        if network.nodes.contains(where: { $0.rooms.isEmpty }) { entries.append(.init(.symbol(.hub), words.hubSymbol)) }
        if !worst.isEmpty { entries.append(.init(.weakness, words.weakness)) }
        if options.showsLoad { entries.append(.init(.words("↓ ↑ /"), words.arrows)) }
        if links.contains(where: \.line.assumed) || network.nodes.contains(where: \.assumed) { entries.append(.init(.words("*"), words.star)) }
        return entries
    }

    private var facts: [SheetCaption.Fact] {
        var facts = [SheetCaption.Fact(words.unit, network.name)]
        if options.showsLoad { facts.append(.init(words.meeting, occasion)) }
        facts.append(.init(words.date, options.date.isEmpty ? "……/……/…………" : options.date))
        facts.append(.init(words.version, "\(network.version) (\(network.networkID))"))
        if !network.edition.isEmpty { facts.append(.init(words.edition, network.edition)) }
        let trunks = network.count - 1
        facts.append(.init(words.totals, words.totals(nodes: network.count, sites: network.sites.count, trunks: trunks)))
        if options.showsLoad {
            let bands = plan.trunks.dropFirst().map { LoadBand($0) }
            let value = words.load(root: plan.rootBits, over: bands.count { $0 == .over }, tight: bands.count { $0 == .high })
            facts.append(.init(words.load, value))
        }
        let levels = network.levels.map { level in "\(level.name)\u{A0}\(network.nodes.count { $0.level == level.id })" }
        facts.append(.init(words.levels, levels.joined(separator: " · ")))
        let lines = network.links.count { $0?.line.assumed == true }
        let nodes = network.nodes.count(where: \.assumed)
        if lines + nodes > 0 { facts.append(.init(words.assumed, words.assumed(lines: lines, nodes: nodes))) }
        facts.append(.init(words.fingerprint, network.hash.prefix(6).map(Self.hex).joined()))
        return facts
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
