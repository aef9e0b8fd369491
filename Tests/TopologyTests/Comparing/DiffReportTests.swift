import Basics
import Documents
import Foundation
import Reports
import Testing
import Topology

@Suite("What a comparison says") struct DiffReportTests {
    private func report(_ old: Network, _ new: Network, language: Language = .en) -> DiffReport {
        DiffReport(NetworkDiff([old], new), oldPlans: [NetworkPlan(old)], newPlan: NetworkPlan(new), language: language)
    }

    @Test("the JSON object: each kind of change, meetings, and the load of both plans")
    func json() throws {
        let old = try loadNetwork("can-tho-2025")
        let new = try loadNetwork("can-tho-cum")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report(old, new).json.utf8)) as? [String: Any])
        #expect(json["new"] as? String == "can-tho-cum")
        #expect((json["added"] as? [String])?.count == 8)
        #expect((json["removed"] as? [String])?.isEmpty == true)
        let moved = try #require(json["moved"] as? [[String: String]])
        #expect(moved.count == 103)
        #expect(moved[0] == ["node": "X31120", "from": "T92", "to": "C92-1"])
        let relinked = try #require((json["relinked"] as? [[String: Any]])?.first)
        #expect(relinked["changes"] as? [String: [String: String]] == ["latency": ["from": "8 ms", "to": "4 ms"]])
        let meetings = try #require(json["meetings"] as? [String: Any])
        #expect((meetings["reconnecting"] as? [String])?.count == 103)
        #expect(meetings["untouched"] as? [String] == ["T92"])
        let load = try #require(json["load"] as? [String: Any])
        let before = try #require((load["old"] as? [[String: Any]])?[0]["rootKbps"] as? Double)
        let after = try #require((load["new"] as? [String: Any])?["rootKbps"] as? Double)
        #expect(before > 10 * after)
    }

    @Test("lines with one change are one sentence, and long lists are cut unless all is asked for")
    func grouped() throws {
        let old = try loadNetwork("can-tho-2025")
        let new = try loadNetwork("can-tho-cum")
        let short = report(old, new)
        let lines = short.sentences.filter { $0.hasPrefix("Trunks changed") }
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("Trunks changed (latency 8 ms → 4 ms), 103: Phường Cái Khế,"))
        #expect(lines[0].hasSuffix("(thành phố Cần Thơ); and 97 more."))
        let full = DiffReport(
            NetworkDiff([old], new), oldPlans: [NetworkPlan(old)], newPlan: NetworkPlan(new), showsAll: true, language: .vi)
        #expect(!full.text.contains("nơi khác"))
        #expect(full.text.contains("Trung kế thay đổi (latency 8 ms → 4 ms), 103: Phường Cái Khế,"))
    }

    @Test("nothing to say is said")
    func nothing() throws {
        let network = try loadNetwork("three-levels")
        #expect(report(network, network).text.contains("- nothing changes"))
        #expect(report(network, network, language: .vi).text.contains("- không có gì thay đổi"))
        #expect(report(network, network).text.contains("7 sites untouched"))
    }
}
