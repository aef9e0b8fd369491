/// Letters that nobody sees, and how messages show them.
package enum Letters {
    /// Drawn as nothing: format characters (zero-width blanks, marks of direction, soft hyphens), control characters other than blanks and
    /// line breaks, and the rest of what Unicode calls ignorable.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9, 10, 13, 32...126, 0xA0...0xAC, 0xAE...0x33F, 0x1E00...0x1FFF: return false
        case 0x85, 0x2028, 0x2029: return false
        case 0...31, 0x7F...0x9F: return true
        default: return scalar.properties.generalCategory == .format || scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// Ends a line, in one program or another.
    package static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        (10...13).contains(scalar.value) || [0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    /// Has no place in a value of a file: hidden, a line break or a tab.
    package static func isStray(_ scalar: Unicode.Scalar) -> Bool { scalar == "\t" || isBreak(scalar) || isHidden(scalar) }

    /// The text without what nobody sees.
    package static func withoutHidden(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isHidden($0) }))
    }

    /// "U+200B".
    package static func name(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }

    /// Letters that one message shows at most.
    static let longest = 1_000

    /// For a terminal: what cannot be seen is named, as in `<U+200B>`; what is too long is cut.
    package static func shown(_ text: String) -> String {
        if text.utf8.count <= longest, text.utf8.allSatisfy({ (32...126).contains($0) }) { return text }
        var out = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == longest { return out + " …" }
            if isStray(scalar) || isNoLetter(scalar) { out += "<" + name(scalar) + ">" } else { out.unicodeScalars.append(scalar) }
        }
        return out
    }

    /// The sign for a letter that could not be read, and what Unicode gives to nobody or to everybody.
    package static func isNoLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFFFC, 0xFFFD: return true
        case 0..<0x378, 0x1E00...0x1EFF: return false
        default: return [.privateUse, .unassigned, .surrogate].contains(scalar.properties.generalCategory)
        }
    }
}
