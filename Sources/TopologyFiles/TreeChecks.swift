import Basics
import Documents
import Topology
import Yams

/// Finds what keeps a draft from being a network: names used twice, and uplinks that are no tree.
///
/// Positions are those of `draft.entries`. Linear in nodes and backups, but for the near names of unknown ones.
package struct TreeChecks {
    private let draft: TopologyDraft
    private let file: SourceFile
    private var position: [String: Int] = [:]
    /// Position of each entry's parent; nil for roots and unknown parents.
    private var parents: [Int?]
    /// Entries whose way up never ends.
    private var inCycle: [Bool]

    package static func run(_ draft: TopologyDraft, in file: SourceFile) {
        var checks = TreeChecks(draft: draft, file: file)
        checks.checkNames()
        checks.checkAddresses()
        checks.checkParents()
        checks.checkRoots()
        checks.checkCycles()
        checks.checkLevels()
        checks.checkSameNames()
        checks.checkAccess()
        checks.checkFamilies()
        var backups = BackupChecks(
            draft: draft, file: file, position: checks.position, parents: checks.parents, inCycle: checks.inCycle)
        backups.run()
    }

    private init(draft: TopologyDraft, file: SourceFile) {
        self.draft = draft
        self.file = file
        parents = [Int?](repeating: nil, count: draft.entries.count)
        inCycle = [Bool](repeating: false, count: draft.entries.count)
    }

    private mutating func checkNames() {
        var indices: [NodeIndex: Int] = [:]
        for (i, entry) in draft.entries.enumerated() {
            if let first = position[entry.node.id] {
                file.report(.duplicateID(entry.node.id, spot(draft.entries[first], entry)), at: entry.idPlace)
                continue
            }
            position[entry.node.id] = i
            if let first = indices.updateValue(i, forKey: entry.node.index) {
                let other = draft.entries[first]
                file.report(
                    .nodeIndexCollision(entry.node.id, other.node.id, spot(other, entry)), at: entry.idPlace)
            }
        }
    }

    /// Below one parent two names that look the same are told: on every page and in the drawing nobody can tell them apart.
    private func checkSameNames() {
        var seen: [String: Int] = [:]
        for (i, entry) in draft.entries.enumerated() {
            guard let parent = parents[i], entry.node.name != entry.node.id else { continue }
            let key = "\(parent)\n" + Spelling.folded(Spelling.tidy(entry.node.name))
            if let first = seen[key] {
                let other = draft.entries[first]
                file.report(.sameName(entry.node.name, other.node.id, spot(other, entry)), at: entry.idPlace)
            }
            seen[key] = seen[key] ?? i
        }
    }

    /// A child dials its parents: both ends have addresses of one family.
    private func checkFamilies() {
        for (i, entry) in draft.entries.enumerated() {
            let uplinks = [entry.parent].compactMap { $0 } + entry.backups.map { ($0.0, $0.1) }
            for (id, place) in uplinks {
                guard let other = position[id], other != i, !entry.wantsAddress || entry.node.address.ipv4 != 0, entry.addressPlace != nil || entry.wantsAddress
                else { continue }
                let there = draft.entries[other]
                guard there.addressPlace != nil || there.wantsAddress else { continue }
                if (entry.node.address.ipv4 == nil) != (there.node.address.ipv4 == nil) {
                    file.report(.mixedAddresses(entry.node.id, id), at: place)
                }
            }
        }
    }

    private func spot(_ other: TopologyDraft.Entry, _ entry: TopologyDraft.Entry) -> Spot {
        file.spot(of: other.idPlace, seenFrom: entry.idPlace)
    }

    /// Media ports and endpoints share UDP, pages have TCP.
    private func checkAddresses() {
        var media: [Address: (name: String, place: Node)] = [:]
        var pages: [Address: (name: String, place: Node)] = [:]
        func report(_ address: Address, _ other: (name: String, place: Node), at place: Node) {
            file.report(.duplicateAddress(address.description, of: other.name, file.spot(of: other.place, seenFrom: place)), at: place)
        }
        for entry in draft.entries {
            guard let place = entry.addressPlace else { continue }
            let node = entry.node
            let owner = (name: node.id, place: place)
            var page = node.address
            page.port = node.httpPort
            if let other = media[node.address] {
                report(node.address, other, at: place)
            } else if let other = pages[page] {
                report(page, other, at: place)
            }
            media[node.address] = media[node.address] ?? owner
            pages[page] = pages[page] ?? owner
        }
        for entry in draft.entries {
            for endpoint in entry.node.endpoints where !endpoint.address.isMulticast {
                let owner = (name: entry.node.id + ": " + endpoint.id, place: entry.idPlace)
                if let other = media.updateValue(owner, forKey: endpoint.address) { report(endpoint.address, other, at: entry.idPlace) }
            }
        }
    }

    private mutating func checkParents() {
        for (i, entry) in draft.entries.enumerated() {
            guard let (id, place) = entry.parent else { continue }
            parents[i] = position[id]
            if parents[i] == nil {
                file.report(.unknownParent(id), at: place, meaning: id, among: draft.entries.lazy.map(\.node.id))
            }
        }
    }

    private func checkRoots() {
        if draft.listed == 0 {
            if let place = draft.nodesPlace { file.report(.noNodes, at: place) }
            return
        }
        let roots = draft.entries.filter { !$0.hasUplink && draft.entries[position[$0.node.id]!].lineNumber == $0.lineNumber }
        if roots.isEmpty, draft.entries.count == draft.listed, let place = draft.nodesPlace {
            file.report(.noRoot, at: place)
        }
        for other in roots.dropFirst() {
            file.report(.twoRoots(other.node.id, first: roots[0].node.id, spot(roots[0], other)), at: other.idPlace)
        }
    }

    private mutating func checkCycles() {
        // 0 unseen, 1 on the present way up, 2 done.
        var state = [UInt8](repeating: 0, count: parents.count)
        for start in parents.indices where state[start] == 0 {
            var way: [Int] = []
            var at: Int? = start
            while let here = at, state[here] == 0 {
                state[here] = 1
                way.append(here)
                at = parents[here]
            }
            if let meets = at {
                if state[meets] == 1, let from = way.firstIndex(of: meets) {
                    reportCycle(Array(way[from...]))
                    for i in way { inCycle[i] = true }
                } else if inCycle[meets] {
                    for i in way { inCycle[i] = true }
                }
            }
            for i in way { state[i] = 2 }
        }
    }

    private func reportCycle(_ members: [Int]) {
        // Begin with the member that the file names first.
        let first = members.indices.min { members[$0] < members[$1] } ?? 0
        let ordered = Array(members[first...] + members[..<first])
        let ids = (ordered + [ordered[0]]).map { draft.entries[$0].node.id }
        guard let place = draft.entries[ordered[0]].parent?.place else { return }
        file.report(.cycle(ids), at: place)
    }

    /// No trunk takes more than the line that it runs over.
    private func checkAccess() {
        for entry in draft.entries {
            guard let access = entry.node.access, let line = entry.line else { continue }
            for (uplink, shared) in [(line.up, access.up), (line.down, access.down)] where uplink > shared {
                file.report(.thinAccess(entry.node.id, uplink: Network.text(uplink), access: Network.text(shared)), at: entry.idPlace)
                break
            }
        }
    }

    private func checkLevels() {
        for (i, entry) in draft.entries.enumerated() {
            guard let p = parents[i], !inCycle[i], let place = entry.parent?.place else { continue }
            let above = draft.entries[p].node
            guard let mine = draft.level(entry.node.level), let theirs = draft.level(above.level),
                mine.rank <= theirs.rank
            else { continue }
            file.report(.levelOrder(entry.node.id, mine.id, under: above.id, theirs.id), at: place)
        }
    }
}
