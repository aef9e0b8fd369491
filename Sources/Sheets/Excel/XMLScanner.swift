/// Reads the XML of workbooks piece by piece: tags, texts between them. No document type, no entities but the five of XML and numbers.
struct XMLScanner {
    enum Piece {
        /// The name is without its prefix.
        case start(name: String, attributes: [(name: String, value: String)], isEmpty: Bool)
        case end(String)
        case text(String)
    }
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    /// Nil at the end.
    mutating func next() throws(Malformed) -> Piece? {
        while at < bytes.count {
            if bytes[at] != UInt8(ascii: "<") {
                let start = at
                while at < bytes.count, bytes[at] != UInt8(ascii: "<") { at += 1 }
                return .text(try Self.decoded(bytes[start..<at]))
            }
            if starts("<?") {
                try skip(past: "?>")
            } else if starts("<!--") {
                try skip(past: "-->")
            } else if starts("<![CDATA[") {
                let start = at + 9
                try skip(past: "]]>")
                return .text(String(decoding: bytes[min(start, at - 3)..<(at - 3)], as: UTF8.self))
            } else if starts("<!") {
                // A document type may declare entities that grow without end.
                throw Malformed()
            } else {
                return try tag()
            }
        }
        return nil
    }

    private func starts(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[at..<at + count]) }
    }

    private mutating func skip(past text: StaticString) throws(Malformed) {
        let from = at
        while at < bytes.count {
            if starts(text), at > from {
                at += text.utf8CodeUnitCount
                return
            }
            at += 1
        }
        throw Malformed()
    }

    private mutating func tag() throws(Malformed) -> Piece {
        at += 1
        let isEnd = at < bytes.count && bytes[at] == UInt8(ascii: "/")
        if isEnd { at += 1 }
        let name = word()
        guard !name.isEmpty else { throw Malformed() }
        var attributes: [(name: String, value: String)] = []
        while true {
            skipBlanks()
            guard at < bytes.count else { throw Malformed() }
            if bytes[at] == UInt8(ascii: ">") {
                at += 1
                return isEnd ? .end(name) : .start(name: name, attributes: attributes, isEmpty: false)
            }
            if starts("/>"), !isEnd {
                at += 2
                return .start(name: name, attributes: attributes, isEmpty: true)
            }
            attributes.append(try attribute())
        }
    }

    private mutating func attribute() throws(Malformed) -> (name: String, value: String) {
        let name = word()
        skipBlanks()
        guard !name.isEmpty, at < bytes.count, bytes[at] == UInt8(ascii: "=") else { throw Malformed() }
        at += 1
        skipBlanks()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else { throw Malformed() }
        let quote = bytes[at]
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != quote { at += 1 }
        guard at < bytes.count else { throw Malformed() }
        at += 1
        return (name, try Self.decoded(bytes[start..<at - 1]))
    }

    private mutating func skipBlanks() { while at < bytes.count, bytes[at] <= 32 { at += 1 } }

    /// A name without its prefix.
    private mutating func word() -> String {
        var start = at
        while at < bytes.count, bytes[at] > 32, !"=/><\"'".utf8.contains(bytes[at]) {
            if bytes[at] == UInt8(ascii: ":") { start = at + 1 }
            at += 1
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var out = ""
        var rest = bytes
        while let mark = rest.firstIndex(of: UInt8(ascii: "&")) {
            out += String(decoding: rest[..<mark], as: UTF8.self)
            guard let end = rest[mark...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw Malformed() }
            let name = String(decoding: rest[(mark + 1)..<end], as: UTF8.self)
            switch name {
            case "lt": out += "<"
            case "gt": out += ">"
            case "amp": out += "&"
            case "quot": out += "\""
            case "apos": out += "'"
            default:
                guard name.hasPrefix("#") else { throw Malformed() }
                let digits = name.dropFirst()
                let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                guard let scalar = value.flatMap(Unicode.Scalar.init) else { throw Malformed() }
                out.unicodeScalars.append(scalar)
            }
            rest = rest[(end + 1)...]
        }
        return out + String(decoding: rest, as: UTF8.self)
    }
}
