import Basics

/// Whose keys are known, by the lives that the writers proved, and which signatures were found wrong.
struct Writers {
    /// One node that signs.
    struct Writer {
        let key: any WriterKey
        /// A hash of the certificate in which the key came. A country's node knows thousands: the certificate itself lies in the store.
        let certificate: UInt64
        /// The largest life that the node proved.
        let incarnation: Incarnation
    }

    private(set) var known: [NodeIndex: Writer] = [:]
    /// Hashes of records with a wrong signature, the newest last: such a record that comes again costs no check.
    private(set) var refused: [UInt64] = []
    /// Nodes of which an unsigned record was taken that ought to be signed.
    private(set) var unsigned: Set<NodeIndex> = []
    /// Nodes in whose name something was told that they did not write.
    private var forged: Set<NodeIndex> = []
    /// What the owner of the machine was not told yet: no more than two for each declared node.
    private(set) var news: [TrustNews] = []
    private static let refusedLimit = 256

    func writer(_ node: NodeIndex) -> Writer? { known[node] }

    /// The writer proved that life.
    mutating func prove(_ node: NodeIndex, _ writer: Writer) {
        known[node] = writer
        unsigned.remove(node)
    }
    /// The writer may write unsigned again.
    mutating func forget(_ node: NodeIndex) { known[node] = nil }
    /// Another edition of the tree: nodes that it does not declare are forgotten, so there are never more than it declares.
    mutating func keep(_ isDeclared: (NodeIndex) -> Bool) {
        known = known.filter { isDeclared($0.key) }
        unsigned = unsigned.filter(isDeclared)
        forged = forged.filter(isDeclared)
    }
    mutating func noteUnsigned(_ node: NodeIndex) {
        if unsigned.insert(node).inserted { news.append(.unsigned(node)) }
    }
    mutating func noteForged(_ node: NodeIndex, by neighbour: NodeIndex) {
        if forged.insert(node).inserted { news.append(.forged(node, by: neighbour)) }
    }
    mutating func takeNews() -> [TrustNews] {
        defer { news = [] }
        return news
    }

    mutating func refuse(_ mark: UInt64) {
        if refused.count >= Writers.refusedLimit { refused.removeFirst(Writers.refusedLimit / 4) }
        refused.append(mark)
    }
    func isRefused(_ mark: UInt64) -> Bool { refused.contains(mark) }

    /// Tells one certificate from another: an accident would only have the signature checked with the key that is known.
    static func mark(_ certificate: [UInt8]) -> UInt64 {
        var hash = SipHash(key0: Limits.sipKey0, key1: Limits.sipKey1)
        for byte in certificate { hash.append(byte) }
        return hash.finish()
    }

    /// Stands for one record as it came.
    static func mark(_ id: NamespaceID, _ incarnation: Incarnation, _ record: Record) -> UInt64 {
        var hash = SipHash(key0: Namespace.place(of: id), key1: record.version)
        hash.append(incarnation.counter)
        hash.append(incarnation.nonce)
        hash.append(record.key)
        for byte in record.value ?? [] { hash.append(byte) }
        return hash.finish()
    }
}
