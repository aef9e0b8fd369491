import Basics

// What a report draws: rosters and whether they agree, once a second.
extension World {
    static let samplePause = Interval.seconds(1)

    func sample() {
        for m in meetings.indices {
            var digests: Set<UInt64> = []
            var runners = 0
            for node in nodes where node.floors[m]?.runs == true {
                guard let bridge = node.bridge else { continue }
                runners += 1
                digests.insert(bridge.rosterDigest(meetings[m].id))
            }
            guard runners > 0 else { continue }
            findings.trace.convergence.append(
                Trace.Convergence(meeting: meetings[m].id, at: now - .zero, rosters: digests.count, nodes: runners))
        }
        heap.push(.sample, at: now + World.samplePause)
    }
}
