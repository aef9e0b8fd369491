import Basics

/// Which meetings one edge carries: what each end offers, what both share, and what came of meetings not shared yet.
struct EdgeScopes {
    /// Sorted. Kept while the edge is down, as the serial is.
    private(set) var own: [MeetingID] = []
    private(set) var ownSerial: UInt64 = 0
    private(set) var areToSend = false
    private var peerSerial: UInt64 = 0
    private var peerParts: [[MeetingID]?] = []
    /// What the neighbour offers, sorted.
    private(set) var offered: [MeetingID] = []
    /// Sorted.
    private(set) var shared: [MeetingID] = []
    private(set) var sharedHash: UInt64 = 0
    /// Namespaces of meetings that this end did not share yet, acknowledged unread. This end asks for them once it shares the meeting.
    private var unread: [Unread] = []

    typealias Unread = (namespace: NamespaceID, incarnation: Incarnation)
    private static let unreadLimit = 256

    /// The link lane is shared always.
    func shares(_ lane: Lane, _ scope: MeetingID) -> Bool { lane == .link || shared.containsSorted(scope) }

    // MARK: What this end offers

    mutating func offer(_ meetings: [MeetingID]) { own = meetings }

    /// The neighbour is to be told the list.
    mutating func announce() {
        ownSerial += 1
        areToSend = true
    }
    /// The list goes out.
    mutating func sent() { areToSend = false }
    /// A datagram of the list with that serial was lost.
    mutating func lost(serial: UInt64) {
        if serial == ownSerial, serial > 0 { areToSend = true }
    }

    // MARK: What the neighbour offers

    /// Takes a part of the neighbour's list; true when the list is whole.
    mutating func receive(_ scopes: GossipFrame.Scopes) -> Bool {
        guard scopes.serial >= peerSerial, scopes.parts >= 1, scopes.parts <= 32, scopes.part < scopes.parts else { return false }
        if scopes.serial > peerSerial || peerParts.count != Int(scopes.parts) {
            peerSerial = scopes.serial
            peerParts = [[MeetingID]?](repeating: nil, count: Int(scopes.parts))
        }
        peerParts[Int(scopes.part)] = scopes.meetings
        var all: [MeetingID] = []
        for part in peerParts {
            guard let part else { return false }
            all += part
        }
        offered = Array(all.sorted().prefix(Limits.scopesPerEdge))
        return true
    }

    // MARK: What both share

    /// Settles what is shared.
    mutating func share(_ meetings: [MeetingID]) {
        shared = meetings
        var hash = SipHash(key0: Limits.sipKey0, key1: Limits.sipKey1)
        for scope in meetings {
            hash.append(scope.rawValue)
            hash.append(UInt8(0))
        }
        sharedHash = meetings.isEmpty ? 0 : hash.finish()
    }

    /// A section came of a meeting that is not shared.
    mutating func noteUnread(_ section: Section) {
        if let at = unread.firstIndex(where: { $0.namespace == section.namespace }) {
            unread[at].incarnation = max(unread[at].incarnation, section.incarnation)
        } else if unread.count < EdgeScopes.unreadLimit {
            unread.append((section.namespace, section.incarnation))
        }
    }
    /// What came unread of a meeting that is shared now.
    mutating func takeUnread(_ scope: MeetingID) -> [Unread] {
        let taken = unread.filter { $0.namespace.scope == scope }
        if !taken.isEmpty { unread.removeAll { $0.namespace.scope == scope } }
        return taken
    }

    /// The session ended. What this end offers stays, also whether it is to be sent.
    mutating func clear() {
        peerSerial = 0
        peerParts = []
        offered = []
        shared = []
        sharedHash = 0
        unread = []
    }
}

extension [MeetingID] {
    /// Whether a sorted list holds the meeting.
    func containsSorted(_ id: MeetingID) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == id
    }

    /// Both lists in one, sorted and without repetition.
    func union(_ other: [MeetingID]) -> [MeetingID] {
        var result: [MeetingID] = []
        for id in (self + other).sorted() where result.last != id { result.append(id) }
        return result
    }
}
