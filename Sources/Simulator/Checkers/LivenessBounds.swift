import Basics
import Topology

/// What the bounds of the liveness rules are on the lines of one core.
///
/// The rules' milliseconds are those of short lines that lose nothing. On others a step cannot be quicker than its messages cross the
/// tree, and each that is lost costs a resend, so a bound is
///
///     max(milliseconds of the rule, passes · D) + k · R
///
/// with D the longest one-way delay between a node and the top, H its hops, R the longest resend time of a line, and k the smallest
/// number of resends with P[NegBin(passes · H, p) > k] ≤ 10⁻⁶ (as the bound of gossip, docs/gossip.md). Where a line loses more than
/// 2 % the floor goes twice, so there p is the square of the share lost. On a core without loss and within a few tens of milliseconds
/// they are the rules' own.
struct LivenessBounds {
    /// L2: a waiting request is given a free slot: an offer, a claim, and both once more if they took longer than an offer stands.
    private(set) var grant = Interval.milliseconds(250)
    /// L3: the same after the holder's node died.
    private(set) var succession = Interval.seconds(2)
    /// L5: one crown and one holder per slot: leases below are ended (2), the part attaches and is counted above (2), where the
    /// running leases are renewed (2).
    private(set) var merge = Interval.milliseconds(300)
    /// L5 with a silent holder.
    private(set) var silentMerge = Interval.seconds(2)
    /// L1: the longest detection time, and then as L5.
    private(set) var detection = Interval.seconds(1)
    /// L5: rosters and queues are equal: up and down again.
    private(set) var convergence = Interval.milliseconds(2_500)

    /// After so long a connected core has been judged by all of them.
    var longest: Interval { [grant, succession, merge, silentMerge, detection, convergence].max()! }

    init() {}

    /// For lines between the nodes of `core`, each with the behaviour it has once healed.
    init(_ network: Network, core: [Bool], lines: [(lower: Int, upper: Int, line: Impairment)]) {
        var depth = [Interval](repeating: .zero, count: network.count)
        var hops = [Int](repeating: 0, count: network.count)
        var resend = Interval.zero
        var loss = 0.0
        // Slots come top-down in a tree without cycles only by its ranks, so go on until nothing grows. (Of two editions one may have below
        // what the other has above.)
        var grows = true
        for _ in 0..<network.count where grows {
            grows = false
            for (lower, upper, line) in lines where core[lower] && core[upper] {
                let below = depth[upper] + line.delay + line.jitter
                if below > depth[lower] { (depth[lower], grows) = (below, true) }
                if hops[upper] + 1 > hops[lower] { (hops[lower], grows) = (hops[upper] + 1, true) }
            }
        }
        for (lower, upper, line) in lines where core[lower] && core[upper] {
            resend = max(resend, line.delay * 2 + line.jitter * 4 + .milliseconds(20))
            let share = line.loss.share + line.corrupt
            loss = max(loss, share > 0.02 ? share * share : share)
        }
        let (deepest, most) = (depth.max() ?? .zero, hops.max() ?? 0)
        func bound(_ rule: Interval, passes: Int) -> Interval {
            max(rule, deepest * Int64(passes)) + resend * Int64(LivenessBounds.resends(crossings: passes * most, loss: loss))
        }
        grant = bound(grant, passes: 4)
        succession = bound(succession, passes: 4)
        merge = bound(merge, passes: 6)
        silentMerge = bound(silentMerge, passes: 6)
        detection = bound(detection, passes: 6)
        convergence = bound(convergence, passes: 2)
    }

    /// The smallest k with P[NegBin(n, p) > k] ≤ 10⁻⁶: so many resends are enough for n messages in a row.
    static func resends(crossings n: Int, loss p: Double) -> Int {
        guard n > 0, p > 0, p < 1 else { return 0 }
        // P[X = 0] = (1 − p)ⁿ, P[X = k + 1] = P[X = k] · p · (n + k) / (k + 1).
        var probability = 1.0
        for _ in 0..<n { probability *= 1 - p }
        var total = probability
        var k = 0
        while 1 - total > 1e-6, k < 1_000 {
            probability *= p * Double(n + k) / Double(k + 1)
            total += probability
            k += 1
        }
        return k
    }
}
