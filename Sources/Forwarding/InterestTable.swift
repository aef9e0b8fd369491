import Basics

/// What one side of an edge wants of a meeting.
public struct Interest: Hashable, Sendable {
    /// Video streams named at most; more are cut off, largest first.
    public static let limit = 64
    /// The meeting's chosen voices.
    public var audio: Bool
    /// Pictures, sorted, without repetition.
    public private(set) var video: [StreamID]
    /// Sorts, removes repetitions and cuts at ``limit``.
    public init(audio: Bool = false, video: [StreamID] = []) {
        self.audio = audio
        self.video = []
        for id in video.sorted() where self.video.last != id && self.video.count < Self.limit { self.video.append(id) }
    }
    /// Wants nothing.
    public static let none = Interest()

    /// Whether the picture is among the wanted.
    public func wants(_ id: StreamID) -> Bool {
        var low = 0
        var high = video.count
        while low < high {
            let middle = (low + high) / 2
            if video[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < video.count && video[low] == id
    }
}

/// An edge whose announcement of a meeting's interest changed.
public struct InterestChange: Hashable, Sendable {
    /// Dense edge index.
    public var edge: Int
    /// Dense meeting index.
    public var meeting: Int
    /// A change at that edge, in that meeting.
    public init(edge: Int, meeting: Int) {
        self.edge = edge
        self.meeting = meeting
    }
}

/// Where one stream goes: computed on a change, read for each packet without allocation.
public struct Fanout: Hashable, Sendable {
    /// Where the stream comes from by the tables: an edge, ``InterestTable/local``, or nil while unknown.
    public fileprivate(set) var home: Int?
    /// Edges that want it, rising; never its home edge.
    public fileprivate(set) var edges: [Int] = []
    /// Own legs (or the own mixer) want it.
    public fileprivate(set) var local = false
}

/// Hop-by-hop interest: who wants what behind each edge, what to announce on each, and where each stream goes.
///
/// What is announced to a neighbour is the union of the own wants and those of all other neighbours, never its own back
/// (split horizon); of pictures only those whose home lies beyond it. So a stream crosses a trunk only if somebody
/// behind it wants it, and once, however many do. Set what changed, then call ``update(hop:)``; queries give the state
/// after the last update. A class, since one bridge owns it and asks it for every packet: a copy costs more than the answer.
public final class InterestTable {
    /// The edge index of the node's own legs.
    public static let local = -1

    private struct Stream: Sendable {
        var id: StreamID
        var meeting: Int
        var kind: MediaKind
    }

    private var edges: Int
    // By meeting; within, index 0 is the own legs, index e + 1 is edge e.
    private var wants: [[Interest]] = []
    private var announced: [[Interest]] = []
    private var dirty: [Bool] = []
    private var allDirty = false
    private var streams: [Stream?] = []
    private var fanouts: [Fanout] = []

    /// For a node with that many neighbour edges.
    public init(edges: Int) {
        precondition(edges >= 0, "\(edges) edges")
        self.edges = edges
    }

    /// The node has more neighbours than before; those there were keep their places.
    public func grow(edges count: Int) {
        guard count > edges else { return }
        for meeting in wants.indices {
            wants[meeting] += repeatElement(.none, count: count - edges)
            announced[meeting] += repeatElement(.none, count: count - edges)
        }
        edges = count
        allDirty = true
    }

    /// What is wanted on one edge (or by the own legs, ``local``) of a meeting, replacing what it wanted before.
    public func set(_ interest: Interest, edge: Int, meeting: Int) {
        precondition(edge >= Self.local && edge < edges && meeting >= 0, "edge \(edge), meeting \(meeting)")
        while wants.count <= meeting {
            wants.append([Interest](repeating: .none, count: edges + 1))
            announced.append([Interest](repeating: .none, count: edges + 1))
            dirty.append(false)
        }
        guard wants[meeting][edge + 1] != interest else { return }
        wants[meeting][edge + 1] = interest
        dirty[meeting] = true
    }

    /// What an edge, or the own legs, want of a meeting now.
    public func interest(edge: Int, meeting: Int) -> Interest {
        wants.indices.contains(meeting) && edge >= Self.local && edge < edges ? wants[meeting][edge + 1] : .none
    }

    /// The edge went down: nobody behind it wants anything.
    public func removeEdge(_ edge: Int) {
        for meeting in wants.indices { set(.none, edge: edge, meeting: meeting) }
    }

    /// The meeting ended.
    public func removeMeeting(_ meeting: Int) {
        guard wants.indices.contains(meeting) else { return }
        for edge in Self.local..<edges { set(.none, edge: edge, meeting: meeting) }
    }

    /// A stream of the roster takes a dense slot.
    public func setStream(_ slot: Int, id: StreamID, meeting: Int, kind: MediaKind) {
        precondition(slot >= 0 && meeting >= 0, "slot \(slot), meeting \(meeting)")
        while streams.count <= slot {
            streams.append(nil)
            fanouts.append(Fanout())
        }
        streams[slot] = Stream(id: id, meeting: meeting, kind: kind)
        set(interest(edge: Self.local, meeting: meeting), edge: Self.local, meeting: meeting)
        dirty[meeting] = true
    }

    /// A stream ended; its slot may be used again.
    public func removeStream(_ slot: Int) {
        guard streams.indices.contains(slot) else { return }
        streams[slot] = nil
        fanouts[slot] = Fanout()
    }

    /// Call before ``update(hop:)`` when the tree changed, so that every meeting is computed anew.
    public func invalidate() { allDirty = true }

    /// Computes announcements and fan-outs of what changed, and tells which announcements differ, by meeting and edge.
    ///
    /// `hop` gives the edge on which a meeting reaches a stream's home, ``local`` for an own stream, nil if it is out of reach.
    public func update(hop: (StreamID, _ meeting: Int) -> Int?) -> [InterestChange] {
        var changes: [InterestChange] = []
        guard allDirty || dirty.contains(true) else { return [] }
        for meeting in wants.indices where allDirty || dirty[meeting] {
            let fresh = announcements(meeting, hop)
            for edge in 0..<edges where fresh[edge + 1] != announced[meeting][edge + 1] {
                changes.append(InterestChange(edge: edge, meeting: meeting))
            }
            announced[meeting] = fresh
        }
        for slot in streams.indices {
            if let stream = streams[slot], allDirty || dirty[stream.meeting] { fanouts[slot] = fanout(stream, hop) }
        }
        for meeting in dirty.indices { dirty[meeting] = false }
        allDirty = false
        return changes
    }

    private func announcements(_ meeting: Int, _ hop: (StreamID, Int) -> Int?) -> [Interest] {
        let all = wants[meeting]
        let listeners = all.count { $0.audio }
        // Each wanted picture belongs to exactly one edge's announcement: that towards its home.
        var pictures = [[StreamID]](repeating: [], count: edges + 1)
        for side in all.indices {
            for id in all[side].video {
                guard let edge = hop(id, meeting), edge >= 0, edge < edges, edge + 1 != side else { continue }
                pictures[edge + 1].append(id)
            }
        }
        var result = [Interest](repeating: .none, count: edges + 1)
        for edge in 0..<edges {
            let others = listeners - (all[edge + 1].audio ? 1 : 0)
            result[edge + 1] = Interest(audio: others > 0, video: pictures[edge + 1])
        }
        return result
    }

    private func fanout(_ stream: Stream, _ hop: (StreamID, Int) -> Int?) -> Fanout {
        var result = Fanout()
        result.home = hop(stream.id, stream.meeting)
        let all = wants[stream.meeting]
        func wanted(_ interest: Interest) -> Bool {
            stream.kind == .audio ? interest.audio : interest.wants(stream.id)
        }
        result.local = wanted(all[0])
        for edge in 0..<edges where edge != result.home && wanted(all[edge + 1]) { result.edges.append(edge) }
        return result
    }

    /// What to tell the neighbour on this edge that we want of the meeting.
    public func announcement(edge: Int, meeting: Int) -> Interest {
        announced.indices.contains(meeting) && edge >= 0 && edge < edges ? announced[meeting][edge + 1] : .none
    }

    /// Where a stream goes; empty for a free slot.
    public func fanout(ofStream slot: Int) -> Fanout { fanouts.indices.contains(slot) ? fanouts[slot] : Fanout() }

    /// Where the stream's home lies: an edge, ``local``, or nil while unknown; read where the table lies.
    public func home(ofStream slot: Int) -> Int? { fanouts.indices.contains(slot) ? fanouts[slot].home : nil }

    /// Whether the stream's packets go out on that edge; read where the table lies.
    public func goes(stream slot: Int, to edge: Int) -> Bool { fanouts.indices.contains(slot) && fanouts[slot].edges.contains(edge) }

    /// Calls `body` for each edge that a packet of the stream goes to, never the one it arrived on. Nothing is allocated.
    public func forEachTarget(ofStream slot: Int, arrivingFrom edge: Int, _ body: (Int) -> Void) {
        guard fanouts.indices.contains(slot) else { return }
        for target in fanouts[slot].edges where target != edge { body(target) }
    }

    /// Whether a packet that arrived on this edge comes from where the stream's home lies; others are stray copies.
    public func accepts(stream slot: Int, arrivingFrom edge: Int) -> Bool {
        fanouts.indices.contains(slot) && fanouts[slot].home == edge
    }
}
