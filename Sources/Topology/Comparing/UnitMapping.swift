/// Which units of one edition of the administrative codes became which of the next.
///
/// Codes are used again for other units across editions, so that between editions only a mapping says who follows whom.
public struct UnitMapping: Hashable, Sendable {
    /// One old unit, or a part of it, in one new unit.
    public struct Entry: Hashable, Sendable {
        /// In the older edition.
        public var old: String
        /// In the newer one.
        public var new: String
        /// Only a part of the old unit went there.
        public var isPart: Bool
        public init(old: String, new: String, isPart: Bool = false) {
            self.old = old
            self.new = new
            self.isPart = isPart
        }
    }

    /// In the order given.
    public private(set) var entries: [Entry] = []
    private var newOf: [String: [Entry]] = [:]

    public init(_ entries: [Entry] = []) {
        for entry in entries { add(entry) }
    }

    /// Adds one more, unless it is there already.
    public mutating func add(_ entry: Entry) {
        guard !(newOf[entry.old] ?? []).contains(where: { $0.new == entry.new }) else { return }
        entries.append(entry)
        newOf[entry.old, default: []].append(entry)
    }

    /// What became of a unit, whole before parts; empty if the mapping does not say.
    public func successors(of old: String) -> [Entry] {
        let all = newOf[old] ?? []
        return all.filter { !$0.isPart } + all.filter(\.isPart)
    }
}
