import Basics
import Bridge

/// `/metrics` in Prometheus' text format 0.0.4.
enum Metrics {
    /// `unsent`: datagrams that the kernel did not take.
    static func text(_ snapshot: BridgeSnapshot, unsent: UInt64 = 0) -> String {
        var out = Writer()
        out.family("nhipcau_uptime_seconds", "gauge", "Since the node started")
        out.sample("nhipcau_uptime_seconds", [("node", snapshot.node)], snapshot.uptime.seconds)
        trunks(snapshot, &out)
        legs(snapshot, &out)
        out.family("nhipcau_datagrams_unsent_total", "counter", "Datagrams that the kernel did not take")
        out.sample("nhipcau_datagrams_unsent_total", [], Double(unsent))
        out.family("nhipcau_refused_total", "counter", "Datagrams and messages of strangers, by reason")
        for (reason, count) in snapshot.strangers { out.sample("nhipcau_refused_total", [("reason", "\(reason)")], Double(count)) }
        out.family("nhipcau_mix_decodes_total", "counter", "Opus packets decoded for mixes")
        out.sample("nhipcau_mix_decodes_total", [], Double(snapshot.decodes))
        out.family("nhipcau_mix_encodes_total", "counter", "Opus packets encoded for mixes")
        out.sample("nhipcau_mix_encodes_total", [], Double(snapshot.encodes))
        // Strangers read this: how many meetings there are, and not which.
        out.family("nhipcau_meetings", "gauge", "Meetings that run here")
        out.sample("nhipcau_meetings", [], Double(snapshot.meetings.count))
        out.family("nhipcau_meeting_sites_present", "gauge", "Sites present, in all meetings together")
        let present = snapshot.meetings.reduce(0) { $0 + $1.view.sites.count { $0.presence == .present } }
        out.sample("nhipcau_meeting_sites_present", [], Double(present))
        out.family("nhipcau_revocations", "gauge", "Withdrawn links that the node goes by")
        out.sample("nhipcau_revocations", [], Double(snapshot.revocations))
        out.family("nhipcau_revocations_refused_total", "counter", "Words of other nodes that withdraw a link and were not taken")
        out.sample("nhipcau_revocations_refused_total", [], Double(snapshot.revocationsRefused))
        records(snapshot, &out)
        media(snapshot, &out)
        return out.text
    }

    private static func trunks(_ snapshot: BridgeSnapshot, _ out: inout Writer) {
        func family(_ name: String, _ help: String, _ values: (TrunkSnapshot) -> (sent: Double, received: Double)?) {
            out.family(name, "counter", help)
            for trunk in snapshot.trunks {
                guard let values = values(trunk) else { continue }
                for (direction, value) in [("sent", values.sent), ("received", values.received)] {
                    out.sample(name, [("neighbour", trunk.neighbour), ("direction", direction)], value)
                }
            }
        }
        func media(_ name: String, _ help: String, _ value: (TrunkFlow) -> Int) {
            family(name, help) { (Double(value($0.sent)), Double(value($0.received))) }
        }
        out.family("nhipcau_trunk_up", "gauge", "1 while both ends hear each other")
        for trunk in snapshot.trunks { out.sample("nhipcau_trunk_up", [("neighbour", trunk.neighbour)], trunk.isUp ? 1 : 0) }
        out.family("nhipcau_trunk_warm", "gauge", "1 while a backup is ready")
        for trunk in snapshot.trunks where trunk.isBackup {
            out.sample("nhipcau_trunk_warm", [("neighbour", trunk.neighbour)], trunk.isWarm ? 1 : 0)
        }
        out.family("nhipcau_trunk_round_trip_seconds", "gauge", "Measured by hellos")
        for trunk in snapshot.trunks {
            if let time = trunk.roundTrip { out.sample("nhipcau_trunk_round_trip_seconds", [("neighbour", trunk.neighbour)], time.seconds) }
        }
        out.family("nhipcau_trunk_topology_version", "gauge", "The neighbour's version of the topology")
        for trunk in snapshot.trunks where trunk.topologyVersion != 0 {
            out.sample("nhipcau_trunk_topology_version", [("neighbour", trunk.neighbour)], Double(trunk.topologyVersion))
        }
        out.family("nhipcau_trunk_clock_ahead_seconds", "gauge", "The neighbour's clock less this node's")
        for trunk in snapshot.trunks {
            if let ahead = trunk.clockAhead { out.sample("nhipcau_trunk_clock_ahead_seconds", [("neighbour", trunk.neighbour)], ahead.seconds) }
        }
        out.family("nhipcau_trunk_loss_ratio", "gauge", "Loss of the last ten seconds, 0 to 1; sent: as the neighbour says")
        for trunk in snapshot.trunks {
            for (direction, value) in [("sent", trunk.lossThere), ("received", trunk.loss)] {
                out.sample("nhipcau_trunk_loss_ratio", [("neighbour", trunk.neighbour), ("direction", direction)], value)
            }
        }
        media("nhipcau_trunk_media_packets_total", "RTP packets of streams") { $0.packets }
        media("nhipcau_trunk_media_bytes_total", "Bytes of plain RTP packets") { $0.bytes }
        out.family("nhipcau_trunk_lost_total", "counter", "Packets found missing on their way to this node")
        for trunk in snapshot.trunks {
            out.sample("nhipcau_trunk_lost_total", [("neighbour", trunk.neighbour), ("direction", "received")], Double(trunk.received.lost))
        }
        media("nhipcau_trunk_repaired_total", "Packets sent again, or received after a request") { $0.repaired }
        family("nhipcau_trunk_datagrams_total", "UDP datagrams of any kind") {
            $0.counters.map { (Double($0.datagramsOut), Double($0.datagramsIn)) }
        }
        family("nhipcau_trunk_datagram_bytes_total", "Bytes of UDP payload of any kind") {
            $0.counters.map { (Double($0.bytesOut), Double($0.bytesIn)) }
        }
    }

    private static func records(_ snapshot: BridgeSnapshot, _ out: inout Writer) {
        out.family("nhipcau_writers", "gauge", "Nodes by how their records come: signed, or unsigned and taken all the same")
        out.sample("nhipcau_writers", [("records", "signed")], Double(snapshot.signingWriters))
        out.sample("nhipcau_writers", [("records", "unsigned")], Double(snapshot.unsignedWriters))
        let kinds: [(String, KeyPath<TrunkSnapshot, Int?>, String)] = [
            ("nhipcau_records_checked_total", \.gossip?.checked, "Checks of signatures"),
            ("nhipcau_records_forged_total", \.gossip?.forged, "Sections refused, since a signature is wrong, or missing where the writer signs"),
            ("nhipcau_records_unsigned_total", \.gossip?.unsigned, "Records taken without the signature that they ought to have"),
            ("nhipcau_records_unproven_total", \.gossip?.unproven, "Claims about a node's lives that were not believed"),
            ("nhipcau_records_waited_total", \.gossip?.waited, "Sections that waited for a check of their signatures"),
        ]
        for (name, path, help) in kinds {
            out.family(name, "counter", help)
            for trunk in snapshot.trunks {
                if let count = trunk[keyPath: path] { out.sample(name, [("neighbour", trunk.neighbour)], Double(count)) }
            }
        }
    }

    private static func legs(_ snapshot: BridgeSnapshot, _ out: inout Writer) {
        func family(_ name: String, _ help: String, _ value: (LegSnapshot) -> [(String, Double)]) {
            out.family(name, "counter", help)
            for leg in snapshot.legs {
                for (direction, value) in value(leg) {
                    out.sample(name, [("leg", "\(leg.id)"), ("site", leg.pass.site.rawValue), ("direction", direction)], value)
                }
            }
        }
        family("nhipcau_leg_packets_total", "RTP packets") { [("sent", Double($0.counters.rtpOut)), ("received", Double($0.counters.rtpIn))] }
        family("nhipcau_leg_bytes_total", "Bytes of UDP payload") { [("sent", Double($0.counters.bytesOut)), ("received", Double($0.counters.bytesIn))] }
        family("nhipcau_leg_lost_total", "Video packets found missing") { [("received", Double($0.lost))] }
        family("nhipcau_leg_repaired_total", "Video packets received after a request") { [("received", Double($0.repaired))] }
        out.family("nhipcau_leg_round_trip_seconds", "gauge", "Measured by the page's reports")
        for leg in snapshot.legs {
            if let time = leg.roundTrip {
                out.sample("nhipcau_leg_round_trip_seconds", [("leg", "\(leg.id)"), ("site", leg.pass.site.rawValue)], time.seconds)
            }
        }
    }

    /// Writes families and samples.
    struct Writer {
        private(set) var text = ""
        mutating func family(_ name: String, _ kind: String, _ help: String) { text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" }
        mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
            let list = labels.map { "\($0.0)=\"\(escape($0.1))\"" }.joined(separator: ",")
            text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
        }
        private func escape(_ text: String) -> String {
            String(text.flatMap { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) })
        }
    }
}
