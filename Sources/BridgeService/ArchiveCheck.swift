import Archive
import Basics
import Conference
import Foundation
import Native
import Wire

/// What an archive proves: each signed record that it keeps, checked with the authority's certificate alone.
public struct ArchiveCheck: Sendable {
    /// One signed record.
    public struct Row: Codable, Hashable, Sendable {
        public var meeting: String
        /// The writer's id, as its certificate has it; its number where the certificate proves nothing.
        public var writer: String
        /// What the record is about, for example `ballot/…`.
        public var key: String
        /// When the archive's node wrote it or took it, in milliseconds since 1970 by its own clock.
        public var kept: Int64
        /// `sound`, `forged`, `untrusted` or `out-of-time`.
        public var verdict: String
        /// What it says, as the program reads it; nil if it cannot be read.
        public var says: String?
    }

    /// The archive's file, and the authority's certificate in PEM format.
    ///
    /// Throws what the file or the certificate is wrong with. Nothing is written.
    public static func run(archive: String, authority: String, meeting: String? = nil, _ body: (Row) throws -> Void) throws {
        let verifier = try NodeRecordVerifier(authority: authority, clock: { EventLoop.wall() })
        let coder = ConferenceCoder()
        try Archive.checkProofs(path: archive, of: meeting.map { MeetingID($0) }, by: verifier) { checked in
            let record = checked.record
            let writer = verifier.nodeKey(in: record.certificate, evenExpired: true)?.id ?? record.id.node.description
            try body(
                Row(
                    meeting: record.id.scope.rawValue, writer: writer, key: record.key, kept: checked.kept.milliseconds,
                    verdict: checked.verdict.rawValue, says: coder.decodeRecord(record.body).map { "\($0)" }))
        }
    }
}
