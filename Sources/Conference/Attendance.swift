import Basics

// Attendance (điểm danh): which sites were in a meeting, and when. A stay that runs stands in its site's roster row. A stay that is over goes
// on the bulk lane, which waits for everything else. Nodes above keep the rows of all sites below them, also of those that were cut off.
extension Conference {
    /// Our site's stay is over.
    mutating func endStay(_ m: Int, _ site: SiteRecord, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        let stay = AttendanceRecord.Stay(joined: site.joinedAt, left: max(at.wall, site.joinedAt))
        var record =
            meetings[m].attendance.first { $0.site == site.site && $0.term == meetings[m].term }
            ?? AttendanceRecord(term: meetings[m].term, site: site.site, stays: [])
        record.stays = (record.stays + [stay]).suffix(AttendanceRecord.limit)
        publish(m, .bulk, .attendance(RecordKey.name(site.site)), .attendance(record), at, &effects)
        effects.append(.attendance(AttendanceRow(meeting: meetings[m].id, site: site.site, joined: stay.joined, left: stay.left)))
    }

    /// Another node's word on who was there, if that node lies below us.
    mutating func note(_ record: AttendanceRecord, _ m: Int, _ writer: NodeIndex, _ effects: inout [ConferenceEffect]) -> ConferenceDrop? {
        guard record.stays.count <= AttendanceRecord.limit, record.stays.allSatisfy({ $0.left >= $0.joined }) else { return .malformed }
        guard isHome(writer, of: record.site, m) else { return .foreign }
        let place = meetings[m].attendance.lowerBound { $0.site < record.site }
        var known: [AttendanceRecord.Stay] = []
        if place < meetings[m].attendance.count, meetings[m].attendance[place].site == record.site {
            known = meetings[m].attendance[place].stays
            meetings[m].attendance[place] = record
        } else {
            guard meetings[m].attendance.count < MeetingState.siteLimit else { return .tooManyRecords }
            meetings[m].attendance.insert(record, at: place)
        }
        guard liesBelow(writer) else { return nil }
        for stay in record.stays where !known.contains(stay) {
            effects.append(.attendance(AttendanceRow(meeting: meetings[m].id, site: record.site, joined: stay.joined, left: stay.left)))
        }
        return nil
    }

    /// A site below us is there now.
    func noteJoin(_ site: SiteRecord, after before: SiteRecord?, _ m: Int, _ writer: NodeIndex, _ effects: inout [ConferenceEffect]) {
        guard site.joined, before?.joined != true || before?.joinedAt != site.joinedAt, liesBelow(writer) else { return }
        effects.append(.attendance(AttendanceRow(meeting: meetings[m].id, site: site.site, joined: site.joinedAt, left: nil)))
    }

    /// Tells the archive all stays of homes that an edition moved below us. Those of homes that were below before are known.
    func tellStays(_ m: Int, unless wasBelow: (NodeIndex) -> Bool, _ effects: inout [ConferenceEffect]) {
        for record in meetings[m].attendance {
            let home = NodeIndex(of: record.site.node)
            guard liesBelow(home), !wasBelow(home) else { continue }
            for stay in record.stays {
                effects.append(.attendance(AttendanceRow(meeting: meetings[m].id, site: record.site, joined: stay.joined, left: stay.left)))
            }
        }
    }

    func liesBelow(_ writer: NodeIndex) -> Bool { writer != node && tree.slot(writer).map { tree.contains(me, $0) } ?? false }
}
