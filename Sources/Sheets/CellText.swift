import Documents

/// A cell's text as it is meant: without what a spreadsheet or a keyboard put there for itself.
struct CellText {
    /// What was mended, in words about the tidy text.
    private(set) var mended: [(String) -> Message] = []
    private(set) var text: String

    init(_ original: String) {
        text = original
        if original.utf8.allSatisfy({ $0 < 127 && $0 > 32 && $0 != 39 }) { return }
        let protected = FormulaText.unprotected(original)
        let seen = Letters.withoutHidden(protected)
        if !Self.same(seen, protected), let first = protected.unicodeScalars.first(where: Letters.isHidden) {
            mended.append { .hiddenTaken($0, first) }
        }
        let letters = Spelling.withoutEth(seen)
        if !Self.same(letters, seen) { mended.append { .lookAlike($0) } }
        let composed = letters.precomposedStringWithCanonicalMapping
        if !Self.same(composed, letters) { mended.append { .composed($0) } }
        text = Spelling.tidy(composed)
        if !Self.same(text, composed) { mended.append { .blanks($0) } }
    }

    private static func same(_ a: String, _ b: String) -> Bool { a.unicodeScalars.elementsEqual(b.unicodeScalars) }
}

/// Cells that a spreadsheet would take for a formula, and the apostrophe that tells it not to.
enum FormulaText {
    private static let beginnings: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]

    /// A spreadsheet would reckon it. A negative number is only a number.
    static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, beginnings.contains(first) else { return false }
        if first == "-", text.count > 1, text.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." || $0 == "," }) { return false }
        return true
    }

    /// As a cell that no spreadsheet reckons.
    static func protected(_ text: String) -> String { isFormula(text) || text.hasPrefix("'") ? "'" + text : text }

    /// What ``protected(_:)`` was given.
    static func unprotected(_ text: String) -> String {
        guard text.hasPrefix("'") else { return text }
        let rest = String(text.dropFirst())
        return isFormula(rest) || rest.hasPrefix("'") ? rest : text
    }
}

/// What stands in a cell and is no value.
enum NoValue {
    /// "#N/A", "#REF!", "#DIV/0!", "Err:502", "#####": a spreadsheet could not reckon it, or show it.
    static func isFailedFormula(_ text: String) -> Bool {
        if text.lowercased().hasPrefix("err:") { return text.dropFirst(4).allSatisfy(\.isNumber) && text.count > 4 }
        guard text.hasPrefix("#"), text.count > 1 else { return false }
        let rest = text.dropFirst()
        if rest.allSatisfy({ $0 == "#" }) || rest.uppercased() == "N/A" { return true }
        return (rest.hasSuffix("!") || rest.hasSuffix("?")) && rest.dropLast().allSatisfy { $0.isLetter || $0 == "/" || $0 == "0" || $0 == "_" }
    }

    /// "1.23E+05": a code that was taken for a number and lost its digits.
    static func isExponent(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
        guard parts.count == 2, let sign = parts[1].first, sign == "+" || sign == "-" else { return false }
        let digits = parts[0].filter { $0 != "." && $0 != "," }
        return !digits.isEmpty && (digits + parts[1].dropFirst()).allSatisfy { $0.isASCII && $0.isNumber } && parts[1].count > 1
    }

    /// "-", "…", "n/a", "chưa có": nobody has said it yet.
    static func isPlaceholder(_ text: String) -> Bool {
        if !text.isEmpty, text.unicodeScalars.allSatisfy({ !$0.properties.isAlphabetic && !("0"..."9").contains($0) && $0 != "\"" && $0 != "#" && $0 != "〃" }) {
            return true
        }
        return ["x", "xx", "xxx"].contains(text) || isOne(of: words, text)
    }

    /// "nt", "như trên", a ditto mark: as in the row above.
    static func isDitto(_ text: String) -> Bool { ["\"", "''", "〃"].contains(text) || isOne(of: dittos, text) }

    /// With its marks, or typed without any: "Chùa Cổ" is a place, "chưa có" and "chua co" are none.
    private static func isOne(of words: Words, _ text: String) -> Bool {
        words.folded.contains(Spelling.folded(text)) || text.utf8.allSatisfy { $0 < 128 } && words.bare.contains(Spelling.bare(text))
    }

    private struct Words {
        var folded: Set<String>
        var bare: Set<String>
        init(_ words: [String]) {
            folded = Set(words.map(Spelling.folded))
            bare = Set(words.map(Spelling.bare))
        }
    }
    private static let dittos = Words(["nt", "n/t", "như trên", "ditto"])
    private static let words = Words([
        "n/a", "null", "nil", "none", "tbd", "tba", "chưa có", "chưa rõ", "chưa biết", "chưa cấp", "chưa xác định", "chưa khảo sát", "chưa nhập", "không",
        "không có", "không rõ", "không biết", "ko", "ko có", "k có", "đang cập nhật", "cập nhật sau", "bổ sung sau", "để trống",
    ])
}
