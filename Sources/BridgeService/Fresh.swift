import Basics

/// A value that is made at most once a second, however many ask for it at once.
actor Fresh<Value: Sendable> {
    /// How old a value may be that is handed out.
    static var age: Interval { .seconds(Int64(1)) }

    private var last: (value: Value, at: Instant)?
    private var making: Task<Value, Never>?

    /// The last value, or a new one of `make`; whoever comes while it is made waits for the same.
    func value(_ make: @escaping @Sendable () async -> Value) async -> Value {
        if let last, EventLoop.now() - last.at < Fresh.age { return last.value }
        if let making { return await making.value }
        let task = Task { await make() }
        making = task
        let value = await task.value
        last = (value, EventLoop.now())
        making = nil
        return value
    }
}
