import Basics

/// One namespace as it is held here.
struct Namespace {
    // A country's node holds thousands of these: narrow fields, in an order that leaves no gaps.
    let id: NamespaceID
    var incarnation: Incarnation
    private var ownerSlot: Int32
    /// Of ``records``, those without a value.
    private(set) var tombstoneCount: Int32 = 0
    /// Its node's slot in the declared tree; -1 if the topology does not declare it.
    var owner: Int {
        get { Int(ownerSlot) }
        set { ownerSlot = Int32(newValue) }
    }
    var tombstones: Int {
        get { Int(tombstoneCount) }
        set { tombstoneCount = Int32(newValue) }
    }
    /// Hash of the name: its place in the trie.
    let place: UInt64
    /// At least 1.
    var version: UInt64
    /// Tombstones up to here are gone.
    var collected: UInt64 = 0
    /// In order of the keys.
    var records: [Record] = []
    /// What it adds to the sums.
    var mark: UInt64 = 0

    init(_ id: NamespaceID, owner: Int, incarnation: Incarnation, version: UInt64) {
        self.id = id
        self.incarnation = incarnation
        self.version = version
        ownerSlot = Int32(owner)
        place = Namespace.place(of: id)
    }

    /// Bytes of all values.
    var bytes: Int { records.reduce(0) { $0 + ($1.value?.count ?? 0) } }

    /// Where the key is, or where it belongs.
    func find(_ key: String) -> (at: Int, found: Bool) {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return (low, low < records.count && records[low].key == key)
    }

    /// SipHash of (node, lane, scope): fixed for all time, the same everywhere.
    static func place(of id: NamespaceID) -> UInt64 {
        var hash = Namespace.hash(of: id)
        return hash.finish()
    }
    private static func hash(of id: NamespaceID) -> SipHash {
        var hash = SipHash(key0: Limits.sipKey0, key1: Limits.sipKey1)
        hash.append(id.node.rawValue)
        hash.append(id.lane.rawValue)
        hash.append(id.scope.rawValue)
        return hash
    }
    func freshMark() -> UInt64 {
        var hash = Namespace.hash(of: id)
        hash.append(incarnation.counter)
        hash.append(incarnation.nonce)
        hash.append(version)
        return hash.finish()
    }
}

/// All namespaces, each in a dense slot, with sums kept as they change.
struct Store: ~Copyable {
    /// One lane and scope: the namespaces whose versions one sum covers.
    struct Group {
        let lane: Lane
        let scope: MeetingID
        /// In order of the nodes.
        var members: [Member] = []
        var sum: UInt64 = 0

        /// Where the node is, or where it belongs.
        func find(_ node: NodeIndex) -> (at: Int, found: Bool) {
            var low = 0
            var high = members.count
            while low < high {
                let middle = (low + high) / 2
                if members[middle].node < node { low = middle + 1 } else { high = middle }
            }
            return (low, low < members.count && members[low].node == node)
        }
    }
    /// A node's namespace of a group.
    struct Member {
        let node: NodeIndex
        private let place: Int32
        var slot: Int { Int(place) }

        init(_ node: NodeIndex, _ slot: Int) {
            self.node = node
            place = Int32(slot)
        }
    }

    private(set) var entries: [Namespace?] = []
    private var free: [Int] = []
    /// In order of (lane, scope).
    private(set) var groups: [Group] = []
    private(set) var count = 0
    private(set) var undeclared = 0
    private(set) var records = 0

    func slot(_ id: NamespaceID) -> Int? {
        let (at, found) = group(id.lane, id.scope)
        guard found else { return nil }
        let (place, isThere) = groups[at].find(id.node)
        return isThere ? groups[at].members[place].slot : nil
    }
    subscript(slot: Int) -> Namespace { entries[slot]! }

    func group(_ lane: Lane, _ scope: MeetingID) -> (at: Int, found: Bool) {
        var low = 0
        var high = groups.count
        while low < high {
            let middle = (low + high) / 2
            if (groups[middle].lane, groups[middle].scope) < (lane, scope) { low = middle + 1 } else { high = middle }
        }
        return (low, low < groups.count && groups[low].lane == lane && groups[low].scope == scope)
    }
    func sum(_ lane: Lane, _ scope: MeetingID) -> UInt64 {
        let (at, found) = group(lane, scope)
        return found ? groups[at].sum : 0
    }

    /// A new namespace without records. The caller has checked the limits.
    mutating func insert(_ id: NamespaceID, owner: Int, incarnation: Incarnation, version: UInt64) -> Int {
        let entry = Namespace(id, owner: owner, incarnation: incarnation, version: version)
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            entries[slot] = entry
        } else {
            slot = entries.count
            // An eighth at a time, not twofold: what is kept for more would be most of what a large network costs.
            if entries.capacity == slot { entries.reserveCapacity(slot + slot / 8 + 8) }
            entries.append(entry)
        }
        count += 1
        if owner < 0 { undeclared += 1 }
        let (at, found) = group(id.lane, id.scope)
        if !found { groups.insert(Group(lane: id.lane, scope: id.scope), at: at) }
        groups[at].members.insert(Member(id.node, slot), at: groups[at].find(id.node).at)
        remark(slot)
        return slot
    }

    mutating func remove(_ slot: Int) {
        guard let entry = entries[slot] else { return }
        let at = group(entry.id.lane, entry.id.scope).at
        groups[at].sum &-= entry.mark
        groups[at].members.remove(at: groups[at].find(entry.id.node).at)
        if groups[at].members.isEmpty { groups.remove(at: at) }
        entries[slot] = nil
        free.append(slot)
        count -= 1
        records -= entry.records.count
        if entry.owner < 0 { undeclared -= 1 }
    }

    /// Another edition of the tree: its slots are others.
    mutating func reown(_ slotOf: (NodeIndex) -> Int?) {
        undeclared = 0
        for slot in entries.indices {
            guard let id = entries[slot]?.id else { continue }
            let owner = slotOf(id.node) ?? -1
            entries[slot]!.owner = owner
            if owner < 0 { undeclared += 1 }
        }
    }

    /// Moves the group's sum to the namespace's present incarnation and version.
    private mutating func remark(_ slot: Int) {
        let id = entries[slot]!.id
        let new = entries[slot]!.freshMark()
        let at = group(id.lane, id.scope).at
        groups[at].sum = groups[at].sum &- entries[slot]!.mark &+ new
        entries[slot]!.mark = new
    }

    mutating func setVersion(_ slot: Int, _ version: UInt64) {
        entries[slot]!.version = version
        remark(slot)
    }
    mutating func setIncarnation(_ slot: Int, _ incarnation: Incarnation, version: UInt64) {
        entries[slot]!.incarnation = incarnation
        entries[slot]!.collected = 0
        setVersion(slot, version)
    }
    mutating func setCollected(_ slot: Int, _ version: UInt64) {
        entries[slot]!.collected = max(entries[slot]!.collected, version)
    }

    /// Puts a record in unless a newer one of its key is there. True if the value differs from before.
    mutating func merge(_ slot: Int, _ record: Record, evenOlder: Bool = false) -> Bool {
        let (at, found) = entries[slot]!.find(record.key)
        guard found else {
            entries[slot]!.records.insert(record, at: at)
            records += 1
            if record.value == nil { entries[slot]!.tombstones += 1 }
            return record.value != nil
        }
        let old = entries[slot]!.records[at]
        guard old.version < record.version || evenOlder else { return false }
        entries[slot]!.records[at] = record
        entries[slot]!.tombstones += (record.value == nil ? 1 : 0) - (old.value == nil ? 1 : 0)
        return old.value != record.value
    }
    /// Takes the first records of a namespace as they came, if they are in order: they are not copied, and take no room but their own.
    mutating func take(_ slot: Int, first list: [Record]) -> Bool {
        guard entries[slot]!.records.isEmpty, zip(list, list.dropFirst()).allSatisfy({ $0.key < $1.key }) else { return false }
        entries[slot]!.records = list
        entries[slot]!.tombstones = list.count { $0.value == nil }
        records += list.count
        return true
    }
    mutating func removeRecord(_ slot: Int, key: String) {
        let (at, found) = entries[slot]!.find(key)
        guard found else { return }
        if entries[slot]!.records.remove(at: at).value == nil { entries[slot]!.tombstones -= 1 }
        records -= 1
    }
    /// Takes the oldest tombstones out, none newer than `version`, until `kept` are left; the newest version that went.
    mutating func removeTombstones(_ slot: Int, upTo version: UInt64, keeping kept: Int) -> UInt64? {
        var old: [UInt64] = []
        for record in entries[slot]!.records where record.value == nil && record.version <= version { old.append(record.version) }
        let count = min(old.count, entries[slot]!.tombstones - kept)
        guard count > 0 else { return nil }
        old.sort()
        let last = old[count - 1]
        entries[slot]!.records.removeAll { $0.value == nil && $0.version <= last }
        entries[slot]!.tombstones -= count
        records -= count
        return last
    }
    /// Takes all records out.
    mutating func clear(_ slot: Int) -> [Record] {
        let old = entries[slot]!.records
        entries[slot]!.records = []
        entries[slot]!.tombstones = 0
        records -= old.count
        return old
    }
}
