import Basics

/// What the world does next; `Int32`s are places in its tables.
enum WorldEvent {
    /// A datagram reaches its receiver.
    case deliver(Int32)
    /// A node's, or a hall's, deadline.
    case wakeNode(Int32)
    case wakeHall(Int32)
    /// A hall's microphone has 20 ms of sound.
    case speak(Int32)
    /// A page tries to join (again).
    case join(Int32)
    /// An event of the timeline.
    case happen(Int32)
    /// A planned meeting is started.
    case start(Int32)
    /// A node's pause is over.
    case resume(Int32)
    /// A dead node's supervisor starts it again.
    case restart(Int32)
    /// The liveness phase begins.
    case heal
    /// The liveness rules are looked at.
    case probe
    /// The report's sample.
    case sample
}

/// A binary heap ordered by (time, order of insertion), so that equal times have one order in every process.
struct EventHeap {
    private struct Entry {
        var at: Int64
        var order: UInt64
        var event: WorldEvent
    }
    private var entries: [Entry] = []
    private var inserted: UInt64 = 0

    var count: Int { entries.count }
    /// Nil: nothing is left.
    var next: Instant? { entries.first.map { Instant(nanoseconds: $0.at) } }

    mutating func push(_ event: WorldEvent, at: Instant) {
        inserted += 1
        let entry = Entry(at: at.nanoseconds, order: inserted, event: event)
        entries.append(entry)
        entries.withUnsafeMutableBufferPointer { heap in
            var child = heap.count - 1
            while child > 0 {
                let parent = (child - 1) >> 1
                guard EventHeap.isBefore(entry, heap[parent]) else { break }
                heap[child] = heap[parent]
                child = parent
            }
            heap[child] = entry
        }
    }

    mutating func pop() -> (at: Instant, event: WorldEvent)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries.withUnsafeMutableBufferPointer { heap in
                let count = heap.count
                var parent = 0
                while true {
                    var child = 2 * parent + 1
                    if child >= count { break }
                    if child + 1 < count, EventHeap.isBefore(heap[child + 1], heap[child]) { child += 1 }
                    guard EventHeap.isBefore(heap[child], last) else { break }
                    heap[parent] = heap[child]
                    parent = child
                }
                heap[parent] = last
            }
        }
        return (Instant(nanoseconds: first.at), first.event)
    }

    @inline(__always)
    private static func isBefore(_ a: Entry, _ b: Entry) -> Bool { a.at != b.at ? a.at < b.at : a.order < b.order }
}
