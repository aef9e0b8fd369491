import Basics
import Conference
import Membership

/// S5: a request leaves only by a grant that is released or revoked, by denial, or by its owner's will. Kept outside the nodes
/// from the moment a home files a request.
struct RequestLedger {
    private struct Entry {
        let id: RequestID
        let site: SiteID
        let meeting: Int
        let node: Int
        /// Of the node: one that forgot all numbers its requests as a life before it did.
        let life: Int
        let filedAt: Instant
        var wasGranted = false
        var isLive = true
        /// Its owner withdrew it or left.
        var ownerEnds = false
    }
    private var entries: [Entry] = []
    private var byID: [RequestID: Int] = [:]
    /// Places of live entries, by node.
    private var live: [[Int]] = []
    /// Denied or revoked by a chair, wherever that was executed.
    private var decided: Set<RequestID> = []
    /// Requests that left without a reason.
    private(set) var lost = 0
    private(set) var granted = 0

    /// Something changed at the home.
    mutating func look(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot, _ world: World) {
        if live.isEmpty { live = Array(repeating: [], count: world.nodes.count) }
        guard new.requests != old?.requests || old == nil else { return }
        for request in new.requests {
            let isLive = request.status == .pending || request.status == .accepted || request.status == .granted
            guard let e = byID[request.id], entries[e].isLive || entries[e].life == node.life else {
                if isLive { file(request, node, m, world.now) }
                continue
            }
            if request.status == .granted { entries[e].wasGranted = true }
            if entries[e].isLive, !isLive { end(e, request.status, new, world) }
        }
        for e in live[node.place] where entries[e].meeting == m && !new.requests.contains(where: { $0.id == entries[e].id }) {
            end(e, nil, new, world)
        }
    }

    private mutating func file(_ request: FloorSnapshot.Request, _ node: SimulatedNode, _ m: Int, _ now: Instant) {
        byID[request.id] = entries.count
        live[node.place].append(entries.count)
        entries.append(
            Entry(
                id: request.id, site: request.site, meeting: m, node: node.place, life: node.life, filedAt: now, wasGranted: request.status == .granted))
        if early.remove(request.id) != nil { _ = wasGranted(request.id) }
    }

    private mutating func end(_ e: Int, _ status: RequestStatus?, _ floor: FloorSnapshot, _ world: World) {
        close(e)
        let entry = entries[e]
        let hasLeft = !floor.homes.contains { $0.site == entry.site }
        let isExplained = entry.ownerEnds || decided.contains(entry.id) || floor.ended || hasLeft
        guard !isExplained || status == .released && !entry.wasGranted else { return }
        lost += 1
        let how = status.map { "\($0)" } ?? "gone"
        world.findings.violation(
            "S5", world.now, "\(entry.site) in \(world.meetings[entry.meeting].id): request \(entry.id) is \(how) without grant, denial or its owner's will")
    }
    private mutating func close(_ e: Int) {
        entries[e].isLive = false
        live[entries[e].node].removeAll { $0 == e }
    }

    /// It was filed, and has neither ended nor been lost.
    func isLive(_ request: RequestID) -> Bool { byID[request].map { entries[$0].isLive } ?? false }

    // MARK: Causes

    /// A deed of a site is about to be carried out.
    mutating func willPerform(_ action: ConferenceAction, _ site: SiteID, _ m: Int, _ node: SimulatedNode) {
        guard case .withdraw = action, !live.isEmpty else { return }
        for e in live[node.place] where entries[e].site == site && entries[e].meeting == m { entries[e].ownerEnds = true }
    }
    mutating func left(_ hall: Hall, _ world: World) {
        guard !live.isEmpty else { return }
        for e in live[hall.node] where entries[e].site == hall.site && entries[e].meeting == hall.meeting { entries[e].ownerEnds = true }
    }
    mutating func decided(_ request: RequestID) { decided.insert(request) }

    /// A crown's or home's word of a grant: how long the request waited, the first time.
    mutating func wasGranted(_ request: RequestID) -> (site: SiteID, meeting: Int, filedAt: Instant)? {
        guard let e = byID[request], entries[e].isLive else {
            // A crown grants what its own site asks for before anybody sees the request.
            early.insert(request)
            return nil
        }
        entries[e].wasGranted = true
        guard firstGrants.insert(request).inserted else { return nil }
        granted += 1
        return (entries[e].site, entries[e].meeting, entries[e].filedAt)
    }
    private var firstGrants: Set<RequestID> = []
    /// Granted within the input that files them.
    private var early: Set<RequestID> = []

    // MARK: Lives

    /// What its disk does not have is nobody's fault.
    mutating func crashed(_ node: SimulatedNode, losesMemory: Bool, _ world: World) {
        guard !live.isEmpty else { return }
        for e in live[node.place] {
            let entry = entries[e]
            let isKept = node.disk.holds(.floor, world.meetings[entry.meeting].id, "request/\(entry.id.counter)")
            guard losesMemory || !isKept else { continue }
            close(e)
            world.findings.count("request lost with its disk")
        }
    }
    /// All that the disk had must be there again.
    mutating func restarted(_ node: SimulatedNode, _ world: World) {
        guard !live.isEmpty else { return }
        for e in live[node.place] where node.floors[entries[e].meeting]?.requests.contains(where: { $0.id == entries[e].id }) != true {
            close(e)
            lost += 1
            world.findings.violation(
                "S5", world.now,
                "\(entries[e].site) in \(world.meetings[entries[e].meeting].id): request \(entries[e].id) did not come back with its node")
        }
    }
}
