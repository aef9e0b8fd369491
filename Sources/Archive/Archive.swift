import Basics
import Conference
import Dispatch
import GRDB
import Synchronization

/// What a node must not forget, in SQLite (through GRDB): its incarnation, its own records, attendance, floor decisions
/// and meetings.
///
/// In reading order: this class (opening, appending, waiting), ``ArchiveRow`` (what is appended), `Schema.swift` (tables),
/// `Reading.swift` (what comes back at start and what reports read).
///
/// The journal is a write-ahead log with `synchronous = FULL`: a transaction that was committed survives kill -9 and loss
/// of power. Rows are written in the order appended, many in one transaction, on the archive's own queue; nobody who appends
/// waits for the disk. Imports `Basics`, `Membership` (lanes), `Conference`, GRDB.
public final class Archive: Sendable {
    /// Rows that may wait while the disk refuses to write: an hour of a busy province. Beyond, the oldest are given up and
    /// counted.
    public static let waitingLimit = 100_000
    /// Rows that the disk refused are tried again after that, also when nothing new happens.
    static let retryPause = DispatchTimeInterval.seconds(1)

    /// The disk began to refuse rows, or takes them again.
    public enum Turn: Hashable, Sendable {
        /// Why; so many rows wait.
        case refused(Fault, waiting: Int)
        /// So many were written at once.
        case takes(Int)
    }

    /// Why the file cannot be used, each with SQLite's words.
    public enum Fault: Error, Hashable, Sendable {
        /// It is no database, or one with broken pages.
        case damaged(String)
        /// There is no room for it.
        case full
        /// It cannot be opened or written by this user.
        case noAccess(String)
        /// Anything else.
        case other(String)

        /// What an error of this module says.
        public init(_ error: any Error) {
            guard let error = error as? DatabaseError else {
                self = .other("\(error)")
                return
            }
            let reason = error.message ?? "\(error.resultCode)"
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged(reason)
            case .SQLITE_FULL: self = .full
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .noAccess(reason)
            case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE: self = .full
            default: self = .other(reason)
            }
        }
    }

    let database: DatabaseQueue
    private let queue = DispatchQueue(label: "nhipcau.archive", qos: .utility)
    private let state = Mutex(State())
    private let told: @Sendable (Turn) -> Void
    private let isReader: Bool

    private struct State {
        var waiting: [ArchiveRow] = []
        var scheduled = false
        var retries = false
        var isClosed = false
        var written: UInt64 = 0
        var lost: UInt64 = 0
        var problem: String?
    }

    /// How the archive is doing.
    public struct Snapshot: Hashable, Sendable {
        /// Rows not yet committed.
        public var waiting: Int
        /// Rows committed since the archive was opened.
        public var written: UInt64
        /// Rows given up because ``Archive/waitingLimit`` was reached.
        public var lost: UInt64
        /// Why the last transaction failed, in words; nil if it did not.
        public var problem: String?
    }

    /// Opens or makes the file; its folder must exist. `told` is called on the archive's queue at each turn, not for each refusal.
    public init(path: String, told: @escaping @Sendable (Turn) -> Void = { _ in }) throws {
        self.told = told
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.label = "archive"
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
        database = try DatabaseQueue(path: path, configuration: configuration)
        isReader = false
        try Schema.migrator.migrate(database)
    }

    /// Opens the file to read it, beside the node that writes it or without one.
    public init(reading path: String) throws {
        told = { _ in }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.label = "archive reader"
        database = try DatabaseQueue(path: path, configuration: configuration)
        isReader = true
        state.withLock { $0.isClosed = true }
    }

    /// Counts one more life of this node and returns its number, committed: stored + 1, or 1.
    public func beginIncarnation() throws -> UInt64 {
        try database.write { db in
            let last = try Int64.fetchOne(db, sql: "SELECT counter FROM incarnation") ?? 0
            let next = last &+ 1
            try db.execute(sql: "INSERT OR REPLACE INTO incarnation (id, counter) VALUES (1, ?)", arguments: [next])
            return UInt64(bitPattern: next)
        }
    }

    /// Stores a larger counter, which a neighbour remembered (mesh: meeting one's own namespace); smaller ones are ignored.
    public func raiseIncarnation(to counter: UInt64) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO incarnation (id, counter) VALUES (1, ?1)
                    ON CONFLICT (id) DO UPDATE SET counter = MAX(counter, ?1)
                    """, arguments: [Int64(bitPattern: counter)])
        }
    }

    /// Takes rows to be written; returns at once. Rows of one call are committed together.
    public func append(_ rows: [ArchiveRow]) {
        guard !rows.isEmpty else { return }
        let start = state.withLock { state in
            state.waiting += rows
            if state.waiting.count > Self.waitingLimit {
                let excess = state.waiting.count - Self.waitingLimit
                state.waiting.removeFirst(excess)
                state.lost += UInt64(excess)
            }
            defer { state.scheduled = true }
            return !state.scheduled
        }
        if start { queue.async { self.drain() } }
    }

    /// Takes rows and calls back on the archive's queue: true once they are committed, false if the disk refused them (they
    /// stay queued and are tried again with the next rows, and every second).
    public func append(_ rows: [ArchiveRow], committed: @escaping @Sendable (Bool) -> Void) {
        append(rows)
        queue.async {
            self.drain()
            committed(self.state.withLock { $0.waiting.isEmpty })
        }
    }

    /// Waits until all rows appended before are committed; false if the disk refused them. For a clean stop.
    public func flush() -> Bool {
        queue.sync {
            drain()
            return state.withLock { $0.waiting.isEmpty }
        }
    }

    /// Writes what waits and folds the log into the file; the archive cannot be used afterwards.
    public func close() throws {
        _ = flush()
        state.withLock { $0.isClosed = true }
        if !isReader { try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) } }
        try database.close()
    }

    /// The archive's counters.
    public var snapshot: Snapshot {
        state.withLock { Snapshot(waiting: $0.waiting.count, written: $0.written, lost: $0.lost, problem: $0.problem) }
    }

    private func drain() {
        let rows = state.withLock { state in
            state.scheduled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !rows.isEmpty else { return }
        do {
            try database.write { db in for row in rows { try row.write(to: db) } }
            let wasRefused = state.withLock { state in
                state.written += UInt64(rows.count)
                defer { state.problem = nil }
                return state.problem != nil
            }
            if wasRefused { told(.takes(rows.count)) }
        } catch {
            let (isNew, waiting, retries) = state.withLock { state in
                state.waiting = rows + state.waiting
                defer { (state.problem, state.retries) = ("\(error)", true) }
                return (state.problem == nil, state.waiting.count, !state.retries && !state.isClosed)
            }
            if isNew { told(.refused(Fault(error), waiting: waiting)) }
            if retries { queue.asyncAfter(deadline: .now() + Self.retryPause) { [weak self] in self?.retry() } }
        }
    }

    private func retry() {
        state.withLock { $0.retries = false }
        drain()
    }
}
