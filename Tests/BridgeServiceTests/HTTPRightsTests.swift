import Basics
import Conference
import Console
import Rights
import Testing

@testable import BridgeService

/// Every role of a policy on every route: the answer is what the table says, whatever table it is.
@Suite("Rights over HTTP, by the table") struct HTTPRightsTests {
    /// Method, path, body, and the deed.
    static let routes: [(String, String, String, Deed)] = [
        ("POST", "/api/floor/request", "{}", .requestFloor), ("POST", "/api/floor/withdraw", "{}", .requestFloor),
        ("POST", "/api/floor/emergency", "{}", .emergency), ("POST", "/api/floor/give", #"{"site":"yen-my"}"#, .giveFloor),
        ("POST", "/api/floor/revoke", #"{"site":"yen-my"}"#, .revokeFloor), ("POST", "/api/mute", #"{"muted":true}"#, .muteSelf),
        ("POST", "/api/mute-all", "{}", .muteAll), ("POST", "/api/break-away", "{}", .breakAway), ("POST", "/api/rejoin", "{}", .breakAway),
        ("POST", "/api/go-on", "{}", .goOn), ("POST", "/api/head-count", #"{"count":60}"#, .headCount),
        ("POST", "/api/vote/open", #"{"question":"Thông qua?"}"#, .openVote),
        ("POST", "/api/vote/close", #"{"vote":"0123abcd-1800000000000.1"}"#, .closeVote),
        ("POST", "/api/vote/cast", #"{"vote":"0123abcd-1800000000000.1","agree":1}"#, .castBallot),
        ("GET", "/api/meetings", "", .readMeetings), ("POST", "/api/meetings", #"{"file":"giao-ban"}"#, .convene),
        ("DELETE", "/api/meetings/giao-ban", "", .end), ("POST", "/api/meetings/giao-ban/sites", #"{"site":"yen-my"}"#, .addSite),
        ("DELETE", "/api/meetings/giao-ban/sites/yen-my", "", .removeSite),
        ("POST", "/api/meetings/giao-ban/answer", #"{"accept":true}"#, .answer), ("GET", "/api/network", "", .readNetwork),
        ("GET", "/api/stills/a%2Fb.jpg", "", .readStills), ("GET", "/api/status", "", .readStatus), ("GET", "/api/topology", "", .readStatus),
        ("POST", "/api/loudspeakers", #"{"on":true}"#, .playLoudspeakers), ("GET", "/api/tokens/revoked", "", .revokeLink),
        ("GET", "/api/topology/file", "", .readEdition), ("DELETE", "/api/legs/7", "", .join),
    ]

    /// The standard table; one that gives nothing; one of a province with a role of its own.
    static let policies: [Policy] = {
        var nothing = Policy.standard
        for var role in nothing.roles {
            for deed in Deed.allCases { role.set(deed, .none) }
            nothing.set(role)
        }
        var own = Policy.standard
        own.set(RoleRights(id: "thu-ky", kind: .chair, reaches: [.giveFloor: .own, .addSite: .network, .readStatus: .network]))
        var room = own.role("room")!
        room.set(.requestFloor, .none)
        own.set(room)
        return [.standard, nothing, own]
    }()

    @Test("a role is let in exactly where its right to the deed reaches anything, else the answer is 403 with a sentence", arguments: policies.indices)
    func table(_ p: Int) async throws {
        let policy = Self.policies[p]
        let gateway = FakeGateway()
        gateway.state.withLock { $0.policy = policy }
        try await withNode(gateway) { wire in
            for role in policy.roles where Role(rawValue: role.kind.rawValue) != nil {
                for (method, path, body, deed) in Self.routes {
                    let answer = try await wire.send(
                        method, path, token: "\(role.id):yen-mo", type: body.isEmpty ? nil : "application/json", body: Array(body.utf8))
                    if role.reach(deed) > .none {
                        #expect((200...204).contains(answer.status), "\(method) \(path) as \(role.id): \(answer.status) \(answer.text)")
                    } else {
                        #expect(answer.status == 403 && answer.code == "not-allowed", "\(method) \(path) as \(role.id): \(answer.status)")
                        #expect(answer.field("message")?.isEmpty == false && answer.field("nextStep")?.isEmpty == false)
                    }
                }
            }
            let metrics = try await wire.send("GET", "/metrics")
            #expect(metrics.status == (policy.reach("anyone", .readMetrics) > .none ? 200 : 401))
            if metrics.status == 200, p == 0 { #expect(metrics.text.contains(#"reason="not-allowed""#)) }
        }
    }

    @Test("a role that the policy does not have opens nothing")
    func unknownRole() async throws {
        try await withNode(FakeGateway()) { wire in
            for role in ["thu-ky", "anyone", "equipment", "root"] {
                let answer = try await wire.send("GET", "/api/network", token: "\(role):yen-mo")
                #expect(answer.status == 401, "\(role)")
            }
        }
    }
}
