/// A JSON value being written (RFC 8259): keys in the order given, numbers short.
package indirect enum JSONText {
    case text(String)
    case number(Double)
    case flag(Bool)
    case null
    case list([JSONText])
    case object([(String, JSONText)])

    /// Rounded to a thousandth, without a fraction where there is none.
    package static func count(_ n: Int) -> JSONText { .number(Double(n)) }

    /// The value in one line.
    package var description: String {
        var out = ""
        write(to: &out)
        return out
    }

    private func write(to out: inout String) {
        switch self {
        case .text(let text): JSONText.quote(text, to: &out)
        case .number(let number):
            let rounded = (number * 1_000).rounded() / 1_000
            out += rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : String(rounded)
        case .flag(let flag): out += flag ? "true" : "false"
        case .null: out += "null"
        case .list(let items):
            out += "["
            for (i, item) in items.enumerated() {
                if i > 0 { out += "," }
                item.write(to: &out)
            }
            out += "]"
        case .object(let pairs):
            out += "{"
            for (i, pair) in pairs.enumerated() {
                if i > 0 { out += "," }
                JSONText.quote(pair.0, to: &out)
                out += ":"
                pair.1.write(to: &out)
            }
            out += "}"
        }
    }

    /// A JSON string (section 7).
    private static func quote(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
