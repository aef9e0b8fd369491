import Basics
import Native
import Testing

@Suite("Keys that sign records")
struct RecordSecurityTests {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)

    @Test("a node's key signs what its certificate's key proves, and nothing else")
    func signs() throws {
        let authority = try CertificateAuthority.create(network: "n", now: Self.wall)
        let signer = try NodeRecordSigner(own: authority.issue(node: "yen-mo", names: [], now: Self.wall))
        let verifier = try NodeRecordVerifier(authority: authority.credential.certificate, clock: { Self.wall })
        let key = try #require(verifier.nodeKey(in: signer.certificate))
        #expect(key.id == "yen-mo" && key.node == NodeIndex(of: "yen-mo"))
        let statement = Array("what was said".utf8)
        let signature = try #require(signer.sign(statement))
        #expect(signature.count == 64 && key.made(signature, over: statement))
        for at in signature.indices {
            var spoilt = signature
            spoilt[at] ^= 1
            #expect(!key.made(spoilt, over: statement))
        }
        #expect(!key.made(signature, over: statement + [0]) && !key.made([], over: statement) && !key.made(signature + [0], over: statement))
    }

    @Test("a certificate of another authority, of no node, cut, changed or out of time has no key")
    func believes() throws {
        let authority = try CertificateAuthority.create(network: "n", now: Self.wall)
        let other = try CertificateAuthority.create(network: "n", now: Self.wall)
        var now = Self.wall
        let verifier = try NodeRecordVerifier(authority: authority.credential.certificate, clock: { now })
        let own = try NodeRecordSigner(own: authority.issue(node: "yen-mo", names: [], now: Self.wall)).certificate
        #expect(try verifier.nodeKey(in: NodeRecordSigner(own: other.issue(node: "yen-mo", names: [], now: Self.wall)).certificate) == nil)
        #expect(try verifier.nodeKey(in: NodeRecordSigner(own: authority.credential).certificate, evenExpired: true) == nil, "the authority is no node")
        #expect(verifier.nodeKey(in: []) == nil && verifier.nodeKey(in: Array(own.dropLast())) == nil && verifier.nodeKey(in: own + [0]) == nil)
        for at in stride(from: 0, to: own.count, by: 7) {
            var spoilt = own
            spoilt[at] ^= 0x10
            #expect(verifier.nodeKey(in: spoilt, evenExpired: true) == nil, "byte \(at)")
        }
        #expect(verifier.nodeKey(in: own) != nil)
        now = Self.wall + CertificateAuthority.nodeLifetime + .seconds(Int64(60))
        #expect(verifier.nodeKey(in: own) == nil)
        // Who lived under it lived all the same.
        #expect(verifier.nodeKey(in: own, evenExpired: true) != nil)
    }
}
