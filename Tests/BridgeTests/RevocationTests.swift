import Basics
import Bridge
import Conference
import Membership
import Native
import Testing
import Topology
import Wire

@testable import Bridge

@Suite("Withdrawn links") struct RevocationTests {
    private let lab: Lab
    private var now: WallTime { Lab.wall + (lab.now - .zero) }

    init() throws { lab = try Lab() }

    private func link(_ site: String, _ id: String, lasting: Interval = .seconds(Int64(3_600))) throws -> Revocation {
        try #require(Revocation(.link(SiteID(site), id: id), expires: now + lasting))
    }

    private func join(_ site: String, _ id: String, number: UInt32, key: String = "") throws -> Page {
        let page = try Page(number: number, site: site, node: lab.address(site), now: lab.now)
        let pass = Pass(
            site: SiteID(site), role: .room, meeting: Lab.meeting, expires: WallTime(milliseconds: .max), token: id, key: key)
        let (leg, answer) = try lab[site].join(pass, offer: page.offer, now: lab.now)
        try page.accept(answer, leg: leg, lab.now)
        lab.pages.append(page)
        return page
    }

    /// What a node goes by.
    private func known(_ node: String) -> [Revocation] { lab[node].revocationList.map(\.revocation) }

    @Test("a word at the province ends a commune's leg within two seconds, reaches every node, and leaves other links alone")
    func reaches() throws {
        try lab.begin()
        let (stolen, other) = (try join("yen-my", "stolen", number: 8), try join("yen-my", "mine", number: 9))
        lab.run(.seconds(Int64(1)))
        #expect(stolen.isUp && other.isUp)
        let word = try link("yen-my", "stolen")
        try lab["ninh-binh"].revoke(word, now: lab.now)
        lab.run(.milliseconds(500))
        #expect(lab.snapshot("yen-my").legs.map(\.pass.token) == ["mine"])
        for node in lab.network.nodes { #expect(known(node.id) == [word], "\(node.id)") }
        #expect(lab.revocations.allSatisfy { $0.map(\.revocation) == [word] })
        // Nor does it come in again.
        #expect(throws: Refusal.notAllowed) { try join("yen-my", "stolen", number: 10) }
        #expect(lab["yen-my"].isRevoked(Pass(site: SiteID("yen-my"), role: .chair, meeting: nil, expires: now, token: "stolen")))
        #expect(!lab["yen-my"].isRevoked(Pass(site: SiteID("yen-hoa"), role: .chair, meeting: nil, expires: now, token: "stolen")))
        // Said twice is said once.
        try lab["ninh-binh"].revoke(word, now: lab.now)
        lab.run(.milliseconds(500))
        #expect(known("yen-my") == [word])
    }

    @Test("all links of a key end at the root's word, and at no other node's but there")
    func keys() throws {
        try lab.begin()
        _ = try join("yen-my", "a", number: 8, key: "old-key")
        _ = try join("kim-dinh", "b", number: 9, key: "new-key")
        lab.run(.seconds(Int64(1)))
        let word = try #require(Revocation(.key("old-key"), expires: now + .seconds(Int64(3_600))))
        try lab["yen-mo"].revoke(try #require(Revocation(.key("new-key"), expires: now + .seconds(Int64(3_600)))), now: lab.now)
        try lab["ninh-binh"].revoke(word, now: lab.now)
        lab.run(.milliseconds(500))
        #expect(lab.snapshot("yen-my").legs.isEmpty && lab.snapshot("kim-dinh").legs.map(\.pass.token) == ["b"])
        #expect(known("kim-dinh") == [word] && known("yen-mo").count == 2)
        #expect(lab.snapshot("kim-dinh").revocationsRefused == 1)
    }

    @Test("only the site's node and those above it are listened to")
    func rights() throws {
        #expect(throws: Refusal.notYours) { try lab["yen-my"].revoke(try link("ninh-binh", "x"), now: lab.now) }
        #expect(throws: Refusal.notYours) { try lab["kim-son"].revoke(try link("yen-my", "x"), now: lab.now) }
        for node in ["yen-my", "yen-mo", "ninh-binh"] { try lab[node].revoke(try link("yen-my", "by-\(node)"), now: lab.now) }
        // A site that the topology does not know is the root's, and each node's for itself.
        try lab["ninh-binh"].revoke(try link("nowhere", "root"), now: lab.now)
        try lab["yen-my"].revoke(try link("nowhere", "self"), now: lab.now)
        lab.run(.milliseconds(500))
        // A node that speaks without asking itself is heard by nobody: sisters, those above, those below.
        func forge(_ node: String, _ revocation: Revocation) {
            lab[node].control.membership.set(
                .link, key: revocation.recordKey, value: revocation.recordValue, now: lab.now, into: &lab[node].control.membershipEffects)
            lab[node].pump(lab.now)
        }
        forge("yen-my", try link("ninh-binh", "crown"))
        forge("yen-my", try link("kim-dinh", "sister"))
        forge("kim-son", try link("yen-my", "aunt"))
        forge("yen-my", try #require(Revocation(.key("all"), expires: now + .seconds(Int64(60)))))
        // Nor one that would stay for ever, or is over.
        forge("ninh-binh", try link("yen-my", "eternal", lasting: Revocation.longest + .seconds(Int64(60))))
        forge("ninh-binh", try link("yen-my", "past", lasting: .seconds(Int64(-1))))
        lab["ninh-binh"].control.membership.set(.link, key: "revoked.broken", value: [1, 2], now: lab.now, into: &lab["ninh-binh"].control.membershipEffects)
        lab["ninh-binh"].pump(lab.now)
        lab.run(.seconds(Int64(1)))
        let taken = ["by-ninh-binh", "by-yen-mo", "by-yen-my", "root"]
        func names(_ node: String) -> [String] {
            known(node).compactMap { if case .link(_, let id) = $0.subject { id } else { nil } }.sorted()
        }
        for node in lab.network.nodes where node.id != "yen-my" { #expect(names(node.id) == taken, "\(node.id)") }
        #expect(names("yen-my") == (taken + ["self"]).sorted())
        // yen-my's own forgery of a key holds for itself alone.
        #expect(known("yen-my").contains { $0.subject == .key("all") })
        #expect(lab.snapshot("kim-dinh").revocationsRefused == 8)
    }

    @Test("a writer has 256, told when it is full, and what is over makes room")
    func limits() throws {
        for i in 0..<RevocationTable.perWriter {
            try lab["yen-my"].revoke(try link("yen-my", "t\(i)", lasting: .seconds(Int64(i < 10 ? 2 : 600))), now: lab.now)
        }
        #expect(throws: Refusal.tooManyRevocations) { try lab["yen-my"].revoke(try link("yen-my", "more"), now: lab.now) }
        lab.run(.seconds(Int64(1)))
        #expect(known("ninh-binh").count == RevocationTable.perWriter)
        lab.run(.seconds(Int64(2)))
        for bridge in lab.bridges { bridge.forgetRevocations(now: lab.now) }
        for node in ["yen-my", "ninh-binh"] { #expect(known(node).count == RevocationTable.perWriter - 10) }
        try lab["yen-my"].revoke(try link("yen-my", "more"), now: lab.now)
        lab.run(.milliseconds(500))
        #expect(known("kim-dinh").count == RevocationTable.perWriter - 9)
        // The records went too.
        let index = try #require(lab.network.node(id: "yen-my")).index
        #expect(lab["kim-dinh"].control.membership.records(node: index, lane: .link).count { Revocation.isRecordKey($0.key) } == RevocationTable.perWriter - 9)
    }

    @Test("a table that others fill has room for those above")
    func reserve() throws {
        var table = RevocationTable()
        let above = NodeIndex(rawValue: 1)
        func word(_ id: String) throws -> Revocation { try #require(Revocation(.link(SiteID("s"), id: id), expires: now)) }
        var writer = UInt32(100)
        var taken = 0
        while taken < RevocationTable.ofOthers {
            for i in 0..<RevocationTable.perWriter {
                let spoken = SpokenRevocation(try word("t\(i)"), by: NodeIndex(rawValue: writer))
                #expect(table.take(spoken, above: [above]) == .taken)
                taken += 1
            }
            writer += 1
        }
        #expect(table.take(SpokenRevocation(try word("x"), by: NodeIndex(rawValue: writer)), above: [above]) == .full)
        #expect(table.take(SpokenRevocation(try word("x"), by: above), above: [above]) == .taken)
        #expect(table.take(SpokenRevocation(try word("x"), by: above), above: [above]) == .known)
    }

    @Test("a node that starts again goes by what it kept, says its own again, and believes no writer that fell silent to take a word back")
    func restart() throws {
        let (own, heard) = (try link("yen-my", "own"), try link("yen-my", "heard"))
        try lab["yen-my"].revoke(own, now: lab.now)
        try lab["ninh-binh"].revoke(heard, now: lab.now)
        lab.run(.milliseconds(500))
        let kept = lab["yen-my"].revocationList
        #expect(kept.count == 2)
        // Alone: nobody could tell it anything.
        let network = lab.network
        let slot = try #require(network.slot(id: "yen-my"))
        let second = Bridge(
            Bridge.Configuration(
                network: network, slot: slot, security: try Lab.security(lab.authority, "yen-my"), codecs: OpusCodecs(),
                messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)), recordCoder: ConferenceCoder(), seed: 99,
                incarnationCounter: 1, revocations: kept), now: lab.now, wall: now)
        #expect(Set(second.revocationList) == Set(kept))
        for id in ["own", "heard"] {
            #expect(second.isRevoked(Pass(site: SiteID("yen-my"), role: .room, meeting: nil, expires: now, token: id)))
        }
        let said = second.control.membership.records(node: network.nodes[slot].index, lane: Lane.link).map(\.key)
        #expect(said.filter(Revocation.isRecordKey) == [own.recordKey])
        // The writer's records go: its word stays.
        lab["ninh-binh"].control.membership.set(.link, key: heard.recordKey, value: nil, now: lab.now, into: &lab["ninh-binh"].control.membershipEffects)
        lab["ninh-binh"].pump(lab.now)
        lab.run(.milliseconds(500))
        #expect(known("yen-my").contains(heard) && known("kim-dinh").contains(heard))
    }

    @Test("a revocation comes back from its record as it was, and damaged ones say nothing")
    func records() throws {
        let all = [
            try link("yen-mo/hoi-truong", "AbC-_123"), try #require(Revocation(.key(String(repeating: "k", count: 43)), expires: now)),
            try link("x", String(repeating: "i", count: Revocation.nameLimit)),
        ]
        for word in all {
            #expect(Revocation.isRecordKey(word.recordKey) && word.recordKey.utf8.count <= GossipLimits.key)
            #expect(Revocation(key: word.recordKey, value: word.recordValue) == word)
            for length in 0..<word.recordValue.count { #expect(Revocation(key: word.recordKey, value: Array(word.recordValue[..<length])) == nil) }
            #expect(Revocation(key: word.recordKey, value: word.recordValue + [7, 7]) == word)
            #expect(Revocation(key: word.recordKey, value: [2] + word.recordValue.dropFirst()) == nil)
        }
        // Whatever a node writes is read without harm, and means the same when it is written again.
        var random = SeededGenerator(seed: 21)
        for _ in 0..<20_000 {
            var value = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            if value.count > 9, Bool.random(using: &random) { (value[0], value[9]) = (1, UInt8.random(in: 0...30, using: &random)) }
            for key in ["revoked.x", "revoked-key.x", "revoked.", "revoked-key."] {
                guard let word = Revocation(key: key, value: value) else { continue }
                #expect(Revocation(key: word.recordKey, value: word.recordValue) == word)
            }
        }
        for id in ["", "a b", "ă", String(repeating: "i", count: Revocation.nameLimit + 1)] {
            #expect(Revocation(.link(SiteID("x"), id: id), expires: now) == nil)
        }
        #expect(Revocation(.link(SiteID(""), id: "x"), expires: now) == nil && Revocation(.key(""), expires: now) == nil)
    }
}
