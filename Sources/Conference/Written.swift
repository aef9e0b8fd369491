import Basics

/// A record with the node that wrote it.
struct Written<Value: Hashable & Sendable>: Hashable, Sendable {
    var writer: NodeIndex
    var value: Value
}
