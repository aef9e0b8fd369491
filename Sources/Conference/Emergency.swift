import Basics

// A chair's emergency (mesh rule 10) is a request at the highest priority. The emergency goes before all others and interrupts a holder,
// whose request waits at the front of its class and goes on by itself afterwards. The emergency ends when its chair gives the floor back,
// when any chair takes it, or after two minutes. The audit names the chair and the interrupted site.
extension Conference {
    /// An emergency ends by itself after that; a new one may be asked for.
    static let emergencyTime = Interval.seconds(120)

    /// Only a chair's counts, whatever a request says.
    func isEmergency(_ m: Int, _ request: RequestRecord) -> Bool {
        request.priority == .highest && chairs(m).contains(request.site)
    }

    /// No slot is free for an emergency: the one granted last is taken back.
    mutating func makeWay(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard !isFrozen(m), let crown = meetings[m].crown, crown.ended == nil, !crown.slots.isEmpty,
            crown.grants.count == crown.slots.count, !crown.grants.contains(where: { $0.grant.revoked })
        else { return }
        guard let head = queue(m).first, head.isEmergency, !crown.passedOver.contains(where: { $0.request == head.request.id })
        else { return }
        let last = crown.grants.filter { !isEmergency(m, $0.grant.request) }.max { $0.grant.name < $1.grant.name }
        guard let (slot, grant) = last else { return }
        audit(m, at, .preempted, grant.request.site, by: head.request.site, request: grant.request.id, lease: grant.name, &effects)
        startRevoke(m, Int(slot), preempted: true, at, &effects)
    }

    /// Notes when a slot was given, and takes it back from an emergency whose time is over.
    mutating func endEmergencies(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        for (slot, grant) in meetings[m].crown?.grants ?? [] where isEmergency(m, grant.request) && !grant.revoked {
            guard let since = grant.since else {
                var noted = grant
                noted.since = at.now
                meetings[m].crown?.slots[Int(slot)] = .leased(noted)
                meetings[m].touch()
                audit(m, at, .emergency, grant.request.site, request: grant.request.id, lease: grant.name, &effects)
                continue
            }
            guard at.now >= since + Conference.emergencyTime else { continue }
            decide(m, grant.request.id, .revoked, by: grant.request.site, at, &effects)
            audit(m, at, .revoked, grant.request.site, request: grant.request.id, lease: grant.name, &effects)
            startRevoke(m, Int(slot), preempted: false, at, &effects)
        }
    }
}
