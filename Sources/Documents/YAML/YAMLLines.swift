/// The letters of a YAML text by line and column, as libyaml counts them: a line ends with LF, CR or both.
struct YAMLLines {
    private(set) var letters: [Unicode.Scalar]
    /// Where each line begins.
    private let starts: [Int]

    init(_ text: some StringProtocol) {
        letters = Array(text.unicodeScalars)
        var starts = [0]
        for (i, scalar) in letters.enumerated() {
            if scalar == "\n" || scalar == "\r" && !(i + 1 < letters.count && letters[i + 1] == "\n") { starts.append(i + 1) }
        }
        self.starts = starts
    }

    var text: String { String(String.UnicodeScalarView(letters)) }
    var lineCount: Int { starts.count }

    /// Of a line from 1 and a column from 1; nil if there is no such place.
    func index(line: Int, column: Int) -> Int? {
        guard starts.indices.contains(line - 1), column > 0, starts[line - 1] + column - 1 < letters.count else { return nil }
        return starts[line - 1] + column - 1
    }

    func place(of index: Int) -> (line: Int, column: Int) {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= index { low = middle } else { high = middle }
        }
        return (low + 1, index - starts[low] + 1)
    }

    mutating func replace(at index: Int, with scalar: Unicode.Scalar) { letters[index] = scalar }

    /// The first tab among the blanks that a line begins with, unless the line is blank.
    func tabIndent(line: Int) -> Int? {
        guard starts.indices.contains(line - 1) else { return nil }
        var tab: Int?
        for i in starts[line - 1]..<letters.count {
            switch letters[i] {
            case " ": continue
            case "\t": tab = tab ?? i
            case "\n", "\r", "#": return nil
            default: return tab
            }
        }
        return nil
    }

    /// Places of what no YAML may hold, of line breaks that not every program takes for one, and of byte order marks inside, which readers lose.
    var controls: [Int] {
        letters.indices.filter { i in
            let value = letters[i].value
            let control = value < 32 && value != 9 && value != 10 && value != 13 || (0x7F...0x9F).contains(value)
            return control || value == 0x2028 || value == 0x2029 || value == 0xFEFF || value == 0xFFFE || value == 0xFFFF
        }
    }

    /// Where an alias, or a list or mapping of a text with aliases, is used as a key. Yams compares keys letter by letter, with everything that
    /// an alias stands for: nine aliases of nine aliases of nine … never end.
    var aliasKey: Int? {
        guard letters.contains("*"), letters.contains("&") else { return nil }
        var (alias, aliasKey, complexKey): (Int?, Int?, Int?)
        walk { token, i, end in
            switch token {
            case .alias:
                alias = alias ?? i
                if isColon(after: end) { aliasKey = aliasKey ?? i }
            case .question: complexKey = complexKey ?? i
            case .closing: if isColon(after: i) { complexKey = complexKey ?? i }
            case .quoted: break
            }
            return aliasKey == nil
        }
        return aliasKey ?? (alias == nil ? nil : complexKey)
    }

    /// The first quotation mark before `limit` that is not closed in its own line.
    func openQuote(before limit: Int) -> Int? {
        var found: Int?
        walk { token, i, end in
            if token == .quoted, letters[i...end].contains(where: { $0 == "\n" || $0 == "\r" }) || end == letters.count - 1 && !closes(i, end) { found = i }
            return found == nil && i < limit
        }
        return found.flatMap { $0 < limit ? $0 : nil }
    }

    private func closes(_ start: Int, _ end: Int) -> Bool { end > start && letters[end] == letters[start] }

    private enum Token {
        case alias, question, closing, quoted
    }

    /// Every alias, `?`, closing bracket and quoted value outside of comments and other values, with its first and last letter, while `goOn` says so.
    private func walk(_ goOn: (Token, Int, Int) -> Bool) {
        var i = 0
        /// True where a value or key may begin.
        var fresh = true
        while i < letters.count {
            let start = i
            switch letters[i] {
            case "\n", "\r": fresh = true
            case " ", "\t": break
            case "#" where i == 0 || isBlank(i - 1):
                while i + 1 < letters.count, !isEnd(i + 1) { i += 1 }
            case "\"" where fresh, "'" where fresh:
                i = endOfQuoted(i)
                fresh = false
                if !goOn(.quoted, start, i) { return }
            case "*" where fresh:
                while i + 1 < letters.count, !endsAlias(i + 1) { i += 1 }
                fresh = false
                if !goOn(.alias, start, i) { return }
            case "?" where fresh && isBlank(i + 1): if !goOn(.question, start, i) { return }
            case "]", "}":
                fresh = false
                if !goOn(.closing, start, i) { return }
            case "[", "{", ",": fresh = true
            case "-" where fresh && isBlank(i + 1), ":" where isBlank(i + 1): fresh = true
            case "&" where fresh, "!" where fresh:
                while i + 1 < letters.count, !isBlank(i + 1) { i += 1 }
            default: fresh = false
            }
            i += 1
        }
    }

    private func endsAlias(_ i: Int) -> Bool {
        isBlank(i) || ",[]{}".unicodeScalars.contains(letters[i]) || letters[i] == ":" && isBlank(i + 1)
    }
    private func isEnd(_ i: Int) -> Bool { i >= letters.count || letters[i] == "\n" || letters[i] == "\r" }
    private func isBlank(_ i: Int) -> Bool { isEnd(i) || letters[i] == " " || letters[i] == "\t" }
    private func isColon(after i: Int) -> Bool {
        var next = i + 1
        while next < letters.count, letters[next] == " " || letters[next] == "\t" { next += 1 }
        return next < letters.count && letters[next] == ":" && (isBlank(next + 1) || ",]}".unicodeScalars.contains(letters[next + 1]))
    }

    private func endOfQuoted(_ start: Int) -> Int {
        var i = start + 1
        while i < letters.count {
            if letters[i] == letters[start] {
                guard letters[start] == "'", i + 1 < letters.count, letters[i + 1] == "'" else { return i }
                i += 1
            } else if letters[start] == "\"", letters[i] == "\\" {
                i += 1
            }
            i += 1
        }
        return letters.count - 1
    }
}
