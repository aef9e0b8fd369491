import Basics
import Foundation
import GRDB
import Membership

extension ProvenRecord {
    /// Inside a transaction of the archive's queue.
    func write(_ at: WallTime, to db: Database) throws {
        let hash = Data(SHA256.digest(certificate))
        try db.execute(sql: "INSERT OR IGNORE INTO certificate (hash, der) VALUES (?, ?)", arguments: [hash, Data(certificate)])
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO proof (scope, node, lane, key, counter, nonce, version, value, certificate, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.scope.rawValue, Int64(id.node.rawValue), Int64(id.lane.rawValue), key, Int64(bitPattern: incarnation.counter),
                Int64(incarnation.nonce), Int64(bitPattern: version), Data(value), hash, at.milliseconds,
            ])
    }
}

/// A signed record as the archive keeps it, and what came of checking it.
public struct CheckedRecord: Hashable, Sendable {
    /// As it stands in the file.
    public var record: ProvenRecord
    /// When it was written here or came, by this node's clock.
    public var kept: WallTime
    /// By the authority's certificate.
    public var verdict: ProvenRecord.Verdict
}

extension Archive {
    /// Opens a file to read it, also one of a node that runs, or a copy of long ago; nothing in it changes.
    public static func checkProofs(
        path: String, of meeting: MeetingID? = nil, by verifier: any RecordVerifier, _ body: (CheckedRecord) throws -> Void
    ) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.read { db in
            guard try db.tableExists("proof") else { return }
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT proof.*, certificate.der AS der FROM proof LEFT JOIN certificate ON certificate.hash = proof.certificate
                    WHERE ?1 IS NULL OR scope = ?1 ORDER BY at, scope, node, lane, key, version
                    """, arguments: [meeting?.rawValue])
            while let row = try rows.next() { try body(CheckedRecord(row, by: verifier)) }
        }
    }
}

extension CheckedRecord {
    /// Whatever stands in the row is judged; nothing in it is trusted.
    fileprivate init(_ row: Row, by verifier: any RecordVerifier) throws {
        let (node, lane, nonce): (Int64, Int64, Int64) = (row["node"], row["lane"], row["nonce"])
        let (counter, version): (Int64, Int64) = (row["counter"], row["version"])
        let (value, der): (Data, Data?) = (row["value"], row["der"])
        let id = NamespaceID(
            node: NodeIndex(rawValue: UInt32(truncatingIfNeeded: node)), lane: Lane(rawValue: UInt8(truncatingIfNeeded: lane)) ?? .bulk,
            scope: MeetingID(row["scope"]))
        let incarnation = Incarnation(counter: UInt64(bitPattern: counter), nonce: UInt32(truncatingIfNeeded: nonce))
        record = ProvenRecord(
            id: id, incarnation: incarnation, key: row["key"], version: UInt64(bitPattern: version), value: [UInt8](value),
            certificate: der.map { [UInt8]($0) } ?? [])
        kept = WallTime(milliseconds: row["at"])
        verdict = record.verdict(by: verifier, kept: kept)
    }
}
