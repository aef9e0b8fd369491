import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT of this process: the first asks to stop, the second ends the process at once with 128 plus its number.
final class StopSignals: @unchecked Sendable {
    private static let numbers = [SIGTERM, SIGINT]

    // Never changed after init.
    private let sources: [any DispatchSourceSignal]
    private let heard: AsyncStream<Int32>

    init() {
        let (heard, sink) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        self.heard = heard
        let counter = Counter()
        // A queue of its own: whatever else hangs, the second signal is heard.
        let queue = DispatchQueue(label: "nhipcau.signals", qos: .userInitiated)
        sources = StopSignals.numbers.map { number in
            // The source hears only what does not end the process by itself.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if counter.next() > 1 { _exit(128 + number) }
                sink.yield(number)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in StopSignals.numbers { signal(number, SIG_DFL) }
    }

    /// The name of the first signal; nil if the task is cancelled before. To be asked once.
    func first() async -> String? {
        for await number in heard { return number == SIGTERM ? "SIGTERM" : "SIGINT" }
        return nil
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }
}
