import Basics

// Attendance (điểm danh): which sites were in a meeting, and when. A stay that runs stands in its site's roster row. A stay that is over goes
// on the bulk lane, which waits for everything else. Nodes above keep the rows of all sites below them, also of those that were cut off.
extension Meeting {
    /// Our site's stay is over.
    func endStay(_ site: SiteRecord) {
        let stay = AttendanceRecord.Stay(joined: site.joinedAt, left: max(wall, site.joinedAt))
        var record =
            tables.attendance.first { $0.site == site.site && $0.term == term }
            ?? AttendanceRecord(term: term, site: site.site, stays: [])
        record.stays = (record.stays + [stay]).suffix(AttendanceRecord.limit)
        publish(.bulk, .attendance(RecordKey.name(site.site)), .attendance(record))
        emit(.attendance(AttendanceRow(meeting: id, site: site.site, joined: stay.joined, left: stay.left)))
    }

    /// Another node's word on who was there, if that node lies below us.
    func take(_ record: AttendanceRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard record.stays.count <= AttendanceRecord.limit, record.stays.allSatisfy({ $0.left >= $0.joined }) else { return .malformed }
        guard isHome(writer, of: record.site) else { return .foreign }
        var known: [AttendanceRecord.Stay] = []
        switch tables.keep(record) {
        case .full: return .tooManyRecords
        case .added: break
        case .replaced(let before): known = before.stays
        }
        guard around.liesBelow(writer) else { return nil }
        for stay in record.stays where !known.contains(stay) {
            emit(.attendance(AttendanceRow(meeting: id, site: record.site, joined: stay.joined, left: stay.left)))
        }
        return nil
    }

    /// A site below us is there now.
    func noteJoin(_ site: SiteRecord, after before: SiteRecord?, from writer: NodeIndex) {
        guard site.joined, before?.joined != true || before?.joinedAt != site.joinedAt, around.liesBelow(writer) else { return }
        emit(.attendance(AttendanceRow(meeting: id, site: site.site, joined: site.joinedAt, left: nil)))
    }

    /// Tells the archive all stays of homes that an edition moved below us. Those of homes that were below before are known.
    func tellStays(unless wasBelow: (NodeIndex) -> Bool) {
        for record in tables.attendance {
            let home = NodeIndex(of: record.site.node)
            guard around.liesBelow(home), !wasBelow(home) else { continue }
            for stay in record.stays {
                emit(.attendance(AttendanceRow(meeting: id, site: record.site, joined: stay.joined, left: stay.left)))
            }
        }
    }
}
