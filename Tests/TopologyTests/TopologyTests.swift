import Documents
import Foundation
import Testing
import Topology
import TopologyFiles

/// The repository's `topology/` folder.
let topologyFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("topology").path

/// The folder of the broken files, ending with a slash.
let brokenFolder = Bundle.module.resourceURL!.appendingPathComponent("Broken").path + "/"

func loadNetwork(_ name: String) throws -> Network { try TopologyFiles.load(topologyFolder + "/" + name + ".yaml") }

/// A network from the lines under `nodes:`; levels a, b, c.
func network(_ nodes: String, head: String = "", levels: String = "[{id: a}, {id: b}, {id: c}]") throws -> Network {
    let text =
        "network: test\nversion: 1\nlevels: \(levels)\ndefaults: {capacity: 1 Mbit/s}\n" + head
        + "nodes:\n" + nodes
    return try TopologyFiles.parse(text, file: "test.yaml")
}

struct BrokenFileTests {
    @Test("a broken file gets exactly these messages", arguments: brokenFiles)
    func messages(broken: BrokenFile) {
        let report = TopologyFiles.check(files: broken.files.map { brokenFolder + $0 })
        let says = report.problems.map(\.description).joined(separator: "\n")
            .replacing(brokenFolder, with: "")
        #expect(says == broken.says)
        #expect(report.ok == !broken.says.contains(": error["))
    }

    @Test("Vietnamese messages name the same problems in other words", arguments: brokenFiles)
    func vietnamese(broken: BrokenFile) {
        let files = broken.files.map { brokenFolder + $0 }
        let english = TopologyFiles.check(files: files).problems
        let vietnamese = TopologyFiles.check(files: files, language: .vi).problems
        #expect(english.map(\.code) == vietnamese.map(\.code))
        for (a, b) in zip(english, vietnamese) { #expect(a.message != b.message) }
    }

    @Test("every file in the folder is in the table")
    func complete() throws {
        let listed = Set(brokenFiles.flatMap(\.files))
        let there = try FileManager.default.contentsOfDirectory(atPath: brokenFolder)
        #expect(Set(there).subtracting(listed) == ["good.yaml", "districts"])
    }

    @Test("every code of an error or warning is shown by some file")
    func everyCode() {
        let shown = brokenFiles.map(\.says).joined()
        let others = ProblemCode.ofScenarios + ProblemCode.ofSheets
        for code in ProblemCode.allCases where !others.contains(code) { #expect(shown.contains("[\(code.rawValue)]"), "\(code.rawValue)") }
    }

    @Test("loading a broken file throws what checking it finds")
    func loadThrows() {
        let path = brokenFolder + "many.yaml"
        let found = TopologyFiles.check(files: [path]).problems
        do {
            _ = try TopologyFiles.load(path)
            Issue.record("loaded")
        } catch {
            #expect(error.problems == found)
        }
    }

    @Test("the report as JSON has these keys and escapes what JSON must")
    func json() throws {
        let report = TopologyFiles.check(files: [brokenFolder + "bad-id.yaml", "no \"such\"\n\\file"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["ok", "nodes", "trunks", "levels", "assumed", "problems"])
        #expect(object["ok"] as? Bool == false)
        let problems = try #require(object["problems"] as? [[String: Any]])
        #expect(problems.count == 4)
        #expect(Set(problems[0].keys) == ["file", "line", "column", "severity", "code", "message"])
        #expect(problems[0]["line"] as? Int == 9)
        #expect(problems[0]["code"] as? String == "bad-id")
        #expect(problems[3]["file"] as? String == "no \"such\"\n\\file")
    }

    @Test("random damage to a good file is reported or harmless, never fatal")
    func damage() throws {
        let good = Array(try String(contentsOfFile: topologyFolder + "/three-levels.yaml", encoding: .utf8).utf8)
        var generator = TestSeed.generator("damage")
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 9...126, using: &generator)
                case 1: bytes.remove(at: at)
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 20)], at: at)
                }
            }
            _ = try? TopologyFiles.parse(String(decoding: bytes, as: UTF8.self), file: "damaged.yaml")
        }
    }
}
