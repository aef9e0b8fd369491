import Basics

// A chair's emergency (mesh rule 10) is a request at the highest priority. The emergency goes before all others and interrupts a holder,
// whose request waits at the front of its class and goes on by itself afterwards. The emergency ends when its chair gives the floor back,
// when any chair takes it, or after two minutes. The audit names the chair and the interrupted site.
extension Meeting {
    /// An emergency ends by itself after that; a new one may be asked for.
    static let emergencyTime = Interval.seconds(120)

    /// Only a chair's counts, whatever a request says.
    func isEmergency(_ request: RequestRecord) -> Bool {
        request.priority == .highest && may(Principal(writer: request.id.node, for: request.site), .emergency)
    }

    /// No slot is free for an emergency: the one granted last is taken back.
    func makeWay() {
        guard !isFrozen, let crown, crown.ended == nil, !crown.slots.isEmpty,
            crown.grants.count == crown.slots.count, !crown.grants.contains(where: { $0.grant.revoked })
        else { return }
        guard let head = queue().first, head.isEmergency, crown.offersInVain(head.request.site) == 0
        else { return }
        let last = crown.grants.filter { !isEmergency($0.grant.request) }.max { $0.grant.name < $1.grant.name }
        guard let (slot, grant) = last else { return }
        audit(.preempted, grant.request.site, by: head.request.site, request: grant.request.id, lease: grant.name)
        startRevoke(Int(slot), preempted: true)
    }

    /// Notes when a slot was given, and takes it back from an emergency whose time is over.
    func endEmergencies() {
        for (slot, grant) in crown?.grants ?? [] where isEmergency(grant.request) && !grant.revoked {
            guard let since = grant.since else {
                var noted = grant
                noted.since = now
                crown?.lease(noted, in: Int(slot))
                touch()
                audit(.emergency, grant.request.site, request: grant.request.id, lease: grant.name)
                continue
            }
            guard now >= since + Meeting.emergencyTime else { continue }
            decide(grant.request.id, .revoked, by: grant.request.site)
            audit(.revoked, grant.request.site, request: grant.request.id, lease: grant.name)
            startRevoke(Int(slot), preempted: false)
        }
    }
}
