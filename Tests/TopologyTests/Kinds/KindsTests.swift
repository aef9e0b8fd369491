import Basics
import Foundation
import Testing
import Topology

@testable import Documents
@testable import Sheets
@testable import TopologyFiles

/// Thousands of files with one to three faults each, drawn from seeds: every fault is told, at its own place, in letters that can be read.
///
/// `NHIPCAU_KINDS` says how many of each (1,000 without it, seven seconds of one core; 5,000 were tried); the seed of a file is its number.
@Suite("Faults of every kind are told where they are", .serialized) struct KindsTests {
    static let count = ProcessInfo.processInfo.environment["NHIPCAU_KINDS"].flatMap(Int.init) ?? 1_000

    /// No letter of a message, nor of its file's name, is one that nobody sees or that nobody could read.
    private static func isReadable(_ problem: Problem) -> Bool {
        let text = problem.description.unicodeScalars
        return !problem.message.isEmpty && !text.contains { Letters.isStray($0) || Letters.isNoLetter($0) }
    }

    private static func check(_ problems: [Problem], _ expected: [Expected], _ what: @autoclosure () -> String) {
        for one in expected where !one.isTold(by: problems) {
            Issue.record("\(what()): \(one) is not told:\n\(problems.map(\.description).joined(separator: "\n"))")
        }
        if let bad = problems.first(where: { !isReadable($0) }) { Issue.record("\(what()): cannot be read: \(bad.description.debugDescription)") }
    }

    @Test("sheets", .timeLimit(.minutes(10)))
    func sheets() throws {
        let started = ContinuousClock.now
        var counts: [String: Int] = [:]
        var written = 0
        for seed in 0..<UInt64(Self.count) {
            var kinds = SheetKinds(seed: seed)
            var generator = SeededGenerator(seed: seed).fork("kinds")
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let kind = SheetKinds.kinds[Int.random(in: 0..<SheetKinds.kinds.count, using: &generator)]
                if kinds.put(kind) { counts[kind, default: 0] += 1 }
            }
            let language: Language = seed % 2 == 0 ? .en : .vi
            let result = Sheet.importing(kinds.bytes, language: language)
            Self.check(result.problems, kinds.expected, "sheet \(seed)")
            if result.ok == result.problems.contains(where: { $0.severity == .error }) { Issue.record("sheet \(seed): neither written nor refused") }
            guard let yaml = result.yaml else { continue }
            written += 1
            let network = try TopologyFiles.parse(yaml, file: "s.yaml")
            let bill = Sheet.importing(Array(Sheets.linkBill(network, language: language).utf8), language: language)
            let again = try TopologyFiles.parse(try #require(bill.yaml, "sheet \(seed): \(bill.text)"), file: "bill.yaml")
            #expect(again.nodes.map(\.name) == network.nodes.map(\.name), "sheet \(seed)")
        }
        // Fewer do not draw every kind.
        for kind in SheetKinds.kinds where Self.count >= 500 { #expect(counts[kind] != nil, "\(kind)") }
        let faults = "\(counts.values.reduce(0, +)) faults of \(counts.count) kinds"
        print("kinds: \(Self.count) sheets, \(faults), \(written) written and read again, in \(ContinuousClock.now - started)")
    }

    @Test("YAML files", .timeLimit(.minutes(10)))
    func yaml() {
        let started = ContinuousClock.now
        var counts: [String: Int] = [:]
        for seed in 0..<UInt64(Self.count) {
            var kinds = YAMLKinds(seed: seed)
            var generator = SeededGenerator(seed: seed).fork("kinds")
            if Int.random(in: 0..<5, using: &generator) == 0 {
                let kind = YAMLKinds.fatal[Int.random(in: 0..<YAMLKinds.fatal.count, using: &generator)]
                if kinds.put(kind) { counts[kind, default: 0] += 1 }
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let kind = YAMLKinds.kinds[Int.random(in: 0..<YAMLKinds.kinds.count, using: &generator)]
                    if kinds.put(kind) { counts[kind, default: 0] += 1 }
                }
            }
            let file = SourceFile(name: "f.yaml", language: .en)
            let root = file.parse(kinds.text)
            let draft = root.flatMap { TopologyReader.read($0, in: file) }
            if let draft { TreeChecks.run(draft, in: file) }
            Self.check(file.sortedProblems, kinds.expected, "file \(seed)")
            if seed % 10 == 0 {
                let vietnamese = SourceFile(name: "f.yaml", language: .vi)
                if let draft = vietnamese.parse(kinds.text).flatMap({ TopologyReader.read($0, in: vietnamese) }) { TreeChecks.run(draft, in: vietnamese) }
                #expect(vietnamese.sortedProblems.map(\.code) == file.sortedProblems.map(\.code))
                #expect(vietnamese.sortedProblems.allSatisfy(Self.isReadable))
            }
        }
        for kind in YAMLKinds.kinds + YAMLKinds.fatal where Self.count >= 500 { #expect(counts[kind] != nil, "\(kind)") }
        print("kinds: \(Self.count) YAML files, \(counts.values.reduce(0, +)) faults of \(counts.count) kinds, in \(ContinuousClock.now - started)")
    }
}
