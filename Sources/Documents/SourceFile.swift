import Yams

/// One file being read: its name, its YAML tree, and the problems found in it so far.
///
/// Lines of files that it includes are numbered on after its own: a line number alone says in which file it stands.
package final class SourceFile {
    package let name: String
    package let language: Language
    package private(set) var problems: [Problem] = []
    /// Included files, each with the lines before it.
    private var parts: [(name: String, linesBefore: Int)] = []
    private var lineCount = 0
    /// A near name is looked for this often at most: the search looks at every known name.
    private var suggestionsLeft = 100
    /// Of a sheet's columns, by their position.
    package var headings: [String] = []

    package init(name: String, language: Language) {
        self.name = name
        self.language = language
    }

    package var hasErrors: Bool { problems.contains { $0.severity == .error } }

    package func report(_ message: Message, at node: Node) { report(message, line: node.place.line, column: node.place.column) }

    package func report(_ message: Message, line: Int, column: Int) { report(message, line: line, column: column, cell: nil) }

    /// `cell` is the place in a sheet.
    package func report(_ message: Message, line: Int, column: Int, cell: CellName?) {
        problems.append(
            Problem(
                file: name, line: line, column: column, severity: message.severity, code: message.code,
                message: Letters.shown(message.text(language)), language: language, cell: cell))
    }

    /// The file in which a line stands, and its number there.
    private func own(_ line: Int) -> (name: String, line: Int) {
        guard let part = parts.last(where: { $0.linesBefore < line }) else { return (name, line) }
        return (part.name, line - part.linesBefore)
    }

    /// How a problem at `place` speaks of another place: by its line, and by its file if that is another.
    package func spot(of other: Node, seenFrom place: Node) -> Spot { spot(ofLine: other.place.line, seenFrom: place.place.line) }

    /// As ``spot(of:seenFrom:)``, of lines as they are numbered here.
    package func spot(ofLine other: Int, seenFrom line: Int) -> Spot {
        let there = own(other)
        return Spot(file: there.name == own(line).name ? nil : there.name, line: there.line)
    }

    /// As `report`, with the nearest of `known` where one is near.
    /// Returns that name.
    @discardableResult
    package func report(
        _ message: Message, at node: Node, meaning word: String, among known: some Sequence<String>
    ) -> String? {
        suggestionsLeft -= 1
        let near = suggestionsLeft < 0 ? nil : Suggestion.nearest(to: word, among: known)
        report(message.suggesting(near), at: node)
        return near
    }

    /// The problems in the order of the file and of those it includes; equal ones once.
    package var sortedProblems: [Problem] {
        var result: [Problem] = []
        for problem in problems.enumerated().sorted(by: {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }).map(\.element) {
            var problem = problem
            (problem.file, problem.line) = own(problem.line)
            if result.last != problem { result.append(problem) }
        }
        return result
    }

    /// The file's only document; nil (and a problem) if it is not YAML.
    package func parse(_ text: String) -> Node? { read(text, linesBefore: 0) }

    /// The document of a file that this one includes.
    package func parse(_ text: String, included name: String) -> Node? {
        parts.append((name, lineCount))
        return read(text, linesBefore: lineCount)
    }

    private func read(_ text: String, linesBefore: Int) -> Node? {
        var reading = YAMLReading(text, linesBefore: linesBefore, in: self)
        lineCount += reading.lineCount
        return reading.read()
    }
}

/// Another place in a message: a line, and its file where that is not the one being read.
package struct Spot: ExpressibleByIntegerLiteral {
    package var file: String?
    package var line: Int
    package init(file: String?, line: Int) {
        self.file = file
        self.line = line
    }
    package init(integerLiteral line: Int) { self.init(file: nil, line: line) }
    package init(_ line: Int) { self.init(file: nil, line: line) }
    /// "in line 12", "in districts/h941.yaml:12".
    package var en: String { "in " + (file.map { "\($0):\(line)" } ?? "line \(line)") }
    package var vi: String { "ở " + (file.map { "\($0):\(line)" } ?? "dòng \(line)") }
}

extension Node {
    /// Where the node begins, from 1.
    package var place: (line: Int, column: Int) { mark.map { ($0.line, $0.column) } ?? (1, 1) }

    package var shape: Shape {
        switch self {
        case .mapping: .mapping
        case .sequence: .list
        case .scalar(let scalar): scalar.string.isEmpty && scalar.style == .plain ? .nothing : .text
        case .alias: .nothing
        }
    }

    /// As ``shape``, for messages: a number is called one.
    package var found: Shape {
        guard case .scalar(let scalar) = self, scalar.style == .plain, shape == .text else { return shape }
        return Double(scalar.string) == nil ? .text : .number
    }

    /// The text of a scalar that is not left empty.
    package var plainText: String? {
        guard case .scalar(let scalar) = self, shape == .text else { return nil }
        return scalar.string
    }
}
