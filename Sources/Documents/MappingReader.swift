import Basics
import Yams

/// Reads one YAML mapping whose keys are known, and reports what is wrong with it.
///
/// Every getter returns nil for a key that is absent, and also for a value that is wrong, which it has then reported;
/// `has` tells the two apart.
package struct MappingReader {
    package let file: SourceFile
    /// The mapping itself.
    package let node: Node
    private let pairs: [(key: String, value: Node)]
    /// Keys that an unknown one was probably meant to be; nobody is told that they are missing.
    private let misspelt: [String]
    /// Keys whose value was told to be wrong before anybody asked for it.
    private let spoilt: Set<String>

    /// Nil (and a problem) if the node is no mapping. `what` is its name in that message.
    package init?(_ node: Node, what: String, keys: [String], in file: SourceFile) {
        guard case .mapping(let mapping) = node else {
            file.report(.wrongType(what, want: .mapping, found: node.found), at: node)
            return nil
        }
        self.file = file
        self.node = node
        var pairs: [(key: String, value: Node)] = []
        pairs.reserveCapacity(mapping.count)
        var misspelt: [String] = []
        var spoilt: Set<String> = []
        for (key, value) in mapping {
            guard let name = key.plainText else {
                file.report(.wrongType("key", want: .text, found: key.shape), at: key)
                continue
            }
            if keys.contains(name) {
                pairs.append((name, value))
            } else if let last = pairs.last, let number = Self.cutNumber(last.value, name, value) {
                // `{capacity: 9,6 Mbit/s}`: the comma of a number began another key.
                spoilt.insert(last.key)
                file.report(.flowComma(last.key, number), at: last.value)
            } else if let near = file.report(.unknownKey(name), at: key, meaning: name, among: keys) {
                misspelt.append(near)
            }
        }
        self.pairs = pairs
        self.misspelt = misspelt
        self.spoilt = spoilt
    }

    /// "9,6 Mbit/s" of a value "9" and a key "6 Mbit/s" without a value.
    private static func cutNumber(_ value: Node, _ key: String, _ next: Node) -> String? {
        guard let whole = value.plainText, !whole.isEmpty, whole.utf8.allSatisfy({ (48...57).contains($0) }), next.shape == .nothing,
            let first = key.utf8.first, (48...57).contains(first)
        else { return nil }
        return whole + "," + key
    }

    /// In the order of the file.
    package var keys: [String] { pairs.map(\.key) }
    package func has(_ key: String) -> Bool { value(key) != nil }
    package func value(_ key: String) -> Node? { pairs.first { $0.key == key }?.value }
    /// Reports a key that is absent.
    package func require(_ key: String) {
        if !has(key), !misspelt.contains(key) { file.report(.missingKey(key), at: node) }
    }

    // MARK: Values

    package func text(_ key: String) -> String? {
        guard let value = value(key), !spoilt.contains(key) else { return nil }
        guard let text = value.plainText else {
            file.report(.wrongType(key, want: .text, found: value.found), at: value)
            return nil
        }
        return text
    }

    /// What people call something: one line of letters that can be right.
    package func label(_ key: String) -> String? {
        guard text(key) != nil, let value = value(key) else { return nil }
        return Self.label(value, key: key, in: file)
    }

    /// As ``label(_:)``; a question mark inside is no lost letter.
    package func sentence(_ key: String) -> String? {
        guard text(key) != nil, let value = value(key) else { return nil }
        return Self.label(value, key: key, strict: false, in: file)
    }

    /// The text of a value if it can be what people call something.
    package static func label(_ value: Node, key: String, strict: Bool = true, in file: SourceFile) -> String? {
        guard case .scalar(let scalar) = value else { return nil }
        let text = scalar.string
        if text.allSatisfy(\.isWhitespace) || scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(text) {
            file.report(.wrongType(key, want: .text, found: .nothing), at: value)
            return nil
        }
        if text.unicodeScalars.contains(where: { Letters.isBreak($0) || $0 == "\t" }) {
            file.report(.lineBreak(key), at: value)
            return nil
        }
        if let finding = LostLetters.find(in: text, strict: strict) {
            file.report(.lostLetters(text, finding), at: value)
            return nil
        }
        return text
    }

    /// A code that stands in quotation marks, or could: none of them belong to it.
    package func code(_ key: String) -> String? {
        guard let text = label(key), let value = value(key) else { return nil }
        let marks = text.filter { "“”„‘’‚«»‹›\"'".contains($0) }
        if marks.isEmpty { return text }
        file.report(.quotedTwice(text, String(text.filter { !marks.contains($0) })), at: value)
        return nil
    }

    package func id(_ key: String) -> String? {
        guard let text = text(key), let value = value(key) else { return nil }
        return Self.id(text, at: value, in: file)
    }

    package func flag(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        switch value.plainText {
        case "true": return true
        case "false": return false
        default:
            file.report(.wrongType(key, want: .flag, found: value.found), at: value)
            return nil
        }
    }

    package func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let text = text(key), let value = value(key) else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            file.report(
                .badNumber(text, example: range.upperBound == 65_535 ? "5004" : String(range.lowerBound)), at: value)
            return nil
        }
        // Too many digits for us are too large a number, not none.
        guard let number = Int(text), range.contains(number) else {
            file.report(.outOfRange(text, key: key, String(range.lowerBound), String(range.upperBound)), at: value)
            return nil
        }
        return number
    }
    package func port(_ key: String) -> UInt16? { integer(key, 1...65_535).map { UInt16($0) } }

    /// In the smallest unit of that kind.
    package func quantity(_ key: String, _ kind: Quantity) -> Int64? {
        guard let text = text(key), let value = value(key) else { return nil }
        switch kind.parse(text, key: key) {
        case .success(let number): return number
        case .failure(let complaint):
            file.report(complaint.message, at: value)
            return nil
        }
    }
    package func bitrate(_ key: String) -> Bitrate? { quantity(key, .capacity).map(Bitrate.init(bitsPerSecond:)) }
    package func interval(_ key: String) -> Interval? { quantity(key, .time).map(Interval.init(nanoseconds:)) }
    /// In millionths.
    package func share(_ key: String) -> Int? { quantity(key, .share).map { Int($0) } }

    package func choice<T: RawRepresentable & CaseIterable>(_ key: String, _: T.Type) -> T? where T.RawValue == String {
        guard let text = text(key), let value = value(key) else { return nil }
        if let found = T(rawValue: text) { return found }
        let allowed = T.allCases.map(\.rawValue)
        file.report(.unknownValue(text, key: key, allowed: allowed), at: value, meaning: text, among: allowed)
        return nil
    }

    /// An IP address of one host, or of a group where `multicast` says so.
    package func address(_ key: String, port: UInt16, multicast: Bool = false) -> Address? {
        guard let text = text(key), let value = value(key) else { return nil }
        if let address = Address(text, port: port), address.isHost || multicast && address.isMulticast { return address }
        file.report(.noHost(text), at: value)
        return nil
    }

    package func list(_ key: String) -> [Node]? {
        guard let value = value(key) else { return nil }
        guard case .sequence(let sequence) = value else {
            file.report(.wrongType(key, want: .list, found: value.found), at: value)
            return nil
        }
        return Array(sequence)
    }

    /// A list of texts; one text stands for a list of one.
    package func texts(_ key: String) -> [(text: String, node: Node)] {
        guard let value = value(key) else { return [] }
        let items: [Node]
        switch value {
        case .sequence(let sequence): items = Array(sequence)
        default: items = [value]
        }
        return items.compactMap { item in
            if let text = item.plainText { return (text, item) }
            file.report(.wrongType(key, want: .textOrList, found: item.found), at: item)
            return nil
        }
    }

    /// The text if it may name a node, level, room, network or meeting.
    package static func id(_ text: String, at node: Node, in file: SourceFile) -> String? {
        func alphanumeric(_ b: UInt8) -> Bool {
            (48...57).contains(b) || (65...90).contains(b) || (97...122).contains(b)
        }
        let bytes = text.utf8
        if (1...48).contains(bytes.count), alphanumeric(bytes.first!),
            bytes.allSatisfy({ alphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 })
        {
            return text
        }
        file.report(.badID(text), at: node)
        return nil
    }
}
