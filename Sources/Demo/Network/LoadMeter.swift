import Foundation
import NodeClient
import Topology

/// Compares what trunks carry with what was planned: two readings of every node's counters, and the plan between them.
struct LoadMeter: Sendable {
    /// A direction farther from its plan than this is told as an error.
    static let tolerance = 5.0
    /// From the moment everybody heard the speaker: key frames that were asked for, and gossip of those that joined, are over then.
    static let settling = Duration.seconds(3)
    /// Measured unless another time is named.
    static let usual = 30.0

    let network: Network
    let clients: [NodeClient]

    /// All nodes' counters now, by slot.
    func read() async -> [TrunkCounters?] {
        await withTaskGroup(of: (Int, TrunkCounters?).self) { group in
            for (slot, client) in clients.enumerated() {
                group.addTask {
                    let answer = try? await client.send("GET", "/metrics", timeout: .seconds(5))
                    return (slot, answer.flatMap { $0.status == 200 ? TrunkCounters(metrics: $0.text) : nil })
                }
            }
            var result = [TrunkCounters?](repeating: nil, count: clients.count)
            for await (slot, counters) in group { result[slot] = counters }
            return result
        }
    }

    /// Both directions of the trunk above a node; nil for one whose ends did not both answer.
    typealias Trunk = (up: DemoReport.Load?, down: DemoReport.Load?)

    /// Every trunk between two readings, beside its plan; by slot.
    func loads(_ plan: NetworkPlan, from before: [TrunkCounters?], to after: [TrunkCounters?]) -> [Trunk] {
        network.nodes.indices.map { slot in
            guard let parent = network.tree.parent(slot), let planned = plan.trunks[slot] else { return (nil, nil) }
            return (load(planned.up, from: slot, to: parent, before, after), load(planned.down, from: parent, to: slot, before, after))
        }
    }

    private func load(
        _ planned: DirectionLoad, from sender: Int, to receiver: Int, _ before: [TrunkCounters?], _ after: [TrunkCounters?]
    ) -> DemoReport.Load? {
        guard
            let sent = LoadMeter.rates(before[sender], after[sender], { $0.sent[network.nodes[receiver].id] }),
            let received = LoadMeter.rates(before[receiver], after[receiver], { $0.received[network.nodes[sender].id] })
        else { return nil }
        return DemoReport.Load(
            sentKbps: LoadMeter.rounded(sent.line), receivedKbps: LoadMeter.rounded(received.line), plannedKbps: LoadMeter.rounded(planned.kbps),
            differencePercent: LoadMeter.rounded((received.line / planned.kbps - 1) * 100), rtpKbps: LoadMeter.rounded(received.media),
            plannedRtpKbps: LoadMeter.rounded(planned.rtpBits / 1_000))
    }

    /// kbit/s on the line (with UDP and IPv4 headers, since a demo's nodes stand on 127.0.0.0/8) and of plain RTP.
    private static func rates(
        _ before: TrunkCounters?, _ after: TrunkCounters?, _ flow: (TrunkCounters) -> TrunkCounters.Flow?
    ) -> (line: Double, media: Double)? {
        guard let before, let after, after.uptime > before.uptime, let first = flow(before), let last = flow(after) else { return nil }
        let seconds = after.uptime - before.uptime
        let bytes = last.bytes - first.bytes + (last.datagrams - first.datagrams) * Double(PacketCosts().networkBytes)
        return (bytes * 8 / 1_000 / seconds, (last.mediaBytes - first.mediaBytes) * 8 / 1_000 / seconds)
    }

    static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

extension DemoReport {
    /// Sums the measured directions up, and says which are not as planned.
    mutating func judgeLoads() {
        guard var sum = loads else { return }
        for trunk in trunks {
            for (name, flow) in [("up", trunk.up), ("down", trunk.down)] {
                guard let load = flow.load else {
                    errors.append("trunk \(trunk.child) – \(trunk.parent) \(name): its ends did not tell what it carries")
                    continue
                }
                sum.directions += 1
                sum.kbps += load.receivedKbps
                sum.plannedKbps += load.plannedKbps
                sum.farthestPercent = max(sum.farthestPercent, abs(load.differencePercent))
                if abs(load.differencePercent) > LoadMeter.tolerance {
                    let words = "\(load.receivedKbps) kbit/s, planned \(load.plannedKbps) (\(load.differencePercent) %)"
                    errors.append("trunk \(trunk.child) – \(trunk.parent) \(name): \(words)")
                }
            }
        }
        (sum.kbps, sum.plannedKbps) = (LoadMeter.rounded(sum.kbps), LoadMeter.rounded(sum.plannedKbps))
        loads = sum
    }
}
