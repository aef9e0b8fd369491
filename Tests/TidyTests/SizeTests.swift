import Foundation
import Testing

/// One machine a file, one thought a function: what grows past a screen or two is split, or listed here with the reason.
@Suite("Files and functions stay small") struct SizeTests {
    /// Lines of a file at most; most have fewer than 200.
    static let longestFile = 500
    /// Lines of a function at most, from its first to its last.
    static let longestFunction = 100

    /// Longer files, and why.
    static let longFiles = [
        "Tests/ConferenceTests/AttachTests.swift": "cases of one protocol, told one after the other",
        "Tests/SDPTests/OfferFixtures.swift": "offers as browsers sent them: text that nobody writes",
    ]
    /// Longer functions, and why.
    static let longFunctions = [
        "Sources/Console/Sentences.swift: private var sentences: (Sentence, Sentence) {": "a table: two sentences for each refusal"
    ]

    private static func path(_ file: URL) -> String { file.path.replacingOccurrences(of: TidyTests.root.path + "/", with: "") }

    @Test("no file exceeds 500 lines", arguments: ["Sources", "Tests"])
    func files(folder: String) throws {
        let files = TidyTests.files(folder)
        #expect(!files.isEmpty)
        for file in files {
            // The last line ends with a line break.
            let count = try TidyTests.lines(file).count - 1
            let path = Self.path(file)
            let isListed = Self.longFiles[path] != nil
            #expect(count <= Self.longestFile || isListed, "\(path) has \(count) lines")
            #expect(count > Self.longestFile || !isListed, "\(path) is short again: take it from the list")
        }
    }

    @Test("no function exceeds 100 lines", arguments: ["Sources", "Tests"])
    func functions(folder: String) throws {
        var seen = 0
        for file in TidyTests.files(folder) {
            let path = Self.path(file)
            for function in Self.functions(try TidyTests.lines(file)) {
                seen += 1
                let isListed = Self.longFunctions["\(path): \(function.code)"] != nil
                #expect(function.count <= Self.longestFunction || isListed, "\(path):\(function.line) has \(function.count) lines")
                #expect(function.count > Self.longestFunction || !isListed, "\(path):\(function.line) is short again: take it from the list")
            }
        }
        #expect(seen > 100)
    }

    @Test("what is listed is there")
    func listed() throws {
        let files = Set((TidyTests.files("Sources") + TidyTests.files("Tests")).map(Self.path))
        for path in Self.longFiles.keys { #expect(files.contains(path), "\(path) is gone") }
        for name in Self.longFunctions.keys { #expect(files.contains(name.components(separatedBy: ": ")[0]), "\(name) is gone") }
    }

    // MARK: Reading

    private struct Function {
        /// The trimmed first line.
        let code: String
        /// Counted from 1.
        let line: Int
        /// Signature, body and closing brace.
        let count: Int
    }

    private static func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }
    private static func code(_ line: String) -> String { line.trimmingCharacters(in: .whitespaces) }

    /// The functions, initialisers and computed properties that have a body of several lines. The layout is that of `swift format`: a body
    /// is indented more than its first line, and its closing brace as much.
    private static func functions(_ lines: [String]) -> [Function] {
        lines.indices.compactMap { first -> Function? in
            guard isFunction(code(lines[first])), let opening = opening(of: first, lines) else { return nil }
            let own = indent(lines[first])
            let end = lines[(opening + 1)...].firstIndex { !code($0).isEmpty && indent($0) <= own }
            guard let end, indent(lines[end]) == own, code(lines[end]).hasPrefix("}") else { return nil }
            return Function(code: code(lines[first]), line: first + 1, count: end - first + 1)
        }
    }

    private static let modifiers: Set<Substring> = [
        "public", "private", "fileprivate", "internal", "package", "static", "class", "final", "override", "mutating", "nonmutating", "consuming",
        "borrowing", "convenience", "required", "nonisolated", "indirect", "set)", "__always)",
    ]

    private static func isFunction(_ code: String) -> Bool {
        for word in code.prefix(while: { $0 != "{" }).split(whereSeparator: { " (<?".contains($0) }) {
            switch word {
            case "func", "init", "deinit", "subscript": return true
            case "var": return code.hasSuffix("{") && !code.contains(" = ")
            default: if !word.hasPrefix("@"), !modifiers.contains(word) { return false }
            }
        }
        return false
    }

    /// The line that ends with the brace of the body; nil: a requirement of a protocol, or all in one line.
    private static func opening(of first: Int, _ lines: [String]) -> Int? {
        let own = indent(lines[first])
        var at = first
        while !lines[at].hasSuffix("{") {
            at += 1
            guard at < lines.count, !code(lines[at]).isEmpty else { return nil }
            if indent(lines[at]) > own { continue }
            // A signature of several lines goes on with its closing parenthesis, its result or its conditions.
            let goesOn = [")", "->", "where "].contains { code(lines[at]).hasPrefix($0) } || code(lines[at]) == "{"
            guard indent(lines[at]) == own, goesOn else { return nil }
        }
        return at
    }
}
