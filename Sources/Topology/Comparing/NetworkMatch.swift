import Basics

/// A node of one of the older networks.
public struct OldPlace: Hashable, Sendable {
    /// The network's place in the list.
    public var network: Int
    /// The node's slot in it.
    public var slot: Int
}

/// Who is who between older networks and a newer one.
///
/// Within one edition of codes a node is known by its id. Between editions ids say nothing, since codes in them are used for other
/// units: there a node that stands for a unit is known by the mapping, and one without a unit, such as a technical hub, by its id.
struct NetworkMatch {
    let olds: [Network]
    let new: Network
    /// By the new slot: the older nodes that it continues; the first is the one that it is.
    private(set) var predecessors: [[OldPlace]]
    /// By old network and slot: the new slots that continue it.
    private(set) var successors: [[[Int]]]
    /// Edition codes differ, so that units are mapped.
    let crossesEditions: [Bool]

    init(_ olds: [Network], _ new: Network, _ mapping: UnitMapping) {
        self.olds = olds
        self.new = new
        predecessors = [[OldPlace]](repeating: [], count: new.count)
        successors = olds.map { [[Int]](repeating: [], count: $0.count) }
        crossesEditions = olds.map { !$0.edition.isEmpty && !new.edition.isEmpty && $0.edition != new.edition }
        var slotsOfUnit: [String: [Int]] = [:]
        for slot in new.nodes.indices { if let unit = new.nodes[slot].unit { slotsOfUnit[unit, default: []].append(slot) } }
        for (n, old) in olds.enumerated() {
            for slot in old.nodes.indices {
                for target in targets(of: slot, n, slotsOfUnit, mapping) {
                    successors[n][slot].append(target)
                    predecessors[target].append(OldPlace(network: n, slot: slot))
                }
            }
        }
        for slot in new.nodes.indices where predecessors[slot].count > 1 { bringFirst(slot) }
    }

    private func targets(of slot: Int, _ n: Int, _ slotsOfUnit: [String: [Int]], _ mapping: UnitMapping) -> [Int] {
        let node = olds[n].nodes[slot]
        let sameID = new.slot(id: node.id)
        guard crossesEditions[n], let unit = node.unit else { return sameID.map { [$0] } ?? [] }
        // A district that the planner keeps as a hub keeps its id, and has no unit any more.
        if let sameID, new.nodes[sameID].unit == nil { return [sameID] }
        let units = mapping.successors(of: unit).map(\.new)
        let mapped = units.flatMap { slotsOfUnit[$0] ?? [] }
        if !mapped.isEmpty || !units.isEmpty { return mapped }
        // Where the mapping is silent, the same name in the same unit is the same place.
        if let sameID, new.nodes[sameID].unit == unit, Network.spelt(new.nodes[sameID].name) == Network.spelt(node.name) { return [sameID] }
        return []
    }

    /// Of several, the one with the same name, else the one with the same code, is the one that goes on.
    private mutating func bringFirst(_ slot: Int) {
        let list = predecessors[slot]
        func node(_ place: OldPlace) -> Network.Node { olds[place.network].nodes[place.slot] }
        let name = Network.spelt(new.nodes[slot].name)
        let first =
            list.firstIndex { Network.spelt(node($0).name) == name } ?? list.firstIndex { node($0).unit == new.nodes[slot].unit }
        guard let first, first > 0 else { return }
        predecessors[slot].swapAt(0, first)
    }
}

extension Network {
    /// A name for comparison: small letters, and tone marks in one of the two spellings ("Hoà" as "Hòa").
    static func spelt(_ name: String) -> String {
        var result = name.lowercased()
        for (a, b) in Self.toneSpellings { result = result.replacing(a, with: b) }
        return result
    }
    private static let toneSpellings: [(String, String)] = [
        ("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"), ("oè", "òe"), ("oé", "óe"), ("oẻ", "ỏe"), ("oẽ", "õe"),
        ("oẹ", "ọe"), ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy"),
    ]
}
