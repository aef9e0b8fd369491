import Foundation
import Testing

/// What a node counts and shows, and what `docs/operation.md` says of it.
@Suite("What operators see is written down") struct OperationTests {
    private static func page() throws -> String {
        try String(contentsOf: TidyTests.root.appendingPathComponent("docs/operation.md"), encoding: .utf8)
    }

    @Test("every metric is documented, and every documented metric is there")
    func metrics() throws {
        var written: Set<String> = []
        for file in TidyTests.sources("BridgeService") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/"(nhipcau_[a-z_]+)"/#) { written.insert(String(match.output.1)) }
        }
        #expect(!written.isEmpty)
        let documented = Set(try Self.page().matches(of: #/nhipcau_[a-z_]+/#).map { String($0.output) })
        #expect(written.subtracting(documented).sorted() == [], "without a row in docs/operation.md")
        #expect(documented.subtracting(written).sorted() == [], "in docs/operation.md, and no metric")
    }

    /// Each table of the page, by the line that introduces it, with the enums whose cases are its rows.
    static let tables = [
        ("nhipcau_refused_total", ["StrangerDrop"]), ("nhipcau_peer_dropped_total", ["DropReason of Peer"]),
        ("nhipcau_media_dropped_total", ["MediaDrop", "DropReason of Forwarding"]), ("nhipcau_jobs_total", ["JobOutcome"]),
    ]

    @Test("every reason for a drop stands in its table, and every row of a table is a reason", arguments: tables)
    func reasons(metric: String, enums: [String]) throws {
        var counted: Set<String> = []
        for name in enums {
            let parts = name.components(separatedBy: " of ")
            var found: [String] = []
            for room in TidyTests.core where parts.count == 1 || room == parts[1] {
                for file in TidyTests.sources(room) { found += Self.cases(of: parts[0], try TidyTests.lines(file)) }
            }
            #expect(!found.isEmpty, "there is no enum \(name)")
            counted.formUnion(found)
        }
        let lines = try Self.page().split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.firstMatch(of: #/^(Reasons|Outcomes) of `/#) != nil && $0.contains("`\(metric)`") })
        let rows = lines[start...].drop { !$0.hasPrefix("|---") }.dropFirst().prefix { $0.hasPrefix("|") }
        var documented: Set<String> = []
        for row in rows {
            let names = row.split(separator: "|").first ?? ""
            documented.formUnion(names.matches(of: #/`(\w+)`/#).map { String($0.output.1) })
        }
        #expect(counted.subtracting(documented).sorted() == [], "without a row in docs/operation.md")
        #expect(documented.subtracting(counted).sorted() == [], "in docs/operation.md, and never counted")
    }

    @Test("every reason why the HTTP side refuses for the node's own sake is explained")
    func refusals() throws {
        let file = TidyTests.root.appendingPathComponent("Sources/BridgeService/HTTP/Connections/HTTPRefusals.swift")
        let reasons = try String(contentsOf: file, encoding: .utf8).matches(of: #/case (\w+)(?: = "([^"]+)")?\n/#)
            .map { String($0.output.2 ?? $0.output.1) }
        #expect(reasons.count > 5)
        let page = try Self.page()
        let start = try #require(page.range(of: "Reasons of `nhipcau_http_refused_total`"))
        let documented = page[start.upperBound...].prefix { $0 != "." }.matches(of: #/`([a-z-]+)`/#).map { String($0.output.1) }
        #expect(Set(reasons) == Set(documented))
    }

    /// The cases of an enum at the left margin.
    private static func cases(of name: String, _ lines: [String]) -> [String] {
        guard let first = lines.firstIndex(where: { $0.hasPrefix("public enum \(name):") || $0.hasPrefix("enum \(name):") }) else { return [] }
        var result: [String] = []
        for line in lines[(first + 1)...].prefix(while: { $0 != "}" }) {
            // Deeper ones are of a `switch`.
            guard line.hasPrefix("    case ") else { continue }
            for item in line.dropFirst(9).split(separator: ",") {
                result.append(String(item.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber }))
            }
        }
        return result
    }
}
