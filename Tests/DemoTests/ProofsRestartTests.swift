import Archive
import Basics
import Conference
import Foundation
import Testing

@testable import Demo

extension Proofs {
    static let threeLevels = """
        meeting: proof-hop
        topology: three-levels
        title: Họp ba cấp
        kind: hop
        chairs: [ninh-binh]
        sites: all
        """

    @Test(
        "a node killed in mid-meeting comes back by itself and has forgotten nothing it committed",
        .timeLimit(.minutes(2)))
    func killed() async throws {
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(network.plan.network.nodes.map(\.id))
            try await network.startMeeting()
            for site in ["ninh-binh", "yen-my", "phat-diem"] { try await network.startBot(site) }
            network.tell("yen-my", "request")
            try await network.untilHolder("yen-my")
            try await network.untilKnown("yen-my", by: "ninh-binh")
            network.tell("yen-my", "withdraw")
            network.tell("phat-diem", "request")
            try await network.untilHolder("phat-diem")

            // A commune while another speaks.
            let before = try Memory(network, "yen-my")
            #expect(before.attendance.map(\.site.rawValue) == ["yen-my"])
            try await Proofs.kill("yen-my", of: network)
            #expect(await network.stage.holder == "phat-diem")
            #expect(try Memory(network, "yen-my").holds(before))
            try await Proofs.revive("yen-my", of: network)
            try await network.until("the hall of yen-my is back", 15) {
                // Its site counts as present for some seconds after it is gone, so its own node is asked.
                try await network.status("yen-my").legs.contains { $0.state == "up" }
            }
            #expect(await network.stage.holder == "phat-diem")
            #expect(try await network.status("yen-my").incarnation == 2)
            try await network.untilKnown("phat-diem", by: "yen-my")
            #expect(try Memory(network, "yen-my").holds(before))

            // The node that decides about the floor, while a commune speaks.
            let decided = try Memory(network, "ninh-binh")
            let events = decided.audit.filter { $0.site?.rawValue == "yen-my" }.map(\.event)
            #expect(events.contains(.granted) && events.contains(.released))
            try await Proofs.kill("ninh-binh", of: network)
            #expect(try Memory(network, "ninh-binh").holds(decided))
            try await Proofs.revive("ninh-binh", of: network)
            #expect(try Memory(network, "ninh-binh").holds(decided))
            try await network.until("all three halls are present again", 20) {
                try await network.status("ninh-binh").meetings.first.map { Set($0.present) } == ["ninh-binh", "yen-my", "phat-diem"]
            }
            try await network.untilKnown("phat-diem", by: "ninh-binh", 15)
            // The floor works again, and whoever came later hears the one who was away.
            network.tell("phat-diem", "withdraw")
            try await network.until("nobody of the halls holds the floor", 15) { await network.stage.holder == nil }
            network.tell("yen-my", "request")
            try await network.untilHolder("yen-my")
            try await network.startBot("kim-dinh")
            try await network.untilKnown("yen-my", by: "kim-dinh")
            let ended = await network.ends.names
            #expect(ended.sorted() == ["node ninh-binh: signal 9", "node yen-my: signal 9"])
        }
    }

    private static func kill(_ id: String, of network: ProofsNetwork) async throws {
        try network.kill9(id)
        try await network.until("\(id) is dead", 5) { await network.ends.names.contains("node \(id): signal 9") }
    }

    private static func revive(_ id: String, of network: ProofsNetwork) async throws {
        try await network.startNode(id, as: "node \(id), second life")
        try await network.until("\(id) is ready again", 20) { await network.isReady(id) }
    }
}

/// What a node's SQLite file says of the meeting.
private struct Memory {
    var attendance: [AttendanceRow]
    var audit: [AuditRow]

    /// Read beside the node, or after its death.
    init(_ network: ProofsNetwork, _ node: String) throws {
        let archive = try Archive(path: network.folder.state(node) + "/archive.sqlite")
        attendance = try archive.attendance(of: network.plan.meeting.id)
        audit = try archive.audit(of: network.plan.meeting.id)
    }

    /// Every row of before is still there; an attendance may have been closed since.
    func holds(_ before: Memory) -> Bool {
        before.audit.allSatisfy(audit.contains)
            && before.attendance.allSatisfy { row in
                attendance.contains { $0.site == row.site && $0.joined == row.joined && (row.left == nil || $0.left == row.left) }
            }
    }
}
