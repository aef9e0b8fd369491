import Basics
import Testing
import Topology
import TopologyFiles

/// r ── h ── x, y: the chair at the root, two communes below a district; each line 10 Mbit/s.
private func smallNetwork(_ lineOfX: String = "", head: String = "") throws -> Network {
    try network(
        """
          - {id: r, level: a, address: 10.0.0.1}
          - {id: h, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 10 Mbit/s, latency: 4 ms}}
          - {id: x, level: c, address: 10.0.0.3, uplink: {to: h, capacity: 10 Mbit/s, latency: 3 ms\(lineOfX)}}
          - {id: y, level: c, address: 10.0.0.4, uplink: {to: h, capacity: 10 Mbit/s, latency: 5 ms}}
        """, head: head)
}

private func meeting(_ network: Network, kind: String = "hop", _ more: String = "") throws
    -> MeetingDemand
{
    MeetingDemand(
        try TopologyFiles.parseMeeting(
            "meeting: m\ntitle: M\nkind: \(kind)\nchairs: [r]\nsites: all\n" + more, file: "m.yaml",
            network: network))
}

private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 0.5 }

@Suite("The load of a trunk is what the node sends") struct LoadTests {
    @Test(
        "a voice of 32 kbit/s is 50 packets of 148 bytes: payload 80, RTP 12, extensions 12, tag 16, UDP 8, IPv4 20"
    )
    func voice() {
        let voice = PacketCosts().voice(.kbps(32))
        #expect(voice.packets == 50)
        #expect(isNear(voice.wireBits, 148 * 50 * 8))
        #expect(isNear(voice.rtpBits, 104 * 50 * 8))
        #expect(isNear(PacketCosts(isIPv6: true).voice(.kbps(32)).wireBits, 168 * 50 * 8))
    }

    @Test(
        "a picture's packets hold 1,100 bytes, and each of its 25 frames ends in one that is half full")
    func picture() {
        // 125,000 bytes a second: 125,000 / 1,096 + 12.5 packets, each with 4 + 20 + 16 + 28 bytes more.
        let picture = PacketCosts().picture(.mbps(1), .vp8)
        #expect(abs(picture.packets - 126.551) < 0.001)
        #expect(isNear(picture.wireBits, (125_000 + 126.551 * 68) * 8))
        #expect(isNear(picture.rtpBits, (125_000 + 126.551 * 24) * 8))
        // A frame takes a packet at least.
        #expect(PacketCosts().picture(.kbps(10), .vp8).packets == 25)
    }

    @Test(
        "hellos: ten full ones beside a voice, thirty short ones more without, a third of these on a thin line, four when idle"
    )
    func hellos() {
        let costs = PacketCosts()
        func bits(_ runs: Bool, _ voice: Bool, _ capacity: Bitrate = .mbps(10), up: Bool = true, frames: Double = 0)
            -> Double
        {
            costs.hellos(isUp: up, senderLevel: 1, runsMeeting: runs, hasVoice: voice, frames: frames, capacity: capacity)
                .wireBits
        }
        // Full: 79 bytes up, 77 + 2 + 4 · 2 down; short: 39; DTLS 37, UDP and IPv4 28.
        #expect(bits(true, true) == 10 * (79 + 65) * 8)
        #expect(bits(true, true, up: false) == 10 * (87 + 65) * 8)
        #expect(bits(true, false) == (10 * (79 + 65) + 30 * (39 + 65)) * 8)
        #expect(bits(true, false, .kbps(999)) == (10 * (79 + 65) + 10 * (39 + 65)) * 8)
        #expect(bits(false, false) == 4 * (70 + 65) * 8)
        // Beside a picture alone: one in each gap of 40 ms, two in each of 66.7; on a thin line none and one.
        #expect(bits(true, false, frames: 25) == (10 * (79 + 65) + 15 * (39 + 65)) * 8)
        #expect(bits(true, false, frames: 15) == (10 * (79 + 65) + 20 * (39 + 65)) * 8)
        #expect(bits(true, false, .kbps(999), frames: 25) == 10 * (79 + 65) * 8)
        #expect(bits(true, false, .kbps(999), frames: 15) == (10 * (79 + 65) + 5 * (39 + 65)) * 8)
    }

    @Test("reports of what flows go every second, of silent halls every ten, some forty in a datagram")
    func reports() {
        let costs = PacketCosts()
        #expect(costs.reports(flowing: 0, silent: 0) == .none)
        #expect(isNear(costs.reports(flowing: 2, silent: 0).wireBits, (2 * 28 + 48) * 8))
        #expect(isNear(costs.reports(flowing: 0, silent: 125).wireBits, (125 * 28 + 3 * 48) * 8 / 10))
        #expect(isNear(costs.reports(flowing: 0, silent: 84).packets, 0.2))
    }

    @Test("quán triệt from the root: voice and picture down each trunk once, nothing but control up")
    func resolutionStudy() throws {
        let network = try smallNetwork()
        let plan = NetworkPlan(network)
        #expect(plan.meetings.map(\.kind) == [.resolutionStudy])
        for slot in 1..<4 {
            let trunk = try #require(plan.trunks[slot])
            #expect((trunk.down.voices, trunk.down.pictures, trunk.up.streams) == (1, 1, 0))
        }
        let down = try #require(plan.trunks[1]).down
        #expect(isNear(down.parts.voices, 59_200))
        #expect(isNear(down.parts.pictures, 1_068_844))
        // Ten tails of 16 + 20 + 28 bytes; one report of the root's voice and one of its picture in one datagram.
        #expect(isNear(down.parts.reports, (640 + 2 * 28 + 48) * 8))
        #expect(isNear(down.parts.gossip, 10 * (77 + 2 + 4 + 65) * 8))
        // Requests for the stills of h, x and y.
        #expect(isNear(down.parts.stills, 3 * 3_200))
        #expect(isNear(down.kbps * 1_000, down.parts.total))
        let up = try #require(plan.trunks[1]).up
        // Three silent voices, every ten seconds.
        #expect(isNear(up.parts.reports, (3 * 28 + 48) * 8 / 10))
        #expect(isNear(up.parts.stills, 3 * 13_160 * 8 / 5))
        #expect(isNear(up.bits, up.parts.reports + up.parts.stills + (10 * 144 + 30 * 104) * 8))
    }

    @Test(
        "họp: each trunk's worst case is a speaker behind it upward, and one elsewhere beside the chair downward"
    )
    func discussion() throws {
        let network = try smallNetwork()
        let plan = NetworkPlan(network, meetings: [try meeting(network)])
        let x = try #require(plan.trunks[2])
        #expect((x.up.voices, x.up.pictures) == (1, 1))
        #expect((x.down.voices, x.down.pictures) == (2, 1))
    }

    @Test("a named speaker: up its own branch, down the others, the chair's picture and voice to it")
    func namedSpeaker() throws {
        let network = try smallNetwork()
        var planned = try meeting(network)
        planned.speakers = [SiteID("x")]
        let plan = NetworkPlan(network, meetings: [planned])
        func streams(_ slot: Int) throws -> [Int] {
            let trunk = try #require(plan.trunks[slot])
            return [trunk.up.voices, trunk.up.pictures, trunk.down.voices, trunk.down.pictures]
        }
        #expect(try streams(1) == [1, 1, 1, 1])
        #expect(try streams(2) == [1, 1, 1, 1])
        #expect(try streams(3) == [0, 0, 2, 1])
        planned.chairIsMuted = true
        let muted = NetworkPlan(network, meetings: [planned])
        #expect(muted.trunks[3]?.down.voices == 1)
        #expect(muted.trunks[2]?.down.voices == 0)
        #expect(muted.farthest?.to == SiteID("y"))
        #expect(muted.farthest?.delay == .milliseconds(8))
    }

    @Test("a floor of three: no side sends more than K voices")
    func floorOfThree() throws {
        let network = try smallNetwork()
        let plan = NetworkPlan(network, meetings: [try meeting(network, "floor: 3\n")])
        // The chair's and three others' are open, of which three are heard: h, x and y speak behind the trunk above h.
        #expect(plan.trunks[1]?.up.voices == 3)
        #expect(plan.trunks[2]?.up.voices == 1)
        #expect(plan.trunks[2]?.down.voices == 3)
        #expect(plan.trunks[2]?.down.pictures == 1)
    }

    @Test(
        "several meetings at once add up, hellos and tails once; a meeting stays in its own subtree")
    func severalMeetings() throws {
        let network = try smallNetwork()
        let all = try meeting(network, kind: "quan-triet")
        let below = MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: n\ntitle: N\nkind: quan-triet\nchairs: [h]\nsites: [{subtree: h}]\n",
                file: "n.yaml", network: network))
        let both = NetworkPlan(network, meetings: [all, below])
        let one = NetworkPlan(network, meetings: [all])
        #expect(both.trunks[1] == one.trunks[1])
        let x = try #require(both.trunks[2]).down
        #expect((x.voices, x.pictures) == (2, 2))
        let hellos = PacketCosts().hellos(
            isUp: false, senderLevel: 1, runsMeeting: true, hasVoice: true, capacity: .mbps(10))
        #expect(isNear(x.parts.gossip, hellos.wireBits))
        #expect(isNear(x.parts.voices, 2 * 59_200))
    }

    @Test("where nothing of the meeting lies, only idle hellos run")
    func idle() throws {
        let network = try smallNetwork()
        let planned = MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: n\ntitle: N\nkind: hop\nchairs: [h]\nsites: [h, x]\n", file: "n.yaml",
                network: network))
        let plan = NetworkPlan(network, meetings: [planned])
        let idle = try #require(plan.trunks[3])
        #expect(!idle.runsMeeting)
        #expect(idle.down.bits == 4 * Double(77 - 9 + 2 + 8 + 65) * 8)
        #expect(plan.trunks[1]?.runsMeeting == false)
    }

    @Test("lost packets are sent again, and asked for from the other end")
    func loss() throws {
        let network = try smallNetwork(", loss: 1 %")
        let plan = NetworkPlan(network)
        let x = try #require(plan.trunks[2])
        #expect(isNear(x.down.parts.repair, (59_200 + 1_068_844) / 99))
        // 1 % of 176.55 packets a second, each a datagram of 8 + 16 + 20 + 28 bytes; beside them the reports of its own silent voice.
        #expect(isNear(x.up.parts.reports, 1.766 * 72 * 8 + (28 + 48) * 8 / 10))
        #expect(plan.trunks[3]?.down.parts.repair == 0)
    }
}

@Suite("What does not fit") struct LadderTests {
    @Test(
        "rung by rung: stills, the speaker's own view, the speaker's picture, further voices; the last voice stays"
    )
    func ladder() throws {
        func dropped(_ capacity: String) throws -> (up: [String], down: [String], hopeless: Bool) {
            let network = try smallNetwork(", up: \(capacity), down: \(capacity)")
            let plan = NetworkPlan(network, meetings: [try meeting(network)])
            let x = try #require(plan.trunks[2])
            return (
                x.up.dropped.map(\.kind.rawValue), x.down.dropped.map(\.kind.rawValue), x.down.isHopeless
            )
        }
        #expect(try dropped("2 Mbit/s") == ([], [], false))
        // Up: voice 59.2, picture 1,068.8, RTCP, leases, hellos and 21 of a still.
        #expect(try dropped("1160 kbit/s").up == ["stills"])
        #expect(try dropped("1 Mbit/s").up == ["stills", "speaker-picture"])
        #expect(try dropped("1 Mbit/s").down == ["speaker-picture"])
        #expect(try dropped("130 kbit/s").down == ["speaker-picture", "further-voices"])
        #expect(try dropped("64 kbit/s").hopeless)
    }

    @Test("over and tight: above the capacity, and above four fifths of it")
    func tight() throws {
        let network = try smallNetwork(", down: 1300 kbit/s")
        let x = try #require(NetworkPlan(network).trunks[2])
        #expect(x.down.isTight && !x.down.isOver && !x.up.isTight)
        #expect(x.down.dropped.isEmpty)
    }
}

@Suite("The tree beside a star and a full mesh") struct StarTests {
    @Test(
        "the root sends one copy for each branch; as a star one for each site, by the same formulas")
    func oneCopy() throws {
        let network = try smallNetwork()
        let plan = NetworkPlan(network)
        let trunk = try #require(plan.trunks[1]).down
        #expect(isNear(plan.rootBits, trunk.bits))
        // A star's trunk carries the same, but requests for one still instead of three, and reports of two silent voices.
        #expect(isNear(plan.starRootBits, 3 * (trunk.bits - 2 * 3_200 + (2 * 28 + 48) * 8 / 10)))
        #expect(plan.copies == 3)
        #expect(isNear(plan.meshSpeakerBits, 3 * (59_200 + 1_068_843.8 + 5_120 + 11_520)))
    }

    @Test("a network that is a star costs what its star costs", arguments: ["quan-triet", "hop"])
    func starIsStar(kind: String) throws {
        let network = try loadNetwork("can-tho-2025")
        let planned = MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: m\ntitle: M\nkind: \(kind)\nchairs: [T92]\nsites: all\n", file: "m.yaml",
                network: network))
        let plan = NetworkPlan(network, meetings: [planned])
        #expect(isNear(plan.rootBits, plan.starRootBits))
        #expect(plan.rootBits > 103 * 1_128_000)
        #expect(plan.busiest?.slot == 0)
    }

    @Test("hubs: the root of Cần Thơ sends to eight instead of 103")
    func hubs() throws {
        let plan = NetworkPlan(try loadNetwork("can-tho-cum"))
        #expect(plan.network.tree.children(0).count == 8)
        #expect(plan.rootBits < plan.starRootBits / 10)
    }

    @Test("the root's sum is of one moment: nobody speaks behind two trunks at once")
    func oneMoment() throws {
        let network = try loadNetwork("three-levels")
        let plan = NetworkPlan(network, meetings: [try meetingOfRoot(network)])
        let worst = network.tree.children(0).reduce(0.0) { $0 + plan.trunks[$1]!.down.bits }
        // One district speaks: it gets the chair's voice alone, the other both.
        #expect(plan.rootBits < worst)
        #expect(plan.rootBits > worst - 70_000)
    }

    private func meetingOfRoot(_ network: Network) throws -> MeetingDemand {
        MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: m\ntitle: M\nkind: hop\nchairs: [ninh-binh]\nsites: all\n", file: "m.yaml",
                network: network))
    }
}
