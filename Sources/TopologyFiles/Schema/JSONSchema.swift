import Documents

/// A kind of file that people write and editors can check.
public enum FileSchema: String, Hashable, Sendable, CaseIterable {
    /// A whole network.
    case topology
    /// Nodes that a topology includes.
    case part
    /// A meeting.
    case meeting

    private var table: KeyTable {
        switch self {
        case .topology: TopologyKeys.topology
        case .part: TopologyKeys.part
        case .meeting: MeetingKeys.meeting
        }
    }

    /// The schema (JSON Schema draft 7, which editors know best), made from the tables that the readers go by.
    public func json(_ language: Language = .en) -> String {
        let title =
            switch self {
            case .topology: language == .vi ? "Tệp mạng của Nhịp Cầu" : "Topology of Nhịp Cầu"
            case .part: language == .vi ? "Phần của tệp mạng" : "Part of a topology"
            case .meeting: language == .vi ? "Tệp cuộc họp của Nhịp Cầu" : "Meeting of Nhịp Cầu"
            }
        let head: [(String, JSONText)] = [("$schema", .text("http://json-schema.org/draft-07/schema#")), ("title", .text(title))]
        return JSONText.object(head + JSONSchema.members(table, language)).indented()
    }
}

/// Key tables as JSON Schema. What crosses keys (parents, cycles, budgets) stays with `check`.
enum JSONSchema {
    static func members(_ table: KeyTable, _ language: Language) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [("type", .text("object")), ("additionalProperties", .flag(false))]
        let required = table.keys.filter(\.required).map { JSONText.text($0.name) }
        if !required.isEmpty { members.append(("required", .list(required))) }
        if !table.oneOf.isEmpty { members.append(("anyOf", .list(table.oneOf.map { .object([("required", .list([.text($0)]))]) }))) }
        let properties = table.keys.map { key in
            (key.name, JSONText.object([("description", .text(language == .vi ? key.about.vi : key.about.en))] + Self.members(key.form, language)))
        }
        return members + [("properties", .object(properties))]
    }

    private static func members(_ form: ValueForm, _ language: Language) -> [(String, JSONText)] {
        switch form {
        // Every scalar is text to the readers; editors take an unquoted 377 for a number.
        case .text: return [("type", .list([.text("string"), .text("number")]))]
        case .id:
            return [("type", .list([.text("string"), .text("number")])), ("pattern", .text("^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$"))]
        case .flag: return [("type", .text("boolean"))]
        case .integer(let range):
            return [("type", .text("integer")), ("minimum", .count(range.lowerBound)), ("maximum", .count(range.upperBound))]
        case .quantity(let quantity): return string("^[0-9]+(\\.[0-9]+)? *(" + quantity.unitNames.joined(separator: "|") + ")$")
        case .address: return string("^([0-9]{1,3}\\.){3}[0-9]{1,3}$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$")
        case .addressRange: return string("^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$")
        case .coordinates:
            return [
                ("type", .text("array")), ("items", .object([("type", .text("number"))])), ("minItems", .count(2)), ("maxItems", .count(2)),
            ]
        case .choice(let values): return [("enum", .list(values.map { .text($0) }))]
        case .mapping(let table): return members(table, language)
        case .named(let form):
            return [
                ("type", .text("object")), ("propertyNames", .object(string("^[A-Za-z0-9][A-Za-z0-9_.-]{0,47}$"))),
                ("additionalProperties", .object(members(form, language))),
            ]
        case .list(let form): return [("type", .text("array")), ("items", .object(members(form, language)))]
        case .either(let forms): return [("anyOf", .list(forms.map { .object(members($0, language)) }))]
        }
    }

    private static func string(_ pattern: String) -> [(String, JSONText)] { [("type", .text("string")), ("pattern", .text(pattern))] }
}

extension JSONText {
    /// The value on several lines: what fits a line stands on one.
    package func indented(_ margin: String = "") -> String {
        if margin.count + description.count <= 150 { return description }
        let inner = margin + "  "
        switch self {
        case .object(let pairs):
            let lines = pairs.map { inner + JSONText.text($0.0).description + ": " + $0.1.indented(inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + margin + "}"
        case .list(let items):
            return "[\n" + items.map { inner + $0.indented(inner) }.joined(separator: ",\n") + "\n" + margin + "]"
        default: return description
        }
    }
}
