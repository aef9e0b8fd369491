/// Lets a few offers be read at a time; others wait in line, and not for long.
///
/// Reading one costs a millisecond or so and no media, but many at once would take the threads that answer everybody else.
actor OfferGate {
    /// Offers read at a time.
    static let places = 4
    /// Offers that wait; the sites of a large node that all come back after a restart.
    static let waiting = 64
    /// How long one waits for its turn.
    static let patience: Duration = .seconds(2)

    private let patience: Duration
    private var taken = 0
    private var lastTicket: UInt64 = 0
    private var line: [(ticket: UInt64, turn: CheckedContinuation<Bool, Never>)] = []

    init(patience: Duration = OfferGate.patience) { self.patience = patience }

    /// Runs `body` when it is its turn; nil if its turn did not come in time.
    func pass<T: Sendable>(_ body: @Sendable () async throws -> T) async rethrows -> T? {
        guard await enter() else { return nil }
        defer { leave() }
        return try await body()
    }

    private func enter() async -> Bool {
        if taken < OfferGate.places {
            taken += 1
            return true
        }
        guard line.count < OfferGate.waiting else { return false }
        lastTicket += 1
        let ticket = lastTicket
        let alarm = Task { [patience] in
            try? await Task.sleep(for: patience)
            giveUp(ticket)
        }
        defer { alarm.cancel() }
        return await withCheckedContinuation { line.append((ticket, $0)) }
    }

    /// The place goes to the first in line.
    private func leave() {
        if line.isEmpty { taken -= 1 } else { line.removeFirst().turn.resume(returning: true) }
    }

    private func giveUp(_ ticket: UInt64) {
        guard let i = line.firstIndex(where: { $0.ticket == ticket }) else { return }
        line.remove(at: i).turn.resume(returning: false)
    }
}
