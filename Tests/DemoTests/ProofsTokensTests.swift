import Basics
import BridgeService
import Console
import Foundation
import Glibc
import NodeClient
import Synchronization
import Testing
import Topology

@testable import Demo

extension Proofs {
    @Test("a withdrawn link's event stream and leg end within two seconds, nowhere is it taken again, also after a restart", .timeLimit(.minutes(2)))
    func withdrawn() async throws {
        try await ProofsNetwork.run(meeting: Proofs.district) { network in
            try await network.startNodes(network.plan.network.nodes.map(\.id))
            try await network.startMeeting()
            try await network.startBot("yen-my")
            let stolen = try #require(try await network.status("yen-my").legs.first?.link)
            let page = try network.folder.link(network.plan, site: SiteID("yen-my"), role: "chair", everywhere: true)
            let client = try network.client("yen-my")
            let stream = try await OpenStream(client, page.token)

            // Not by a hall or chair, not by a node beside, not above one's reach.
            func revoke(_ node: String, as asker: String, _ role: String, _ wish: [String: String]) async throws -> Int {
                try await network.send("POST", "/api/tokens/revoke", to: node, site: asker, role: role, body: Console.json(wish)).status
            }
            let wish = ["site": "yen-my", "id": page.id]
            #expect(try await revoke("yen-my", as: "yen-my", "chair", wish) == 403)
            #expect(try await revoke("kim-son", as: "kim-son", "operator", wish) == 403)
            #expect(try await revoke("yen-mo", as: "kim-son", "operator", wish) == 403)
            #expect(try await revoke("yen-my", as: "yen-my", "operator", ["site": "ninh-binh", "id": page.id]) == 403)

            let start = ContinuousClock.now
            for wish in [wish, ["site": "yen-my", "id": stolen]] { #expect(try await revoke("ninh-binh", as: "ninh-binh", "operator", wish) == 204) }
            try await network.until("the stream has ended", 2) { stream.hasEnded }
            try await network.until("the leg has ended", 2) { network.log("node yen-my").contains("its link was revoked") }
            for node in network.plan.network.nodes {
                try await network.until("\(node.id) refuses it", 2) {
                    let answer = try await network.client(node.id).send("GET", "/api/network", token: page.token)
                    return answer.status == 401 && answer.text.contains("token-revoked")
                }
            }
            #expect(ContinuousClock.now - start < .seconds(2))

            try network.kill9("yen-my")
            try await network.until("yen-my is dead", 5) { await network.ends.names.contains("node yen-my: signal 9") }
            // Alone, so that nobody could tell it.
            try network.kill9("yen-mo")
            try await network.startNode("yen-my", as: "node yen-my, second life")
            try await network.until("yen-my answers", 20) { (try? await client.send("GET", "/api/about").status) == 200 }
            #expect(try await client.send("GET", "/api/network", token: page.token).text.contains("token-revoked"))
            let answer = try await network.send("GET", "/api/tokens/revoked", to: "yen-my", site: "yen-my", role: "operator")
            let list = try Console.decode(RevocationList.self, from: answer.body)
            #expect(Set(list.revoked.map(\.id)) == [page.id, stolen] && list.revoked.allSatisfy { $0.by == "ninh-binh" })
        }
    }

    @Test("what a node asks another for a chair holds no token of the chair's", .timeLimit(.minutes(1)))
    func captured() async throws {
        try await ProofsNetwork.run(meeting: Proofs.district) { network in
            try await network.startNodes(["ninh-binh", "yen-mo"])
            try await network.startMeeting()
            let listener = try Listener(try #require(network.plan.network.node(id: "yen-my")))
            let link = try network.folder.link(network.plan, site: SiteID("ninh-binh"), role: "chair")
            async let asked = listener.first()
            try await network.until("the node asks the commune", 10) {
                _ = try await network.client("ninh-binh").send("GET", "/api/stills/yen-my.jpg", token: link.token)
                return listener.wasAsked
            }
            let request = String(decoding: try await asked, as: UTF8.self).lowercased()
            #expect(request.contains("/internal/stills/yen%2dmy.jpg") && request.contains("nhipcau-statement:"))
            #expect(!request.contains("authorization") && !request.contains(link.token.lowercased()) && !request.contains("token="))
            // Not a part of it either: what it says, and its signature.
            for part in link.token.lowercased().split(separator: ".") { #expect(!request.contains(part)) }
        }
    }
}

/// An event stream that somebody else may end.
private final class OpenStream: Sendable {
    private let ended = Mutex(false)
    var hasEnded: Bool { ended.withLock { $0 } }

    /// Returns once the first event is there.
    init(_ client: NodeClient, _ token: String) async throws {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        Task { [self] in
            try? await client.events("/api/events", token: token) { _ in
                begin.yield()
                return true
            }
            ended.withLock { $0 = true }
            begin.finish()
        }
        for await _ in began { return }
        throw NodeClient.Failure(description: "the stream ended before its first event")
    }
}

/// A stranger in a node's place: takes one connection, and keeps what is said first.
private final class Listener: Sendable {
    private let handle: Int32
    private let asked = Mutex(false)
    var wasAsked: Bool { asked.withLock { $0 } }

    init(_ node: Network.Node) throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = node.httpPort.bigEndian
        inet_pton(AF_INET, node.address.host, &name.sin_addr)
        var yes: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        // So long nobody calls, and the test has failed.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0 && listen(handle, 8) == 0)
    }
    deinit { close(handle) }

    func first() async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread { [self] in
                let connection = accept(handle, nil, nil)
                defer { close(connection) }
                var request: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while request.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
                    let n = recv(connection, &buffer, buffer.count, 0)
                    if n <= 0 { break }
                    request += buffer[..<n]
                }
                asked.withLock { $0 = true }
                done.resume(returning: request)
            }
        }
    }
}
