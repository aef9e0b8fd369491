import Basics
import Bridge
import Conference
import Membership

/// What a node's archive keeps over a restart: the incarnation's counter at once, the published records a moment later, in
/// order; on a full disk rows wait, and are gone if the node dies first.
struct SimulatedDisk {
    /// Until a transaction is committed.
    static let latency = Interval.milliseconds(8)

    private(set) var counter: UInt64 = 0
    /// In the order of (lane, scope, key).
    private(set) var records: [PublishedRecord] = []
    private var waiting: [(at: Instant, row: Row)] = []
    /// Writes fail.
    var isFull = false

    private enum Row {
        case keep(PublishedRecord)
        case drop(Lane, MeetingID?, String)
        case forget(MeetingID)
    }

    /// Counts one more life; nil if the disk does not take it, so that the node does not start.
    mutating func beginIncarnation() -> UInt64? {
        guard !isFull else { return nil }
        counter += 1
        return counter
    }
    mutating func raise(to counter: UInt64) { if !isFull { self.counter = max(self.counter, counter) } }

    /// Takes what an effect wants kept; what does not concern the disk is passed over.
    mutating func take(_ effect: BridgeEffect, now: Instant) {
        let at = now + SimulatedDisk.latency
        switch effect {
        case .persistIncarnation(let counter): raise(to: counter)
        case .keep(let record): waiting.append((at, .keep(record)))
        case .drop(let lane, let scope, let key): waiting.append((at, .drop(lane, scope, key)))
        case .forget(let meeting): waiting.append((at, .forget(meeting)))
        default: break
        }
        if waiting.count > 64 { commit(now: now) }
    }

    /// Writes what is due.
    mutating func commit(now: Instant) {
        guard !isFull else { return }
        var done = 0
        while done < waiting.count, waiting[done].at <= now {
            apply(waiting[done].row)
            done += 1
        }
        waiting.removeFirst(done)
    }

    /// The power goes: what was not written is lost.
    mutating func crash(now: Instant) {
        commit(now: now)
        waiting.removeAll()
    }
    /// Another disk.
    mutating func erase() { self = SimulatedDisk() }

    private mutating func apply(_ row: Row) {
        switch row {
        case .keep(let record):
            let (at, found) = find(record.lane, record.scope, record.key)
            if found { records[at] = record } else { records.insert(record, at: at) }
        case .drop(let lane, let scope, let key):
            let (at, found) = find(lane, scope, key)
            if found { records.remove(at: at) }
        case .forget(let meeting): records.removeAll { $0.scope == meeting }
        }
    }
    fileprivate func find(_ lane: Lane, _ scope: MeetingID?, _ key: String) -> (at: Int, found: Bool) {
        func isBefore(_ record: PublishedRecord) -> Bool {
            if record.lane != lane { return record.lane < lane }
            let (a, b) = (record.scope?.rawValue ?? "", scope?.rawValue ?? "")
            return a != b ? a < b : record.key < key
        }
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(records[middle]) { low = middle + 1 } else { high = middle }
        }
        let found = low < records.count && records[low].lane == lane && records[low].scope == scope && records[low].key == key
        return (low, found)
    }
}

extension SimulatedDisk {
    /// Whether a record is written.
    func holds(_ lane: Lane, _ scope: MeetingID?, _ key: String) -> Bool { find(lane, scope, key).found }
}
