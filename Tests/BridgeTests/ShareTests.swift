import Basics
import Conference
import Peer
import RTP
import Testing

@testable import Bridge

@Suite("What one link, one site and one stream may use of a node")
struct ShareTests {
    private func pass(_ site: String, _ role: Role, _ token: String, meeting: MeetingID? = Lab.meeting) -> Pass {
        Pass(site: SiteID(site), role: role, meeting: meeting, expires: WallTime(milliseconds: .max), token: token)
    }

    private func offer(_ lab: Lab, _ number: UInt32, _ site: String) throws -> String {
        try Page(number: number, site: site, node: lab.address(site), now: lab.now).offer
    }

    @Test("520 joins by one link take four places, and the hall's own room and another hall's page come up")
    func joinLoop() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        let offer = try offer(lab, 900, "yen-my")
        var taken = 0
        for _ in 0..<520 { if (try? lab["yen-my"].join(pass("yen-my", .viewer, "loop"), offer: offer, now: lab.now)) != nil { taken += 1 } }
        #expect(taken == 520, "each displaces the oldest of its own link")
        #expect(lab.snapshot("yen-my").legs.count == Bridge.legsPerToken)
        let page = try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        #expect(page.isUp)
        // A leg from which no check came is gone after five seconds.
        lab.run(.seconds(Int64(6)))
        #expect(lab.snapshot("yen-my").legs.count == 1)
    }

    @Test("many links of one site leave room for its room and for others")
    func manyLinks() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        let offer = try offer(lab, 900, "yen-my")
        var refused = 0
        for n in 0..<300 {
            do { _ = try lab["yen-my"].join(pass("yen-my", .viewer, "v\(n)"), offer: offer, now: lab.now) } catch {
                #expect(error == .tooManyPages)
                refused += 1
            }
        }
        #expect(refused == 300 - Bridge.viewersPerSite)
        let page = try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        #expect(page.isUp)
    }

    @Test("only the link that made a leg ends it")
    func othersLegs() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        let page = try Page(number: 901, site: "yen-my", node: lab.address("yen-my"), now: lab.now)
        let (leg, answer) = try lab["yen-my"].join(pass("yen-my", .room, "room"), offer: page.offer, now: lab.now)
        try page.accept(answer, leg: leg, lab.now)
        lab.pages.append(page)
        lab.run(.seconds(Int64(1)))
        #expect(!lab["yen-my"].leave(leg, pass: pass("yen-my", .viewer, "other"), now: lab.now))
        #expect(!lab["yen-my"].leave(leg, pass: pass("ninh-binh", .chair, "room"), now: lab.now))
        #expect(lab.snapshot("yen-my").legs.count == 1)
        #expect(lab["yen-my"].leave(leg, pass: pass("yen-my", .room, "room"), now: lab.now))
        #expect(lab.snapshot("yen-my").legs.isEmpty)
    }

    @Test("a page stays in its meeting when another one that names its site begins, however that one is called")
    func stays() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        let anybody = pass("yen-my", .room, "room", meeting: nil)
        #expect(lab["yen-my"].meeting(of: anybody)?.definition.id == Lab.meeting)
        let other = MeetingDefinition(
            id: MeetingID("0"), title: "Họp khác", kind: .discussion, chairs: [SiteID("ninh-binh")], sites: lab.network.sites)
        try lab["ninh-binh"].perform(.start(other), pass: lab.pass("ninh-binh", .chair), meeting: nil, now: lab.now)
        lab.run(.seconds(Int64(2)))
        #expect(lab["yen-my"].view(of: MeetingID("0")) != nil)
        #expect(lab["yen-my"].meeting(of: anybody)?.definition.id == Lab.meeting)
        // Nor does a hall that is in no meeting yet go to the one that sorts first: the one that began first counts.
        #expect(lab["phat-diem"].meeting(of: pass("phat-diem", .room, "room", meeting: nil))?.definition.id == Lab.meeting)
        try lab.act("ninh-binh", .end)
        lab.run(.seconds(Int64(2)))
        #expect(lab["yen-my"].meeting(of: anybody)?.definition.id == MeetingID("0"))
    }

    @Test("a commune's chair calls none but its own halls; its link ends nobody else's meeting, at no node")
    func communeChair() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        let all = MeetingDefinition(
            id: MeetingID("0"), title: "Cả tỉnh", kind: .discussion, chairs: [SiteID("kim-dinh")], sites: lab.network.sites)
        let chair = pass("kim-dinh", .chair, "chair", meeting: nil)
        for node in ["ninh-binh", "kim-dinh"] {
            if node == "ninh-binh" {
                #expect(throws: Refusal.beyondReach) { try lab[node].perform(.start(all), pass: chair, meeting: nil, now: lab.now) }
            } else {
                // At home it asks them: nobody comes who does not accept.
                try lab[node].perform(.start(all), pass: chair, meeting: nil, now: lab.now)
                lab.run(.seconds(Int64(1)))
                for other in ["ninh-binh", "yen-mo", "yen-my"] {
                    #expect(lab[other].view(of: all.id)?.definition.sites == [SiteID("kim-dinh")], "\(other)")
                    #expect(lab[other].invitations(of: SiteID(other)).map(\.meeting) == [all.id], "\(other)")
                    let page = pass(other, .room, "room", meeting: nil)
                    #expect(lab[other].meeting(of: page)?.definition.id == Lab.meeting, "\(other)")
                }
            }
            #expect(throws: Refusal.notAllowed) { try lab[node].perform(.end, pass: chair, meeting: Lab.meeting, now: lab.now) }
            #expect(throws: Refusal.notAllowed) { try lab[node].perform(.muteAll, pass: chair, meeting: Lab.meeting, now: lab.now) }
        }
        lab.run(.seconds(Int64(1)))
        #expect(lab["ninh-binh"].view(of: Lab.meeting)?.ended == false)
        // The operator of the node where the meeting was started ends it.
        let operatorPass = pass("kim-dinh", .operator, "operator", meeting: nil)
        try lab["ninh-binh"].perform(.end, pass: operatorPass, meeting: Lab.meeting, now: lab.now)
        lab.run(.seconds(Int64(1)))
        #expect(lab["yen-my"].view(of: Lab.meeting)?.ended == true)
    }

    @Test("a definition that fits no record is refused, and the node goes on")
    func tooLarge() throws {
        let lab = try Lab(seed: 3)
        lab.run(.seconds(Int64(2)))
        let rooms = (0..<9_000).map { SiteID("ninh-binh/phong-\($0)") }
        let large = MeetingDefinition(id: MeetingID("lon"), title: "Lớn", kind: .discussion, chairs: [], sites: rooms)
        #expect(throws: Refusal.tooLarge) {
            try lab["ninh-binh"].perform(.start(large), pass: pass("ninh-binh", .operator, ""), meeting: nil, now: lab.now)
        }
        #expect(lab["ninh-binh"].view(of: MeetingID("lon")) == nil)
        try lab.begin()
        #expect(lab["yen-my"].view(of: Lab.meeting) != nil)
    }

    @Test("5,000 requests and withdrawals of one hall, and as many mute-alls of a chair, leave every node alive and the floor working")
    func deedLoops() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        try lab.join("ninh-binh", .chair)
        try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        var refused = 0
        for n in 0..<5_000 {
            do {
                try lab.act("yen-my", .requestFloor(.normal))
                try lab.act("yen-my", .withdraw)
                try lab.act("ninh-binh", .muteAll)
            } catch { refused += 1 }
            if n % 10 == 0 { lab.run(.milliseconds(50)) }
        }
        lab.run(.seconds(Int64(2)))
        for node in lab.network.nodes { #expect(lab.snapshot(node.id).refusedWrites == 0, "\(node.id)") }
        try lab.act("yen-my", .setMuted(false))
        try lab.giveFloor("yen-my")
        #expect(lab.speaker("phat-diem") == SiteID("yen-my"), "after \(refused) refusals")
    }

    @Test("a stream that sends more than its meeting's rate costs no trunk more than half as much again")
    func rate() throws {
        let lab = try Lab(seed: 3)
        try lab.begin()
        try lab.join("ninh-binh", .chair)
        let speaker = try lab.join("yen-my")
        let listener = try lab.join("phat-diem")
        lab.run(.seconds(Int64(1)))
        try lab.giveFloor("yen-my")
        listener.forget()
        let loud = [UInt8](repeating: 0x78, count: 1_100)
        var bytesSent = 0
        lab.run(.seconds(Int64(10))) {
            for _ in 0..<8 {
                speaker.sendAudio(loud)
                bytesSent += loud.count
            }
        }
        let heard = listener.arrivals.count(where: { $0.kind == .audio }) * loud.count
        let share = StreamShare.bytesPerSecond(.audio, .kbps(32))
        #expect(bytesSent > 10 * 1_000_000)
        #expect(heard <= Int(share) * 12, "\(heard * 8 / 10_000) kbit/s heard")
        #expect(heard >= Int(share) * 5)
        let drops = lab.snapshot("yen-my").media.dropped(at: .share, .overRate)
        #expect(drops > 1_000)
        // Within its share it is heard again.
        lab.run(.seconds(Int64(2)))
        listener.forget()
        NetworkTests.talk(lab, speaker)
        #expect(listener.count(.audio, 0, of: speaker) == NetworkTests.sound)
    }
}
