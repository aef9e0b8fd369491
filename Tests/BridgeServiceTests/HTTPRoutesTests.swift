import Basics
import Conference
import Console
import Testing

@testable import BridgeService

@Suite("HTTP routes over a loopback port") struct HTTPRoutesTests {
    @Test("each page is served with its policy, in the caller's language")
    func pages() async throws {
        try await withNode(FakeGateway()) { wire in
            for path in ["/", "/room", "/chair"] {
                let page = try await wire.send("GET", path)
                #expect(page.status == 200)
                #expect(page.text.contains(#"<html lang="vi""#))
                #expect(page.head.contains("default-src 'none'"))
                #expect(page.head.contains("no-referrer"))
            }
            #expect(try await wire.send("GET", "/room?lang=en").text.contains(#"<html lang="en""#))
            #expect(try await wire.send("GET", "/room", headers: ["Accept-Language: en-GB,en;q=0.9"]).text.contains(#"lang="en""#))
            #expect(try await wire.send("GET", "/room", headers: ["Accept-Language: en;q=0.5, vi"]).text.contains(#"lang="vi""#))
            let assets = [
                "style.css", "chair.css", "phone.css", "i18n.js", "node.js", "stream.js", "media.js", "hall.js", "truth.js", "alarm.js", "picture.js",
                "level.js",
                "heads.js", "vote.js", "invite.js", "room.js", "chair.js", "tree.js", "plan.js", "nothing.js", "icon.svg",
            ]
            for name in assets {
                #expect(try await wire.send("GET", "/assets/\(name)").status == 200, "\(name)")
            }
            for path in ["/assets/room.html", "/assets/..%2f..%2fetc%2fpasswd", "/assets/none", "/nowhere"] {
                #expect(try await wire.send("GET", path).code == "not-found", "\(path)")
            }
        }
    }

    @Test("an address that leads nowhere is a page for a browser and JSON for a program")
    func nothing() async throws {
        try await withNode(FakeGateway()) { wire in
            let browser = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8"]
            for path in ["/nothing", "/assets/none", "/room/x"] {
                let page = try await wire.send("GET", path, headers: browser)
                #expect(page.status == 404 && page.text.contains(#"<html lang="vi""#), "\(path)")
                #expect(page.head.lowercased().contains("content-type: text/html"), "\(path)")
            }
            #expect(try await wire.send("GET", "/nothing?lang=en", headers: browser).text.contains(#"<html lang="en""#))
            #expect(try await wire.send("GET", "/nothing").code == "not-found")
            #expect(try await wire.send("GET", "/api/nothing", headers: browser).code == "not-found")
            #expect(try await wire.send("POST", "/nothing", headers: browser).code == "not-found")
        }
    }

    @Test("a token that is missing, unreadable, foreign or expired is 401, each with its own sentence")
    func tokens() async throws {
        try await withNode(FakeGateway()) { wire in
            for (token, code) in [
                (nil, "token-malformed"), ("x", "token-malformed"), ("foreign", "token-foreign"), ("expired", "token-expired"), ("revoked", "token-revoked"),
            ] {
                let answer = try await wire.send("GET", "/api/network", token: token)
                #expect(answer.status == 401)
                #expect(answer.code == code)
                #expect(answer.field("nextStep")?.isEmpty == false)
            }
            let english = try await wire.send("GET", "/api/network?lang=en", token: "expired")
            #expect(english.field("message") == "The link to this room has expired.")
            #expect(try await wire.send("GET", "/api/network", token: "expired").field("message") == "Đường dẫn vào phòng họp đã hết hạn.")
        }
    }

    @Test("an edition of the topology is an operator's to hand over, and refused in words")
    func topology() async throws {
        try await withNode(FakeGateway()) { wire in
            for role in Role.allCases where role != .operator {
                let answer = try await wire.send("POST", "/api/topology", token: "\(role):yen-mo", type: "application/octet-stream", body: [1])
                #expect(answer.status == 403)
            }
            #expect(try await wire.send("POST", "/api/topology", token: "operator:yen-mo", type: "application/json", body: [1]).status == 415)
            let english = try await wire.send("POST", "/api/topology?lang=en", token: "operator:yen-mo", type: "application/octet-stream", body: [1])
            #expect(english.status == 422 && english.code == "bad-signature" && english.field("message") == "The signature is wrong.")
            let large = [UInt8](repeating: 0, count: HTTPService.topologyLimit + 1)
            #expect(try await wire.send("POST", "/api/topology", token: "operator:yen-mo", type: "application/octet-stream", body: large).status == 413)
        }
    }

    /// Method, path, body, and the roles that may.
    static let table: [(String, String, String, Set<Role>)] = [
        ("POST", "/api/floor/request", "{}", [.room, .chair]),
        ("POST", "/api/floor/withdraw", "{}", [.room, .chair]),
        ("POST", "/api/floor/emergency", "{}", [.chair]),
        ("POST", "/api/floor/give", #"{"site":"yen-my"}"#, [.chair]),
        ("POST", "/api/floor/revoke", #"{"site":"yen-my"}"#, [.chair]),
        ("POST", "/api/mute", #"{"muted":true}"#, [.room, .chair]),
        ("POST", "/api/mute-all", "{}", [.chair]),
        ("POST", "/api/loudspeakers", #"{"on":true}"#, [.chair]),
        ("POST", "/api/break-away", "{}", [.room, .chair]),
        ("POST", "/api/rejoin", "{}", [.room, .chair]),
        ("POST", "/api/go-on", "{}", [.chair]),
        ("POST", "/api/head-count", #"{"count":60}"#, [.room, .chair]),
        ("GET", "/api/meetings", "", Set(Role.allCases)),
        ("POST", "/api/meetings", #"{"file":"giao-ban"}"#, [.chair, .operator]),
        ("POST", "/api/meetings/giao-ban/sites", #"{"site":"yen-my"}"#, [.chair, .operator]),
        ("DELETE", "/api/meetings/giao-ban/sites/yen-my", "", [.chair, .operator]),
        ("POST", "/api/meetings/giao-ban/answer", #"{"accept":true}"#, [.room, .chair, .operator]),
        ("DELETE", "/api/meetings/giao-ban", "", [.chair, .operator]),
        ("GET", "/api/network", "", Set(Role.allCases)),
        ("GET", "/api/stills/a%2Fb.jpg", "", [.chair, .operator]),
        ("GET", "/api/status", "", [.chair, .operator]),
        ("GET", "/api/topology", "", [.chair, .operator]),
        ("GET", "/api/topology/file", "", [.operator]),
        ("DELETE", "/api/legs/7", "", [.room, .chair, .viewer]),
    ]

    @Test("each role may do exactly what the table says")
    func roles() async throws {
        try await withNode(FakeGateway()) { wire in
            for (method, path, body, roles) in Self.table {
                for role in Role.allCases {
                    let answer = try await wire.send(
                        method, path, token: "\(role.rawValue):yen-mo", type: body.isEmpty ? nil : "application/json", body: Array(body.utf8))
                    if roles.contains(role) {
                        #expect((200...204).contains(answer.status), "\(method) \(path) as \(role): \(answer.status) \(answer.text)")
                    } else {
                        #expect(answer.status == 403 && answer.code == "not-allowed", "\(method) \(path) as \(role): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test("an offer is answered with 201 and the leg's place, a bad one refused")
    func join() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            let offer = Array("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n".utf8)
            func join(_ token: String, _ type: String = "application/sdp", _ body: [UInt8]) async throws -> Wire.Answer {
                try await wire.send("POST", "/api/join", token: token, type: type, body: body)
            }
            let good = try await join("room:yen-my", "application/sdp", offer)
            #expect(good.status == 201)
            #expect(good.head.lowercased().contains("location: /api/legs/7"))
            #expect(good.text.hasPrefix("v=0"))
            #expect(try await join("operator:yen-my", "application/sdp", offer).status == 403)
            #expect(try await join("room:yen-my", "text/plain", offer).code == "wrong-type")
            #expect(try await join("room:yen-my", "application/sdp", [0xFF, 0xFE]).code == "bad-offer")
            #expect(try await join("room:yen-my", "application/sdp", offer + [UInt8](repeating: 65, count: 32 * 1_024)).status == 413)
            #expect(gateway.state.withLock { $0.offers.count } == 1)
            gateway.change { $0.nextRefusal = .noCommonCodec }
            #expect(try await join("room:yen-my", "application/sdp", offer).code == "no-common-codec")
            gateway.change { $0.nextRefusal = .notReady }
            let notReady = try await join("room:yen-my", "application/sdp", offer)
            #expect(notReady.status == 503 && notReady.head.lowercased().contains("retry-after: 1"))
        }
    }

    @Test("what a page asks reaches the node as it was asked")
    func actions() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            _ = try await wire.json("POST", "/api/floor/request", token: "room:yen-my", #"{"priority":3}"#)
            _ = try await wire.json("POST", "/api/floor/give", token: "chair:yen-mo", #"{"site":"yen-my"}"#)
            _ = try await wire.json("POST", "/api/mute", token: "room:yen-my", #"{"muted":true}"#)
            _ = try await wire.json("POST", "/api/head-count", token: "room:yen-my", #"{"count":61}"#)
            #expect(gateway.state.withLock { $0.actions } == [.requestFloor(.high), .give(SiteID("yen-my")), .setMuted(true), .setHeadCount(61)])
            _ = try await wire.json("POST", "/api/loudspeakers", token: "chair:yen-mo", #"{"on":true}"#)
            _ = try await wire.json("POST", "/api/loudspeakers", token: "chair:yen-mo", #"{"on":false}"#)
            #expect(gateway.state.withLock { $0.actions.suffix(2) } == [.setLoudspeakers(true), .setLoudspeakers(false)])
            let vote = VoteID(node: NodeIndex(of: "yen-mo"), opened: Stamp(milliseconds: 1_771_234_600_000, counter: 3))
            for (token, path, body) in [
                ("chair:yen-mo", "/api/vote/open", #"{"question":"Thông qua?"}"#), ("chair:yen-mo", "/api/vote/close", #"{"vote":"\(vote)"}"#),
                ("room:yen-my", "/api/vote/cast", #"{"vote":"\(vote)","agree":61,"abstain":2}"#),
            ] {
                let body = body.replacing(#"\(vote)"#, with: vote.description)
                #expect(try await wire.json("POST", path, token: token, body).status == 204)
            }
            #expect(
                gateway.state.withLock { $0.actions.suffix(3) } == [
                    .openVote("Thông qua?"), .closeVote(vote), .cast(Ballot(agree: 61, disagree: 0, abstain: 2), on: vote),
                ])
            #expect(try await wire.json("POST", "/api/vote/open", token: "room:yen-my", #"{"question":"?"}"#).code == "not-allowed")
            #expect(try await wire.json("POST", "/api/vote/cast", token: "viewer:yen-my", #"{"vote":"x"}"#).code == "not-allowed")
            #expect(try await wire.json("POST", "/api/vote/cast", token: "room:yen-my", #"{"vote":"x","agree":1}"#).code == "unknown-vote")
            // Bad bodies never arrive.
            for (path, body) in [
                ("/api/floor/request", #"{"priority":4}"#), ("/api/mute", "{}"), ("/api/mute", "["), ("/api/head-count", #"{"count":-1}"#),
                ("/api/vote/cast", #"{"vote":"x","agree":"1"}"#),
            ] {
                #expect(try await wire.json("POST", path, token: "room:yen-my", body).code == "bad-json", "\(path) \(body)")
            }
            #expect(try await wire.json("POST", "/api/mute", token: "room:yen-my", String(repeating: " ", count: 300_000)).status == 413)
            #expect(try await wire.json("POST", "/api/mute", token: "room:yen-my:other", #"{"muted":true,"meeting":"giao-ban"}"#).code == "not-in-meeting")
            #expect(gateway.state.withLock { $0.actions.count } == 9)
            for (i, refusal) in Refusal.allCases.enumerated() {
                gateway.change { $0.nextRefusal = refusal }
                // Two halls in turn: one alone would ask too often.
                let answer = try await wire.json("POST", "/api/floor/withdraw", token: i % 2 == 0 ? "room:yen-my" : "room:yen-hoa", "{}")
                #expect(answer.code == refusal.rawValue && answer.status >= 400)
            }
        }
    }

    @Test("a chair starts a meeting from a file or by choosing a branch, and only as its chair")
    func meetings() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            #expect(try await wire.json("POST", "/api/meetings", token: "chair:yen-mo", #"{"file":"giao-ban"}"#).status == 201)
            let form = #"{"title":" Họp  khẩn ","kind":"hop","subtrees":["yen-mo"],"videoCodec":"h264"}"#
            #expect(try await wire.json("POST", "/api/meetings", token: "chair:yen-mo", form).status == 201)
            guard case .start(let made)? = gateway.state.withLock({ $0.actions.last }) else { throw Wire.Missing() }
            #expect(made.title == "Họp khẩn" && made.videoCodec == .h264 && made.chairs == [SiteID("yen-mo")])
            #expect(made.sites.map(\.rawValue) == ["yen-mo"] + FakeGateway.communes)
            for (body, code) in [
                (#"{"file":"x"}"#, "unknown-file"), (#"{"title":"A","sites":["x"]}"#, "unknown-site"), (#"{"title":"A"}"#, "too-few-sites"),
                (#"{"sites":["yen-my"]}"#, "bad-title"), (#"{"title":"A","kind":"x"}"#, "unknown-kind"), (#"{"title":"A","levels":["x"]}"#, "unknown-level"),
            ] {
                let answer = try await wire.json("POST", "/api/meetings", token: "chair:yen-mo", body)
                #expect(answer.status == 422 && answer.code == code, "\(body): \(answer.text)")
            }
            #expect(try await wire.json("POST", "/api/meetings", token: "chair:yen-my", #"{"file":"giao-ban"}"#).code == "not-allowed")
            gateway.change { $0.view = FakeGateway.view() }
            let list = try Console.decode(MeetingList.self, from: try await wire.send("GET", "/api/meetings", token: "room:yen-my").body)
            #expect(list.running.map(\.presentCount) == [6] && list.files.map(\.id) == ["giao-ban"])
        }
    }

    @Test("a stream tells the state once, then only what changed, and all again for another meeting")
    func events() async throws {
        let gateway = FakeGateway()
        gateway.change { $0.view = FakeGateway.view() }
        let steps: [@Sendable (inout FakeGateway.State) -> Void] = [
            { $0.view?.speaker = SiteID("yen-my") },
            { $0.view?.sites[3].muted = true },
            { $0.incarnation = 2 },
        ]
        try await withNode(gateway) { wire in
            let seen = Seen()
            let frames = try await wire.events(token: "room:yen-my", enough: 4) { count in
                if let step = seen.next(count), step >= 1, step <= steps.count { gateway.change(steps[step - 1]) }
            }
            #expect(frames.map(\.0) == ["state", "change", "change", "state"])
            var state = try Console.decode(PageState.self, from: frames[0].1)
            #expect(state.you.name == "Xã Yên Mỹ, huyện Yên Mô" && state.meeting?.sites.count == 6)
            for frame in frames[1...2] { try state.apply(try Console.decode(PageChange.self, from: frame.1)) }
            #expect(state.meeting?.speaker == "yen-my" && state.meeting?.sites[3].muted == true)
            #expect(frames[2].1.count < 400, "a change of one site names no other")
            #expect(try Console.decode(PageState.self, from: frames[3].1).incarnation == 2)
        }
    }

    @Test("where a site has all its event streams, the newest displaces the oldest of the same link, and no other")
    func streamLimit() async {
        func pass(_ site: String, _ token: String) -> Pass {
            Pass(site: SiteID(site), role: .room, meeting: nil, expires: WallTime(milliseconds: .max), token: token)
        }
        let counter = StreamCounter()
        var seats = [counter.take(pass("a", "viewer"))].compactMap(\.self)
        seats += (1..<HTTPService.streamLimitPerSite).compactMap { _ in counter.take(pass("a", "hall")) }
        #expect(seats.count == HTTPService.streamLimitPerSite)
        #expect(counter.take(pass("a", "third")) == nil)
        #expect(counter.take(pass("b", "third")) != nil)
        let newest = counter.take(pass("a", "hall"))
        #expect(newest != nil && counter.count == HTTPService.streamLimitPerSite)
        // The oldest of that link is told to end; giving its place back takes nothing from others.
        for await _ in seats[1].displaced {}
        seats[1].giveBack()
        #expect(counter.count == HTTPService.streamLimitPerSite)
        seats[0].giveBack()
        seats[0].giveBack()
        #expect(counter.count == HTTPService.streamLimitPerSite - 1)
        #expect(counter.take(pass("a", "third")) != nil)
        _ = newest
        seats = []
    }

    @Test("a method that a path does not have is 405 with what it has, and OPTIONS says the same; HEAD is a GET without a body")
    func methods() async throws {
        try await withNode(FakeGateway()) { wire in
            for (path, methods) in AllowedMethods.routes {
                let real = path.replacingOccurrences(of: "**", with: "a/b.jpg").replacingOccurrences(of: "*", with: "1")
                let options = try await wire.send("OPTIONS", real)
                #expect(options.status == 204, "\(path)")
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] where !(path == "/api/events" && method == "GET") {
                    let answer = try await wire.send(method, real, token: "chair:yen-mo")
                    let isThere = methods.contains(method)
                    #expect(isThere == (answer.code != "wrong-method"), "\(method) \(path): \(answer.status)")
                    // The router knows the path: a route of the table that nobody added would be 404 for its own method.
                    if isThere { #expect(answer.code != "not-found" || path == "/assets/*", "\(method) \(path)") }
                    if !isThere { #expect(answer.status == 405 && answer.head.lowercased().contains("\r\nallow: "), "\(method) \(path)") }
                }
            }
            let leg = try await wire.send("PATCH", "/api/legs/7", token: "room:yen-my", type: "application/trickle-ice-sdpfrag", body: Array("a=x".utf8))
            #expect(leg.status == 405 && leg.head.contains("DELETE, OPTIONS"))
            #expect(try await wire.send("OPTIONS", "/api/join").head.lowercased().contains("accept-post: application/sdp"))
            let head = try await wire.send("HEAD", "/health")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(try await wire.send("PATCH", "/nothing").status == 404)
            #expect(try await wire.send("DELETE", "/api/legs/7", token: "room:yen-my").status == 200)
        }
    }

    @Test("an offer that is refused says why and in which line, to the client in its language")
    func offers() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            func join(_ offer: String, _ language: String = "en") async throws -> Wire.Answer {
                try await wire.send("POST", "/api/join?lang=\(language)", token: "room:yen-my", type: "application/sdp", body: Array(offer.utf8))
            }
            let broken = try await join("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=setup:sideways\r\n")
            #expect(broken.status == 400 && broken.code == "bad-offer")
            #expect(broken.field("detail") == "line 5 of the SDP: a=setup cannot be read", "\(broken.text)")
            #expect(broken.text.contains("\"line\":5"))
            gateway.state.withLock { ($0.nextRefusal, $0.nextReason) = (.badOffer, .unsupportedTransport) }
            let refused = try await join("v=0\r\n", "vi")
            #expect(refused.field("detail") == "cần UDP/TLS/RTP/SAVPF và a=rtcp-mux", "\(refused.text)")
            gateway.state.withLock { ($0.nextRefusal, $0.nextReason) = (.noCommonCodec, .noCommonCodec(.h264)) }
            let codec = try await join("v=0\r\n")
            #expect(codec.status == 422 && codec.field("detail")?.contains("constrained baseline") == true)
        }
    }

    @Test("stills, status, metrics and health answer in their own form")
    func node() async throws {
        try await withNode(FakeGateway()) { wire in
            #expect(try await wire.send("GET", "/api/stills/a%2Fb.jpg", token: "chair:yen-mo").body == [0xFF, 0xD8, 0xFF])
            #expect(try await wire.send("GET", "/api/stills/yen-my.jpg", token: "chair:yen-mo").code == "no-still")
            let status = try Console.decode(NodeStatus.self, from: try await wire.send("GET", "/api/status", token: "operator:yen-mo").body)
            #expect(status.node == "yen-mo")
            #expect(try await wire.send("GET", "/metrics").text.contains("nhipcau_up 1"))
            #expect(try await wire.send("GET", "/health").status == 200)
        }
    }

    @Test("a token in an address opens nothing of the API, but for the events of pages of before for a while")
    func tokenInAddress() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            for path in ["/api/network", "/api/events", "/api/stills/a%2Fb.jpg", "/api/status"] {
                let answer = try await wire.send("GET", path + "?token=chair:yen-mo")
                #expect(answer.status == 400 && answer.code == "token-in-address", "\(path)")
                // Nor beside one in its place: the address is written down either way.
                #expect(try await wire.send("GET", path + "?token=chair:yen-mo", token: "chair:yen-mo").code == "token-in-address", "\(path)")
            }
            #expect(try await wire.send("POST", "/api/mute-all?token=chair:yen-mo", type: "application/json").code == "token-in-address")
            #expect(try await wire.send("GET", "/room?token=room:yen-my").status == 200)
            gateway.state.withLock { $0.takesOldWays = true }
            #expect(try await wire.send("GET", "/api/network?token=chair:yen-mo").code == "token-in-address")
            gateway.state.withLock { $0.expires = $0.clock }
            #expect(try await wire.send("GET", "/api/events?token=chair:yen-mo").status == 200)
        }
    }

    @Test("a link is withdrawn by an operator, by its site and id or with all of its key")
    func revoking() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            for role in Role.allCases where role != .operator {
                #expect(try await wire.json("POST", "/api/tokens/revoke", token: "\(role):yen-mo", #"{"site":"yen-my","id":"x"}"#).status == 403)
                #expect(try await wire.send("GET", "/api/tokens/revoked", token: "\(role):yen-mo").status == 403)
            }
            func revoke(_ body: String) async throws -> Wire.Answer {
                try await wire.json("POST", "/api/tokens/revoke", token: "operator:yen-mo", body)
            }
            #expect(try await revoke(#"{"site":"yen-my","id":"x","expires":1800000000000}"#).status == 204)
            #expect(try await revoke(#"{"key":"abc"}"#).status == 204)
            let taken = gateway.state.withLock { $0.revocations }
            #expect(taken.map(\.subject) == [.link(SiteID("yen-my"), id: "x"), .key("abc")])
            #expect(taken[0].expires == WallTime(milliseconds: 1_800_000_000_000))
            #expect(taken[1].expires == gateway.state.withLock { $0.clock } + Revocation.longest)
            for body in [
                "{}", #"{"site":"yen-my"}"#, #"{"id":"x"}"#, #"{"site":"yen-my","id":"x","key":"k"}"#, #"{"site":"yen-my","id":"a b"}"#, #"{"key":""}"#,
            ] {
                #expect(try await revoke(body).code == "bad-json", "\(body)")
            }
            let list = try Console.decode(RevocationList.self, from: try await wire.send("GET", "/api/tokens/revoked", token: "operator:yen-mo").body)
            #expect(list.revoked.map(\.site) == ["yen-my", nil])
            for (refusal, status) in [(Refusal.notYours, 403), (.tooManyRevocations, 429)] {
                gateway.state.withLock { $0.nextRefusal = refusal }
                let answer = try await revoke(#"{"key":"abc"}"#)
                #expect(answer.status == status && answer.code == refusal.rawValue)
            }
        }
    }

    @Test("a certificate that cannot be read is named with what to do")
    func badCertificate() {
        #expect {
            _ = try makeHTTPSide(
                gateway: FakeGateway(), address: "127.0.0.1", port: 0,
                tls: TLSFiles(certificateChain: "/nowhere/node.pem", privateKey: "/nowhere/node.key"))
        } throws: { "\($0)".hasPrefix("/nowhere/node.pem: not a usable PEM file") && "\($0)".contains("nhipcau certs issue") }
    }

    @Test("every refusal has a sentence and a next step in both languages")
    func sentences() {
        for language in Language.allCases {
            let all = Refusal.allCases.map { $0.sentence(language) } + TokenRefusal.allCases.map { $0.sentence(language) }
            #expect(Set(all.map(\.message)).count == all.count)
            #expect(all.allSatisfy { $0.message.hasSuffix(".") && $0.nextStep.hasSuffix(".") })
        }
    }
}

/// Lets a reader act once for each new number of frames.
private final class Seen: @unchecked Sendable {
    private var last = 0
    func next(_ count: Int) -> Int? {
        guard count > last else { return nil }
        last = count
        return count
    }
}

extension Wire {
    /// A test's own complaint.
    struct Missing: Error {}
}
