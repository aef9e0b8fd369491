import Basics
import Testing

struct TreeTests {
    private func index(_ i: Int) -> NodeIndex { NodeIndex(rawValue: UInt32(i)) }

    /// Node i hangs below parents[i]; given in any order.
    private func tree(_ parents: [Int?], shuffledBy generator: inout SeededGenerator) throws -> Tree {
        try Tree(
            parents.indices.shuffled(using: &generator).map { (node: index($0), parent: parents[$0].map(index)) })
    }

    private func ancestors(_ i: Int, _ parents: [Int?]) -> [Int] {
        var way = [i]
        while let up = parents[way[way.count - 1]] { way.append(up) }
        return way
    }

    @Test("random trees agree with the definitions, computed the slow way", arguments: 0..<40)
    func random(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 1...60, using: &generator)
        // Between a chain and a star.
        let reach = Int.random(in: 1...count, using: &generator)
        let parents: [Int?] = (0..<count).map { i in
            i == 0 ? nil : Int.random(in: max(0, i - reach)..<i, using: &generator)
        }
        let tree = try tree(parents, shuffledBy: &generator)
        #expect(tree.count == count)
        let slot = (0..<count).map { tree.slot(index($0))! }
        #expect(slot.sorted() == Array(0..<count))
        for i in 0..<count {
            let way = ancestors(i, parents)
            #expect(tree.nodes[slot[i]] == index(i))
            #expect(tree.parent(slot[i]) == parents[i].map { slot[$0] })
            #expect(tree.level(slot[i]) == way.count - 1)
            #expect(Set(tree.children(slot[i])) == Set((0..<count).filter { parents[$0] == i }.map { slot[$0] }))
            #expect(tree.children(slot[i]) == tree.children(slot[i]).sorted())
            let below = (0..<count).filter { ancestors($0, parents).contains(i) }
            #expect(Array(tree.subtree(slot[i])) == below.map { slot[$0] }.sorted())
            for j in 0..<count {
                let other = ancestors(j, parents)
                #expect(tree.contains(slot[i], slot[j]) == other.contains(i))
                let hop = i == j ? nil : other.contains(i) ? other[other.firstIndex(of: i)! - 1] : parents[i]
                #expect(tree.nextHop(from: slot[i], to: slot[j]) == hop.map { slot[$0] })
                let common = way.first { other.contains($0) }!
                #expect(tree.lowestCommonAncestor([slot[i], slot[j]]) == slot[common])
            }
        }
    }

    @Test("siblings keep the order given")
    func order() throws {
        let tree = try Tree([(index(9), nil), (index(5), index(9)), (index(7), index(9)), (index(1), index(5))])
        #expect(tree.nodes.map(\.rawValue) == [9, 5, 1, 7])
    }

    @Test("the lowest common ancestor of none is none, of one itself, of all the root")
    func common() throws {
        let tree = try Tree([(index(0), nil), (index(1), index(0)), (index(2), index(1)), (index(3), index(1))])
        #expect(tree.lowestCommonAncestor([]) == nil)
        #expect(tree.lowestCommonAncestor([3]) == 3)
        #expect(tree.lowestCommonAncestor([3, 2]) == 1)
        #expect(tree.lowestCommonAncestor([3, 2, 1]) == 1)
        #expect(tree.lowestCommonAncestor(0..<4) == 0)
    }

    @Test("what is no tree is refused with the reason")
    func malformed() {
        let (a, b, c) = (index(1), index(2), index(3))
        #expect(throws: Tree.Malformed.empty) { try Tree([]) }
        #expect(throws: Tree.Malformed.duplicate(a)) { try Tree([(a, nil), (a, nil)]) }
        #expect(throws: Tree.Malformed.unknownParent(of: b)) { try Tree([(a, nil), (b, c)]) }
        #expect(throws: Tree.Malformed.severalRoots([a, b])) { try Tree([(a, nil), (b, nil)]) }
        #expect(throws: Tree.Malformed.noRoot) { try Tree([(a, b), (b, a)]) }
        #expect(throws: Tree.Malformed.cycle([b, c])) { try Tree([(a, nil), (b, c), (c, b)]) }
        #expect(throws: Tree.Malformed.cycle([b])) { try Tree([(a, nil), (b, b)]) }
    }

    @Test("a chain of 10,000 nodes is no deeper call")
    func chain() throws {
        let tree = try Tree((0..<10_000).map { (index($0), $0 == 0 ? nil : index($0 - 1)) })
        #expect(tree.level(9_999) == 9_999)
        #expect(tree.nextHop(from: 0, to: 9_999) == 1)
        #expect(tree.nextHop(from: 9_999, to: 0) == 9_998)
    }
}
