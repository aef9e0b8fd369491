import Basics
import Bridge
import Console

// The media path as operators see it: stages, sinks and sources, in the status and in the metrics.
extension BridgeSnapshot {
    /// Name, packets that came, and those that ended by reason; of a sink, copies that it took and those it did not.
    var mediaRows: [(name: String, came: UInt64, dropped: [(reason: MediaDrop, count: UInt64)])] {
        let stages = MediaStage.allCases.map { stage in
            ("\(stage)", media.came(to: stage), MediaDrop.allCases.map { ($0, media.dropped(at: stage, $0)) })
        }
        let sinks = SinkKind.allCases.map { sink in
            ("to \(sink)", media.sent(to: sink), MediaDrop.allCases.map { ($0, media.dropped(at: sink, $0)) })
        }
        return (stages + sinks).map { row in (row.0, row.1, row.2.filter { $0.1 > 0 }) }
    }
}

extension NodeStatus {
    mutating func tellMedia(_ snapshot: BridgeSnapshot) {
        media = snapshot.mediaRows.map { row in
            Stage(stage: row.name, came: row.came, dropped: Dictionary(uniqueKeysWithValues: row.dropped.map { ("\($0.reason)", $0.count) }))
        }
        sources = snapshot.sources.map { source in
            Source(
                site: source.site.rawValue, kind: "\(source.kind)", name: source.name, chosen: source.isChosen, taken: source.taken,
                leftOut: source.leftOut)
        }
        jobs = snapshot.jobs.map { row in
            let happened = row.outcomes.filter { $0.count > 0 }
            return Jobs(
                kind: "\(row.kind)", underWay: row.underWay,
                outcomes: Dictionary(uniqueKeysWithValues: happened.map { ("\($0.outcome)", $0.count) }))
        }
        stills = snapshot.stills.map { still, age in
            Still(site: still.site.rawValue, meeting: still.meeting.rawValue, ageSeconds: age.seconds, bytes: still.jpeg.count)
        }
        for (reason, count) in snapshot.peerDrops where count > 0 { refused["peer \(reason)"] = count }
        if snapshot.refusedWrites > 0 { refused["records not written"] = UInt64(snapshot.refusedWrites) }
        if snapshot.unsendable > 0 { refused["messages too long"] = UInt64(snapshot.unsendable) }
    }
}

extension Metrics {
    static func media(_ snapshot: BridgeSnapshot, _ out: inout Writer) {
        out.family("nhipcau_media_packets_total", "counter", "Media packets that came to a stage of their way, or copies that a sink took")
        for row in snapshot.mediaRows { out.sample("nhipcau_media_packets_total", [("stage", row.name)], Double(row.came)) }
        out.family("nhipcau_media_dropped_total", "counter", "Media packets that ended at a stage or sink, by reason")
        for row in snapshot.mediaRows {
            for (reason, count) in row.dropped {
                out.sample("nhipcau_media_dropped_total", [("stage", row.name), ("reason", "\(reason)")], Double(count))
            }
        }
        out.family("nhipcau_source_packets_total", "counter", "Packets of a hall's sources, taken for its sound or picture or left out")
        for source in snapshot.sources {
            let labels = [("site", source.site.rawValue), ("kind", "\(source.kind)"), ("source", source.name)]
            out.sample("nhipcau_source_packets_total", labels + [("result", "taken")], Double(source.taken))
            out.sample("nhipcau_source_packets_total", labels + [("result", "left out")], Double(source.leftOut))
        }
        out.family("nhipcau_jobs_total", "counter", "Jobs beside the loop and their answers, by what became of them")
        for row in snapshot.jobs {
            for (outcome, count) in row.outcomes {
                out.sample("nhipcau_jobs_total", [("kind", "\(row.kind)"), ("outcome", "\(outcome)")], Double(count))
            }
        }
        out.family("nhipcau_jobs_under_way", "gauge", "Jobs that wait for their answer")
        for row in snapshot.jobs { out.sample("nhipcau_jobs_under_way", [("kind", "\(row.kind)")], Double(row.underWay)) }
        out.family("nhipcau_stills", "gauge", "Halls of which a still is kept")
        out.sample("nhipcau_stills", [], Double(snapshot.stills.count))
        out.family("nhipcau_peer_dropped_total", "counter", "Datagrams that ended inside a leg or trunk, by reason")
        for (reason, count) in snapshot.peerDrops { out.sample("nhipcau_peer_dropped_total", [("reason", "\(reason)")], Double(count)) }
        out.family("nhipcau_records_refused_total", "counter", "Records of this node that a limit kept from being written")
        out.sample("nhipcau_records_refused_total", [], Double(snapshot.refusedWrites))
        out.family("nhipcau_messages_too_long_total", "counter", "Hop messages and gossip datagrams that were too long to be sent")
        out.sample("nhipcau_messages_too_long_total", [], Double(snapshot.unsendable))
    }
}
