import Basics
import BridgeService
import Console
import Foundation
import Native
import Testing
import Topology
import TopologyFiles

@testable import Demo

/// `nhipcau topology apply` on a network of processes (`docs/applying.md`).
extension Proofs {
    static let applyMeeting = """
        meeting: proof-apply
        topology: three-levels
        title: Họp trong khi mạng đổi
        kind: hop
        chairs: [ninh-binh]
        sites: all
        """

    @Test("a commune moves to another parent while its neighbours talk: no packet is missing for them, its own gap is measured", .timeLimit(.minutes(5)))
    func applied() async throws {
        try await ProofsNetwork.run(meeting: Proofs.applyMeeting) { network in
            try await Proofs.beginTalk(network)
            let others = ["ninh-binh", "kim-dinh", "yen-thang"]
            var running = network.plan.network
            var gaps: [Double] = []
            var lost: [Int] = []
            for round in 1...6 {
                let parent = round % 2 == 1 ? "kim-son" : "yen-mo"
                running = try Proofs.moved("yen-my", to: parent, in: running)
                let file = try Proofs.write(running, in: network)
                _ = try await Proofs.counts(of: others + ["yen-my"], network)
                let applied = try await Proofs.apply(file, at: round % 3 == 0 ? "phat-diem" : "ninh-binh", network)
                #expect(applied.code == 0, "\(applied.text)")
                try await network.until("yen-my hangs under \(parent)", 10) {
                    try await network.status("yen-my").trunks.filter { $0.direction == "up" }.map(\.neighbour) == [parent]
                }
                try await Task.sleep(for: .seconds(2))
                let counts = try await Proofs.counts(of: others + ["yen-my"], network)
                for site in others {
                    let count = try #require(counts[site])
                    #expect(count.missing == 0 && count.packets > 100, "\(site): \(count)")
                }
                // A page's numbers run on where its source was gone for a moment: what it missed is what the others have more.
                let heard = others.compactMap { counts[$0]?.packets }
                let (most, least) = (try #require(heard.max()), try #require(heard.min()))
                #expect(most - least <= 5, "\(heard)")
                let own = try #require(counts["yen-my"])
                gaps.append(own.longestGap)
                lost.append(max(0, most - own.packets))
                let neighbours = others.compactMap { site in
                    counts[site].map { "\(site) \($0.missing) of \($0.packets) missing, \($0.late) late, longest \(Int($0.longestGap)) ms" }
                }
                print("apply \(round) to \(parent): \(applied.text.split(separator: "\n").last ?? "")")
                print("    \(neighbours.joined(separator: "; ")); yen-my \(lost.last ?? 0) fewer, gap \(Int(own.longestGap)) ms")
            }
            gaps.sort()
            print("apply: the moved commune's own gap: p50 \(Int(gaps[gaps.count / 2])) ms, most \(Int(gaps[gaps.count - 1])) ms")
            print("apply: packets of 20 ms that it heard fewer than its neighbours: \(lost)")
            #expect(gaps[gaps.count - 1] <= 1_000)
            for id in running.nodes.map(\.id) { #expect(try await network.status(id).topologyVersion == running.version) }

            // A node that starts again takes the edition from its state folder, not the old file.
            try network.kill9("yen-my")
            try await network.until("yen-my is dead", 5) { await network.ends.names.contains("node yen-my: signal 9") }
            try await network.startNode("yen-my", as: "node yen-my, second life")
            try await network.until("yen-my is back under its new parent", 20) {
                let status = try await network.status("yen-my")
                return status.topologyVersion == running.version && status.trunks.contains { $0.neighbour == "yen-mo" && $0.state == "up" }
            }
        }
    }

    @Test("what a node cannot take is refused with the reason, and it stays on its old edition", .timeLimit(.minutes(3)))
    func refused() async throws {
        try await ProofsNetwork.run(meeting: Proofs.applyMeeting) { network in
            // One node has a file of its own that is newer than what will be applied.
            let old = network.plan.network
            let newer = try Proofs.edition(old, version: 5, [("Xã Yên Thắng", "Xã Yên Thắng mới")])
            let own = try Proofs.write(newer, in: network)
            for id in old.nodes.map(\.id) { try await network.startNode(id, topology: id == "yen-thang" ? own : nil) }
            for id in old.nodes.map(\.id) { try await network.until("\(id) is ready", 20) { await network.isReady(id) } }

            // Not higher; not understood; not of this network's authority; a circle: nothing is handed on.
            let same = try await Proofs.apply(try Proofs.write(old, in: network), at: "ninh-binh", network)
            #expect(same.code == 1 && same.text.contains("version: 1 is not higher than 1, which runs"), "\(same.text)")
            let authority = try Authority(folder: network.folder.path + "/authority")
            let next = try Proofs.moved("yen-my", to: "kim-son", in: old)
            let keys = network.folder.path + "/authority/"
            let signer = try CertificateAuthority(
                Credential(
                    certificate: String(contentsOfFile: keys + "ca.crt", encoding: .utf8),
                    privateKey: String(contentsOfFile: keys + "ca.key", encoding: .utf8)))
            let strange = try await Proofs.hand(
                signer.seal(next.canonical.replacing("nodes:\n", with: "satellites: 2\nnodes:\n")), to: "ninh-binh", network)
            #expect(strange.status == 422 && strange.text.contains("does not understand the file") && strange.text.contains("satellites"), "\(strange.text)")
            let stranger = NSTemporaryDirectory() + "nhipcau-stranger-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: stranger) }
            let forged = try await Proofs.hand(
                try Authority.create(network: old.networkID, folder: stranger).seal(next), to: "ninh-binh", network)
            #expect(forged.status == 422 && forged.text.contains("not signed by this network's authority"), "\(forged.text)")
            var spoilt = try authority.seal(next)
            spoilt[spoilt.count - 5] ^= 1
            #expect(try await Proofs.hand(spoilt, to: "ninh-binh", network).status == 422)
            let room = try await network.send(
                "POST", "/api/topology", to: "ninh-binh", site: "ninh-binh", role: "chair", body: try authority.seal(next))
            #expect(room.status == 403)
            for id in old.nodes.map(\.id) where id != "yen-thang" { #expect(try await network.status(id).topologyVersion == 1) }

            // The plan says what would change, and changes nothing.
            let file = try Proofs.write(next, in: network)
            let plan = try await Proofs.apply(file, at: "ninh-binh", network, ["--plan"])
            #expect(plan.code == 0 && plan.text.contains("Kim Sơn") && plan.text.contains("It can be applied"), "\(plan.text)")
            #expect(try await network.status("yen-my").topologyVersion == 1)

            // All but the one with the newer file take it; that one says why not.
            let applied = try await Proofs.apply(file, at: "ninh-binh", network)
            #expect(applied.code == 1)
            #expect(applied.text.contains("yen-thang: version: 2 is not higher than 5, which runs"), "\(applied.text)")
            #expect(applied.text.contains("6 of 7 nodes run version 2"), "\(applied.text)")
            #expect(try await network.status("yen-thang").topologyVersion == 5)
            let seen = try await Proofs.run(
                ["status", "--topology", network.folder.topology, "--node", "phat-diem", "--authority", network.folder.path + "/authority"])
            #expect(seen.text.contains("topology yen-thang  refused version 2, runs 5"), "\(seen.text)")
            try await network.until("yen-my hangs under kim-son", 10) {
                try await network.status("yen-my").trunks.contains { $0.neighbour == "kim-son" && $0.state == "up" }
            }
            #expect(try await network.status("yen-thang").trunks.contains { $0.neighbour == "yen-mo" && $0.state == "up" })
            // A still newer one reaches it too.
            let last = try await Proofs.apply(try Proofs.write(try Proofs.edition(next, version: 6, []), in: network), at: "yen-thang", network)
            #expect(last.code == 0 && last.text.contains("7 of 7 nodes run version 6"), "\(last.text)")

            // What needs a restart says so; with --with-restarts the others go on, and that one takes it when it starts again.
            let third = try Proofs.edition(next, version: 7, [("name: \"Cụm loa xã Yên Mỹ\"", "name: \"Cụm loa mới\"")])
            let restart = try Proofs.write(third, in: network)
            let blocked = try await Proofs.apply(restart, at: "ninh-binh", network)
            #expect(blocked.code == 1 && blocked.text.contains("yen-my: its plain RTP equipment changes"), "\(blocked.text)")
            let partly = try await Proofs.apply(restart, at: "ninh-binh", network, ["--with-restarts"])
            #expect(partly.code == 1 && partly.text.contains("6 of 7 nodes run version 7"), "\(partly.text)")
            try network.kill9("yen-my")
            try await network.until("yen-my is dead", 5) { await network.ends.names.contains("node yen-my: signal 9") }
            try await network.startNode("yen-my", as: "node yen-my, second life")
            try await network.until("yen-my runs it now", 20) { try await network.status("yen-my").topologyVersion == 7 }
        }
    }

    // MARK: Steps

    private static func beginTalk(_ network: ProofsNetwork) async throws {
        try await network.startNodes(network.plan.network.nodes.map(\.id))
        try await network.startMeeting()
        for site in ["ninh-binh", "phat-diem", "kim-dinh", "yen-thang", "yen-my"] { try await network.startBot(site) }
        network.tell("phat-diem", "request")
        try await network.untilHolder("phat-diem")
        for site in ["ninh-binh", "kim-dinh", "yen-thang", "yen-my"] { try await network.untilKnown("phat-diem", by: site, 15) }
    }

    private static func edition(_ network: Network, version: UInt32, _ changes: [(String, String)]) throws -> Network {
        var text = network.canonical.replacing("version: \(network.version)\n", with: "version: \(version)\n")
        for (old, new) in changes {
            try #require(text.contains(old), "\(old) is not in the file")
            text = text.replacing(old, with: new)
        }
        return try TopologyFiles.parse(text, file: "edition")
    }

    private static func moved(_ node: String, to parent: String, in network: Network) throws -> Network {
        try network.changed(by: [.move(node: node, to: parent)])
    }

    private static func write(_ network: Network, in folder: ProofsNetwork) throws -> String {
        let path = folder.folder.path + "/edition-\(network.version)-\(UUID().uuidString.prefix(8)).yaml"
        try network.canonical.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The command as a planner types it.
    private static func apply(_ file: String, at node: String, _ network: ProofsNetwork, _ more: [String] = []) async throws -> Ended {
        let place = ["--topology", network.folder.topology, "--node", node, "--authority", network.folder.path + "/authority"]
        return try await run(["topology", "apply", file] + place + ["--lang", "en"] + more)
    }

    /// A command's exit code, and all it printed.
    private struct Ended {
        var code: Int32
        var text: String
    }

    private static func run(_ arguments: [String]) async throws -> Ended {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try program())
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Ended(code: process.terminationStatus, text: text)
    }

    private static func hand(_ sealed: [UInt8], to node: String, _ network: ProofsNetwork) async throws -> (status: Int, text: String) {
        let token = try network.folder.link(network.plan, site: network.plan.chair, role: "operator").token
        let answer = try await network.client(node).send(
            "POST", "/api/topology?lang=en", token: token, body: sealed, type: "application/octet-stream")
        return (answer.status, answer.text)
    }

    /// What arrived at these halls since they were asked last.
    private static func counts(of sites: [String], _ network: ProofsNetwork) async throws -> [String: SoundCount] {
        var before: [String: Int] = [:]
        for site in sites { before[site] = await network.stage.halls[site]?.counts.count ?? 0 }
        for site in sites { network.tell(site, "count") }
        try await network.until("all have counted", 5) {
            for site in sites where await network.stage.halls[site]?.counts.count ?? 0 <= before[site]! { return false }
            return true
        }
        var result: [String: SoundCount] = [:]
        for site in sites { result[site] = await network.stage.halls[site]?.counts.last }
        return result
    }
}
