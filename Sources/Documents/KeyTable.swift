import Yams

/// What a value in a file looks like.
package indirect enum ValueForm: Sendable {
    case text
    /// May name a node, level, room, class, network or meeting.
    case id
    case flag
    case integer(ClosedRange<Int>)
    case quantity(Quantity)
    case address
    /// `10.94.0.0/16`.
    case addressRange
    /// `[latitude, longitude]`.
    case coordinates
    case choice([String])
    case mapping(KeyTable)
    /// Any ids as keys.
    case named(ValueForm)
    case list(ValueForm)
    case either([ValueForm])

    package static let port = ValueForm.integer(1...65_535)
    /// One, or a list of them.
    package static func some(_ form: ValueForm) -> ValueForm { .either([form, .list(form)]) }
}

/// The keys that one kind of mapping may have. Readers and the schema of editors go by the same tables.
package struct KeyTable: Sendable {
    package struct Key: Sendable {
        package var name: String
        package var form: ValueForm
        package var required: Bool
        /// For editors.
        package var about: (en: String, vi: String)
    }
    package let keys: [Key]
    package let names: [String]
    /// Keys of which one must be there.
    package let oneOf: [String]

    package init(_ keys: [Key], oneOf: [String] = []) {
        self.keys = keys
        names = keys.map(\.name)
        self.oneOf = oneOf
    }
    package static func + (a: KeyTable, b: KeyTable) -> KeyTable { KeyTable(a.keys + b.keys) }
    package func without(_ names: String...) -> KeyTable { KeyTable(keys.filter { !names.contains($0.name) }) }
}

extension KeyTable.Key {
    /// A key that may be left out.
    package static func may(_ name: String, _ form: ValueForm, _ en: String, _ vi: String) -> Self {
        Self(name: name, form: form, required: false, about: (en, vi))
    }
    /// A key that must be there.
    package static func must(_ name: String, _ form: ValueForm, _ en: String, _ vi: String) -> Self {
        Self(name: name, form: form, required: true, about: (en, vi))
    }
}

extension MappingReader {
    /// As the initialiser with a list of keys, from a table.
    package init?(_ node: Node, what: String, table: KeyTable, in file: SourceFile) { self.init(node, what: what, keys: table.names, in: file) }

    /// Reports every key of the table that must be there and is absent.
    package func require(_ table: KeyTable) { for key in table.keys where key.required { require(key.name) } }
}
