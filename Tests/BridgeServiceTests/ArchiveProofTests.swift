import Archive
import Basics
import BridgeService
import Conference
import Foundation
import Membership
import Native
import Testing

@Suite("What an archive proves") struct ArchiveProofTests {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)
    let meeting = MeetingID("giao-ban")

    private func record(_ signer: NodeRecordSigner, _ node: String, _ n: UInt64) -> ProvenRecord {
        let id = NamespaceID(node: NodeIndex(of: node), lane: .bulk, scope: meeting)
        let life = Incarnation(counter: 1 << 63 | n, nonce: .max)
        let (key, body) = ("ballot/\(n)", [UInt8]([1, 2, UInt8(n)]))
        let signature = signer.sign(Seal.statement(id, life, key: key, version: n, body: body)) ?? []
        return ProvenRecord(id: id, incarnation: life, key: key, version: n, value: body + [0x7A, 64] + signature, certificate: signer.certificate)
    }

    @Test("each record is proven with the authority's certificate alone, and one that was changed in the file is found out")
    func verify() async throws {
        let folder = NSTemporaryDirectory() + "proof-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority.create(network: "n", now: Self.wall)
        let own = try NodeRecordSigner(own: authority.issue(node: "yen-mo", names: [], now: Self.wall))
        let other = try NodeRecordSigner(own: authority.issue(node: "yen-thang", names: [], now: Self.wall))
        let stranger = try NodeRecordSigner(own: CertificateAuthority.create(network: "n", now: Self.wall).issue(node: "yen-mo", names: [], now: Self.wall))
        let archive = try Archive(path: folder + "/a.sqlite")
        var changed = record(own, "yen-mo", 2)
        changed.value[2] ^= 1
        var anothers = record(own, "yen-mo", 3)
        anothers.id.node = NodeIndex(of: "yen-thang")
        let late = Self.wall + CertificateAuthority.nodeLifetime + .seconds(Int64(60))
        archive.append([
            .proof(record(own, "yen-mo", 1), at: Self.wall), .proof(record(own, "yen-mo", 1), at: late), .proof(changed, at: Self.wall + .seconds(Int64(1))),
            .proof(anothers, at: Self.wall + .seconds(Int64(2))), .proof(record(stranger, "yen-mo", 4), at: Self.wall + .seconds(Int64(3))),
            .proof(record(other, "yen-thang", 5), at: Self.wall + .seconds(Int64(4))), .proof(record(own, "yen-mo", 6), at: late),
        ])
        #expect(archive.flush())
        var rows: [ArchiveCheck.Row] = []
        try ArchiveCheck.run(archive: folder + "/a.sqlite", authority: authority.credential.certificate, meeting: "giao-ban") { rows.append($0) }
        #expect(rows.map(\.verdict) == ["sound", "forged", "untrusted", "untrusted", "sound", "out-of-time"])
        #expect(rows.first?.writer == "yen-mo" && rows[4].writer == "yen-thang" && rows[0].key == "ballot/1")
        rows = []
        try ArchiveCheck.run(archive: folder + "/a.sqlite", authority: authority.credential.certificate, meeting: "another") { rows.append($0) }
        #expect(rows.isEmpty)
        try archive.close()
    }
}
