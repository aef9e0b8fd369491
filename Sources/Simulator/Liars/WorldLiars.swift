import Basics
import Bridge
import Conference
import Topology

// A node whose program was replaced by one that lies; its key, its certificate and its disk are the real ones.
extension World {
    /// The process ends, and one that tells these lies starts; with none, an honest one.
    func replaceProgram(of node: SimulatedNode, lies: Set<Lie>) {
        findings.tell(now, node.index, lies.isEmpty ? "is honest again" : "lies from now on: \(lies.map(\.rawValue).sorted().joined(separator: ", "))")
        node.lies = lies
        if !lies.isEmpty { node.hasLied = true }
        guard node.isAlive else { return }
        crash(node, losesMemory: false)
        node.wantsStart = true
        start(node)
    }

    /// The coder of a life that is about to begin; nil: the node does not lie in frames.
    func lyingCoder(_ node: SimulatedNode, _ random: SeededGenerator) -> LyingCoder? {
        guard !node.lies.isEmpty else { return nil }
        return LyingCoder(coder, lies: node.lies, of: node.network.nodes[node.network.slot(node.index) ?? 0], in: node.network, random)
    }

    /// A life of lies begins.
    func beginLyingRecords(_ node: SimulatedNode, _ random: SeededGenerator) {
        let declared = node.network.nodes[node.network.slot(node.index) ?? 0]
        guard var records = LyingRecords(node.lies, of: declared, in: node.network, random) else { return }
        heap.push(.lie(Int32(node.place), life: Int32(node.life)), at: now + records.pause())
        node.lyingRecords = records
    }

    func writeLie(_ node: SimulatedNode, life: Int) {
        guard node.life == life, var records = node.lyingRecords, node.isAlive else { return }
        heap.push(.lie(Int32(node.place), life: Int32(life)), at: now + records.pause())
        if node.responds(now) {
            let meetings = node.lyingCoder?.meetings ?? []
            turn(node) { bridge, boot in
                guard let lie = records.next(meetings: meetings, wall: node.clock.wall(boot)) else { return }
                bridge.write(lie.lane, of: lie.meeting, key: lie.key, value: lie.value, now: boot)
                findings.count("lie written")
            }
        }
        node.lyingRecords = records
    }
}
