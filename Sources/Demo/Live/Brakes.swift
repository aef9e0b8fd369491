import Basics
import Glibc

/// Holds processes up: some stand still for a time, some run only in turns, as on a machine that has too little of a processor for them.
///
/// By signals, which need no privilege and touch no other process. Callers wait for each answer before they ask for the next thing.
actor Brakes {
    /// A process that runs in turns does so for this long at a time: enough for what has gathered meanwhile.
    private static let turn = Interval.milliseconds(Int64(10))

    private let signal: @Sendable (_ name: String, _ number: Int32) async -> Instant
    private var standing: Set<String> = []
    private var lateness: [String: Interval] = [:]
    private var turns: [String: Task<Void, Never>] = [:]

    /// `signal` sends a process a signal and says when that was.
    init(_ signal: @escaping @Sendable (_ name: String, _ number: Int32) async -> Instant) { self.signal = signal }

    /// Lets a process stand still, or go on as it did before.
    @discardableResult
    func pause(_ name: String, _ stands: Bool) async -> Instant {
        if stands { standing.insert(name) } else { standing.remove(name) }
        return await apply(name)
    }

    /// From now on whatever reaches the process, and every timer of its own, waits up to that time; zero: no longer.
    @discardableResult
    func slow(_ name: String, by late: Interval) async -> Instant {
        lateness[name] = late > .zero ? late : nil
        return await apply(name)
    }

    /// Everything goes on.
    func release() async {
        let held = standing.union(lateness.keys)
        standing.removeAll()
        lateness.removeAll()
        for name in held { _ = await apply(name) }
    }

    private func apply(_ name: String) async -> Instant {
        if let task = turns.removeValue(forKey: name) {
            task.cancel()
            await task.value
        }
        if standing.contains(name) { return await signal(name, SIGSTOP) }
        guard let late = lateness[name] else { return await signal(name, SIGCONT) }
        let signal = signal
        turns[name] = Task {
            while !Task.isCancelled {
                _ = await signal(name, SIGSTOP)
                try? await Task.sleep(for: .nanoseconds(late.nanoseconds))
                _ = await signal(name, SIGCONT)
                try? await Task.sleep(for: .nanoseconds(Brakes.turn.nanoseconds))
            }
        }
        return await signal(name, SIGCONT)
    }
}
