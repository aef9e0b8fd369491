import Basics
import Conference
import Membership

/// S5: a request leaves only by a grant that is released or revoked, by denial, or by its owner's will. Kept outside the nodes
/// from the moment a home files a request.
final class RequestLedger {
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
    private let sight: Sight
    private let findings: Findings
    private var entries: [Entry] = []
    private var byID: [RequestID: Int] = [:]
    /// Places of live entries, by node.
    private var live: [[Int]] = []
    /// Denied or revoked by a chair, wherever that was executed.
    private var decided: Set<RequestID> = []
    /// Requests that left without a reason.
    private(set) var lost = 0
    private(set) var granted = 0

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
    }

    /// Something changed at the home.
    func look(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot) {
        if live.isEmpty { live = Array(repeating: [], count: sight.nodes.count) }
        guard new.requests != old?.requests || old == nil else { return }
        for request in new.requests {
            let isLive = request.status == .pending || request.status == .accepted || request.status == .granted
            guard let e = byID[request.id], entries[e].isLive || entries[e].life == node.life else {
                if isLive { file(request, node, m) }
                continue
            }
            if request.status == .granted { entries[e].wasGranted = true }
            if entries[e].isLive, !isLive { end(e, request.status, new) }
        }
        for e in live[node.place] where entries[e].meeting == m && !new.requests.contains(where: { $0.id == entries[e].id }) {
            end(e, nil, new)
        }
    }

    private func file(_ request: FloorSnapshot.Request, _ node: SimulatedNode, _ m: Int) {
        byID[request.id] = entries.count
        live[node.place].append(entries.count)
        entries.append(
            Entry(
                id: request.id, site: request.site, meeting: m, node: node.place, life: node.life, filedAt: sight.now, wasGranted: request.status == .granted))
        if early.remove(request.id) != nil { _ = wasGranted(request.id) }
    }

    private func end(_ e: Int, _ status: RequestStatus?, _ floor: FloorSnapshot) {
        close(e)
        let entry = entries[e]
        let hasLeft = !floor.homes.contains { $0.site == entry.site }
        let isExplained = entry.ownerEnds || decided.contains(entry.id) || floor.ended || hasLeft
        guard !isExplained || status == .released && !entry.wasGranted else { return }
        lost += 1
        let how = status.map { "\($0)" } ?? "gone"
        findings.violation(
            "S5", sight.now, "\(entry.site) in \(sight.meetings[entry.meeting].id): request \(entry.id) is \(how) without grant, denial or its owner's will")
    }
    private func close(_ e: Int) {
        entries[e].isLive = false
        live[entries[e].node].removeAll { $0 == e }
    }

    /// It was filed, and has neither ended nor been lost.
    func isLive(_ request: RequestID) -> Bool { byID[request].map { entries[$0].isLive } ?? false }

    // MARK: Causes

    /// A deed of a site is about to be carried out.
    func willPerform(_ action: ConferenceAction, _ site: SiteID, _ m: Int, _ node: SimulatedNode) {
        guard case .withdraw = action, !live.isEmpty else { return }
        for e in live[node.place] where entries[e].site == site && entries[e].meeting == m { entries[e].ownerEnds = true }
    }
    func left(_ hall: Hall) {
        guard !live.isEmpty else { return }
        for e in live[hall.node] where entries[e].site == hall.site && entries[e].meeting == hall.meeting { entries[e].ownerEnds = true }
    }
    func decided(_ request: RequestID) { decided.insert(request) }

    /// A crown's or home's word of a grant: how long the request waited, the first time.
    func wasGranted(_ request: RequestID) -> (site: SiteID, meeting: Int, filedAt: Instant)? {
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
    func crashed(_ node: SimulatedNode, losesMemory: Bool) {
        guard !live.isEmpty else { return }
        for e in live[node.place] {
            let entry = entries[e]
            let isKept = node.disk.holds(.floor, sight.meetings[entry.meeting].id, "request/\(entry.id.counter)")
            guard losesMemory || !isKept else { continue }
            close(e)
            findings.count("request lost with its disk")
        }
    }
    /// All that the disk had must be there again.
    func restarted(_ node: SimulatedNode) {
        guard !live.isEmpty else { return }
        for e in live[node.place] where node.floors[entries[e].meeting]?.requests.contains(where: { $0.id == entries[e].id }) != true {
            close(e)
            lost += 1
            findings.violation(
                "S5", sight.now,
                "\(entries[e].site) in \(sight.meetings[entries[e].meeting].id): request \(entries[e].id) did not come back with its node")
        }
    }
}
