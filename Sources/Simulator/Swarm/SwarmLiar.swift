import Basics
import Topology

/// Draws a leaf that lies from some moment on, and its lies.
///
/// No chair sits there: what a chair says is no lie. The leaf is no part of the core.
enum SwarmLiar {
    static func draw(into scenario: inout Scenario, dice: inout Dice) {
        let network = scenario.network
        let chairs = Set(scenario.meetings.flatMap { $0.file.chairs.compactMap { network.slot(site: $0) } })
        let deepest = network.nodes.indices.map { network.levelRank($0) }.max() ?? 0
        let uppers = Set(network.links.flatMap { link in link.map { [$0.parent] + $0.backups } ?? [] })
        let leaves = network.nodes.indices.filter {
            network.levelRank($0) == deepest && !uppers.contains(network.nodes[$0].index) && !chairs.contains($0) && $0 > 0
        }
        guard !leaves.isEmpty else { return }
        let liar = network.nodes[dice.pick(leaves)].index
        let lies = dice.shuffled(Lie.allCases).prefix(dice.pick([1, 2, 4, Lie.allCases.count]))
        let timed = TimedEvent(at: dice.time(.seconds(Int64(2)), .seconds(Int64(20))), event: .byzantine(liar, Set(lies)))
        let place = scenario.timeline.firstIndex { $0.at > timed.at } ?? scenario.timeline.count
        scenario.timeline.insert(timed, at: place)
        scenario.core?.removeAll { $0 == liar }
    }
}
