import Basics
import Forwarding
import Testing

@Suite("Interest")
struct InterestTableTests {
    static func id(_ n: UInt32) -> StreamID { StreamID(node: NodeIndex(rawValue: n / 10), incarnation: 1, counter: n % 10) }
    /// Streams 0…9 are our own, 10…19 beyond edge 0, and so on.
    static func hop(_ id: StreamID, _ meeting: Int) -> Int? { Int(id.node.rawValue) - 1 }

    @Test("what a neighbour wants is told to all others and never back to it")
    func splitHorizon() {
        let table = InterestTable(edges: 3)
        table.set(Interest(audio: true, video: [Self.id(11), Self.id(21), Self.id(31), Self.id(1)]), edge: 1, meeting: 0)
        let changes = table.update(hop: Self.hop)
        #expect(changes == [InterestChange(edge: 0, meeting: 0), InterestChange(edge: 2, meeting: 0)])
        #expect(table.announcement(edge: 0, meeting: 0) == Interest(audio: true, video: [Self.id(11)]))
        #expect(table.announcement(edge: 1, meeting: 0) == .none)
        #expect(table.announcement(edge: 2, meeting: 0) == Interest(audio: true, video: [Self.id(31)]))
        #expect(table.update(hop: Self.hop).isEmpty)
    }

    @Test("ten more listeners behind other edges change no announcement")
    func union() {
        let table = InterestTable(edges: 4)
        let want = Interest(audio: true, video: [Self.id(11)])
        table.set(want, edge: 1, meeting: 0)
        table.set(want, edge: InterestTable.local, meeting: 0)
        #expect(table.update(hop: Self.hop).map(\.edge) == [0, 1, 2, 3])
        table.set(want, edge: 2, meeting: 0)
        table.set(want, edge: 3, meeting: 0)
        #expect(table.update(hop: Self.hop).isEmpty)
        table.removeEdge(1)
        #expect(table.update(hop: Self.hop).isEmpty)
        for edge in [-1, 2, 3] { table.set(.none, edge: edge, meeting: 0) }
        #expect(table.update(hop: Self.hop).map(\.edge) == [0, 1, 2, 3])
    }

    @Test("a stream goes where it is wanted, not where it came from, and nowhere in another meeting")
    func routes() {
        let table = InterestTable(edges: 3)
        table.setStream(0, id: Self.id(11), meeting: 0, kind: .audio)
        table.setStream(1, id: Self.id(12), meeting: 0, kind: .video)
        table.setStream(2, id: Self.id(1), meeting: 1, kind: .audio)
        for edge in 0..<3 { table.set(Interest(audio: true), edge: edge, meeting: 0) }
        table.set(Interest(audio: true, video: [Self.id(12)]), edge: 2, meeting: 0)
        _ = table.update(hop: Self.hop)
        func targets(_ slot: Int, _ edge: Int) -> [Int] {
            var result: [Int] = []
            table.forEachTarget(ofStream: slot, arrivingFrom: edge) { result.append($0) }
            return result
        }
        #expect(targets(0, 0) == [1, 2] && targets(1, 0) == [2] && targets(2, -1) == [])
        #expect(targets(0, 1) == [2])
        #expect(table.accepts(stream: 0, arrivingFrom: 0) && !table.accepts(stream: 0, arrivingFrom: 1))
        #expect(!table.fanout(ofStream: 0).local)
        // The tree changed: the stream's home now lies beyond edge 2.
        table.invalidate()
        _ = table.update { _, _ in 2 }
        #expect(targets(0, 2) == [0, 1])
        table.removeStream(0)
        #expect(targets(0, 2) == [])
    }

    @Test("an interest is sorted, without repetition and bounded")
    func bounded() {
        let many = (0..<200).map { Self.id(UInt32(199 - $0)) }
        let interest = Interest(video: many + many)
        #expect(interest.video.count == Interest.limit && interest.video == Array(many.sorted().prefix(Interest.limit)))
        #expect(interest.wants(Self.id(3)) && !interest.wants(Self.id(150)))
    }

    @Test("on a tree of five nodes every stream reaches every listener over each edge once")
    func tree() {
        // 0 is the root of 1 and 2; 3 and 4 hang below 1. Listeners at 2, 3 and 4; the speaker at 3.
        let neighbours = [[1, 2], [0, 3, 4], [0], [1], [1]]
        func edge(_ a: Int, towards b: Int) -> Int {
            // The way from a to b in this tree.
            let path: [[Int]] = [[0, 1, 2, 1, 1], [0, 1, 0, 3, 4], [0, 0, 2, 0, 0], [1, 1, 1, 3, 1], [1, 1, 1, 1, 4]]
            return a == b ? InterestTable.local : neighbours[a].firstIndex(of: path[a][b]) ?? -1
        }
        let stream = StreamID(node: NodeIndex(rawValue: 3), incarnation: 1, counter: 1)
        let tables = neighbours.map { InterestTable(edges: $0.count) }
        for node in 0..<5 { tables[node].setStream(0, id: stream, meeting: 0, kind: .video) }
        for node in [2, 3, 4] { tables[node].set(Interest(audio: true, video: [stream]), edge: InterestTable.local, meeting: 0) }
        for _ in 0..<6 {
            for node in 0..<5 {
                for change in tables[node].update(hop: { id, _ in edge(node, towards: Int(id.node.rawValue)) }) {
                    let to = neighbours[node][change.edge]
                    let back = neighbours[to].firstIndex(of: node) ?? 0
                    tables[to].set(tables[node].announcement(edge: change.edge, meeting: 0), edge: back, meeting: 0)
                }
            }
        }
        var crossings: [String] = []
        var heard: [Int] = []
        var queue = [(3, InterestTable.local)]
        while let (node, from) = queue.popLast() {
            if tables[node].fanout(ofStream: 0).local { heard.append(node) }
            tables[node].forEachTarget(ofStream: 0, arrivingFrom: from) { target in
                let to = neighbours[node][target]
                crossings.append("\(node)-\(to)")
                queue.append((to, neighbours[to].firstIndex(of: node) ?? 0))
            }
        }
        #expect(crossings.sorted() == ["0-2", "1-0", "1-4", "3-1"])
        #expect(heard.sorted() == [2, 3, 4])
    }
}
