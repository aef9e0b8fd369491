import Basics
import Glibc
import Simulator

/// How soon the last node of a tree knows a change of the roster, how many datagrams that took, and what an idle edge costs.
///
/// Beside the bound of docs/gossip.md: D(d + t) + k · R, D the hops between the farthest nodes, d a hop's delay, t the batch window,
/// R the resend time, and k the smallest number with n · P[NegBin(D, p) > k] ≤ ε, here for the one change in a thousand.
enum ConvergenceBenchmark {
    static let hop = Interval.milliseconds(20)
    private static let meeting = MeetingID("giao-ban")

    /// Children of each node by level: a province of 132 nodes, and the country of 34 provinces and 3,321 communes.
    private static let trees = [("132 nodes (1 + 11 + 120)", [11, 11]), ("national, 3,467 nodes (1 + 34 + 3,432)", [34, 101])]

    static func run(changes: Int, into report: inout Report) throws {
        for (name, shape) in trees {
            let tree = try tree(shape)
            for loss in [0, 0.05, 0.2] {
                let few = tree.count > 1_000 ? max(20, changes / 10) : changes
                try measure(name, tree, depth: shape.count, loss: loss, changes: few, into: &report)
            }
        }
    }

    private static func tree(_ shape: [Int]) throws -> Tree {
        var nodes: [(node: NodeIndex, parent: NodeIndex?)] = [(NodeIndex(of: "n0"), nil)]
        var level = [0]
        for children in shape {
            var next: [Int] = []
            for parent in level {
                for _ in 0..<children {
                    next.append(nodes.count)
                    nodes.append((NodeIndex(of: "n\(nodes.count)"), nodes[parent].node))
                }
            }
            level = next
        }
        return try Tree(nodes)
    }

    private static func measure(_ name: String, _ tree: Tree, depth: Int, loss: Double, changes: Int, into report: inout Report) throws {
        let field = GossipField(tree, line: Impairment(rate: .mbps(10), delay: hop, loss: BurstLoss(share: loss)), seed: 1)
        field.live(.seconds(Int64(20)))
        field.beginCounting()
        field.live(.seconds(Int64(5)))
        let idle = Double(field.bytes) / 5 / Double(tree.count - 1)
        field.run(meeting)
        field.live(.seconds(Int64(12)))
        var chance = SeededGenerator(seed: 2)
        var times: [Double] = []
        let before = field.deltas
        for n in 0..<changes {
            let writer = Int.random(in: 0..<tree.count, using: &chance)
            var knows = Set<Int>()
            field.learnt = { slot, node, _ in if node == tree.nodes[writer] { knows.insert(slot) } }
            let begun = field.now
            field.set(writer, meeting, "site/X\(14_000 + writer)", (0..<24).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
            let isKnown = field.live(.seconds(Int64(20))) { knows.count == tree.count }
            precondition(isKnown, "change \(n) reached \(knows.count) of \(tree.count) nodes in 20 s")
            times.append((field.now - begun).seconds * 1_000)
            field.learnt = nil
            field.live(.milliseconds(700))
        }
        let perNode = Double(field.deltas - before) / Double(changes) / Double(tree.count)
        let sorted = times.sorted()
        func quantile(_ q: Double) -> [Double] { [sorted[min(sorted.count - 1, Int(Double(sorted.count) * q))]] }
        let percent = Int(loss * 100)
        // The country takes minutes: say on the way what is known.
        let line = "\(name), \(percent) %: p50 \(quantile(0.5)[0]) ms, p99.9 \(quantile(0.999)[0]) ms, \(perNode) datagrams a node and change\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        let key = "convergence.\(tree.count).\(percent)"
        report.heading("\(name), \(percent) % loss, \(hop.milliseconds) ms a hop: the last node knows a change (\(changes) changes)")
        report.add(key + ".p50", "p50", "ms", quantile(0.5))
        report.add(key + ".p999", changes >= 1_000 ? "p99.9" : "most of \(changes)", "ms", quantile(0.999))
        report.add(key + ".bound", "the bound of docs/gossip.md for one in a thousand", "ms", [bound(tree.count, hops: 2 * depth, loss: loss)])
        report.add(key + ".deltas", "datagrams with deltas per node and change", "", [perNode])
        report.add(key + ".idle", "an idle edge, both ways, with all headers", "B/s", [idle])
    }

    private static func bound(_ nodes: Int, hops: Int, loss p: Double) -> Double {
        let (delay, batch, resend) = (hop.seconds * 1_000, 5.0, hop.seconds * 2_000 + 25)
        var probability = 1.0
        for _ in 0..<hops { probability *= 1 - p }
        var (total, k) = (probability, 0)
        while p > 0, Double(nodes) * (1 - total) > 0.001, k < 1_000 {
            probability *= p * Double(hops + k) / Double(k + 1)
            total += probability
            k += 1
        }
        return Double(hops) * (delay + batch) + Double(k) * resend
    }
}

/// How often an edge falls although its line is there.
enum DetachBenchmark {
    /// Bursts take edges down so often that more hours tell no more.
    private static let burstHours = 40.0

    /// `hours` of all edges together, for each loss. `meeting`: it runs on all of them, so that hellos come ten times as often and silence
    /// is noticed as much sooner.
    static func run(hours: Double, meeting: MeetingID?, into report: inout Report) throws {
        let children = 100
        let root = NodeIndex(of: "tinh")
        let tree = try Tree([(node: root, parent: nil)] + (0..<children).map { (node: NodeIndex(of: "xa-\($0)"), parent: root) })
        let kind = meeting == nil ? "idle" : "busy"
        report.heading(
            "False detaches per link-hour while \(meeting == nil ? "no meeting" : "a meeting") runs (an edge has two ends, which may both notice)")
        for (name, loss) in [
            ("5 % loss", BurstLoss(share: 0.05)), ("20 % loss", BurstLoss(share: 0.2)),
            ("5 % loss in bursts of 100 ms", BurstLoss(share: 0.05, burst: .milliseconds(100))),
            ("20 % loss in bursts of 100 ms", BurstLoss(share: 0.2, burst: .milliseconds(100))),
        ] {
            let hours = loss.burst == .zero ? hours : min(hours, burstHours)
            let field = GossipField(tree, line: Impairment(rate: .mbps(10), delay: .milliseconds(10), loss: loss), seed: 1)
            if let meeting { field.run(meeting) }
            field.live(.seconds(Int64(30)))
            field.beginCounting()
            field.live(.seconds(Int64(max(1, hours * 3_600 / Double(children)))))
            report.add("detach.\(kind).\(name)", "\(name): falls an hour, in \(Int(hours)) link-hours", "", [Double(field.falls) / hours])
            report.add("detach.\(kind).\(name).count", "  falls seen (at either end)", "", [Double(field.falls)])
        }
    }
}
