import Basics

/// A good topology file, drawn from a seed, into which faults are put.
struct YAMLKinds {
    private var generator: SeededGenerator
    private var lines: [String] = []
    /// Lines that a fault has changed, or that would tell it twice.
    private var spent: Set<Int> = []
    private(set) var expected: [Expected] = []
    /// Begin of each node, by line from 0; each has six lines.
    private var nodes: [Int] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        lines = [
            "network: n", "name: Mạng thử", "version: 1", "edition: \"2021-11\"", "levels:", "  - {id: tinh, name: Tỉnh}", "  - {id: xa, name: Xã}",
            "defaults: {capacity: 10 Mbit/s, latency: 5 ms}", "nodes:", "  - id: T", "    level: tinh", "    name: Tỉnh Ninh Bình", "    unit: \"37\"",
            "    address: 10.37.0.1",
        ]
        for i in 1...Int.random(in: 3...8, using: &generator) {
            nodes.append(lines.count)
            lines += [
                "  - id: X\(i)", "    level: xa", "    name: Xã Yên Mỹ \(i)", "    unit: \"\(14_700 + i)\"", "    address: 10.37.1.\(i)",
                "    uplink: {to: T, capacity: \(i) Mbit/s}",
            ]
        }
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// After one of these the parser reads nothing more: they come alone.
    static let fatal = ["tab", "open quotation", "no colon", "colon", "at", "unknown alias", "open brace", "alias as key", "bad escape"]
    /// Those that leave the rest readable.
    static let kinds = [
        "hidden letter", "control letter", "escape", "duplicate key", "unknown key", "missing key", "no level", "empty name", "null name", "blank name",
        "lost letter", "mojibake", "entity", "line break", "curly quotes", "bad id", "double id", "bad address", "octal address", "link-local",
        "double address", "unknown parent", "own parent", "bad unit", "no unit", "comma", "flow comma", "too large", "bad port", "bad place", "place commas",
        "wrong type", "same name", "hidden key",
    ]

    private mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &generator)] }

    private mutating func node() -> Int? {
        let free = nodes.filter { !spent.contains($0) }
        guard !free.isEmpty else { return nil }
        let node = pick(free)
        spent.insert(node)
        return node
    }

    /// False if no node without a fault is left.
    mutating func put(_ kind: String) -> Bool {
        guard let node = node() else { return false }
        let (id, level, name, unit, address, uplink) = (node, node + 1, node + 2, node + 3, node + 4, node + 5)
        /// Writes a line; the fault stands there, at the column of its value unless another is given.
        func set(_ line: Int, _ text: String, column: Int? = nil) {
            lines[line] = text
            expected.append(Expected(kind: kind, line: line + 1, column: column))
        }
        let own = lines[name].dropFirst(10)
        switch kind {
        case "hidden letter": set(name, "    name: Xã\(pick(["\u{200B}", "\u{202E}", "\u{AD}", "\u{FEFF}"])) \(own)", column: 13)
        case "control letter": set(name, "    name: Xã\(pick(["\u{0}", "\u{8}", "\u{1B}", "\u{7F}", "\u{85}", "\u{2028}"])) \(own)", column: 13)
        case "escape": set(name, "    name: \"Xã\(pick(["\\u200b", "\\e[31m", "\\0", "\\x08"])) \(own)\"", column: 11)
        case "duplicate key":
            lines[unit] = "    level: xa"
            expected.append(Expected(kind: kind, line: unit + 1, column: 5))
        case "unknown key": set(unit, "    unti: \"1\"", column: 5)
        case "missing key": set(id, "  - address: 10.37.9.9", column: 5)
        case "no level": set(level, "    level: xax", column: 12)
        case "empty name": set(name, "    name:", column: nil)
        case "null name": set(name, "    name: " + pick(["~", "null"]), column: 11)
        case "blank name": set(name, "    name: " + pick(["\"\"", "\"  \""]), column: 11)
        case "lost letter": set(name, "    name: X\(pick(["?", "\u{FFFD}"])) Yên", column: 11)
        case "mojibake": set(name, "    name: XÃ£ YÃªn Má»¹", column: 11)
        case "entity": set(name, "    name: X&#227; Yên", column: 11)
        case "line break": set(name, "    name: \"Xã\\nYên\"", column: 11)
        case "curly quotes": set(unit, "    unit: “14725”", column: 11)
        case "bad id": set(id, "  - id: \"X 2\"", column: 9)
        case "double id": set(id, "  - id: T", column: 9)
        case "bad address": set(address, "    address: " + pick(["10.37.1.300", "10.37", "224.0.0.1", "nut.example", "10.37.9.9:5004"]), column: 14)
        case "octal address": set(address, "    address: 010.037.001.009", column: 14)
        case "link-local": set(address, "    address: " + pick(["\"fe80::1\"", "\"::10.37.0.9\""]), column: 14)
        case "double address": set(address, "    address: 10.37.0.1", column: 14)
        case "unknown parent": set(uplink, "    uplink: {to: T9, capacity: 1 Mbit/s}", column: 18)
        case "own parent": set(uplink, "    uplink: {to: \(lines[id].dropFirst(8)), capacity: 1 Mbit/s}", column: nil)
        case "bad unit": set(uplink, "    uplink: {to: T, capacity: 10 MB}", column: 31)
        case "no unit": set(uplink, "    uplink: {to: T, capacity: 10}", column: 31)
        case "comma":
            set(uplink, "    uplink: {to: T, capacity: \"9,6 Mbit/s\"}", column: 31)
        case "flow comma": set(uplink, "    uplink: {to: T, capacity: 9,6 Mbit/s}", column: 31)
        case "too large": set(uplink, "    uplink: {to: T, capacity: 99999999999999999999 Mbit/s}", column: 31)
        case "bad port": set(unit, "    port: " + pick(["0", "70000", "99999999999999999999", "x"]), column: 11)
        case "bad place": set(unit, "    at: " + pick(["[91, 106]", "[x, 106]", "[20]"]))
        case "place commas": set(unit, "    at: [20,111, 106,021]", column: 9)
        case "wrong type": set(unit, "    rooms: 2", column: 12)
        case "same name":
            guard let other = nodes.first(where: { $0 < node && lines[$0 + 2].contains("Xã Yên Mỹ") && !spent.contains($0) }) else { return false }
            spent.insert(other)
            lines[name] = lines[other + 2]
            expected.append(Expected(kind: kind, line: id + 1, column: 9))
        case "hidden key": set(unit, "    un\u{200B}it: \"1\"", column: 7)
        default: return putFatal(kind, name, uplink)
        }
        return true
    }

    private mutating func putFatal(_ kind: String, _ name: Int, _ uplink: Int) -> Bool {
        func set(_ line: Int, _ text: String, column: Int?) {
            lines[line] = text
            expected.append(Expected(kind: kind, line: line + 1, column: column))
        }
        switch kind {
        case "tab": set(name, "\tname: Xã", column: 1)
        case "open quotation": set(name, "    name: \"Xã", column: 11)
        case "no colon": set(name, "    name Xã", column: nil)
        case "colon": set(name, "    name: Xã: Yên", column: 13)
        case "at": set(name, "    name: @Yên", column: 11)
        case "unknown alias": set(name, "    name: *khong", column: 11)
        case "open brace": set(uplink, "    uplink: {to: T, capacity: 1 Mbit/s", column: nil)
        case "alias as key":
            lines[name] = "    name: &a Xã"
            set(uplink, "    *a : T", column: 5)
        case "bad escape": set(name, "    name: \"a\\qb\"", column: nil)
        default: return false
        }
        return true
    }
}
