import Basics
import Membership

// After a restart.
extension Conference {
    /// Takes back what this node had published (the newest value of each key, in any order) and publishes it again before
    /// anything else. Call it first.
    ///
    /// Waiting requests keep their place; one that held the floor goes to the front of its class, since its lease is gone.
    /// Sites that were there stay joined for ``grace``. Streams, links and commands are not taken back.
    public mutating func restore(
        _ rows: [PublishedRecord], now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        var records: [(meeting: MeetingID, key: RecordKey, record: ConferenceRecord)] = []
        for row in rows {
            guard let scope = row.scope, Conference.isName(scope), let key = RecordKey(row.key),
                let record = around.coder.decodeRecord(row.value)
            else { continue }
            records.append((scope, key, record))
        }
        // Definitions first: everything else is read against their term.
        for (id, key, record) in records {
            guard case .meeting(let definition) = record, let meeting = findOrMake(id, for: node) else { continue }
            publish(definition, under: key, of: meeting)
        }
        for (id, key, record) in records {
            if let meeting = findOrMake(id, for: node) { meeting.restore(record, under: key) }
        }
        for meeting in meetings where meeting.followSeats() { updateScopes() }
        settleAll()
    }
}

extension Meeting {
    /// Takes back one record of a former life, unless it is a definition.
    func restore(_ record: ConferenceRecord, under key: RecordKey) {
        switch record {
        case .floor(let floor):
            around.observe(floor.term)
            raiseEpoch(to: floor.epoch)
            publish(.floor, key, record)
        case .decision, .apart, .seat, .answer: publish(.floor, key, record)
        case .request(var request):
            guard request.isLive, rules.contains(.requestsKept) else { return }
            if request.status == .granted {
                request.status = .pending
                request.preempted = true
            }
            around.skipRequests(to: request.id.counter)
            publish(.floor, key, .request(request))
        case .site(let site):
            publish(.roster, key, record)
            guard site.joined, homeIndex(site.site) == nil else { return }
            var home = HomeSite(site: site.site)
            home.graceUntil = now + Conference.grace
            add(home)
        case .attendance: publish(.bulk, key, record)
        case .vote, .ballot:
            if rules.contains(.votesKept) { publish(.bulk, key, record) }
        case .link, .meeting, .command, .invite, .stream: break
        }
    }
}
