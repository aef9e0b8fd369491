import Documents
import Foundation
import Reports
import Testing
import Topology

@testable import Sheets
@testable import TopologyFiles

@Suite("What no node does yet is said") struct NotYetTests {
    private static let file = """
        network: tinh
        version: 1
        levels: [{id: tinh, name: Tỉnh}, {id: xa, name: Xã}]
        upstream: {name: Trung ương, address: 10.1.0.1, port: 5004, capacity: 20 Mbit/s}
        nodes:
          - {id: T, level: tinh, name: Tỉnh, address: 10.0.0.1}
          - {id: X, level: xa, name: Xã, address: 10.0.0.2, uplink: {to: T, capacity: 300 kbit/s, video: none}}
        """

    @Test("a plan has a note for each, as text and as JSON, in both languages", arguments: [Language.en, .vi])
    func plan(_ language: Language) throws {
        let network = try TopologyFiles.parse(Self.file, file: "t.yaml")
        let everybody = try #require(MeetingDemand.everybody(in: network))
        let report = PlanReport(NetworkPlan(network, meetings: [everybody]), language: language)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        let notes = try #require(object["notYet"] as? [String])
        // The line's modes, the upstream, and that a full line is not shaped.
        #expect(notes.count == 3, "\(notes)")
        for note in notes { #expect(report.text.contains(note), "\(note)") }
        #expect(notes[0].contains(language == .vi ? "chưa làm theo" : "do not follow"))
        let plain = try TopologyFiles.parse(
            Self.file.replacingOccurrences(of: ", video: none", with: "").replacingOccurrences(of: "300 kbit/s", with: "9 Mbit/s")
                .split(separator: "\n").filter { !$0.hasPrefix("upstream") }.joined(separator: "\n"), file: "t.yaml")
        let calm = PlanReport(NetworkPlan(plain, meetings: [try #require(MeetingDemand.everybody(in: plain))]), language: language)
        #expect(calm.notYet.isEmpty, "\(calm.notYet)")
    }

    @Test("reports of a giao ban in another order than the tree's are told")
    func order() throws {
        let network = try TopologyFiles.parse(Self.file, file: "t.yaml")
        func meeting(_ kind: String, _ sites: String) -> String { "meeting: m\ntitle: Họp\nkind: \(kind)\nchairs: [T]\nsites: \(sites)\n" }
        func codes(_ text: String) -> [String] {
            let file = SourceFile(name: "m.yaml", language: .en)
            guard let root = file.parse(text) else { return ["?"] }
            _ = MeetingReader(root, network: network, in: file)?.read()
            return file.sortedProblems.map(\.code.rawValue)
        }
        #expect(codes(meeting("giao-ban", "[X, T]")) == ["not-yet"])
        #expect(codes(meeting("giao-ban", "[T, X]")).isEmpty)
        #expect(codes(meeting("giao-ban", "all")).isEmpty)
        #expect(codes(meeting("hop", "[X, T]")).isEmpty)
    }

    @Test(
        "coordinates in degrees, minutes and seconds are read, and what is none is not",
        arguments: [
            ("20°06'41.8\"N", 20.111611), ("106°01'19.1\"E", 106.021972), ("N 20° 6.69'", 20.1115), ("106°01’19” Đ", 106.021944), ("20.13°", 20.13),
            ("20º 06′ 41,8″ B", 20.111611), ("8°30'S", -8.5), ("20.5°30'", nil), ("20°61'", nil), ("20.13", nil), ("°", nil), ("N20°N", nil),
        ] as [(String, Double?)])
    func degrees(_ text: String, _ value: Double?) { #expect(SheetDegrees.read(text) == value, "\(text)") }
}
