import Basics
import Documents
import Topology
import TopologyFiles

/// Makes the network to be written of sites that form one tree.
struct SheetPlan {
    let tree: SheetTree
    let reader: SheetReader
    let options: SheetOptions
    let output: String?

    private var file: SourceFile { reader.file }

    /// The network, and for each of its nodes the site that it was. Nil without a root.
    var network: (network: PlannedNetwork, sites: [Int])? {
        guard let root = tree.root else { return nil }
        let sites = tree.sites.indices.filter { tree.sites[$0].isNode }
        var position: [Int: Int] = [:]
        for (i, site) in sites.enumerated() { position[site] = i }
        let name = options.name ?? Self.capitalised(Spelling.withoutOffice(tree.sites[root].name))
        var network = PlannedNetwork(
            id: networkID(root), name: name, edition: findEdition(), levels: levels, nodes: sites.map { node(tree.sites[$0], position) })
        network.remarks = remarks
        if let external = tree.external {
            let top = tree.sites[root]
            let line = PlannedNetwork.Line(
                up: top.up != nil && top.down != nil ? top.up : nil, down: top.up != nil ? top.down : nil, latency: top.latency,
                carrier: top.cells[.carrier]?.text, assumed: top.figuresAssumed)
            network.upstream = (tree.sites[external].name, nil, line)
        }
        network.nodes[position[root] ?? 0].line = PlannedNetwork.Line()
        network.range = range(root, nodes: sites.count)
        return (network, sites)
    }

    private func node(_ site: SheetSite, _ position: [Int: Int]) -> PlannedNetwork.Node {
        var node = PlannedNetwork.Node(id: site.id, level: site.level, name: site.name)
        node.unit = site.unit
        node.address = site.address
        node.port = site.port
        node.coordinates = site.coordinates
        if let room = site.cells[.room] {
            node.rooms = [PlannedNetwork.Room(name: room.text)]
        } else if site.isHub || KnownLevel.named(site.level)?.technical == true {
            node.rooms = []
        }
        node.assumed = site.assumed
        node.parent = site.parent.flatMap { position[$0] }
        node.line = PlannedNetwork.Line(
            up: site.up, down: site.down, latency: site.latency, loss: site.loss, carrier: site.cells[.carrier]?.text,
            assumed: site.figuresAssumed)
        node.backups = site.backups.compactMap { position[$0] }
        // Inside a zone nothing begins a second one.
        if let zone = site.zone, site.parent.map({ tree.sites[$0].zone }) != zone { node.zone = zone }
        node.remark = site.cells[.note].map { Spelling.tidy($0.text) }
        return node
    }

    private var levels: [PlannedNetwork.Level] {
        tree.levels.map { level in
            let known = KnownLevel.named(level.id)
            let members = tree.sites.filter { $0.isNode && $0.level == level.id }
            let own = members.first?.cells[.level]?.text
            return PlannedNetwork.Level(
                id: level.id, name: kinds(of: level.id) ?? known?.name ?? own ?? level.id, rank: level.rank,
                technical: known?.technical ?? members.allSatisfy(\.isHub))
        }
    }

    /// "Xã, phường, thị trấn": the kinds of units that a level's names begin with, the commonest first.
    private func kinds(of level: String) -> String? {
        var counts: [(kind: String, count: Int)] = []
        for site in tree.sites where site.isNode && site.level == level {
            guard let kind = Spelling.kind(site.name)?.words else { continue }
            if let at = counts.firstIndex(where: { $0.kind == kind }) { counts[at].count += 1 } else { counts.append((kind, 1)) }
        }
        if counts.isEmpty { return nil }
        let ordered = counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element.kind)
        return Self.capitalised(ordered.joined(separator: ", "))
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// Of the file to be written, else of the sheet, else of the root.
    private func networkID(_ root: Int) -> String {
        if let id = options.id { return id }
        return Sheets.networkID(of: output ?? file.name) ?? tree.sites[root].id
    }

    /// Of the options, the sheet, or guessed; a guess is told.
    private func findEdition() -> String? {
        guard tree.sites.contains(where: { $0.isNode && $0.unit != nil }) else { return nil }
        if let edition = options.edition ?? reader.edition?.text { return edition }
        // Districts were abolished on 1 July 2025.
        let districts = tree.sites.contains { $0.isNode && $0.level == "huyen" && $0.unit != nil }
        let guess = districts ? "before-2025-07" : "2025-07"
        if let column = reader.header.columns[.unit] { file.report(.editionGuessed(guess), reader.header.cells[column]) }
        return guess
    }

    /// 10.PROVINCE.0.0/16 where the root is a province, as provinces' own plans have it; larger for larger networks.
    private func range(_ root: Int, nodes: Int) -> String {
        if nodes <= 60_000, let unit = tree.sites[root].unit, unit.count == 2, let number = Int(unit), number > 0 { return "10.\(number).0.0/16" }
        return nodes <= 60_000 ? "10.100.0.0/16" : "10.0.0.0/8"
    }

    private var remarks: [String] {
        let sheet = file.name.split(separator: "/").last.map(String.init) ?? file.name
        return file.language == .vi
            ? ["Tạo từ \(sheet) bằng 'nhipcau topology import'. Cách ghi tệp: docs/topology.md"]
            : ["Made from \(sheet) by 'nhipcau topology import'. Format: docs/topology.md"]
    }
}

extension Sheets {
    /// The id that a network has by the name of its file: "topology/soc_trang.yaml" is "soc-trang". Nil if that leaves nothing.
    public static func networkID(of path: String) -> String? {
        var stem = path.split(separator: "/").last.map(String.init) ?? ""
        if let dot = stem.lastIndex(of: "."), dot != stem.startIndex { stem = String(stem[..<dot]) }
        let slug = Spelling.slug(stem)
        return Spelling.isID(slug) ? slug : nil
    }
}
