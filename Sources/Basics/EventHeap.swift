/// What happens next on a clock: a binary heap ordered by time and then by order of insertion, so that equal times have one order in
/// every process. What is trivial to move makes it fast: a number rather than an array.
///
/// Frozen, so that each room that runs a clock has its own specialised copy.
@frozen
public struct EventHeap<Event> {
    @usableFromInline
    @frozen
    struct Entry {
        @usableFromInline var at: Int64
        @usableFromInline var order: UInt64
        @usableFromInline var event: Event

        @inlinable
        init(at: Int64, order: UInt64, event: Event) { (self.at, self.order, self.event) = (at, order, event) }

        @inlinable @inline(__always)
        func isBefore(_ other: Entry) -> Bool { at != other.at ? at < other.at : order < other.order }
    }
    @usableFromInline var entries: [Entry] = []
    @usableFromInline var inserted: UInt64 = 0

    /// A heap without events.
    @inlinable
    public init() {}

    /// When the first event is due; nil: none is left.
    @inlinable
    public var next: Instant? { entries.first.map { Instant(nanoseconds: $0.at) } }

    /// Plans an event, O(log n).
    @inlinable
    public mutating func push(_ event: Event, at: Instant) {
        inserted += 1
        let entry = Entry(at: at.nanoseconds, order: inserted, event: event)
        entries.append(entry)
        entries.withUnsafeMutableBufferPointer { heap in
            var child = heap.count - 1
            while child > 0 {
                let parent = (child - 1) >> 1
                guard entry.isBefore(heap[parent]) else { break }
                heap[child] = heap[parent]
                child = parent
            }
            heap[child] = entry
        }
    }

    /// Takes the first event out, O(log n); nil: none is left.
    @inlinable
    public mutating func pop() -> (at: Instant, event: Event)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries.withUnsafeMutableBufferPointer { heap in
                let count = heap.count
                var parent = 0
                while true {
                    var child = 2 * parent + 1
                    if child >= count { break }
                    if child + 1 < count, heap[child + 1].isBefore(heap[child]) { child += 1 }
                    guard heap[child].isBefore(last) else { break }
                    heap[parent] = heap[child]
                    parent = child
                }
                heap[parent] = last
            }
        }
        return (Instant(nanoseconds: first.at), first.event)
    }
}
