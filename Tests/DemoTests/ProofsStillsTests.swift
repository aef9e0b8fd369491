import Basics
import BridgeService
import Console
import Foundation
import NodeClient
import Testing

@testable import Demo

extension Proofs {
    /// One district's meeting; the other district and its communes take no part.
    static let district = """
        meeting: proof-district
        topology: three-levels
        title: Họp huyện
        kind: hop
        chairs: [ninh-binh]
        sites: [ninh-binh, yen-mo, yen-my]
        """

    @Test("a chair sees stills of its own running meeting only, also from other nodes, and no token travels for it", .timeLimit(.minutes(2)))
    func stills() async throws {
        try await ProofsNetwork.run(meeting: Proofs.district) { network in
            try await network.startNodes(network.plan.network.nodes.map(\.id))
            try await network.startMeeting()
            for site in ["ninh-binh", "yen-my"] { try await network.startBot(site) }
            func still(_ site: String, as asker: String, at node: String, _ role: String = "chair") async throws -> Int {
                try await network.send("GET", "/api/stills/\(site).jpg", to: node, site: asker, role: role).status
            }
            try await network.until("the chair sees the commune", 20) { try await still("yen-my", as: "ninh-binh", at: "ninh-binh") == 200 }
            try await network.until("the operator of its node sees it", 5) { try await still("yen-my", as: "yen-my", at: "yen-my", "operator") == 200 }
            // Chairs of nothing here: at the own node, at the commune's, at the province's.
            for node in ["kim-dinh", "yen-my", "ninh-binh"] { #expect(try await still("yen-my", as: "kim-dinh", at: node) == 404) }
            // A site of the meeting that leads nothing, and an operator of another node.
            #expect(try await still("ninh-binh", as: "yen-my", at: "yen-my") == 404)
            #expect(try await still("yen-my", as: "kim-dinh", at: "kim-dinh", "operator") == 404)

            // A token for one node is refused by another, and one for a minute is enough for the command line.
            let link = try Authority(folder: network.folder.path + "/authority").link(
                network: network.plan.network, site: "yen-my", role: "operator", meeting: nil, audience: .node("yen-mo"), hours: 1.0 / 60)
            #expect(try await network.client("yen-mo").send("GET", "/api/status", token: link.token).status == 200)
            #expect(try await network.client("yen-my").send("GET", "/api/status", token: link.token).status == 401)

            let end = try await network.send("DELETE", "/api/meetings/proof-district", to: "ninh-binh", site: "ninh-binh", role: "chair")
            #expect(end.status == 204)
            try await network.until("the chair sees it no more", 5) { try await still("yen-my", as: "ninh-binh", at: "ninh-binh") == 404 }
            // The picture itself is gone, not only the right to it.
            try await network.until("the commune has forgotten it", 5) { try await still("yen-my", as: "yen-my", at: "yen-my", "operator") == 404 }
        }
    }
}
