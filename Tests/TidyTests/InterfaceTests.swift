import Foundation
import Testing

/// The node's HTTP side, and what `docs/openapi.yaml` says of it. Both are read as text.
@Suite("The HTTP side is written down") struct InterfaceTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: TidyTests.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("every route is documented with its method, and every documented one is there")
    func routes() throws {
        var written: Set<String> = []
        for file in TidyTests.files("Sources/BridgeService/HTTP") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/router\.(get|post|put|patch|delete|head)\("([^"]+)"/#) {
                written.insert("\(match.output.1) \(match.output.2)")
            }
            // Deeds that change a meeting, and pages, are added from tables.
            for match in text.matches(of: #/\bact\("([^"]+)", \./#) { written.insert("post \(match.output.1)") }
            for match in text.matches(of: #/\("(/[a-z]*)", "[a-z]+"\)/#) { written.insert("get \(match.output.1)") }
        }
        written = Set(
            written.map { $0.replacing(#/:(\w+)/#) { "{\($0.output.1)}" }.replacing("stills/**", with: "stills/{site}.jpg").replacing("/**", with: "/{site}") })
        #expect(written.count > 20)
        var documented: Set<String> = []
        var path = ""
        for line in try Self.text("docs/openapi.yaml").split(separator: "\n").prefix(while: { $0 != "components:" }) {
            if let match = line.firstMatch(of: #/^  (/\S*):/#) { path = String(match.output.1) }
            guard !path.isEmpty else { continue }
            if let match = line.firstMatch(of: #/^(?:    |  /\S*: \{)(get|post|put|patch|delete|head):/#) { documented.insert("\(match.output.1) \(path)") }
        }
        #expect(written.subtracting(documented).sorted() == [], "without a place in docs/openapi.yaml")
        #expect(documented.subtracting(written).sorted() == [], "in docs/openapi.yaml, and no route")
    }

    @Test("every code of a refusal is documented, and every documented one is there")
    func codes() throws {
        var written: Set<String> = []
        func add(_ path: String, _ pattern: Regex<(Substring, Substring)>) throws {
            let found = try Self.text(path).matches(of: pattern).map { String($0.output.1) }
            #expect(!found.isEmpty, "\(path) has no codes")
            written.formUnion(found)
        }
        // Enums whose raw values are the codes.
        for (path, name) in [("Sources/Conference/Views.swift", "Refusal"), ("Sources/Console/TokenRefusal.swift", "TokenRefusal")] {
            let lines = try TidyTests.lines(TidyTests.root.appendingPathComponent(path))
            let first = try #require(lines.firstIndex { $0.hasPrefix("public enum \(name):") })
            let codes = lines[first...].prefix { $0 != "}" }.compactMap { line -> String? in
                guard let match = line.firstMatch(of: #/case (\w+)(?: = "([^"]+)")?$/#) else { return nil }
                return String(match.output.2 ?? match.output.1)
            }
            #expect(codes.count > 2, "\(name)")
            written.formUnion(codes)
        }
        // Everything else names its code in a `switch`, or where the problem is made.
        try add("Sources/BridgeService/HTTP/HTTPProblem.swift", #/\.\w+, "([a-z-]+)", vi:/#)
        try add("Sources/BridgeService/HTTP/HTTPProblem.swift", #/\.methodNotAllowed, "([a-z-]+)"/#)
        try add("Sources/BridgeService/HTTP/HTTPProblem.swift", #/case \.\w+: "([a-z-]+)"/#)
        try add("Sources/TopologyFiles/ObstacleWords.swift", #/case \.\w+: "([a-z-]+)"/#)
        try add("Sources/BridgeService/Editions/EditionRefusal.swift", #/case \.[\w.()]+: "([a-z-]+)"/#)
        let list = try #require(try Self.text("docs/openapi.yaml").firstMatch(of: #/enum: \[(token-malformed[^\]]*)\]/#)).output.1
        let documented = Set(list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        #expect(written.subtracting(documented).sorted() == [], "not in the list of docs/openapi.yaml")
        #expect(documented.subtracting(written).sorted() == [], "in docs/openapi.yaml, and no code")
    }
}
