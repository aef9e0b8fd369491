import Basics
import BridgeService
import Console
import Foundation
import Glibc
import Native
import Peer
import Testing
import TopologyFiles

@testable import Demo

extension Proofs {
    @Test("strangers with certificates of another authority or of no node are refused, and counted", .timeLimit(.minutes(1)))
    func certificates() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(["ninh-binh", "kim-son"])
            // The id of a real node, signed by an authority of the same name.
            let child = try #require(network.plan.network.node(id: "kim-dinh"))
            let other = network.folder.path + "/other"
            try Authority.create(network: network.plan.network.networkID, folder: other).issue(child, into: other + "/kim-dinh")
            try await network.startNode("kim-dinh", as: "impostor", state: other + "/kim-dinh")
            // A node that is in the stranger's file, not in ours, with a certificate of our authority.
            let text = try String(contentsOfFile: DemoTests.topology + "/three-levels.yaml", encoding: .utf8)
            let extended = network.folder.path + "/extended.yaml"
            try (text + "\n  - {id: gia-mao, level: xa, name: Xã Giả Mạo, address: 10.37.2.19, uplink: kim-son}\n")
                .write(toFile: extended, atomically: true, encoding: .utf8)
            let plan = try Plan(DemoOptions(topology: extended, loopback: Proofs.loopback))
            try TopologyFiles.render(plan.network).write(toFile: extended, atomically: true, encoding: .utf8)
            let unknown = try #require(plan.network.node(id: "gia-mao"))
            try Authority(folder: network.folder.path + "/authority").issue(unknown, into: network.folder.state("gia-mao"))
            try await network.startNode("gia-mao", as: "unknown", topology: extended)

            try await network.until("kim-son refuses both", 15) {
                let log = network.log("node kim-son")
                return log.contains("gia-mao is no child of this node") && network.log("impostor").contains("trunk down")
            }
            #expect(try await network.metric("nhipcau_refused_total", "refusedTrunk", of: "kim-son") >= 2)
            let trunks = try await network.status("kim-son").trunks
            #expect(trunks.first { $0.neighbour == "kim-dinh" }?.state != "up")
            #expect(trunks.first { $0.neighbour == "ninh-binh" }?.state == "up")
            #expect(!network.log("impostor").contains("trunk up") && !network.log("unknown").contains("trunk up"))
        }
    }

    @Test("a token that is absent, garbled, foreign, expired or too weak is refused in words", .timeLimit(.minutes(1)))
    func tokens() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(["ninh-binh"])
            let plan = network.plan
            func link(_ authority: String, _ role: String, hours: Double = 1) throws -> String {
                try Authority(folder: authority).link(network: plan.network, site: "ninh-binh", role: role, meeting: nil, hours: hours).token
            }
            let ours = network.folder.path + "/authority"
            let theirs = network.folder.path + "/other"
            try Authority.create(network: plan.network.networkID, folder: theirs)
            let expired = try link(ours, "chair", hours: 0.000_1)
            try await Task.sleep(for: .milliseconds(500))
            let good = try link(ours, "chair")
            var altered = Array(good.utf8)
            altered[altered.count / 3] = altered[altered.count / 3] == 65 ? 66 : 65
            let cases: [(token: String?, status: Int)] = [
                (nil, 401), ("xin chào", 401), (expired, 401), (try link(theirs, "chair"), 401), (String(decoding: altered, as: UTF8.self), 401),
                (try link(ours, "viewer"), 403), (good, 200),
            ]
            for (token, status) in cases {
                let answer = try await network.client("ninh-binh").send("GET", "/api/status", token: token)
                #expect(answer.status == status, "\(token ?? "none")")
                guard status != 200 else { continue }
                let words = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
                #expect(words["message"]?.isEmpty == false && words["nextStep"]?.isEmpty == false, "\(answer.text)")
            }
        }
    }

    @Test("200,000 random and mutated datagrams during a call are counted, and the call goes on", .timeLimit(.minutes(2)))
    func flood() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            let ids = network.plan.network.nodes.map(\.id)
            try await network.startNodes(ids)
            try await network.startMeeting()
            for site in ["ninh-binh", "yen-my"] { try await network.startBot(site) }
            network.tell("yen-my", "request")
            try await network.untilHolder("yen-my")
            try await network.untilKnown("yen-my", by: "ninh-binh")
            // The district's node: the speaker's voice and picture go through it.
            let before = try await network.metric("nhipcau_refused_total", of: "yen-mo")
            let flood = try Flood(network, node: "yen-mo")
            // On a thread of its own: two blocked tasks would be all that a machine of two cores runs at a time.
            let sending = Task {
                await withCheckedContinuation { done in Thread { done.resume(returning: flood.run()) }.start() }
            }
            try await network.until("the flood reaches the node", 10) {
                try await network.metric("nhipcau_refused_total", of: "yen-mo") > before + 1_000
            }
            // Who comes now must hear and see the speaker.
            try await network.startBot("phat-diem")
            try await network.untilKnown("yen-my", by: "phat-diem", 20)
            #expect(await network.stage.holder == "yen-my")
            let sent = await sending.value
            #expect(sent == 200_000)
            // What the kernel drops before the node sees it is nobody's to count.
            let counted = try await network.metric("nhipcau_refused_total", of: "yen-mo") - before
            #expect(counted > 100_000, "\(Int(counted)) of \(sent) datagrams were counted")
            #expect(await network.stage.holder == "yen-my")
            // And afterwards another hall speaks.
            network.tell("yen-my", "withdraw")
            network.tell("phat-diem", "request")
            try await network.untilHolder("phat-diem")
            try await network.untilKnown("phat-diem", by: "yen-my")
            #expect(await network.ends.names.isEmpty)
            #expect(await network.stage.errors.isEmpty)
            for id in ids { try await network.until("\(id) is well", 10) { await network.isReady(id) } }
        }
    }
}

/// A hundred thousand datagrams of chance, then as many of a real protocol with some bytes changed, cut or added.
private struct Flood: Sendable {
    private let socket: Int32
    private let target: sockaddr_in
    private let seeds: [[UInt8]]

    init(_ network: ProofsNetwork, node: String) throws {
        let address = try #require(network.plan.network.node(id: node)).address
        socket = try PatchCord.socket(at: address.host, 27_600)
        target = PatchCord.name(address.host, address.port)
        seeds = [try Flood.hello(), Flood.binding, Flood.media, Flood.report]
    }

    /// Sends all of it at some 20,000 a second; returns how many.
    func run() -> Int {
        defer { close(socket) }
        var random = SeededGenerator(seed: 20_26)
        let start = Date()
        for n in 0..<200_000 {
            let bytes = n < 100_000 ? chance(&random) : mutated(&random)
            PatchCord.send(bytes[...], socket, target)
            if n % 50 == 49 {
                let ahead = Double(n) / 20_000 + start.timeIntervalSinceNow
                if ahead > 0 { usleep(UInt32(ahead * 1e6)) }
            }
        }
        return 200_000
    }

    private func chance(_ random: inout SeededGenerator) -> [UInt8] {
        // Mostly small, as attacks are; some fill a datagram.
        let count = Int.random(in: 1...(Int.random(in: 0..<8, using: &random) == 0 ? 1_472 : 96), using: &random)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 2 where bytes.count > 4: bytes.removeSubrange(max(1, at)...)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            }
        }
        return bytes
    }

    /// The first flight of a DTLS client.
    private static func hello() throws -> [UInt8] {
        let session = try OpenSSLSecurity.ephemeral(clock: { WallTime(milliseconds: 1_790_000_000_000) }).makeSession(.accessClient)
        session.start(now: .zero)
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = try #require(buffer.withUnsafeMutableBytes { session.nextDatagram(into: $0) })
        return Array(buffer[..<count])
    }
    /// STUN Binding with USERNAME, PRIORITY, ICE-CONTROLLING and USE-CANDIDATE (RFC 8489, RFC 8445).
    private static let binding: [UInt8] =
        [0, 1, 0, 40, 0x21, 0x12, 0xA4, 0x42] + Array(1...12) + [0, 6, 0, 9] + Array("abcd:efgh".utf8) + [0, 0, 0, 0, 0x24, 0, 4, 110, 0, 1, 255]
        + [0x80, 0x2A, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8] + [0, 0x25, 0, 0]
    /// RTP with a one-byte header extension (RFC 3550, RFC 8285).
    private static let media: [UInt8] =
        [0x90, 111, 0, 1, 0, 0, 3, 192, 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 0x10, 20, 0x21, 0] + [UInt8](repeating: 0x5A, count: 80)
    /// A receiver report with one block, and a NACK behind it (RFC 3550, RFC 4585).
    private static let report: [UInt8] =
        [0x81, 201, 0, 7, 1, 2, 3, 4] + [UInt8](repeating: 7, count: 24) + [0x81, 205, 0, 3, 1, 2, 3, 4, 9, 9, 9, 9, 0, 5, 0, 3]
}
