import Basics
import Glibc
import Testing

@testable import Native

@Suite("Certificates")
struct SecurityAuthorityTests {
    static let now = TestNetwork.now
    static let hour = Interval.seconds(Int64(3_600))

    @Test("an authority survives PEM and issues certificates bound to nodes")
    func authority() throws {
        let made = try CertificateAuthority.create(network: "soc-trang", now: Self.now)
        let read = try CertificateAuthority(made.credential)
        #expect(read.network == "soc-trang")
        #expect(read.fingerprint == made.fingerprint && read.fingerprint.count == 32)
        let issued = try read.issue(node: "my-tu.2", names: ["127.0.0.1", "fd00::1", "my-tu.soctrang.vn"], now: Self.now)
        let info = try CertificateInfo(pem: issued.certificate)
        #expect(info.node == "my-tu.2" && info.commonName == "my-tu.2")
        #expect(info.notAfter == Self.now + CertificateAuthority.nodeLifetime)
        let short = try read.issue(node: "my-tu.2", names: [], now: Self.now, lifetime: .seconds(Int64(90)))
        #expect(try CertificateInfo(pem: short.certificate).notAfter == Self.now + .seconds(Int64(90)))
        #expect(try CertificateInfo(pem: made.credential.certificate).node == nil)
        #expect(try OpenSSLSecurity(authority: made.credential.certificate, own: issued, clock: { Self.now }).fingerprint == info.fingerprint)
    }

    @Test("names that could say more than a name are refused", arguments: ["", "a,DNS:b", "a b", "ủy-ban", String(repeating: "a", count: 65), "a\0b", "a/b"])
    func badNodes(_ id: String) throws {
        let authority = try CertificateAuthority.create(network: "n", now: Self.now)
        #expect(throws: SecurityProblem.badName(id)) { try authority.issue(node: id, names: [], now: Self.now) }
        #expect(throws: SecurityProblem.badName(id)) { try CertificateAuthority.create(network: id, now: Self.now) }
    }

    @Test("broken PEM, foreign keys and node certificates as authorities are refused")
    func badPEM() throws {
        let authority = try CertificateAuthority.create(network: "n", now: Self.now)
        let node = try authority.issue(node: "a", names: [], now: Self.now)
        let other = try authority.issue(node: "b", names: [], now: Self.now)
        let good = authority.credential.certificate
        #expect(throws: SecurityProblem.notPEM("certificate")) { try CertificateInfo(pem: "hello") }
        #expect(throws: SecurityProblem.notPEM("certificate")) { try CertificateInfo(pem: String(good.dropLast(60))) }
        #expect(throws: SecurityProblem.notPEM("unencrypted private key")) {
            try OpenSSLSecurity(authority: good, own: Credential(certificate: node.certificate, privateKey: good), clock: { Self.now })
        }
        #expect(throws: SecurityProblem.keyMismatch) {
            try OpenSSLSecurity(
                authority: good, own: Credential(certificate: node.certificate, privateKey: other.privateKey), clock: { Self.now })
        }
        #expect(throws: SecurityProblem.notAnAuthority) { try CertificateAuthority(node) }
    }

    @Test("a node learns at its start that neighbours would refuse it")
    func ownCertificate() throws {
        let (ours, theirs) = (try TestNetwork(), try TestNetwork())
        try ours.node("a").checkOwnCertificate()
        #expect(throws: SecurityProblem.untrusted(.expired)) {
            try ours.node("a", at: Self.now + CertificateAuthority.nodeLifetime + Self.hour).checkOwnCertificate()
        }
        #expect(throws: SecurityProblem.untrusted(.otherAuthority)) {
            try ours.node("a", trusting: theirs).checkOwnCertificate()
        }
        #expect(throws: SecurityProblem.untrusted(.noNode)) {
            try TestNetwork.stranger().checkOwnCertificate()
        }
    }

    @Test("a secret is written for its owner only and never over another file")
    func files() throws {
        var template = Array("/tmp/nhipcau-test-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        let path = directory + "/key.pem"
        defer {
            unlink(path)
            rmdir(directory)
        }
        try PrivateFile.create("secret", at: path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_size == 6)
        #expect(throws: SecurityProblem.file(path: path, reason: "File exists")) { try PrivateFile.create("other", at: path) }
    }

    @Test(
        "base64url is that of RFC 4648 and has one spelling",
        arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("?>?>", "Pz4_Pg")])
    func base64(_ plain: String, _ coded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == coded)
        #expect(Base64URL.decode(Array(coded.utf8)) == Array(plain.utf8))
        #expect(Base64URL.decode(Array("Zh".utf8)) == nil && Base64URL.decode(Array("Zg==".utf8)) == nil && Base64URL.decode(Array("Z".utf8)) == nil)
    }
}
