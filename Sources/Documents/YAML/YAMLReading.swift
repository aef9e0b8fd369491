import Yams

/// Makes a tree of one YAML text, and tells what keeps it from being one: each fault at its own place, as many as can be found in one run.
struct YAMLReading {
    private let file: SourceFile
    /// Lines of other files before this one's.
    private let before: Int
    private var lines: YAMLLines
    /// Keys that were given a name of their own since the same key comes again later: what they were called, by their place.
    private var renamed: [Place: String] = [:]
    private var stray = false

    private struct Place: Hashable {
        var line: Int
        var column: Int
    }

    /// Faults of one kind that are told, at most.
    private static let most = 20
    /// A letter of nobody, in front of a key that comes again.
    private static let mark: UInt32 = 0xE000

    init(_ text: String, linesBefore: Int, in file: SourceFile) {
        self.file = file
        before = linesBefore
        var text = text.unicodeScalars[...]
        if text.first == "\u{FEFF}" { text.removeFirst() }
        // The end of a file as DOS marked it.
        while text.last == "\u{1A}" { text.removeLast() }
        // The parser counts lines itself: blank ones before the text number it on.
        lines = YAMLLines(String(repeating: "\n", count: linesBefore) + String(text))
    }

    var lineCount: Int { lines.lineCount - before }

    /// Nil, and a problem in the file, if it is no YAML.
    mutating func read() -> Node? {
        for (count, place) in lines.controls.enumerated() {
            if count < Self.most { report(.hiddenLetter(lines.letters[place]), at: place) }
            lines.replace(at: place, with: " ")
        }
        for cut in lines.commentCuts.prefix(Self.most) {
            let place = lines.place(of: cut.at)
            file.report(.cutByComment(cut.kept, cut.cut), line: place.line, column: place.column)
        }
        if let key = lines.aliasKey {
            report(.aliasKey, at: key)
            return nil
        }
        for _ in 0..<Self.most {
            do {
                // Without resolving rules every scalar stays text: "01840" keeps its zero, "no" is no flag.
                let parser = try Parser(yaml: lines.text, resolver: .basic)
                guard let root = try parser.singleRoot() else {
                    file.report(.unknownFile, line: before + 1, column: 1)
                    return nil
                }
                return cleaned(root)
            } catch let error as YamlError {
                if case .duplicatedKeysInMapping(let keys, let context) = error, rename(keys, context.mark) { continue }
                report(error)
                return nil
            } catch {
                file.report(.yamlSyntax("\(error)"), line: before + 1, column: 1)
                return nil
            }
        }
        return nil
    }

    private func report(_ message: Message, at index: Int) {
        let place = lines.place(of: index)
        file.report(message, line: place.line, column: place.column)
    }

    // MARK: Keys that come again

    /// Gives the first of several equal keys another name, so that the rest is read all the same. False if that cannot be.
    private mutating func rename(_ keys: [String], _ mark: Mark) -> Bool {
        guard renamed.count < Self.most - 1, let key = keys.first, var index = lines.index(line: mark.line, column: mark.column) else { return false }
        if lines.letters[index] == "\"" || lines.letters[index] == "'" { index += 1 }
        guard index < lines.letters.count, lines.letters[index] == key.unicodeScalars.first, let scalar = Unicode.Scalar(Self.mark + UInt32(renamed.count))
        else { return false }
        renamed[Place(line: mark.line, column: mark.column)] = key
        lines.replace(at: index, with: scalar)
        return true
    }

    /// Of a mapping with keys that come again, each once: the first one stays, those behind it are told.
    private func once(_ pairs: [(Node, Node)]) -> [(Node, Node)] {
        func oldName(_ key: Node) -> String? { key.mark.flatMap { renamed[Place(line: $0.line, column: $0.column)] } }
        let again = Set(pairs.compactMap { oldName($0.0) })
        if again.isEmpty { return pairs }
        var first: [String: Node] = [:]
        return pairs.compactMap { (key, value) in
            guard case .scalar(var scalar) = key else { return (key, value) }
            let name = oldName(key) ?? scalar.string
            guard again.contains(name) else { return (key, value) }
            if let first = first[name] {
                file.report(.duplicateKey(name, file.spot(of: first, seenFrom: key)), at: key)
                return nil
            }
            scalar.string = name
            first[name] = .scalar(scalar)
            return (.scalar(scalar), value)
        }
    }

    // MARK: Letters that nobody sees

    /// The tree without such letters, each of which is told, and with each key once.
    private mutating func cleaned(_ root: Node) -> Node {
        var seen: Set<Place> = []
        look(root, &seen)
        if !stray, renamed.isEmpty { return root }
        var made: [Place: Node] = [:]
        return rebuilt(root, &made)
    }

    /// What an alias stands for is looked at once.
    private mutating func look(_ node: Node, _ seen: inout Set<Place>) {
        switch node {
        case .scalar(let scalar):
            if let hidden = scalar.string.unicodeScalars.first(where: Letters.isHidden) { tell(hidden, scalar) }
        case .sequence(let sequence):
            guard isNew(node, &seen) else { return }
            for item in sequence { look(item, &seen) }
        case .mapping(let mapping):
            guard isNew(node, &seen) else { return }
            for (key, value) in mapping {
                look(key, &seen)
                look(value, &seen)
            }
        case .alias: break
        }
    }

    private func isNew(_ node: Node, _ seen: inout Set<Place>) -> Bool { seen.insert(Place(line: node.place.line, column: node.place.column)).inserted }

    private mutating func tell(_ hidden: Unicode.Scalar, _ scalar: Node.Scalar) {
        stray = true
        let place = Node.scalar(scalar).place
        let text = Letters.shown(scalar.string)
        // An escape ("\u200b") has no place of its own.
        let letters = lines.letters
        if let start = lines.index(line: place.line, column: place.column) {
            let end = min(letters.count, start + scalar.string.unicodeScalars.count * 2 + 2)
            let isEscaped = scalar.style == .doubleQuoted && letters[start..<end].contains("\\")
            if !isEscaped, let at = letters[start..<end].firstIndex(of: hidden) { return report(.hiddenLetter(hidden, in: text), at: at) }
        }
        file.report(.hiddenLetter(hidden, in: text), line: place.line, column: place.column)
    }

    private func rebuilt(_ node: Node, _ made: inout [Place: Node]) -> Node {
        let place = Place(line: node.place.line, column: node.place.column)
        switch node {
        case .scalar(var scalar):
            if scalar.string.unicodeScalars.contains(where: Letters.isHidden) { scalar.string = Letters.withoutHidden(scalar.string) }
            return .scalar(scalar)
        case .sequence(let old):
            if let known = made[place] { return known }
            let sequence = Node.sequence(Node.Sequence(old.map { rebuilt($0, &made) }, old.tag, old.style, old.mark))
            made[place] = sequence
            return sequence
        case .mapping(let old):
            if let known = made[place] { return known }
            let pairs = once(old.map { (rebuilt($0.key, &made), rebuilt($0.value, &made)) })
            let mapping = Node.mapping(Node.Mapping(pairs, old.tag, old.style, old.mark))
            made[place] = mapping
            return mapping
        case .alias: return node
        }
    }

    // MARK: What the parser says

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            report(problem, context, mark)
        case .reader(let problem, let offset, _, let yaml):
            let index = offset.map { yaml.prefix($0).unicodeScalars.count } ?? 0
            report(.yamlSyntax(problem), at: min(index, max(0, lines.letters.count - 1)))
        case .duplicatedKeysInMapping(let keys, let context):
            let spot = file.spot(ofLine: context.mark.line, seenFrom: context.mark.line)
            for key in keys { file.report(.duplicateKey(Self.unmarked(key), spot), line: context.mark.line, column: context.mark.column) }
        default:
            file.report(.yamlSyntax("\(error)"), line: before + 1, column: 1)
        }
    }

    private static func unmarked(_ key: String) -> String {
        let isMarked = key.unicodeScalars.first.map { (mark..<mark + 100).contains($0.value) } ?? false
        return isMarked ? String(key.unicodeScalars.dropFirst()) : key
    }

    /// At the place where the fault is rather than where the parser could not go on.
    private func report(_ problem: String, _ context: YamlError.Context?, _ mark: Mark) {
        for line in [mark.line, mark.line - 1, context?.mark.line ?? 0] {
            if let tab = lines.tabIndent(line: line) { return report(.tabIndent, at: tab) }
        }
        let reached = lines.index(line: mark.line, column: mark.column) ?? lines.letters.count
        if let quote = lines.openQuote(before: reached) { return report(.openQuote, at: quote) }
        // Yams' own context, which has no place.
        let begun = context.flatMap { $0.mark.line < mark.line && $0.text != "expected a single document in the stream" ? $0 : nil }
        // The key without its colon.
        if let begun, begun.text == "while scanning a simple key" {
            return file.report(.yamlSyntax(problem, while: begun.text), line: begun.mark.line, column: begun.mark.column)
        }
        let spot = begun.map { file.spot(ofLine: $0.mark.line, seenFrom: mark.line) }
        file.report(.yamlSyntax(problem, while: context?.text, begun: spot), line: mark.line, column: mark.column)
    }
}
