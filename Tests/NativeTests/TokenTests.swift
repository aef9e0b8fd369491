import Basics
import Testing

@testable import Native

@Suite("Tokens and the key that signs them")
struct TokenTests {
    static let now = TestNetwork.now
    static let hour = Interval.seconds(Int64(3_600))

    let authority: CertificateAuthority
    let key: TokenKey
    let tokens: Tokens
    var root: String { authority.credential.certificate }

    init() throws {
        authority = try TestNetwork().authority
        key = try TokenKey(authority.issueTokenKey(now: Self.now), authority: authority.credential.certificate)
        tokens = try Tokens(authority: authority.credential.certificate)
    }

    func claims(_ expires: WallTime = now + hour, issued: WallTime = now) -> TokenClaims {
        TokenClaims(network: "", site: "yen-mo/hall", role: "room", meeting: "m-1", audience: "yen-mo", issued: issued, expires: expires)
    }

    @Test("a token comes back as it was signed, verified with the root's certificate alone")
    func token() throws {
        var given = claims()
        let token = try key.sign(given)
        #expect(token.utf8.count < 1_400)
        (given.network, given.key) = ("ninh-binh", key.name)
        #expect(tokens.verify(token, now: Self.now) == .success(given))
        given.meeting = nil
        #expect(try tokens.verify(key.sign(given), now: Self.now) == .success(given))
        #expect(claims().id != claims().id)
    }

    @Test("a token without an audience is neither made nor taken")
    func audience() throws {
        var given = claims()
        given.audience = nil
        #expect(throws: SecurityProblem.badName("a token without an audience")) { try key.sign(given) }
        let credential = try authority.issueTokenKey(now: Self.now)
        let certificate = try Certificate(pem: credential.certificate)
        given.network = "ninh-binh"
        let token = try given.signed(by: PrivateKey(pem: credential.privateKey), chain: certificate.der)
        #expect(tokens.verify(token, now: Self.now) == .failure(.noAudience))
    }

    @Test("tokens that the root key signed are taken until their date, with or without an audience")
    func rootSigned() throws {
        var given = claims(Self.now + .seconds(Int64(40 * 3_600)))
        let token = try authority.sign(given)
        #expect(tokens.verify(token, now: Self.now) == .failure(.rootSigned))
        let old = try Tokens(authority: root, rootUntil: Self.now + Self.hour)
        given.network = "ninh-binh"
        #expect(old.verify(token, now: Self.now) == .success(given))
        given.audience = nil
        #expect(try old.verify(authority.sign(given), now: Self.now) == .success(given))
        #expect(old.verify(token, now: Self.now + Self.hour) == .failure(.rootSigned))
        // Another network's root has no such date here.
        #expect(try old.verify(TestNetwork().authority.sign(claims()), now: Self.now) == .failure(.badSignature))
    }

    @Test("a key that is over signs nothing longer than itself, and its tokens end with it")
    func keyExpired() throws {
        let short = try TokenKey(authority.issueTokenKey(now: Self.now, lifetime: Self.hour), authority: root)
        #expect(short.expires == Self.now + Self.hour)
        #expect(throws: SecurityProblem.outlivesKey) { try short.sign(claims(Self.now + .seconds(Int64(3_601)))) }
        // Signed by somebody who does not care for that.
        let credential = try authority.issueTokenKey(now: Self.now, lifetime: Self.hour)
        var given = claims(Self.now + .seconds(Int64(7_200)))
        given.network = "ninh-binh"
        let token = try given.signed(by: PrivateKey(pem: credential.privateKey), chain: Certificate(pem: credential.certificate).der)
        if case .failure(let problem) = tokens.verify(token, now: Self.now) { Issue.record("\(problem)") }
        #expect(tokens.verify(token, now: Self.now + Self.hour + .seconds(Int64(1))) == .failure(.keyExpired))
    }

    @Test("a new key is taken without a word to anybody, and the one before goes on")
    func rotation() throws {
        let next = try TokenKey(authority.issueTokenKey(now: Self.now), authority: root)
        #expect(next.name != key.name)
        for key in [key, next] {
            guard case .success(let claims) = try tokens.verify(key.sign(claims()), now: Self.now) else {
                Issue.record("refused")
                continue
            }
            #expect(claims.key == key.name)
        }
    }

    @Test("no other certificate of the network signs tokens, and a token key is no node and no authority")
    func purposes() throws {
        let node = try authority.issue(node: "yen-mo", names: ["127.0.0.1"], now: Self.now)
        #expect(throws: SecurityProblem.notForTokens) { try TokenKey(node, authority: root) }
        var given = claims()
        given.network = "ninh-binh"
        let byNode = try given.signed(by: PrivateKey(pem: node.privateKey), chain: Certificate(pem: node.certificate).der)
        #expect(tokens.verify(byNode, now: Self.now) == .failure(.badSignature))
        let credential = try authority.issueTokenKey(now: Self.now)
        #expect(throws: SecurityProblem.notAnAuthority) { try CertificateAuthority(credential) }
        let security = try OpenSSLSecurity(authority: root, own: credential, clock: { Self.now })
        #expect(security.node == nil && isNobody(security))
        // Of another authority, though under the same name.
        let theirs = try TestNetwork().authority
        let foreign = try theirs.issueTokenKey(now: Self.now)
        #expect(throws: SecurityProblem.notForTokens) { try TokenKey(foreign, authority: root) }
        let token = try TokenKey(foreign, authority: theirs.credential.certificate).sign(claims())
        #expect(tokens.verify(token, now: Self.now) == .failure(.badSignature))
        // A certificate of ours with another's signature.
        let mixed = try given.signed(by: PrivateKey(pem: foreign.privateKey), chain: Certificate(pem: credential.certificate).der)
        #expect(tokens.verify(mixed, now: Self.now) == .failure(.badSignature))
    }

    private func isNobody(_ security: OpenSSLSecurity) -> Bool {
        do { try security.checkOwnCertificate() } catch { return true }
        return false
    }

    @Test("the root key may be kept encrypted")
    func passphrase() throws {
        let sealed = Credential(certificate: root, privateKey: try authority.encryptedKey("mưa xuân"))
        #expect(sealed.privateKey.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        #expect(throws: SecurityProblem.needsPassphrase) { try CertificateAuthority(sealed) }
        #expect(throws: SecurityProblem.wrongPassphrase) { try CertificateAuthority(sealed, passphrase: "mưa xuan") }
        let opened = try CertificateAuthority(sealed, passphrase: "mưa xuân")
        #expect(try TokenKey(opened.issueTokenKey(now: Self.now), authority: root).network == "ninh-binh")
        // A passphrase that is not needed does no harm.
        #expect(try CertificateAuthority(authority.credential, passphrase: "x").network == "ninh-binh")
    }

    @Test("each fault of a token has its own name")
    func problems() throws {
        let token = try key.sign(claims())
        #expect(tokens.verify(token, now: Self.now + Self.hour) == .failure(.expired))
        #expect(tokens.verify(token, now: Self.now + .seconds(Int64(3_599))) != .failure(.expired))
        #expect(tokens.verify(token, now: WallTime(milliseconds: Self.now.milliseconds - 299_000)) != .failure(.notYetValid))
        #expect(tokens.verify(token, now: WallTime(milliseconds: Self.now.milliseconds - 301_000)) == .failure(.notYetValid))
        // The same key under another network's name: what an authority made anew with its old key would sign.
        let renamed = try CertificateBuilder(subject: "other", key: authority.key, from: Self.now, lifetime: Self.hour).signed(
            extensions: [(nid: 87, value: "critical,CA:TRUE")], issuer: nil, issuerKey: authority.key)
        let reader = try Tokens(authority: renamed.pem, rootUntil: Self.now + Self.hour)
        #expect(reader.verify(token, now: Self.now) == .failure(.badSignature))
        #expect(try reader.verify(authority.sign(claims()), now: Self.now) == .failure(.wrongNetwork))
    }

    @Test("no change of a token is accepted and none traps")
    func tampering() throws {
        let token = Array(try key.sign(claims()).utf8)
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
        for header in [#"{"alg":"ES256","x5c":[]}"#, #"{"alg":"ES256","x5c":["!"]}"#, #"{"alg":"ES256","x5c":["AAAA"]}"#] {
            let text = Base64URL.encode(Array(header.utf8)) + "." + String(decoding: body[1], as: UTF8.self) + "." + String(decoding: body[2], as: UTF8.self)
            #expect(tokens.verify(text, now: Self.now) == .failure(.malformed))
        }
        #expect(tokens.verify(String(repeating: "a", count: 5_000), now: Self.now) == .failure(.malformed))
        #expect(tokens.verify("", now: Self.now) == .failure(.malformed))
        #expect(tokens.verify("..", now: Self.now) == .failure(.malformed))
    }

    @Test("what a link says is read without a key, from the token or the whole address")
    func unproven() throws {
        let given = claims()
        let token = try key.sign(given)
        for text in [token, "https://10.0.0.1:8443/room?token=\(token)&lang=en", "/room?lang=en&token=\(token)#x"] {
            let read = UnprovenToken.claims(of: text)
            #expect(read?.id == given.id && read?.site == given.site && read?.expires == given.expires)
        }
        for text in ["", "token=", "a.b.c", "https://10.0.0.1/", String(token.prefix(token.utf8.count / 4))] {
            #expect(UnprovenToken.claims(of: text) == nil)
        }
    }
}
