import Basics
import Glibc
import Testing

@testable import Native

@Suite("Certificates and tokens")
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
        #expect(throws: SecurityProblem.untrusted("certificate has expired")) {
            try ours.node("a", at: Self.now + CertificateAuthority.nodeLifetime + Self.hour).checkOwnCertificate()
        }
        #expect(throws: SecurityProblem.untrusted("unable to get local issuer certificate")) {
            try ours.node("a", trusting: theirs).checkOwnCertificate()
        }
        #expect(throws: SecurityProblem.untrusted("the certificate is bound to no node")) {
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

    func claims(_ expires: WallTime = now + hour, issued: WallTime = now) -> TokenClaims {
        TokenClaims(network: "", site: "yen-mo/hall", role: "room", meeting: "m-1", issued: issued, expires: expires)
    }

    @Test("a token comes back as it was signed, verified with the certificate alone")
    func token() throws {
        let authority = try TestNetwork().authority
        let tokens = try Tokens(authority: authority.credential.certificate)
        var given = claims()
        let token = try authority.sign(given)
        given.network = "ninh-binh"
        #expect(tokens.verify(token, now: Self.now) == .success(given))
        #expect(token.split(separator: ".").first.flatMap { Base64URL.decode(Array($0.utf8)) } == Array(#"{"alg":"ES256","typ":"JWT"}"#.utf8))
        given.meeting = nil
        #expect(try tokens.verify(authority.sign(given), now: Self.now) == .success(given))
        #expect(claims().id != claims().id)
    }

    @Test("each fault of a token has its own name")
    func tokenProblems() throws {
        let network = try TestNetwork()
        let tokens = try Tokens(authority: network.authority.credential.certificate)
        let token = try network.authority.sign(claims())
        #expect(tokens.verify(token, now: Self.now + Self.hour) == .failure(.expired))
        #expect(tokens.verify(token, now: Self.now + .seconds(Int64(3_599))) != .failure(.expired))
        #expect(tokens.verify(token, now: WallTime(milliseconds: Self.now.milliseconds - 299_000)) != .failure(.notYetValid))
        #expect(tokens.verify(token, now: WallTime(milliseconds: Self.now.milliseconds - 301_000)) == .failure(.notYetValid))
        #expect(try tokens.verify(TestNetwork().authority.sign(claims()), now: Self.now) == .failure(.badSignature), "another authority")
        // The same key under another network's name: what an authority made anew with its old key would sign.
        let renamed = try CertificateBuilder(subject: "other", key: network.authority.key, from: Self.now, lifetime: Self.hour).signed(
            extensions: [(nid: 87, value: "critical,CA:TRUE")], issuer: nil, issuerKey: network.authority.key)
        #expect(try Tokens(authority: renamed.pem).verify(token, now: Self.now) == .failure(.wrongNetwork))
    }

    @Test("no change of a token is accepted and none traps")
    func tokenTampering() throws {
        let network = try TestNetwork()
        let tokens = try Tokens(authority: network.authority.credential.certificate)
        let token = Array(try network.authority.sign(claims()).utf8)
        for at in token.indices {
            for byte in [UInt8(ascii: "A"), UInt8(ascii: "."), 0, 0xFF] where token[at] != byte {
                var changed = token
                changed[at] = byte
                if case .success = tokens.verify(String(decoding: changed, as: UTF8.self), now: Self.now) { Issue.record("byte \(at)") }
            }
        }
        for length in 0..<token.count {
            if case .success = tokens.verify(String(decoding: token[..<length], as: UTF8.self), now: Self.now) {
                Issue.record("length \(length)")
            }
        }
        let body = token.split(separator: UInt8(ascii: "."))
        let none = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8)) + "." + String(decoding: body[1], as: UTF8.self) + "."
        #expect(tokens.verify(none, now: Self.now) == .failure(.malformed))
        #expect(tokens.verify(String(repeating: "a", count: 5_000), now: Self.now) == .failure(.malformed))
        #expect(tokens.verify("", now: Self.now) == .failure(.malformed))
        #expect(tokens.verify("..", now: Self.now) == .failure(.malformed))
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
