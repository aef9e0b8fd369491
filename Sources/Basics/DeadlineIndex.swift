/// Which of many deadlines is the first: an optional instant in each of a row of slots.
///
/// The owner stores a slot's deadline whenever it may have moved. A deadline that moved forward is seen at once, in constant time. That
/// the first one moved back is found by looking through all slots, which lie together; ``earliest`` does that when it is asked, ``bound``
/// leaves it until ``lookThrough()``. An owner that is asked after every packet goes by the bound: it then wakes once too early, which is
/// cheaper than to look through all slots with every packet.
///
/// Slots that are due are told in the order of their numbers, so that every process acts in one order.
@frozen
public struct DeadlineIndex: Sendable {
    @usableFromInline var times: [Instant]
    /// No later than any slot's deadline.
    @usableFromInline var first = DeadlineIndex.never
    /// False: the slot that was the first one may have moved back.
    @usableFromInline var isExact = true

    @usableFromInline static var never: Instant { Instant(nanoseconds: .max) }

    /// So many slots, without deadlines.
    @inlinable
    public init(slots: Int = 0) { times = Array(repeating: DeadlineIndex.never, count: slots) }

    /// How many slots there are.
    @inlinable public var slots: Int { times.count }

    /// More slots without deadlines, or fewer: the last ones go with their deadlines.
    public mutating func resize(to slots: Int) {
        if slots < times.count {
            times.removeLast(times.count - slots)
            isExact = false
        } else {
            times.append(contentsOf: repeatElement(DeadlineIndex.never, count: slots - times.count))
        }
    }

    /// The slot's deadline, as stored last; nil: it has none. The slot must exist.
    @inlinable
    public subscript(slot: Int) -> Instant? {
        let time = times[slot]
        return time == DeadlineIndex.never ? nil : time
    }

    /// Stores a slot's deadline (nil: none), in constant time. The slot must exist.
    @inlinable
    public mutating func set(_ slot: Int, _ deadline: Instant?) {
        let time = deadline ?? DeadlineIndex.never
        let before = times[slot]
        times[slot] = time
        if time <= first {
            first = time
            isExact = true
        } else if before <= first {
            isExact = false
        }
    }

    /// The first deadline; nil: no slot has one. Looks through all slots if the one that was first has moved back.
    @inlinable public var earliest: Instant? {
        mutating get {
            if !isExact { lookThrough() }
            return bound
        }
    }

    /// No later than the first deadline; nil: no slot has one. In constant time.
    @inlinable public var bound: Instant? { first == DeadlineIndex.never ? nil : first }

    /// Makes the bound the first deadline again.
    public mutating func lookThrough() {
        first = times.min() ?? DeadlineIndex.never
        isExact = true
    }

    /// The first slot from `start` on that is due by then; nil: none is.
    @inlinable
    public func nextDue(from start: Int = 0, by time: Instant) -> Int? {
        var slot = start
        while slot < times.count {
            if times[slot] <= time { return slot }
            slot += 1
        }
        return nil
    }
}
