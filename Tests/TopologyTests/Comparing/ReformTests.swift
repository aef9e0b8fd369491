import Foundation
import Sheets
import Testing
import Topology

/// The mergers of 1 July 2025 by the country's own tables, where somebody has them: `NHIPCAU_MERGERS` names the folder of
/// `vn_province_merge_2025.csv` and `vn_commune_merge_2025.csv`.
@Suite("The reform of 2025", .enabled(if: ProcessInfo.processInfo.environment["NHIPCAU_MERGERS"] != nil)) struct ReformTests {
    private func diff(to name: String) throws -> NetworkDiff {
        let folder = ProcessInfo.processInfo.environment["NHIPCAU_MERGERS"] ?? ""
        var mapping = UnitMapping()
        for sheet in ["vn_province_merge_2025", "vn_commune_merge_2025"] {
            _ = try Sheets.loadMapping("\(folder)/\(sheet).csv", into: &mapping)
        }
        return NetworkDiff([try loadNetwork("soc-trang"), try loadNetwork("hau-giang")], try loadNetwork(name), mapping: mapping)
    }

    @Test("Sóc Trăng and Hậu Giang become part of Cần Thơ: two provinces one, districts gone, communes merged", arguments: ["can-tho-2025", "can-tho-cum"])
    func merger(name: String) throws {
        let diff = try diff(to: name)
        let root = try #require(diff.merged.first { $0.into == 0 })
        #expect(root.from.map { diff.olds[$0.network].nodes[$0.slot].id } == ["T94", "T93"])
        let gone = diff.removed.map { diff.olds[$0.network].nodes[$0.slot] }
        #expect(gone.filter { $0.level == "huyen" }.count == 19)
        #expect(gone.filter { $0.level == "xa" }.map(\.name).sorted() == ["Phường 1", "Xã Hòa Tú II", "Xã Long Bình"])
        // 71 communes of the new city continue communes of the two provinces, 66 of them several.
        #expect(diff.merged.count == 1 + 66)
        let communes = diff.new.nodes.indices.filter { diff.new.nodes[$0].level == "xa" }
        #expect(communes.filter { diff.before($0) != nil }.count == 71)
        #expect(communes.filter { diff.added.contains($0) }.count == 32)
        // All of them leave a district: for the city, or for a hub.
        #expect(diff.moved.count == 71)
        #expect(Set(diff.moved.map { diff.new.nodes[$0.to].level }) == [name == "can-tho-cum" ? "cum" : "tinh"])
    }
}
