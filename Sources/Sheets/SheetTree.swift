import Basics
import Documents
import Topology
import TopologyFiles

/// Hangs a sheet's sites below each other, and finds what keeps them from being one tree.
struct SheetTree {
    private let file: SourceFile
    private let header: SheetHeader
    private(set) var sites: [SheetSite]
    private(set) var root: Int?
    /// The row that is somebody else's bridge.
    private(set) var external: Int?
    /// From the top down, with the level beside which each stands.
    private(set) var levels: [(id: String, rank: Int)] = []

    init(_ reader: SheetReader, options: SheetOptions) {
        file = reader.file
        header = reader.header
        sites = reader.sites
        nameCodes()
        checkCodes()
        if let root = options.root { addRoot(root) }
        resolve(options)
        findRoot()
        checkSections(reader.sections)
        let inCycle = checkCycles()
        rankLevels(inCycle)
        checkNames()
        checkAddresses()
        resolveBackups()
    }

    // MARK: Codes

    /// Ids for sites without a code: from the unit code, else from the name.
    private mutating func nameCodes() {
        var taken = Set(sites.map(\.id))
        for i in sites.indices where sites[i].id.isEmpty && sites[i].cells[.code] == nil {
            let site = sites[i]
            let letter = KnownLevel.named(site.level)?.letter
            var id = site.unit.map { (letter ?? "") + SheetCodes.spelt($0) } ?? Spelling.slug(Spelling.withoutOffice(site.name))
            if id.isEmpty { id = "dong-\(site.line)" }
            let stem = id
            var count = 2
            while !taken.insert(id).inserted {
                id = "\(stem)-\(count)"
                count += 1
            }
            sites[i].id = id
            if header.has(.code), !site.external, !site.spoilt.contains(.code) { file.report(.codeMade(id), site.place) }
        }
    }

    private func checkCodes() {
        var lines: [String: Int] = [:]
        var indices: [NodeIndex: (id: String, line: Int)] = [:]
        for site in sites where !site.id.isEmpty {
            let place = site.cells[.code] ?? site.place
            if let line = lines[site.id] {
                file.report(.duplicateCode(site.id, line: line), place)
            } else if let other = indices.updateValue((site.id, site.line), forKey: NodeIndex(of: site.id)) {
                file.report(.nodeIndexCollision(site.id, other.id, Spot(other.line)), place)
            }
            lines[site.id] = lines[site.id] ?? site.line
        }
    }

    private mutating func addRoot(_ root: SheetOptions.Root) {
        var site = SheetSite(place: Cell(text: root.name, line: header.cells.first?.line ?? 1, column: 1))
        site.id = root.id
        site.name = root.name
        site.level = "tw"
        sites.insert(site, at: 0)
    }

    // MARK: Parents

    private mutating func resolve(_ options: SheetOptions) {
        let names = SheetNames(sites)
        let byOrder = !header.has(.parent)
        if byOrder, options.root == nil, !sites.contains(where: { $0.section != nil }), let first = header.cells.first {
            file.report(.parentsByOrder, first)
        }
        external = sites.firstIndex(where: \.external)
        for i in sites.indices where sites[i].isNode {
            if options.root != nil, i == 0 { continue }
            if sites[i].spoilt.contains(.parent) { continue }
            if let cell = sites[i].cells[.parent] {
                sites[i].parent = parent(cell, of: i, names)
            } else if let section = sites[i].section, case .one(let top, _) = names.find(section.text, for: i), top != i {
                sites[i].parent = top
            } else if options.root != nil {
                sites[i].parent = 0
            } else if byOrder {
                sites[i].parent = nearestAbove(i)
            } else if !sites[i].placeholders.contains(.parent), let parent = mergedParent(i) {
                sites[i].parent = parent
                file.report(.mergedCell(.parent, sites[parent].id), sites[i].place)
            }
        }
    }

    /// Of a blank cell: the parent of the row above if that has the same level; else of the last row of the same level, if that
    /// parent is also the nearest row above with a higher one.
    private func mergedParent(_ child: Int) -> Int? {
        guard child > 0, !sites[child].level.isEmpty else { return nil }
        let above = sites[child - 1]
        if above.isNode, above.level == sites[child].level { return above.parent }
        let last = sites[..<child].last { $0.isNode && $0.level == sites[child].level }
        return last?.parent.flatMap { $0 == nearestAbove(child) ? $0 : nil }
    }

    /// A heading that names a unit, or that rows below need, must be the name of a site: else it was meant to be one.
    private func checkSections(_ sections: [Cell]) {
        if sections.isEmpty { return }
        let names = SheetNames(sites)
        for section in sections {
            guard case .none = names.find(section.text, for: nil) else { continue }
            let needed = sites.indices.contains { i in
                i != root && sites[i].section == section && sites[i].isNode && sites[i].parent == nil && sites[i].cells[.parent] == nil
            }
            if needed || Spelling.kind(section.text) != nil { file.report(.unknownSection(section.text), section) }
        }
    }

    private func nearestAbove(_ child: Int) -> Int? {
        guard let mine = KnownLevel.named(sites[child].level)?.order else { return nil }
        return sites[..<child].lastIndex { site in
            site.isNode && (KnownLevel.named(site.level)?.order).map { $0 < mine } ?? false
        }
    }

    private func parent(_ cell: Cell, of child: Int, _ names: SheetNames) -> Int? {
        guard let found = find(cell, of: child, names, unknown: .unknownSheetParent(cell.text)) else { return nil }
        if sites[found].mergedAway {
            file.report(.parentMergedAway(sites[found].id, line: sites[found].line), cell)
            return nil
        }
        return found
    }

    /// The site that a cell means; reports what was mended on the way.
    private func find(_ cell: Cell, of child: Int, _ names: SheetNames, unknown: Message) -> Int? {
        switch names.find(cell.text, for: child) {
        case .none:
            file.report(unknown, cell, meaning: cell.text, among: names.all)
            return nil
        case .several(let found):
            file.report(.ambiguousName(cell.text, found.map { sites[$0].id }), cell)
            return nil
        case .one(let i, let way):
            let id = sites[i].id
            switch way {
            case .id: break
            case .letterCase: file.report(.letterCase(cell.text, id), cell)
            case .leadingZeros: file.report(.leadingZeros(cell.text, id), cell)
            // Without site codes there is no other way to name a parent.
            case .unit: if header.has(.code) { file.report(.parentByUnit(cell.text, id), cell) }
            case .name(let sameTones):
                if !sameTones { file.report(.toneMarks(cell.text, sites[i].name), cell) }
                if header.has(.code) || header.has(.unit) { file.report(.parentByName(cell.text, id), cell) }
            }
            return i
        }
    }

    private mutating func resolveBackups() {
        let names = SheetNames(sites)
        for i in sites.indices where sites[i].isNode {
            guard let cell = sites[i].cells[.backup], !sites[i].spoilt.contains(.backup) else { continue }
            for text in cell.text.split(whereSeparator: { ";,\n".contains($0) }) {
                let part = cell.saying(Spelling.tidy(String(text)))
                if part.text.isEmpty { continue }
                guard let backup = find(part, of: i, names, unknown: .unknownSheetBackup(part.text)) else { continue }
                if let complaint = complaint(backup, of: i) { file.report(complaint, cell) } else { sites[i].backups.append(backup) }
            }
        }
    }

    private func complaint(_ backup: Int, of child: Int) -> Message? {
        if sites[backup].external || sites[backup].mergedAway { return .unknownSheetBackup(sites[backup].id) }
        if backup == sites[child].parent { return .backupIsParent(sites[backup].id) }
        if sites[child].backups.contains(backup) { return .backupTwice(sites[backup].id) }
        var at: Int? = backup
        var steps = 0
        while let here = at, steps <= sites.count {
            if here == child { return .backupInOwnSubtree(sites[child].id, sites[backup].id) }
            at = sites[here].parent
            steps += 1
        }
        return nil
    }

    // MARK: One tree

    private mutating func findRoot() {
        let nodes = sites.indices.filter { sites[$0].isNode }
        if nodes.isEmpty { return }
        let below = nodes.filter { i in sites[i].parent.map { sites[$0].external } ?? false }
        let alone = nodes.filter { sites[$0].parent == nil && sites[$0].cells[.parent] == nil }
        let top = alone.min { (order($0), $0) < (order($1), $1) }
        guard let root = below.first ?? top else {
            let first = sites[nodes[0]]
            if !nodes.contains(where: { sites[$0].parent == nil }) { file.report(.noSheetRoot, first.cells[.parent] ?? first.place) }
            return
        }
        self.root = root
        for other in below.dropFirst() {
            let cell = sites[other].cells[.parent] ?? sites[other].place
            file.report(.secondRoot(sites[other].id, first: sites[root].id, line: sites[root].line), cell)
        }
        for other in alone where other != root && sites[other].section == nil {
            file.report(.missingParent(root: sites[root].id, line: sites[root].line), sites[other].place)
        }
        for i in below { sites[i].parent = nil }
    }

    private func order(_ i: Int) -> Int { KnownLevel.named(sites[i].level)?.order ?? .max }

    /// True for sites whose way up never ends.
    private func checkCycles() -> [Bool] {
        var state = [UInt8](repeating: 0, count: sites.count)
        var inCycle = [Bool](repeating: false, count: sites.count)
        for start in sites.indices where state[start] == 0 {
            var way: [Int] = []
            var at: Int? = start
            while let here = at, state[here] == 0 {
                state[here] = 1
                way.append(here)
                at = sites[here].parent
            }
            if let meets = at, state[meets] == 1, let from = way.firstIndex(of: meets) {
                let members = Array(way[from...])
                let first = members.min() ?? meets
                let turn = members.firstIndex(of: first) ?? 0
                let ordered = members[turn...] + members[..<turn] + [first]
                file.report(.sheetCycle(ordered.map { sites[$0].id }), sites[first].cells[.parent] ?? sites[first].place)
                for i in way { inCycle[i] = true }
            }
            for i in way { state[i] = 2 }
        }
        return inCycle
    }

    // MARK: Levels

    /// A level's rank is the longest way down to it; a way that comes back is an error at the rows that close it.
    private mutating func rankLevels(_ inCycle: [Bool]) {
        var names: [String] = []
        for site in sites where site.isNode && !site.level.isEmpty && !names.contains(site.level) { names.append(site.level) }
        var edges: [LevelEdge: Int] = [:]
        let below = sites.indices.filter { i in
            sites[i].isNode && !inCycle[i] && !sites[i].level.isEmpty && (sites[i].parent.map { sites[$0].isNode && !sites[$0].level.isEmpty } ?? false)
        }
        for i in below { edges[edge(i), default: i] = min(edges[edge(i)] ?? i, i) }
        // Usual trees first, so that the rows that stand on their head are the ones that are told.
        let ordered = edges.sorted { (orderGap($0.key), -$0.value) > (orderGap($1.key), -$1.value) }.map(\.key)
        var good: [LevelEdge] = []
        var bad: Set<LevelEdge> = []
        for edge in ordered {
            if reaches(edge.above, from: edge.below, good) { bad.insert(edge) } else { good.append(edge) }
        }
        for i in below where bad.contains(edge(i)) {
            guard let parent = sites[i].parent else { continue }
            let place = sites[i].cells[.level] ?? sites[i].cells[.parent] ?? sites[i].place
            file.report(.sheetLevelOrder(sites[i].id, sites[i].level, under: sites[parent].id, sites[parent].level), place)
        }
        var rank: [String: Int] = [:]
        for _ in names { for edge in good { rank[edge.below] = max(rank[edge.below] ?? 0, (rank[edge.above] ?? 0) + 1) } }
        levels = names.enumerated().map { ($0, $1, rank[$1] ?? 0) }.sorted { ($0.2, $0.0) < ($1.2, $1.0) }.map { ($0.1, $0.2) }
    }

    private struct LevelEdge: Hashable {
        var above: String
        var below: String
    }
    private func edge(_ i: Int) -> LevelEdge { LevelEdge(above: sites[i].parent.map { sites[$0].level } ?? "", below: sites[i].level) }

    private func orderGap(_ edge: LevelEdge) -> Int {
        guard let above = KnownLevel.named(edge.above)?.order, let below = KnownLevel.named(edge.below)?.order else { return 0 }
        return below - above
    }

    private func reaches(_ target: String, from start: String, _ edges: [LevelEdge]) -> Bool {
        if start == target { return true }
        return edges.contains { $0.above == start && reaches(target, from: $0.below, edges) }
    }

    // MARK: Twice

    /// Below one parent no two sites have one name, unless they are different rooms.
    private func checkNames() {
        var lines: [String: Int] = [:]
        for site in sites where site.isNode && !site.name.isEmpty {
            guard let parent = site.parent else { continue }
            let key = "\(parent)\n\(Spelling.folded(site.name))\n\(site.cells[.room]?.text ?? "")"
            if let line = lines[key] { file.report(.duplicateName(site.name, line: line), site.place) }
            lines[key] = lines[key] ?? site.line
        }
    }

    private func checkAddresses() {
        var owners: [Address: SheetSite] = [:]
        for site in sites where site.isNode {
            guard let address = site.address, let cell = site.cells[.address] else { continue }
            if let other = owners[address] {
                file.report(.duplicateAddress(address.host, of: other.id, Spot(other.line)), cell)
            }
            owners[address] = owners[address] ?? site
        }
    }
}
