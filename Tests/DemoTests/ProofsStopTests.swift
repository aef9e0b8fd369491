import Foundation
import Glibc
import Testing

@testable import Demo

extension Proofs {
    @Test("a node that is told to stop says goodbye to its neighbours and pages, closes its archive and ends with 0", .timeLimit(.minutes(1)))
    func stops() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(["ninh-binh", "yen-mo", "kim-son"])
            for (id, number) in [("yen-mo", SIGTERM), ("kim-son", SIGINT)] {
                // A page's event stream is open.
                let token = try network.folder.link(network.plan, site: network.plan.chair, role: "operator").token
                let client = try network.client(id)
                let (began, begin) = AsyncStream.makeStream(of: Void.self)
                let page = Task {
                    try await client.events("/api/events", token: token) { _ in
                        begin.yield()
                        return true
                    }
                }
                for await _ in began { break }
                for file in ["archive.sqlite", "archive.sqlite-wal", "topology.running.yaml"] {
                    var about = stat()
                    #expect(stat(network.folder.state(id) + "/" + file, &about) == 0 && about.st_mode & 0o777 == 0o600, "\(file)")
                }
                let start = Date()
                _ = await network.children.signal("node " + id, number)
                try await network.until("\(id) has ended", 5) { await network.ends.names.contains("node \(id): exit code 0") }
                #expect(-start.timeIntervalSinceNow < 3)
                // The stream ended as streams do, and not with a broken connection.
                try await page.value
                #expect(network.log("node " + id).contains("info stopped"))
                func told() -> Substring? {
                    network.log("node ninh-binh").split(separator: "\n").last { $0.contains("trunk down") && $0.contains("neighbour=\(id)") }
                }
                try await network.until("the parent has heard of it", 3) { told() != nil }
                let reason = try #require(told())
                // Its session was closed; one that falls silent is found out later.
                #expect(reason.contains("reason=closed"), "\(reason)")
                // Once: the end of the session and the lost edge are one fall.
                let falls = network.log("node ninh-binh").split(separator: "\n").filter { $0.contains("trunk down") && $0.contains("neighbour=\(id)") }
                #expect(falls.count == 1, "\(falls)")
                // A closed archive leaves no log of its own beside it.
                #expect(access(network.folder.state(id) + "/archive.sqlite-wal", F_OK) != 0)
            }
        }
    }

    @Test("a second signal ends a node at once, whatever it waits for", .timeLimit(.minutes(1)))
    func secondSignal() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(["ninh-binh"])
            // A request that never ends keeps the node waiting for half a second.
            let node = try #require(network.plan.network.node(id: "ninh-binh"))
            let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(handle) }
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = node.httpPort.bigEndian
            inet_pton(AF_INET, node.address.host, &name.sin_addr)
            let connected = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            try #require(connected == 0)
            _ = await network.children.signal("node ninh-binh", SIGTERM)
            try await network.until("the node has heard the first", 2) { network.log("node ninh-binh").contains("stopping") }
            _ = await network.children.signal("node ninh-binh", SIGTERM)
            try await network.until("the node has ended", 2) { await network.ends.names.contains("node ninh-binh: exit code 143") }
        }
    }
}
