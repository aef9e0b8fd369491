/// Finds what cannot be in a name: the traces of a text that was saved or opened in the wrong code page.
package struct LostLetters {
    /// What is wrong with a text.
    package enum Finding: Equatable {
        /// The letters in which it shows.
        case lost(String)
        /// A Greek or Cyrillic letter among Latin ones, which looks like one of them.
        case foreign(Unicode.Scalar)
    }

    private let letters: [Unicode.Scalar]

    /// What is wrong with a text; nil if nothing is. In a name (`strict`) a question mark beside a letter is one that was lost;
    /// in a sentence only one between letters is.
    package static func find(in text: String, strict: Bool) -> Finding? {
        if text.utf8.allSatisfy({ $0 < 128 && !marks.contains($0) }) { return nil }
        return LostLetters(letters: Array(text.unicodeScalars)).find(strict: strict)
    }

    /// `?`, `&`, `%`, `\` and control characters are the only ASCII letters to look at.
    private static let marks: Set<UInt8> = Set([63, 38, 37, 92, 127] + Array(0..<9) + Array(14..<32))

    private func find(strict: Bool) -> Finding? {
        for i in letters.indices {
            if let found = unreadable(i) ?? question(i, strict) ?? misread(i) ?? escape(i) ?? legacy(i) { return .lost(found) }
        }
        return foreign.map { .foreign($0) }
    }

    private func isLetter(_ i: Int) -> Bool { letters.indices.contains(i) && letters[i].properties.isAlphabetic }
    private func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(letters[range.clamped(to: letters.indices)])) }

    private func unreadable(_ i: Int) -> String? {
        let scalar = letters[i]
        if Letters.isNoLetter(scalar) { return text(i..<i + 1) }
        return (0x80...0x9F).contains(scalar.value) && scalar.value != 0x85 ? text(i..<i + 1) : nil
    }

    /// "x? Y?n": what a code page without the letter puts in its place.
    private func question(_ i: Int, _ strict: Bool) -> String? {
        guard letters[i] == "?", i == 0 || letters[i - 1] != "?" else { return nil }
        var end = i
        while end < letters.count, letters[end] == "?" { end += 1 }
        let (before, after) = (isLetter(i - 1), isLetter(end))
        return before && after || strict && (before || after) ? text(max(0, i - 1)..<end + 1) : nil
    }

    // MARK: UTF-8 taken for something else

    /// "Ã£", "áº¿", "Æ°": the bytes of one Vietnamese letter, each shown as a letter of the Western code page.
    private func misread(_ i: Int) -> String? {
        guard let first = Self.byte(letters[i]), first >= 0xC3, first < 0xF0 else { return nil }
        let count = first < 0xE0 ? 2 : 3
        let rest = letters[(i + 1)...].prefix(count - 1).map(Self.byte)
        // "á»?": the last byte has no letter in that code page.
        if first == 0xE1, rest.first == 0xBA || rest.first == 0xBB, rest.count == 2, rest[1].map({ $0 < 0xC0 }) ?? (letters[i + 2] == "?") {
            return text(i..<i + 3)
        }
        guard rest.count == count - 1, rest.allSatisfy({ $0.map { (0x80..<0xC0).contains($0) } ?? false }) else { return nil }
        var value = UInt32(first) & (count == 2 ? 0x1F : 0x0F)
        for byte in rest { value = value << 6 | UInt32(byte ?? 0) & 0x3F }
        guard Self.isVietnamese(value) || (0x300...0x323).contains(value) || (0x2010...0x2026).contains(value) || value == 0xFEFF else { return nil }
        // “UBND XÃ”: a closing quotation mark behind a capital is no half of a letter.
        if first == 0xC3, Self.punctuation.contains(letters[i + 1]), !isLetter(i + 2) { return nil }
        return text(i..<i + count)
    }

    private static let punctuation: Set<Unicode.Scalar> = ["“", "”", "‘", "’", "–", "—", "…", "•", "«", "»", "‹", "›", "\u{A0}"]

    private static func isVietnamese(_ value: UInt32) -> Bool {
        switch value {
        case 0xC0...0xC3, 0xC8...0xCA, 0xCC, 0xCD, 0xD2...0xD5, 0xD9, 0xDA, 0xDD: true
        case 0xE0...0xE3, 0xE8...0xEA, 0xEC, 0xED, 0xF2...0xF5, 0xF9, 0xFA, 0xFD: true
        case 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x1EA0...0x1EF9: true
        default: false
        }
    }

    /// The byte that Windows' Western code page (1252) has for a letter; nil for letters of others.
    private static func byte(_ scalar: Unicode.Scalar) -> UInt8? { scalar.value < 0x80 ? nil : scalar.value < 0x100 ? UInt8(scalar.value) : western[scalar] }
    private static let western: [Unicode.Scalar: UInt8] = [
        "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88, "‰": 0x89, "Š": 0x8A, "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E,
        "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B, "œ": 0x9C, "ž": 0x9E,
        "Ÿ": 0x9F,
    ]

    // MARK: Letters written out, and old fonts

    /// "&#7881;", "&atilde;", "%C3%A3", "\u00e3".
    private func escape(_ i: Int) -> String? {
        func ends(_ from: Int, _ limit: Int, _ good: (Unicode.Scalar) -> Bool) -> Int {
            var end = from
            while end < letters.count, end - from < limit, good(letters[end]) { end += 1 }
            return end
        }
        func isHex(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isASCIIHexDigit }
        func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) }
        switch letters[i] {
        case "&":
            let hash = i + 1 < letters.count && letters[i + 1] == "#" ? 1 : 0
            let end = ends(i + 1 + hash, 10) { isWord($0) && (hash == 1 || $0.properties.isAlphabetic) }
            return end - i - hash > 2 && end < letters.count && letters[end] == ";" ? text(i..<end + 1) : nil
        case "%":
            guard ends(i + 1, 2, isHex) == i + 3, i + 3 < letters.count, letters[i + 3] == "%", ends(i + 4, 2, isHex) == i + 6 else { return nil }
            return text(i..<i + 6)
        case "\\":
            guard i + 1 < letters.count, letters[i + 1] == "u" || letters[i + 1] == "x" else { return nil }
            let digits = letters[i + 1] == "u" ? 4 : 2
            return ends(i + 2, digits, isHex) == i + 2 + digits ? text(i..<i + 2 + digits) : nil
        default: return nil
        }
    }

    /// Signs of the fonts before Unicode (TCVN3: "x· Yªn Mü") and of other systems' code pages ("x├ú", "x√£").
    private func legacy(_ i: Int) -> String? {
        let scalar = letters[i]
        if (0x2500...0x259F).contains(scalar.value) { return text(i..<i + 1) }
        guard (0xA1...0xBF).contains(scalar.value) || scalar == "√" || scalar == "∆" else { return nil }
        let (before, after) = (isLetter(i - 1), isLetter(i + 1))
        let found =
            switch scalar {
            case "¸", "¶", "¹", "¨", "ª", "¬", "¡", "¢", "£", "¤", "¥", "¦", "§", "¼", "½", "¾", "¿", "º", "√", "∆": before || after
            case "µ": before
            case "®", "©": after
            case "·": before && !after
            case "«", "»": (before || after) && letters.count { $0 == "«" } != letters.count { $0 == "»" }
            default: false
            }
        return found ? text(max(0, i - 1)..<i + 2) : nil
    }

    /// In a word that also has Latin letters.
    private var foreign: Unicode.Scalar? {
        var latin = false
        var other: Unicode.Scalar?
        for scalar in letters {
            if !scalar.properties.isAlphabetic {
                if latin, let other { return other }
                (latin, other) = (false, nil)
            } else if (0x370...0x3FF).contains(scalar.value) || (0x400...0x52F).contains(scalar.value) {
                other = other ?? scalar
            } else if scalar.value < 0x250 || (0x1E00...0x1EFF).contains(scalar.value) {
                latin = true
            }
        }
        return latin ? other : nil
    }
}
