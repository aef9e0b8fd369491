import Basics
import Documents
import Foundation
import Reports
import Sheets
import Testing
import Topology
import TopologyFiles

private func read(_ text: String) throws -> Network { try TopologyFiles.parse(text, file: "n.yaml") }

private let before = """
    network: old
    name: Tỉnh A
    version: 1
    edition: "2021-11"
    levels: [{id: tinh, name: Tỉnh}, {id: huyen, name: Huyện}, {id: xa, name: Xã}]
    defaults: {capacity: 10 Mbit/s, latency: 5 ms}
    nodes:
      - {id: T1, level: tinh, name: Tỉnh A, unit: "01", address: 10.0.0.1}
      - {id: H1, level: huyen, name: Huyện B, unit: "101", address: 10.0.1.1, uplink: T1}
      - {id: X1, level: xa, name: Xã Một, unit: "00001", address: 10.0.1.2, uplink: H1}
      - {id: X2, level: xa, name: Xã Hai, unit: "00002", address: 10.0.1.3, uplink: H1}
      - {id: H2, level: huyen, name: Huyện C, unit: "102", address: 10.0.2.1, uplink: T1}
      - {id: X3, level: xa, name: Xã Ba, unit: "00003", address: 10.0.2.2, uplink: H2}
      - {id: X4, level: xa, name: Xã Hoà Bốn, unit: "00004", address: 10.0.2.3, uplink: H2}
    """

private func ids(_ slots: [Int], _ network: Network) -> [String] { slots.map { network.nodes[$0].id } }

@Suite("What a new plan changes") struct DiffTests {
    @Test("the same file changes nothing")
    func nothing() throws {
        let network = try read(before)
        let diff = NetworkDiff([network], network)
        #expect(diff.isEmpty)
        #expect(diff.impact.untouched == network.sites)
        #expect(diff.impact.leaving == 0)
    }

    @Test("added, removed, moved, renamed, another line, another address, by id within one edition")
    func oneEdition() throws {
        let old = try read(before)
        let new = try read(
            before.replacing(
                "- {id: X2, level: xa, name: Xã Hai, unit: \"00002\", address: 10.0.1.3, uplink: H1}",
                with: "- {id: X2, level: xa, name: Xã Hai, unit: \"00002\", address: 10.0.1.3, uplink: {to: H2, capacity: 20 Mbit/s, backup: [T1]}}"
            )
            .replacing("  - {id: X1, level: xa, name: Xã Một, unit: \"00001\", address: 10.0.1.2, uplink: H1}\n", with: "")
            .replacing("Xã Ba", with: "Phường Ba").replacing("10.0.2.3", with: "10.0.2.9")
                + "\n  - {id: X5, level: xa, name: Xã Năm, unit: \"00005\", address: 10.0.2.5, uplink: H2}")
        let diff = NetworkDiff([old], new)
        #expect(ids(diff.added, new) == ["X5"])
        #expect(diff.removed.map { old.nodes[$0.slot].id } == ["X1"])
        #expect(diff.moved.map { [new.nodes[$0.node].id, old.nodes[$0.from.slot].id, new.nodes[$0.to].id] } == [["X2", "H1", "H2"]])
        #expect(diff.renamed.flatMap(\.differences).map { "\($0.key): \($0.old) > \($0.new)" } == ["name: Xã Ba > Phường Ba"])
        let link = try #require(diff.relinked.first)
        #expect(new.nodes[link.node].id == "X2")
        #expect(link.differences.map { "\($0.key): \($0.old) > \($0.new)" } == ["up: 10 Mbit/s > 20 Mbit/s", "down: 10 Mbit/s > 20 Mbit/s", "backup:  > T1"])
        #expect(diff.refitted.map { new.nodes[$0.node].id } == ["X4"])
        // X2 dials another parent, X4 another address, X5 is new, X1 is gone.
        let impact = diff.impact
        #expect(impact.reconnecting == [SiteID("X2")])
        #expect(impact.rejoining == [SiteID("X4")])
        #expect(impact.joining == [SiteID("X5")])
        #expect(impact.untouched.map(\.rawValue) == ["T1", "H1", "H2", "X3"])
        #expect(impact.leaving == 1)
        let report = DiffReport(diff, oldPlans: [NetworkPlan(old)], newPlan: NetworkPlan(new))
        #expect(report.sentences.contains("From Huyện B, tỉnh A to Huyện C, tỉnh A, 1: Xã Hai (huyện C)."))
        #expect(report.sentences.contains("Xã Ba, huyện C is now called Phường Ba."))
    }

    @Test("a moved district takes its communes along: they reconnect, but have not moved")
    func branch() throws {
        let levels = "[{id: tinh, name: Tỉnh}, {id: cum, name: Cụm, technical: true}, {id: huyen, name: Huyện}, {id: xa, name: Xã}]"
        let hub = "  - {id: C1, level: cum, name: Cụm 1, address: 10.0.9.1, uplink: T1, rooms: []}\n"
        let text = before.replacing("[{id: tinh, name: Tỉnh}, {id: huyen, name: Huyện}, {id: xa, name: Xã}]", with: levels)
            .replacing("nodes:\n", with: "nodes:\n" + hub)
        let old = try read(text)
        let new = try read(text.replacing("10.0.1.1, uplink: T1", with: "10.0.1.1, uplink: C1"))
        let diff = NetworkDiff([old], new)
        #expect(ids(diff.moved.map(\.node), new) == ["H1"])
        #expect(diff.impact.reconnecting.map(\.rawValue) == ["H1", "X1", "X2"])
    }
}

@Suite("From one edition of the codes to the next") struct EditionTests {
    /// Districts gone, communes merged; code 00002 is another commune now.
    private let after = """
        network: new
        name: Thành phố A
        version: 1
        edition: "2025-07"
        levels: [{id: tinh, name: Thành phố}, {id: cum, name: Cụm kỹ thuật, technical: true}, {id: xa, name: "Xã, phường"}]
        defaults: {capacity: 10 Mbit/s, latency: 5 ms}
        nodes:
          - {id: T1, level: tinh, name: Thành phố A, unit: "01", address: 10.0.0.1}
          - {id: H1, level: cum, name: Cụm B, address: 10.0.1.1, uplink: T1, rooms: []}
          - {id: X1, level: xa, name: Xã Một, unit: "00001", address: 10.0.1.2, uplink: H1}
          - {id: X2, level: xa, name: Phường Ba, unit: "00002", address: 10.0.2.2, uplink: T1}
          - {id: X4, level: xa, name: Xã Hòa Bốn, unit: "00004", address: 10.0.2.3, uplink: T1}
        """
    private let mapping = UnitMapping([
        .init(old: "01", new: "01"), .init(old: "00001", new: "00001"), .init(old: "00002", new: "00001"), .init(old: "00003", new: "00002"),
        .init(old: "00003", new: "00001", isPart: true),
    ])

    @Test("the mapping says who is who, whatever the codes and ids say; the hub is the district that was kept")
    func mapped() throws {
        let (old, new) = (try read(before), try read(after))
        let diff = NetworkDiff([old], new, mapping: mapping)
        // X2 of 2025 continues X3 of 2021, not X2.
        let slot = try #require(new.slot(id: "X2"))
        #expect(diff.before(slot).map { old.nodes[$0.slot].id } == "X3")
        let merger = try #require(diff.merged.first)
        #expect(diff.merged.count == 1)
        #expect(new.nodes[merger.into].id == "X1")
        #expect(merger.from.map { old.nodes[$0.slot].id } == ["X1", "X2", "X3"])
        #expect(ids(diff.hubsKept, new) == ["H1"])
        #expect(diff.removed.map { old.nodes[$0.slot].id } == ["H2"])
        #expect(diff.added.isEmpty)
        // X1 stays below the hub that its district became.
        #expect(ids(diff.moved.map(\.node), new) == ["X2", "X4"])
        #expect(diff.renamed.map { $0.differences[0].new } == ["Thành phố A", "Cụm B", "Phường Ba", "Xã Hòa Bốn"])
    }

    @Test("the sentences")
    func sentences() throws {
        let (old, new) = (try read(before), try read(after))
        let diff = NetworkDiff([old], new, mapping: mapping)
        func report(_ language: Language) -> DiffReport {
            DiffReport(diff, oldPlans: [NetworkPlan(old)], newPlan: NetworkPlan(new), language: language)
        }
        let english = report(.en).sentences
        #expect(english.contains("Xã Một, thành phố A is made of Xã Một, Xã Hai (huyện B) and Xã Ba (part of it) (huyện C)."))
        #expect(english.contains("Huyện B, tỉnh A is no unit any more; its node stays as the technical hub Cụm B, thành phố A."))
        #expect(english.contains("Gone without a successor, of level Huyện, 1: Huyện C (tỉnh A)."))
        #expect(english.contains("From Huyện C, tỉnh A (gone) to Thành phố A, 2: Phường Ba, Xã Hòa Bốn (thành phố A)."))
        let vietnamese = report(.vi).sentences
        #expect(vietnamese.count == english.count)
        #expect(vietnamese.contains("Xã Một, thành phố A gồm Xã Một, Xã Hai (huyện B) và Xã Ba (một phần) (huyện C) sáp nhập."))
        #expect(report(.en).text.contains("7 → 5 nodes, 7 → 4 sites"))
    }

    @Test("without a mapping only the same code under the same name is the same place, in either spelling of tones")
    func unmapped() throws {
        let (old, new) = (try read(before), try read(after))
        let diff = NetworkDiff([old], new)
        func was(_ id: String) -> String? { new.slot(id: id).flatMap { diff.before($0) }.map { old.nodes[$0.slot].id } }
        #expect(was("X1") == "X1")
        #expect(was("X4") == "X4")
        #expect(was("X2") == nil)
        #expect(was("T1") == nil)
    }

    @Test("two provinces become one: the root is made of both, and the district that is nobody's hub is gone")
    func twoProvinces() throws {
        let first = try read(before)
        let second = try read(
            before.replacing("network: old", with: "network: old2").replacing("Tỉnh A", with: "Tỉnh Z").replacing("\"01\"", with: "\"09\"")
                .replacing("\"0000", with: "\"0009").replacing("\"10", with: "\"90"))
        var mapping = mapping
        mapping.add(.init(old: "09", new: "01"))
        let new = try read(after)
        let diff = NetworkDiff([first, second], new, mapping: mapping)
        let root = try #require(diff.merged.first)
        #expect(root.into == 0)
        #expect(root.from.map { diff.olds[$0.network].name } == ["Tỉnh A", "Tỉnh Z"])
        // The second province's communes are nowhere in the mapping; H1 is kept once, by its id, in both old files.
        #expect(diff.removed.filter { $0.network == 1 }.map { second.nodes[$0.slot].id } == ["X1", "X2", "H2", "X3", "X4"])
    }

    @Test("a mapping sheet: columns in any order, quoted cells, parts, rows without a code")
    func sheet() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("mapping-\(UUID()).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = "\u{FEFF}new_code,name,old_code,part\r\n00001,\"A, \"\"B\"\"\",00002,full\r\n00001,C,,full\r\n00003,D,00004,\"partial\"\r\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        var mapping = UnitMapping()
        let read = try Sheets.loadMapping(path, into: &mapping)
        #expect((read.rows, read.skipped) == (3, 1))
        #expect(mapping.entries == [.init(old: "00002", new: "00001"), .init(old: "00004", new: "00003", isPart: true)])
        try "a,b\n1,2\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: InvalidFile.self) { try Sheets.loadMapping(path, into: &mapping) }
    }
}
