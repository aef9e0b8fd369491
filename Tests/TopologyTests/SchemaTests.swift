import Foundation
import Sheets
import Testing
import TopologyFiles

private let docsFolder = URL(fileURLWithPath: topologyFolder).deletingLastPathComponent().appendingPathComponent("docs/schema").path + "/"

private func yamlFiles(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
}
private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

@Suite("Editors check what the readers check") struct SchemaTests {
    @Test("the schemas in docs are those of the readers' tables", arguments: FileSchema.allCases)
    func shipped(schema: FileSchema) throws {
        #expect(try text(docsFolder + schema.rawValue + ".schema.json") == schema.json() + "\n")
    }

    @Test("every network and meeting of the project satisfies its schema")
    func good() throws {
        let topology = try SchemaChecker(FileSchema.topology.json())
        for file in try yamlFiles(topologyFolder) { #expect(try topology.problems(yaml: text(file)).isEmpty, "\(file)") }
        let meeting = try SchemaChecker(FileSchema.meeting.json())
        for file in try yamlFiles(topologyFolder + "/meetings") { #expect(try meeting.problems(yaml: text(file)).isEmpty, "\(file)") }
        let made = TopologyFiles.generate(try TreeShape("tinh:1,cum:2,xa:3"), id: "g", name: "G")
        #expect(try topology.problems(yaml: made).isEmpty)
        let imported = Sheets.importSheet(sheetFolder + "messy.csv", output: "messy.yaml")
        #expect(try topology.problems(yaml: imported.yaml ?? "").isEmpty)
    }

    @Test(
        "what the readers refuse in a value, the schema refuses too",
        arguments: [
            ("unknown-key.yaml", ["/nodes/1/adress: unknown", "/nodes/1/uplink: anyOf"]), ("wrong-type.yaml", []), ("bad-unit.yaml", []),
            ("missing-key.yaml", []), ("unknown-value.yaml", []), ("bad-number.yaml", []), ("bad-id.yaml", []), ("bad-range.yaml", []),
            ("many.yaml", []), ("decimal-comma.yaml", []),
        ] as [(String, [String])])
    func bad(file: String, says: [String]) throws {
        let problems = try SchemaChecker(FileSchema.topology.json()).problems(yaml: text(brokenFolder + file))
        #expect(!problems.isEmpty)
        if !says.isEmpty { #expect(problems == says) }
    }

    @Test("meetings and parts too")
    func others() throws {
        let meeting = try SchemaChecker(FileSchema.meeting.json())
        for file in ["meeting-unknown-key.yaml", "meeting-unknown-kind.yaml"] {
            #expect(try !meeting.problems(yaml: text(brokenFolder + file)).isEmpty, "\(file)")
        }
        let part = try SchemaChecker(FileSchema.part.json())
        #expect(try part.problems(yaml: "nodes: [{id: X, level: xa, uplink: H}]").isEmpty)
        #expect(try part.problems(yaml: "nodes: []\nlevels: []") == ["/levels: unknown"])
    }

    @Test("descriptions are in both languages")
    func languages() throws {
        for schema in FileSchema.allCases { #expect(schema.json(.vi) != schema.json(.en)) }
    }
}

@Suite("A network in several files") struct IncludeTests {
    private func folder(_ files: [(String, String)]) throws -> String {
        let folder = NSTemporaryDirectory() + "nhipcau-include-\(files[0].1.hashValue)"
        for (name, text) in files {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test("a file for each district gives the same network as one file")
    func same() throws {
        let head = "network: n\nversion: 1\nlevels: [{id: tinh}, {id: huyen}, {id: xa}]\ndefaults: {capacity: 1 Mbit/s}\n"
        let root = "  - {id: T, level: tinh, address: 10.0.0.1}\n"
        let first = "  - {id: H1, level: huyen, address: 10.0.1.1, uplink: T}\n  - {id: X1, level: xa, address: 10.0.1.2, uplink: H1}\n"
        let second = "  - {id: H2, level: huyen, address: 10.0.2.1, uplink: T}\n"
        let folder = try folder([
            ("n.yaml", head + "include: [huyen/h1.yaml, huyen/h2.yaml]\nnodes:\n" + root),
            ("huyen/h1.yaml", "# Huyện 1\nnodes:\n" + first), ("huyen/h2.yaml", "\u{FEFF}nodes:\n" + second),
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let parted = try TopologyFiles.load(folder + "/n.yaml")
        let whole = try TopologyFiles.parse(head + "nodes:\n" + root + first + second, file: "n.yaml")
        #expect(parted == whole)
        #expect(parted.hash == whole.hash)
        #expect(TopologyFiles.check(files: [folder + "/n.yaml"]).text == "ok: 4 nodes, 3 trunks, 3 levels")
    }
}
