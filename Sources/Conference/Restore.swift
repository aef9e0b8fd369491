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
        let at = begin(now, wall)
        var records: [(meeting: MeetingID, key: RecordKey, record: ConferenceRecord)] = []
        for row in rows {
            guard let scope = row.scope, Conference.isName(scope), let key = RecordKey(row.key),
                let record = coder.decodeRecord(row.value)
            else { continue }
            records.append((scope, key, record))
        }
        // Definitions first: everything else is read against their term.
        for (id, key, record) in records {
            guard case .meeting = record, let m = meetingIndex(making: id, for: node, &effects) else { continue }
            publish(m, .floor, key, record, at, &effects)
        }
        for (id, key, record) in records {
            guard let m = meetingIndex(making: id, for: node, &effects) else { continue }
            switch record {
            case .floor(let floor):
                clock.observe(floor.term, wall: wall)
                meetings[m].epoch = max(meetings[m].epoch, min(floor.epoch, Conference.epochLimit))
                publish(m, .floor, key, record, at, &effects)
            case .decision, .apart: publish(m, .floor, key, record, at, &effects)
            case .request(var request):
                guard request.isLive, rules.contains(.requestsKept) else { continue }
                if request.status == .granted {
                    request.status = .pending
                    request.preempted = true
                }
                lastRequest = max(lastRequest, request.id.counter)
                publish(m, .floor, key, .request(request), at, &effects)
            case .site(let site):
                publish(m, .roster, key, record, at, &effects)
                guard site.joined, meetings[m].homeIndex(site.site) == nil else { continue }
                var home = HomeSite(site: site.site)
                home.graceUntil = now + Conference.grace
                meetings[m].homes.append(home)
                meetings[m].homes.sort { $0.site < $1.site }
            case .attendance: publish(m, .bulk, key, record, at, &effects)
            case .vote, .ballot:
                guard rules.contains(.votesKept) else { continue }
                publish(m, .bulk, key, record, at, &effects)
            case .link, .meeting, .command, .invite, .stream: break
            }
        }
        settleAll(at, &effects)
    }
}
