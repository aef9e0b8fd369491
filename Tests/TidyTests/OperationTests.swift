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

    @Test("every reason for a drop is explained", arguments: ["StrangerDrop", "DropReason", "MediaDrop", "JobOutcome"])
    func reasons(name: String) throws {
        let page = try Self.page()
        var seen = 0
        for room in TidyTests.core {
            for file in TidyTests.sources(room) {
                for reason in Self.cases(of: name, try TidyTests.lines(file)) {
                    seen += 1
                    #expect(page.contains("`\(reason)`"), "docs/operation.md does not explain \(name).\(reason) of \(room)")
                }
            }
        }
        #expect(seen > 0, "there is no enum \(name)")
    }

    /// The cases of an enum at the left margin.
    private static func cases(of name: String, _ lines: [String]) -> [String] {
        guard let first = lines.firstIndex(where: { $0.hasPrefix("public enum \(name):") || $0.hasPrefix("enum \(name):") }) else { return [] }
        var result: [String] = []
        for line in lines[(first + 1)...].prefix(while: { $0 != "}" }) {
            let code = line.trimmingCharacters(in: .whitespaces)
            guard code.hasPrefix("case ") else { continue }
            for item in code.dropFirst(5).split(separator: ",") {
                result.append(String(item.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber }))
            }
        }
        return result
    }
}
