import Documents
import Topology

extension TopologyFiles {
    /// The id of the node that a planner means by a word: its id, or its name where only one node has it, with or without office, kind of
    /// unit and marks. Throws with the nearest id or name where there is none, and with all where there are several.
    public static func nodeID(_ word: String, in network: Network, language: Language = .en) throws(UnmadeChange) -> String {
        if network.slot(id: word) != nil { return word }
        let tidy = Spelling.tidy(word)
        let sameCase = network.nodes.filter { $0.id.lowercased() == tidy.lowercased() }
        if sameCase.count == 1 { return sameCase[0].id }
        let wanted = Spelling.readings(tidy)
        let names = network.nodes.indices.map { slot in (slot, Spelling.readings(network.nodes[slot].name), Spelling.readings(network.name(of: slot))) }
        for tier in wanted.indices {
            let found = names.filter { $0.1[tier] == wanted[tier] || $0.2[tier] == wanted[tier] }.map { network.nodes[$0.0].id }
            if found.count == 1 { return found[0] }
            if found.count > 1 { throw UnmadeChange(problem: .unknownNode(word), language: language, candidates: found) }
        }
        // Typed without any marks.
        let bare = network.nodes.filter { Spelling.bare($0.name) == Spelling.bare(tidy) && !Spelling.bare(tidy).isEmpty }
        if bare.count == 1 { return bare[0].id }
        throw UnmadeChange(problem: .unknownNode(word), language: language, near: near(word, in: network), candidates: bare.map(\.id))
    }

    /// The nearest id, or the id of the node with the nearest name.
    package static func near(_ word: String, in network: Network) -> String? {
        if let id = Suggestion.nearest(to: word, among: network.nodes.lazy.map(\.id)) { return "'\(id)'" }
        let names = network.nodes.map { Spelling.withoutOffice($0.name) }
        let wanted = Spelling.withoutOffice(Spelling.tidy(word))
        guard let slot = Suggestion.nearest(to: wanted, among: names).flatMap({ names.firstIndex(of: $0) }) else { return nil }
        return "'\(network.nodes[slot].id)' (\(network.nodes[slot].name))"
    }
}
