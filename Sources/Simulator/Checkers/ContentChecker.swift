import Basics
import Bridge

/// N2: nodes that hold the same versions of a meeting hold the same records. Gossip compares versions alone, and so do the rules that say
/// that rosters are equal: a copy that kept what was deleted, or lost what was not, would never be mended and never be seen.
struct ContentChecker {
    let sight: Sight
    let findings: Findings

    /// Looks at every copy once, at the end: a wrong one stays wrong.
    func compareContents() {
        let nodes = sight.nodes
        for meeting in sight.meetings {
            // By sum, in the order of the nodes: the first that holds those versions.
            var first: [UInt64: (place: Int, digest: UInt64)] = [:]
            for node in nodes where !node.hasLied {
                guard let bridge = node.bridge else { continue }
                let (sum, digest) = (bridge.sum(of: meeting.id), bridge.rosterDigest(meeting.id))
                guard let other = first[sum] else {
                    first[sum] = (node.place, digest)
                    continue
                }
                guard digest != other.digest else { continue }
                findings.violation(
                    "N2", sight.now, "\(meeting.id): \(node.name) and \(nodes[other.place].name) hold the same versions and other records")
            }
        }
    }
}
