import Basics
import Conference
import Membership
import Native
import Testing
import Wire

@testable import Simulator

@Suite("Nodes with a newer program")
struct NewerProgramTests {
    @Test("what they add to frames, records and floor messages is there, and is read as if it were not")
    func fields() throws {
        let plain = GossipCoder(compressor: nil)
        let record = GossipFrame.Record(key: "site/a", version: 9, value: [1, 2])
        var frame = GossipFrame(session: 7)
        let full = GossipFrame.Hello.Full(
            path: [NodeIndex(rawValue: 3)], topologyVersion: 1, topologyHash: 2, wall: -3, sum: 4, sharedScopes: 5, settled: true, lateness: 6,
            loss: 7)
        frame.hello = GossipFrame.Hello(
            remoteSession: 1, state: .up, diagnostic: nil, sequence: 2, echo: 3, echoDelay: 4, spacing: 5, use: .taken, full: full)
        frame.ack = GossipFrame.Ack(cumulative: 300, bitmap: 5)
        frame.scopes = GossipFrame.Scopes(serial: 1, meetings: [MeetingID("m")], part: 0, parts: 1)
        let namespace = NamespaceID(node: NodeIndex(rawValue: 3), lane: .floor, scope: MeetingID("m"))
        let life = Incarnation(counter: 1, nonce: 2)
        frame.sections = [GossipFrame.Section(namespace: namespace, incarnation: life, from: 8, to: 9, reset: 0, records: [record, record])]
        frame.requests = [GossipFrame.Request(namespace: namespace, incarnation: life, version: 3)]
        let bytes = NewerFields.frame.added(to: GossipCoder.plain(frame))
        // Three and four bytes for a number and a word, in the frame and the ten messages in it that have a place for them.
        #expect(bytes.count > GossipCoder.plain(frame).count + 11 * 7)
        #expect(([0] + bytes).withUnsafeBytes { plain.decode($0) } == frame)

        let site = ConferenceRecord.site(
            SiteRecord(
                term: Stamp(milliseconds: 1, counter: 2), site: SiteID("a"), joined: true, muted: false, hasVideo: true, headCount: 3,
                joinedAt: WallTime(milliseconds: 4)))
        let message = FloorMessage(
            meeting: MeetingID("m"), session: 5, attach: 6,
            body: .attach(
                epoch: 2, cleaned: [],
                offered: [FloorMessage.OfferedHolder(request: RequestID(node: NodeIndex(rawValue: 3), counter: 1), claim: 4)]))
        let (today, newer) = (ConferenceCoder(), NewerRecordCoder())
        #expect(newer.encode(site).count > today.encode(site).count + 7 && today.decodeRecord(newer.encode(site)) == site)
        #expect(newer.encode(message).count > today.encode(message).count + 7 && today.decodeHop(newer.encode(message)) == message)
    }

    @Test("their hop messages come with one of an unknown kind each, no number is missing, and no frame is larger than a datagram may be")
    func frames() throws {
        func compressor() -> any Compressor { ZstdCompressor(dictionary: GossipDictionary.bytes) }
        let shared = SharingCoder(compressor: compressor())
        let coder = NewerCoder(shared, compressor: compressor())
        var frame = GossipFrame(session: 7)
        frame.hops = (1...5).map { GossipFrame.Hop(number: UInt64($0), payload: [UInt8($0 % 2 + 1), 9]) }
        let read = try #require(coder.encode(frame).withUnsafeBytes { shared.decode($0) })
        #expect(read.hops.map(\.number) == Array(1...10))
        #expect(read.hops.map(\.payload.first) == [1, 2, 200, 1, 1, 2, 200, 1, 1, 2])
        // Bytes behind an interest.
        #expect(read.hops[1].payload == [2, 9, 1, 2] && read.hops[3].payload == [1, 9])

        var generator = SeededGenerator(seed: 4)
        let noise = (0..<GossipLimits.fragment).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for count in 0...GossipLimits.fragment {
            var frame = GossipFrame(session: 7)
            frame.sequence = 1
            let namespace = NamespaceID(node: NodeIndex(rawValue: 3), lane: .floor, scope: MeetingID(String(repeating: "m", count: 48)))
            frame.sections = (0..<4).map {
                let value = Array(noise[0..<count / 4])
                return GossipFrame.Section(
                    namespace: namespace, incarnation: Incarnation(counter: 1, nonce: 2), from: UInt64($0), to: UInt64($0) + 1, reset: 0,
                    records: [GossipFrame.Record(key: "site/a", version: UInt64($0) + 1, value: value)])
            }
            let bytes = coder.encode(frame)
            #expect(bytes.count <= GossipLimits.datagram)
            #expect(bytes.withUnsafeBytes { shared.decode($0) } == frame)
        }
    }

    @Test(
        "a meeting goes on while its nodes are upgraded one after the other: nobody is lost from the roster, and the floor changes hands",
        arguments: [UInt64(1), 2, 3])
    func meeting(seed: UInt64) throws {
        var drill = Drill("upgrade", safety: 30, liveness: 10)
        drill.at(8_000, .newerProgram(Drill.node("yen-mo")))
        drill.at(12_000, .newerProgram(Drill.node("ninh-binh")))
        drill.at(14_000, .newerProgram(Drill.node("yen-my")))
        drill.at(18_000, .request(SiteID("kim-son"), Drill.meeting, .normal))
        drill.at(20_000, .withdraw(SiteID("yen-my"), Drill.meeting))
        drill.expect(.requestsLost, 0)
        drill.expect(.grants, 2)
        drill.expect(.rosterEverywhereWithin, 500)
        let verdict = drill.run(seed: seed, trace: true)
        #expect(verdict.passed, "\(verdict.violations) \(verdict.expectations)")
        #expect(verdict.rareEvents["program upgraded"] == 3)
        #expect(verdict.rareEvents["record unknown to others written", default: 0] > 20)
        #expect(verdict.rareEvents["signature checked", default: 0] > 50)
        #expect(verdict.rareEvents["message of a newer program dropped", default: 0] > 20)
        let trace = try #require(verdict.trace)
        #expect(trace.story.filter { $0.text == "gets a newer program" }.count == 3)
        #expect(trace.convergence.suffix(5).allSatisfy { $0.rosters == 1 })
    }

    @Test("one that is dead gets it at its next start; one whose disk is full starts when there is room")
    func dead() {
        var drill = Drill("dead", safety: 20, liveness: 10)
        drill.at(7_000, .crash(Drill.node("yen-mo"), losesMemory: true))
        drill.at(8_000, .newerProgram(Drill.node("yen-mo")))
        drill.at(9_000, .restart(Drill.node("yen-mo")))
        drill.at(9_000, .diskFull(Drill.node("kim-son"), true))
        drill.at(10_000, .newerProgram(Drill.node("kim-son")))
        drill.at(12_000, .diskFull(Drill.node("kim-son"), false))
        let verdict = drill.run()
        #expect(verdict.violations.isEmpty, "\(verdict.violations)")
        #expect(verdict.rareEvents["program upgraded"] == 1)
        #expect(verdict.rareEvents["record unknown to others written", default: 0] > 10)
    }

    @Test("about a third of the drawn networks upgrade one to three nodes, and nothing else is drawn otherwise")
    func swarm() {
        var upgraded = 0
        for seed in UInt64(1)...300 {
            let upgrades = Swarm.draw(seed: seed, nodes: 14).timeline.filter { FaultKind($0.event) == .newerProgram }
            #expect(upgrades.count <= 3)
            if !upgrades.isEmpty { upgraded += 1 }
        }
        #expect((70...130).contains(upgraded), "\(upgraded)")
    }
}
