extension YAMLLines {
    /// Keys whose value is a name or a sentence, in which a number sign may be meant.
    private static let texts = ["name", "title", "agency", "carrier", "within", "upstream"]

    /// Comments that follow a plain text without a blank behind their sign, as in `name: Xã Yên Mỹ #2`: where the sign stands, what is left
    /// of the value, and what is cut off.
    var commentCuts: [(at: Int, kept: String, cut: String)] {
        var found: [(at: Int, kept: String, cut: String)] = []
        for at in letters.indices where letters[at] == "#" && at > 1 && letters[at - 1] == " " {
            guard at + 1 < letters.count, !isSpace(letters[at + 1]), letters[at + 1] != "#" else { continue }
            let start = (letters[..<at].lastIndex { $0 == "\n" || $0 == "\r" } ?? -1) + 1
            var line = letters[start..<at].drop(while: isSpace)
            if line.first == "-" { line = line.dropFirst().drop(while: isSpace) }
            guard !line.contains("#"), let colon = line.firstIndex(of: ":"), colon + 1 < at, isSpace(letters[colon + 1]),
                Self.texts.contains(Self.string(line[..<colon]))
            else { continue }
            let value = letters[(colon + 1)..<at].drop(while: isSpace)
            guard let first = value.first, !"\"'[{&*!|>".unicodeScalars.contains(first) else { continue }
            let end = letters[at...].firstIndex { $0 == "\n" || $0 == "\r" } ?? letters.count
            var kept = value
            while let last = kept.last, isSpace(last) { kept = kept.dropLast() }
            found.append((at, Self.string(kept), Self.string(letters[at..<end])))
        }
        return found
    }

    private func isSpace(_ letter: Unicode.Scalar) -> Bool { letter == " " || letter == "\t" || letter == "\n" || letter == "\r" }
    private static func string(_ part: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(part)) }
}

extension Message {
    static func cutByComment(_ kept: String, _ cut: String) -> Message {
        Message(
            .cutByComment, .warning, en: "'\(cut)' is a comment, and the value is '\(kept)' alone; put the whole value in quotation marks if it belongs to it",
            vi: "'\(cut)' là chú thích, giá trị chỉ còn '\(kept)'; nếu thuộc về giá trị, hãy đặt cả giá trị trong dấu nháy")
    }
}
