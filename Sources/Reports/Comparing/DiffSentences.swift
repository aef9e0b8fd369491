import Basics
import Topology

/// The changes read aloud, the large ones first.
extension DiffReport {
    /// Groups and lists are cut after so many, unless everything is asked for.
    private var limit: Int { showsAll ? .max : 20 }
    private var words: DiffWords { DiffWords(language) }
    private func name(_ slot: Int) -> String { diff.new.name(of: slot) }
    private func name(_ place: OldPlace) -> String { diff.olds[place.network].name(of: place.slot) }
    private func levelName(_ place: OldPlace) -> String {
        let network = diff.olds[place.network]
        return network.level(id: network.nodes[place.slot].level)?.name ?? network.nodes[place.slot].level
    }
    private func levelName(_ slot: Int) -> String {
        diff.new.level(id: diff.new.nodes[slot].level)?.name ?? diff.new.nodes[slot].level
    }

    /// One sentence for each change, or for many of the same kind.
    public var sentences: [String] {
        mergers + goneOnes + hubs + moves + renames + newcomers + lines + fittings + rights
    }

    private var rights: [String] { cut(diff.policy.map { words.right($0) }) { words.moreRights($0) } }

    // MARK: Units

    /// By level from the top, each with how many there are.
    private var mergers: [String] {
        guard !diff.merged.isEmpty else { return [] }
        var groups: [(level: String, mergers: [NetworkDiff.Merger])] = []
        for merger in diff.merged.sorted(by: { (diff.new.tree.level($0.into), $0.into) < (diff.new.tree.level($1.into), $1.into) }) {
            let level = levelName(merger.into)
            if let at = groups.firstIndex(where: { $0.level == level }) {
                groups[at].mergers.append(merger)
            } else {
                groups.append((level, [merger]))
            }
        }
        var list: [String] = []
        for (i, group) in groups.enumerated() {
            // Upper levels first; what they leave behind before the many below.
            if i == 1 { list += levelsGone }
            if group.mergers.count > 1 {
                list.append(words.mergers(group.mergers.count, level: group.level, from: Set(group.mergers.flatMap(\.from)).count))
            }
            list += cut(group.mergers.map { words.merged(name($0.into), grouped($0.from)) }) { words.moreMergers($0) }
        }
        return groups.count > 1 ? list : list + levelsGone
    }

    /// Levels of which nobody is continued.
    private var levelsGone: [String] {
        var list: [String] = []
        for group in removedByLevel where group.isGone { list.append(words.gone(group.level, isGone: true, few(group.places))) }
        return list
    }

    private var removedByLevel: [(level: String, isGone: Bool, places: [OldPlace])] {
        var groups: [(level: String, isGone: Bool, places: [OldPlace])] = []
        for place in diff.removed {
            let level = levelName(place)
            let id = diff.olds[place.network].nodes[place.slot].level
            let isGone = diff.crossesEditions[place.network] && diff.survivors(ofLevel: id, in: place.network) == 0
            if let at = groups.firstIndex(where: { $0.level == level && $0.isGone == isGone }) {
                groups[at].places.append(place)
            } else {
                groups.append((level, isGone, [place]))
            }
        }
        return groups
    }

    private var goneOnes: [String] {
        let levels = diff.merged.isEmpty ? levelsGone : []
        return levels + removedByLevel.filter { !$0.isGone }.map { words.gone($0.level, isGone: false, few($0.places)) }
    }

    private var hubs: [String] {
        diff.hubsKept.map { slot in
            let before = diff.before(slot)
            let wasUnit = before.map { diff.olds[$0.network].nodes[$0.slot].unit != nil } ?? false
            return words.hubKept(before.map(name) ?? name(slot), now: name(slot), wasUnit: wasUnit)
        }
    }

    private var newcomers: [String] {
        var groups: [(level: String, isHub: Bool, slots: [Int])] = []
        for slot in diff.added {
            let level = levelName(slot)
            if let at = groups.firstIndex(where: { $0.level == level }) {
                groups[at].slots.append(slot)
            } else {
                groups.append((level, diff.new.level(id: diff.new.nodes[slot].level)?.technical == true, [slot]))
            }
        }
        return groups.map { words.added($0.level, isHub: $0.isHub, few($0.slots)) }
    }

    private var renames: [String] {
        cut(diff.renamed.map { words.renamed(name($0.before), $0.differences[0].new) }) { words.moreRenames($0) }
    }

    // MARK: Lines

    /// Nodes that leave one parent for the same other one are one sentence.
    private var moves: [String] {
        var groups: [(from: OldPlace, to: Int, nodes: [Int])] = []
        var places: [[Int]: Int] = [:]
        for move in diff.moved {
            let key = [move.from.network, move.from.slot, move.to]
            if let at = places[key] {
                groups[at].nodes.append(move.node)
            } else {
                places[key] = groups.count
                groups.append((move.from, move.to, [move.node]))
            }
        }
        let list = groups.map { group in
            words.moved(few(group.nodes), from: name(group.from), isGone: diff.after(group.from).isEmpty, to: name(group.to))
        }
        return cut(list) { words.moreMoves($0) }
    }

    /// Lines with the same change are one sentence.
    private var lines: [String] {
        var groups: [(differences: [NetworkDiff.Difference], nodes: [Int])] = []
        var places: [[NetworkDiff.Difference]: Int] = [:]
        for change in diff.relinked {
            if let at = places[change.differences] {
                groups[at].nodes.append(change.node)
            } else {
                places[change.differences] = groups.count
                groups.append((change.differences, [change.node]))
            }
        }
        return cut(groups.map { words.relinked(few($0.nodes), $0.differences) }) { words.moreLines($0) }
    }

    private var fittings: [String] {
        // Whole networks are numbered anew with a merger: addresses of many are one sentence.
        let list = diff.refitted
        if list.count > 10, !showsAll { return [words.refitted(few(list.map(\.node)))] }
        return list.map { words.refitted(name($0.node), $0.differences) }
    }

    // MARK: Lists

    private func few(_ slots: [Int]) -> DiffWords.Names {
        few(slots.map { (diff.new.nodes[$0].name, name($0)) })
    }
    private func few(_ places: [OldPlace]) -> DiffWords.Names {
        few(places.map { (diff.olds[$0.network].nodes[$0.slot].name, name($0)) })
    }
    private func few(_ names: [(own: String, full: String)]) -> DiffWords.Names {
        let first = Array(names.prefix(showsAll ? names.count : 6))
        return DiffWords.Names(shown: DiffSentences.grouped(first), shownCount: first.count, count: names.count)
    }
    private func grouped(_ places: [OldPlace]) -> [String] {
        // Of a unit that was divided only a part came.
        let part = words.part
        return DiffSentences.grouped(
            places.map { place in
                let own = diff.olds[place.network].nodes[place.slot].name
                guard diff.after(place).count > 1 else { return (own, name(place)) }
                return (own + part, own + part + name(place).dropFirst(own.count))
            })
    }
    private func cut(_ list: [String], _ more: (Int) -> String) -> [String] {
        list.count <= limit ? list : list.prefix(limit) + [more(list.count - limit)]
    }
}

/// Lists of names that are easy to read aloud.
enum DiffSentences {
    /// Neighbours in the list with the same unit above say it once: "Phường I, Phường III (thành phố Vị Thanh)".
    static func grouped(_ names: [(own: String, full: String)]) -> [String] {
        var groups: [(above: String, names: [String])] = []
        for name in names {
            let above = name.full.hasPrefix(name.own + ", ") ? String(name.full.dropFirst(name.own.count + 2)) : ""
            if let last = groups.last, last.above == above {
                groups[groups.count - 1].names.append(name.own)
            } else {
                groups.append((above, [name.own]))
            }
        }
        return groups.map { $0.names.joined(separator: ", ") + ($0.above.isEmpty ? "" : " (\($0.above))") }
    }
}
