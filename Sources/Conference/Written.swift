import Basics

/// A record with the node that wrote it.
struct Written<Value: Hashable & Sendable>: Hashable, Sendable {
    var writer: NodeIndex
    var value: Value
}

extension Array {
    /// Keeps one value of a writer; the same one (by `isSame`) is replaced. False: there is no room for another one.
    mutating func keep<Value>(_ written: Written<Value>, limit: Int, _ isSame: (Value) -> Bool) -> Bool where Element == Written<Value> {
        if let i = firstIndex(where: { $0.writer == written.writer && isSame($0.value) }) {
            self[i] = written
            return true
        }
        guard count < limit else { return false }
        append(written)
        return true
    }
}
