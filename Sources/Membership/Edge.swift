import Basics

/// One declared neighbour: holds the machines of the edge to it.
///
/// Each machine owns its state and lies in its own file. The six that have a deadline, or that others' deadlines depend on, are
/// observed: when one changes, ``takeDeadline(lateness:)`` is asked before anything goes by the edge's deadline again.
final class Edge {
    let neighbour: NodeIndex
    private(set) var role: EdgeRole
    /// By slot of the declared tree: whose namespaces may come from here. Empty: all (the uplink).
    private(set) var behind: [Bool]
    /// Among its node's edges.
    private(set) var place = 0

    /// Up or down, under which sessions, taken or not.
    var life: EdgeLife { didSet { note() } }
    /// Own hellos and their echoes.
    var hello = EdgeHello() { didSet { note() } }
    /// Whether the neighbour is still heard.
    var liveness = Liveness() { didSet { note() } }
    /// When to send next.
    var flush = EdgeFlush() { didSet { note() } }
    /// Sequence numbers and acknowledgements.
    var sequence = EdgeSequence() { didSet { note() } }
    /// What the neighbour told of itself.
    var report = EdgeReport()
    /// Which meetings travel.
    var scopes = EdgeScopes()
    /// What the neighbour holds and what it is to be told.
    var push = EdgePush()
    /// What it is asked for and answered.
    var requests = EdgeRequests()
    /// Hop messages, both ways.
    var hops = EdgeHops()
    /// Checks of signatures, and what waits for them.
    var seals: EdgeSeals { didSet { note() } }
    /// Fragments coming in.
    var assembly = EdgeAssembly()
    /// When a descent begins.
    var repair = EdgeRepair()
    /// How much of the line gossip may use.
    var pace = Pace()
    /// Since the node started.
    var tally = EdgeTally()

    private let deadlines: EdgeDeadlines
    /// The deadlines know that this edge changed.
    private var isNoted = true
    private var turnsTaken: UInt32 = 0

    init(neighbour: NodeIndex, role: EdgeRole, behind: [Bool], deadlines: EdgeDeadlines) {
        self.neighbour = neighbour
        self.role = role
        self.behind = behind
        self.deadlines = deadlines
        life = EdgeLife(isTaken: role == .uplink)
        seals = EdgeSeals(isAbove: role.isAbove)
    }

    /// Another edition of the tree declares the same neighbour.
    func adopt(_ fresh: Edge) {
        role = fresh.role
        behind = fresh.behind
    }
    /// The node's edges are others; all of them are noted.
    func stand(at place: Int) {
        self.place = place
        isNoted = true
    }

    var isUp: Bool { life.isUp }
    /// Up, and namespaces may travel.
    var gossips: Bool { life.gossips }
    func shares(_ lane: Lane, _ scope: MeetingID) -> Bool { scopes.shares(lane, scope) }
    /// Nothing waits or is under way.
    var isSettled: Bool {
        sequence.inFlight.isEmpty && push.pending == 0 && hops.waiting.isEmpty && requests.open.isEmpty && !scopes.areToSend
            && seals.waiting.isEmpty
    }

    /// Forgets everything of the session that ended.
    func clearSession() {
        life.end(isAbove: role.isAbove)
        hello.clear()
        scopes.clear()
        push.clear()
        requests.clear()
        flush.clear()
        sequence.clear()
        hops.clear()
        assembly.clear()
        seals.clear()
        repair.clear()
    }

    // MARK: Deadlines

    /// When nothing heard counts as silence; nil: nothing was heard yet.
    func silent(lateness: Interval) -> Instant? {
        guard life.state != .down else { return nil }
        return liveness.lastHeard + liveness.detection(lateness: lateness, now: liveness.lastHeard)
    }
    /// When a lack of echoes counts as a one-way cut; nil: the edge is not up.
    func withoutEcho(lateness: Interval) -> Instant? {
        isUp ? hello.echoNewsAt + liveness.echoDetection(lateness: lateness) : nil
    }

    /// When the edge wants to be looked at.
    private func deadline(lateness: Interval) -> Instant? {
        guard life.isConnected else { return nil }
        var result: Instant? = hello.deadline(life)
        result.keepEarlier(silent(lateness: lateness))
        result.keepEarlier(withoutEcho(lateness: lateness))
        result.keepEarlier(life.answerBy)
        result.keepEarlier(flush.deadline)
        result.keepEarlier(seals.deadline)
        result.keepEarlier(sequence.deadline(resendTime: liveness.resendTime))
        return result
    }

    private func note() {
        guard !isNoted else { return }
        isNoted = true
        deadlines.note(place)
    }

    /// When the edge wants to be looked at; the next change of a machine is noted again.
    func takeDeadline(lateness: Interval) -> Instant? {
        isNoted = false
        return deadline(lateness: lateness)
    }
    /// Whether its life turned since this was asked last.
    func takeTurn() -> Bool {
        defer { turnsTaken = life.turns }
        return turnsTaken != life.turns
    }
}
