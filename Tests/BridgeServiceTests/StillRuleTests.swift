import Basics
import Conference
import Foundation
import Native
import Testing
import Topology
import TopologyFiles

@testable import BridgeService

@Suite("Who sees whose still") struct StillRuleTests {
    private static let topology = """
        network: stills
        version: 1
        levels: [{id: tinh, name: Tỉnh}, {id: xa, name: Xã}]
        nodes:
          - {id: ninh-binh, level: tinh, name: Tỉnh Ninh Bình, address: 10.0.0.1}
          - {id: yen-my, level: xa, name: Xã Yên Mỹ, address: 10.0.0.2, uplink: {to: ninh-binh, capacity: 10 Mbit/s, latency: 5 ms}}
          - {id: kin, level: xa, name: Xã Kín, address: 10.0.0.3, uplink: {to: ninh-binh, capacity: 10 Mbit/s, latency: 5 ms, zone: kin}}
        """

    private func definition(_ id: String, chairs: [String], sites: [String]) -> MeetingDefinition {
        MeetingDefinition(
            id: MeetingID(id), title: id, kind: .discussion, chairs: chairs.map { SiteID($0) }, sites: sites.map { SiteID($0) }, videoCodec: .vp8)
    }

    @Test("a chair sees the sites of its own running meeting, and nobody else does")
    func seats() {
        let seats = Seats()
        var view = MeetingView(definition: definition("hop", chairs: ["ninh-binh"], sites: ["ninh-binh", "yen-my"]))
        func sees(_ asker: String, _ site: String, only: String? = nil) -> Bool {
            seats.meeting(showing: SiteID(site), to: SiteID(asker), only: only.map { MeetingID($0) }) != nil
        }
        #expect(!sees("ninh-binh", "yen-my"))
        seats.note(view)
        #expect(sees("ninh-binh", "yen-my") && sees("ninh-binh", "yen-my", only: "hop"))
        #expect(!sees("ninh-binh", "yen-my", only: "khac") && !sees("ninh-binh", "kin") && !sees("yen-my", "ninh-binh"))
        view.actingChair = SiteID("yen-my")
        seats.note(view)
        #expect(sees("yen-my", "ninh-binh"))
        seats.note(MeetingView(definition: definition("khac", chairs: ["kin"], sites: ["kin", "yen-my"])))
        view.ended = true
        seats.note(view)
        #expect(!sees("ninh-binh", "yen-my") && !sees("yen-my", "ninh-binh"))
        #expect(seats.isSeated(SiteID("yen-my")) && !seats.isSeated(SiteID("ninh-binh")))
        seats.forget(MeetingID("khac"))
        #expect(!seats.isSeated(SiteID("yen-my")))
    }

    @Test("a picture from a protected zone is seen from within it only")
    func zones() throws {
        let network = try TopologyFiles.parse(Self.topology, file: "mem.yaml", language: .en)
        let (top, open, closed) = (try #require(network.slot(id: "ninh-binh")), try #require(network.slot(id: "yen-my")), try #require(network.slot(id: "kin")))
        #expect(network.mayShow(open, to: top) && network.mayShow(top, to: open) && network.mayShow(closed, to: closed))
        #expect(!network.mayShow(closed, to: top) && !network.mayShow(closed, to: open))
        // What comes from outside may be seen inside.
        #expect(network.mayShow(top, to: closed))
    }

    @Test("a node's wish is believed for half a minute, at the node it names, for the site it names, under the authority alone")
    func statements() throws {
        let folder = NSTemporaryDirectory() + "nhipcau-stills-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try TopologyFiles.parse(Self.topology, file: "mem.yaml", language: .en)
        func state(_ id: String, _ authority: Authority, _ name: String) throws -> Statements {
            try authority.issue(try #require(network.node(id: id)), into: folder + "/" + name)
            return try Statements(StateFolder(folder + "/" + name))
        }
        let ours = try Authority.create(network: network.networkID, folder: folder + "/ours")
        let theirs = try Authority.create(network: network.networkID, folder: folder + "/theirs")
        let asking = try state("ninh-binh", ours, "a")
        let home = try state("yen-my", ours, "b")
        let stranger = try state("ninh-binh", theirs, "c")
        let now = EventLoop.wall()
        let wish = StillWish(from: "ninh-binh", to: "yen-my", site: "yen-my", asker: "ninh-binh", meeting: "hop", at: now.milliseconds)
        func believed(_ text: String?, site: String = "yen-my", at node: String = "yen-my", now: WallTime = now) -> StillWish? {
            text.flatMap { home.wish($0, of: SiteID(site), at: node, now: now) { network.slot(id: $0) != nil } }
        }
        let signed = try #require(asking.sign(wish))
        #expect(signed.utf8.count < 2_000)
        #expect(believed(signed) == wish)
        #expect(believed(signed, now: now + .seconds(Int64(29))) == wish)
        #expect(believed(signed, now: now + .seconds(Int64(31))) == nil)
        #expect(believed(signed, now: now + .seconds(Int64(-31))) == nil)
        #expect(believed(signed, site: "kin") == nil)
        #expect(believed(signed, at: "kin") == nil)
        #expect(believed(stranger.sign(wish)) == nil)
        // A node of ours that poses as another.
        #expect(believed(home.sign(wish)) == nil)
        #expect(believed(asking.sign(StillWish(from: "la", to: "yen-my", site: "yen-my", asker: "la", meeting: "hop", at: now.milliseconds))) == nil)
        for place in stride(from: 0, to: signed.utf8.count, by: 37) {
            var bytes = Array(signed.utf8)
            bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(believed(String(decoding: bytes, as: UTF8.self)) == nil, "altered at \(place)")
        }
        for text in ["", ".", "..", "a.b.c", String(repeating: "A", count: 5_000)] { #expect(believed(text) == nil) }
    }

    @Test("between nodes a picture is given for a statement that is believed, and for no token", .timeLimit(.minutes(1)))
    func route() async throws {
        try await withNode(FakeGateway()) { wire in
            let path = "/internal/stills/a%2Fb.jpg"
            let picture = try await wire.send("GET", path, headers: ["Nhipcau-Statement: believed"])
            #expect(picture.body == [0xFF, 0xD8, 0xFF])
            #expect(try await wire.send("GET", path, headers: ["Nhipcau-Statement: other"]).code == "bad-statement")
            #expect(try await wire.send("GET", path, token: "chair:yen-mo").status == 401)
            #expect(try await wire.send("GET", "/internal/stills/x.jpg", headers: ["Nhipcau-Statement: believed"]).code == "no-still")
        }
    }
}
