import Basics
import Conference

/// Which nodes a meeting is attached together at, by the word of both ends of each edge.
struct Components {
    let sight: Sight
    let findings: Findings

    /// The upper node to which a node's meeting is attached at both ends.
    func attachedParent(of place: Int, _ m: Int) -> Int? {
        let nodes = sight.nodes
        guard let up = nodes[place].floors[m]?.uplink, let parent = sight.network.slot(up.neighbour) else { return nil }
        let own = nodes[place].index
        let isMutual = nodes[parent].floors[m]?.children.contains { $0.neighbour == own && $0.session == up.session && $0.number == up.number }
        return isMutual == true ? parent : nil
    }

    /// The uppermost node of a node's component. M5: attached edges form no ring.
    func top(of place: Int, _ m: Int) -> Int {
        var here = place
        var steps = 0
        while let parent = attachedParent(of: here, m) {
            here = parent
            steps += 1
            if steps > sight.nodes.count {
                findings.violation("M5", sight.now, "\(sight.meetings[m].id): the attached edges above \(sight.nodes[place].name) form a ring")
                return here
            }
        }
        return here
    }
}
