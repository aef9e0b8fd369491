import Foundation

/// Ways to spell the same Vietnamese words.
package enum Spelling {
    private static let tones: Set<Unicode.Scalar> = ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]

    /// Composed letters (NFC) that can be seen, blanks of any kind as single spaces, none at the ends.
    package static func tidy(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 127 && $0 > 32 }) { return text }
        let words = withoutEth(Letters.withoutHidden(text)).precomposedStringWithCanonicalMapping.split { $0.isWhitespace || $0 == "\u{A0}" }
        return words.joined(separator: " ")
    }

    /// Old keyboards and fonts have the Icelandic letter eth for "Đ"; nobody sees the difference.
    package static func withoutEth(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "Ð" || $0 == "Ɖ" || $0 == "ð" }) else { return text }
        return text.replacing("Ð", with: "Đ").replacing("Ɖ", with: "Đ").replacing("ð", with: "đ")
    }

    /// Equal for words that differ in case, or in where the tone mark stands: "Hoà" and "Hòa".
    ///
    /// A syllable has one tone, so taking the mark off its vowel and putting it behind the syllable makes all spellings one.
    package static func folded(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var tone: Unicode.Scalar?
        func close() {
            if let tone { out.append(tone) }
            tone = nil
        }
        for scalar in lower(text).decomposedStringWithCanonicalMapping.unicodeScalars {
            if tones.contains(scalar) {
                tone = scalar
            } else {
                if !scalar.properties.isAlphabetic, !scalar.properties.isDiacritic { close() }
                out.append(scalar)
            }
        }
        close()
        return String(out)
    }

    /// Without any marks: "Xã Đồng Thái" becomes "xa dong thai"; what is neither letter nor digit becomes one space.
    package static func bare(_ text: String) -> String {
        var out = ""
        var gap = false
        for scalar in lower(text).decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": break
            case "đ":
                if gap, !out.isEmpty { out += " " }
                gap = false
                out += "d"
                continue
            case "\u{300}"..."\u{36F}": continue
            default:
                gap = true
                continue
            }
            if gap, !out.isEmpty { out += " " }
            gap = false
            out.unicodeScalars.append(scalar)
        }
        return out
    }

    package static func lower(_ text: String) -> String { text.lowercased() }

    /// Offices in front of a unit's name, without marks.
    private static let offices = ["ubnd", "uy ban nhan dan", "hdnd", "hoi dong nhan dan", "hdnd ubnd", "hdnd va ubnd", "diem cau", "tru so"]

    /// The name without the office in front: "UBND xã Yên Mỹ" becomes "xã Yên Mỹ".
    package static func withoutOffice(_ name: String) -> String {
        let words = name.split(separator: " ")
        for count in stride(from: min(4, words.count - 1), through: 1, by: -1)
        where offices.contains(bare(words[..<count].joined(separator: " "))) {
            return words[count...].joined(separator: " ")
        }
        return name
    }

    /// A kind of unit as names begin with it.
    private struct Kind {
        /// In full, in lower case.
        var words: String
        /// The level that it means; nil for "thành phố", which may be of two.
        var level: String?
        /// How names write it, folded, with what must follow.
        var beginnings: [String]

        init(_ words: String, _ level: String?, short: [String] = []) {
            self.words = words
            self.level = level
            beginnings = ([words] + short).map { Spelling.folded($0) + ($0.hasSuffix(".") ? "" : " ") }
        }
    }

    private static let kinds = [
        Kind("thành phố", nil, short: ["tp.", "tp"]), Kind("đặc khu", "xa", short: ["đk."]), Kind("thị trấn", "xa", short: ["tt.", "tt"]),
        Kind("thị xã", "huyen", short: ["tx.", "tx"]), Kind("phường", "xa", short: ["p."]), Kind("huyện", "huyen", short: ["h."]),
        Kind("tỉnh", "tinh", short: ["t."]), Kind("quận", "huyen", short: ["q."]), Kind("thôn", "thon"), Kind("xã", "xa", short: ["x."]),
        Kind("ấp", "thon"),
    ]

    /// A name's kind of unit, in lower case, with the level it means; nil if it begins with none. Committees ("Huyện ủy") are none.
    package static func kind(_ name: String) -> (words: String, level: String?, rest: String)? {
        let name = withoutOffice(tidy(name))
        // The longest kind has two words; folding the rest would be for nothing.
        let head = folded(name.split(separator: " ", maxSplits: 2).prefix(2).joined(separator: " ") + " ")
        for kind in kinds {
            for beginning in kind.beginnings where head.hasPrefix(beginning) {
                let rest = tidy(String(name.dropFirst(beginning.hasSuffix(".") ? beginning.count : kindLength(beginning))))
                if !rest.isEmpty, bare(String(rest.prefix { $0 != " " })) != "uy" { return (kind.words, kind.level, rest) }
            }
        }
        return nil
    }

    /// Letters of a folded beginning in a name: its tone marks stand on their own.
    private static func kindLength(_ beginning: String) -> Int { beginning.precomposedStringWithCanonicalMapping.count }

    /// At most 48 letters, digits and `-`: an id made of a name.
    package static func slug(_ text: String) -> String {
        var slug = bare(text).replacingOccurrences(of: " ", with: "-")
        if slug.utf8.count > 48 { slug = String(slug.prefix(48)) }
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug
    }

    /// As written; in one spelling; without the office; without the kind of unit; without marks.
    package static func readings(_ name: String) -> [String] {
        let bareName = withoutOffice(name)
        let kind = Self.kind(name)
        let full = kind.map { $0.words + " " + $0.rest } ?? bareName
        return [
            lower(name), folded(name), folded(full), folded(kind?.rest ?? bareName),
            bare(kind?.rest ?? bareName),
        ]
    }

    /// Whether a text may name a node, level, room, class, network or meeting.
    package static func isID(_ text: String) -> Bool {
        guard (1...48).contains(text.utf8.count), let first = text.unicodeScalars.first, first != "-", first != ".", first != "_" else { return false }
        return text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0) }
    }
}
