import Basics
import Topology
import TopologyFiles

/// Turns a network and a plan into what a sheet says of them.
struct DrawingCaptions {
    private let network: Network
    private let options: DrawingOptions
    private let words: DrawingWords
    private let plan: NetworkPlan
    private let sitesBehind: [Int]
    private let worst: [Outages.Weakness]
    private let common: CommonFigures

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
        let trunks = options.showsLoad ? plan.trunks : [TrunkLoad?](repeating: nil, count: network.count)
        common = CommonFigures(network, trunks, words)
    }

    var content: SheetContent {
        SheetContent(
            tree: network.tree, captions: network.nodes.indices.map(caption), sheet: sheet, places: network.nodes.map(\.coordinates))
    }

    private func load(_ slot: Int) -> TrunkLoad? { options.showsLoad ? plan.trunks[slot] : nil }
    private var occasion: String {
        plan.meetings.map { $0.isEverybody ? words.everybody : words.meeting($0.kind, $0.title) }.joined(separator: "; ")
    }
    /// The rates of all meetings, told once where they are alike, with what else the loads rest on.
    private var rates: String {
        var told: [String] = []
        for meeting in plan.meetings {
            let speakers = meeting.speakers.map { network.name(of: $0) ?? $0.rawValue }
            let text = words.rates(meeting, speakers: speakers)
            if !told.contains(text) { told.append(text) }
        }
        return told.joined(separator: " | ")
    }

    // MARK: Nodes

    func caption(_ slot: Int) -> NodeCaption {
        let node = network.nodes[slot]
        let link = network.links[slot]
        let tree = network.tree
        // The unit above stands above on the sheet, unless the file names another.
        var tail = node.within.map { ", " + $0 } ?? ""
        let loudspeakers = node.endpoints.count { $0.kind == .loudspeaker }
        if loudspeakers > 0 { tail += "\u{A0}(\(words.loudspeakers(loudspeakers)))" }
        if node.assumed { tail += "\u{A0}*" }
        var note = node.id
        if !tree.children(slot).isEmpty {
            note += " · " + words.sites(sitesBehind[slot])
        } else if node.rooms.isEmpty {
            note += " · " + words.noHall
        }
        var lines: [String] = []
        if node.rooms.count > 1 || node.rooms.first.map({ $0.name != node.name }) == true { lines = node.rooms.map { "▪ " + $0.name } }
        if slot == 0, let upstream = network.upstream { lines.append(words.upstream(upstream.name)) }
        if let access = node.access { lines.append(words.access(access, options.showsLoad ? plan.accesses.first { $0.slot == slot } : nil)) }
        let backups = (link?.backups ?? []).compactMap { tree.slot($0) }
        let figures = link.map { words.figures($0.line, load(slot)) } ?? ""
        return NodeCaption(
            name: node.name, tail: tail, note: note, rooms: lines, figures: figures, isTold: common.isTold[slot],
            band: LoadBand(load(slot)), common: slot == 0 ? [] : common.ofHead[slot] ?? [], directCommon: slot == 0 ? common.ofHead[0] ?? [] : [],
            symbol: node.rooms.isEmpty ? .hub : .site,
            backup: backups.isEmpty ? "" : words.backup(backups.map { network.nodes[$0].name }), backups: backups,
            zone: link?.zone.map { words.zone($0, begins: node.name) }, weakness: worst.prefix(Self.listed).firstIndex { $0.slot == slot }.map { $0 + 1 },
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
            title: words.title(title), subtitle: options.showsLoad ? words.planned(occasion) + " (" + rates + ")" : words.capacityOnly,
            legendTitle: words.legend, legend: legend, weaknessTitle: words.weakPoints,
            weaknesses: worst.prefix(Self.listed).map(weakness),
            weaknessNote: note, facts: facts, titleBlock: titleBlock,
            hoangSa: words.hoangSa, truongSa: words.truongSa, mapNote: words.mapNote)
    }

    /// The network's name with its kind of unit in full.
    private var title: String { UnitKind.spelledOut(network.name) }

    private var titleBlock: TitleBlockCaption {
        var block = TitleBlockCaption()
        let agency = options.agency ?? network.agency
        block.agency = .init(words.agency, agency.isEmpty ? "" : agency)
        block.drawing = .init(words.drawingName, words.title(title))
        block.revisionHeads = words.revisionHeads
        block.revisions = options.revisions.map { [$0.mark, $0.date, $0.what, $0.who] }
        block.signatureHeads = words.signatureHeads
        block.signers = zip(words.signatures, options.signers).map { TitleBlockCaption.Signer(role: $0, title: $1.title, name: $1.name) }
        block.seal = words.seal
        block.cells = [.init(words.number, options.number), .init(words.sheet, "1/1"), .init(words.scale, words.noScale)]
        block.paperLabel = words.paper
        block.code = .init(words.fingerprint, options.showsLoad ? plan.checkCode : Network.checkCode(network))
        return block
    }

    private func weakness(_ weak: Outages.Weakness) -> String {
        let name = network.nodes[weak.slot].name
        if weak.slot == 0 { return words.weakRoot(name, node: weak.byNode) }
        return words.weak(name, trunk: weak.byTrunk, node: weak.byNode, hasBackup: network.links[weak.slot]?.backups.isEmpty == false)
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
        if common.isTold.contains(true) { entries.append(.init(.common(words.commonSample), words.commonMeaning)) }
        if links.contains(where: \.line.assumesCapacity) || network.nodes.contains(where: \.assumed) { entries.append(.init(.words("*"), words.star)) }
        return entries
    }

    private var facts: [SheetCaption.Fact] {
        var facts = [SheetCaption.Fact(words.unit, title)]
        if options.showsLoad { facts += [.init(words.meeting, occasion), .init(words.ratesLabel, rates)] }
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
        var assumed = Assumptions()
        assumed.capacities = network.links.count { $0?.line.assumesCapacity == true }
        assumed.latencies = network.links.count { $0?.line.assumesLatency == true }
        assumed.nodes = network.nodes.count(where: \.assumed)
        if let text = assumed.text(options.language) { facts.append(.init(words.assumed, text)) }
        return facts
    }
}
