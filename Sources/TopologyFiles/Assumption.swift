import Documents

/// Which of a line's figures nobody has measured: the value of `assumed`.
package enum Assumption: String, CaseIterable {
    /// All that stand beside it.
    case all = "true"
    case none = "false"
    case capacity
    case latency

    package init(capacity: Bool, latency: Bool) {
        self = capacity ? (latency ? .all : .capacity) : latency ? .latency : .none
    }

    package var capacity: Bool { self == .all || self == .capacity }
    package var latency: Bool { self == .all || self == .latency }
}

extension MappingReader {
    /// `true`, `false`, `capacity` or `latency`.
    package func assumption(_ key: String) -> Assumption? {
        guard let value = value(key) else { return nil }
        guard let text = value.plainText, ["capacity", "latency"].contains(text) else {
            return flag(key).map { $0 ? .all : .none }
        }
        return Assumption(rawValue: text)
    }
}
