import Basics
import Bridge
import Conference

/// A1: who was in a meeting is known above, whatever was cut meanwhile. Kept outside the nodes: what homes say of stays that are over, and what
/// each node's archive was given.
final class AttendanceLedger {
    private struct Stay: Hashable {
        var meeting: MeetingID
        var site: SiteID
        var joined: WallTime
    }
    private struct Over {
        var stay: Stay
        var home: Int
        var at: Instant
    }
    private let sight: Sight
    private let findings: Findings
    private var over: [Over] = []
    /// By node: the stays that its archive has as over.
    private var kept: [Int: Set<Stay>] = [:]

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
    }

    func take(_ row: AttendanceRow, _ node: SimulatedNode, _ now: Instant) {
        guard row.left != nil else { return }
        let stay = Stay(meeting: row.meeting, site: row.site, joined: row.joined)
        kept[node.place, default: []].insert(stay)
        if row.site.node == node.name, !node.hasLied { over.append(Over(stay: stay, home: node.place, at: now)) }
    }

    /// What its disk does not have is nobody's fault.
    func crashed(_ node: SimulatedNode, losesMemory: Bool, _ coder: any RecordCoder) {
        if losesMemory { kept[node.place] = nil }
        over.removeAll { entry in
            guard entry.home == node.place else { return false }
            return losesMemory || !AttendanceLedger.stays(of: entry.stay, on: node.disk, coder).contains(entry.stay.joined)
        }
    }
    private static func stays(of stay: Stay, on disk: SimulatedDisk, _ coder: any RecordCoder) -> [WallTime] {
        disk.records.filter { $0.lane == .bulk && $0.scope == stay.meeting }.flatMap { row -> [WallTime] in
            guard case .attendance(let record)? = coder.decodeRecord(row.value), record.site == stay.site else { return [] }
            return record.stays.map(\.joined)
        }
    }

    /// At the end; `before` is when everything that is judged had happened.
    func check(before: Instant) {
        for (node, site, meeting) in missing(before: before).prefix(8) {
            findings.violation("A1", sight.now, "\(meeting.rawValue): \(node) does not know of a stay of \(site.rawValue) that is over")
        }
    }

    /// Every node of the core that runs a meeting has the stays of all homes of the core that lie below it.
    private func missing(before: Instant) -> [(node: String, site: SiteID, meeting: MeetingID)] {
        var result: [(node: String, site: SiteID, meeting: MeetingID)] = []
        for entry in over where entry.at <= before && sight.core[entry.home] && sight.nodes[entry.home].isAlive {
            guard let m = sight.meetings.firstIndex(where: { $0.id == entry.stay.meeting }), sight.nodes[entry.home].floors[m]?.runs == true
            else { continue }
            for node in sight.nodes where sight.core[node.place] && node.place != entry.home && node.floors[m]?.runs == true {
                let tree = node.network.tree
                guard let above = tree.slot(node.index), let below = tree.slot(sight.nodes[entry.home].index), tree.contains(above, below),
                    kept[node.place]?.contains(entry.stay) != true
                else { continue }
                result.append((node.name, entry.stay.site, entry.stay.meeting))
            }
        }
        return result
    }
}
