import Basics

/// Large values that one neighbour sends in pieces, being put together.
struct EdgeAssembly {
    private var open: [Assembly] = []

    /// Takes a sound piece; the section that all pieces make once none is missing.
    ///
    /// A namespace has one value under way: a piece of another takes its place. Beyond the limits the oldest go.
    mutating func take(_ fragment: Fragment) -> Section? {
        let at: Int
        if let known = open.firstIndex(where: { $0.belongs(fragment) }) {
            at = known
        } else {
            open.removeAll { $0.head.namespace == fragment.namespace }
            open.append(Assembly(fragment))
            while open.count > Limits.assemblies || open.reduce(0, { $0 + $1.bytes.count }) > Limits.assemblyBytes {
                open.removeFirst()
            }
            at = open.count - 1
        }
        open[at].add(fragment)
        return open[at].missing == 0 ? open.remove(at: at).section : nil
    }

    /// The session ended.
    mutating func clear() { open = [] }
}

/// A large value coming in.
struct Assembly {
    private(set) var head: Fragment
    private(set) var bytes: [UInt8]
    private var have: [Bool]
    private(set) var missing: Int

    init(_ first: Fragment) {
        head = first
        head.bytes = []
        let total = Int(first.total)
        bytes = [UInt8](repeating: 0, count: total)
        have = [Bool](repeating: false, count: (total + Limits.fragment - 1) / Limits.fragment)
        missing = have.count
    }
    func belongs(_ f: Fragment) -> Bool {
        head.namespace == f.namespace && head.incarnation == f.incarnation && head.from == f.from && head.to == f.to
            && head.reset == f.reset && head.key == f.key && head.version == f.version && head.total == f.total
    }
    mutating func add(_ f: Fragment) {
        let index = Int(f.offset) / Limits.fragment
        guard index < have.count, !have[index] else { return }
        have[index] = true
        missing -= 1
        bytes.replaceSubrange(Int(f.offset)..<Int(f.offset) + f.bytes.count, with: f.bytes)
    }
    /// Pieces start at multiples of the fragment size and are full but for the last.
    static func isSound(_ f: Fragment) -> Bool {
        let total = Int(f.total)
        let offset = Int(f.offset)
        return total > 0 && total <= Limits.value && offset < total && offset % Limits.fragment == 0
            && f.bytes.count == min(Limits.fragment, total - offset) && f.version > f.from && f.version <= f.to
    }
    var section: Section {
        Section(
            namespace: head.namespace, incarnation: head.incarnation, from: head.from, to: head.to, reset: head.reset,
            records: [Record(key: head.key, version: head.version, value: bytes)])
    }
}
