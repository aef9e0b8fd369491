import Basics
import Membership
import Rights
import Testing

@testable import Conference

/// Every role, every deed, every place: what the machine answers is what the table says.
///
/// The tree is p over d1 and d2, with two communes each. The meeting `m` is chaired by d1, was started at d1 and has the sites below d1;
/// `own` is chaired and started by c11 alone; `upper` by p, with all sites.
@Suite("Every role and deed, by the table") struct RightsTableTests {
    struct Place: CustomTestStringConvertible, Sendable {
        var meeting: String
        var site: String
        /// The site is a chair of the meeting, its node started it, all of the meeting lies at or below its node.
        var leads: Bool
        var started: Bool
        var covers: Bool
        var testDescription: String { "\(site) in \(meeting)" }
    }
    static let places = [
        Place(meeting: "own", site: "c11", leads: true, started: true, covers: true),
        Place(meeting: "own", site: "d1", leads: false, started: false, covers: true),
        Place(meeting: "own", site: "p", leads: false, started: false, covers: true),
        Place(meeting: "own", site: "c12", leads: false, started: false, covers: false),
        Place(meeting: "own", site: "d2", leads: false, started: false, covers: false),
        Place(meeting: "m", site: "d1", leads: true, started: true, covers: true),
        Place(meeting: "m", site: "c11", leads: false, started: false, covers: false),
        Place(meeting: "m", site: "c22", leads: false, started: false, covers: false),
        Place(meeting: "m", site: "p", leads: false, started: false, covers: true),
        Place(meeting: "upper", site: "p", leads: true, started: true, covers: true),
        Place(meeting: "upper", site: "d2", leads: true, started: false, covers: false),
        Place(meeting: "upper", site: "c11", leads: false, started: false, covers: false),
    ]

    static func mesh(_ policy: Policy) -> Mesh {
        let mesh = Mesh(sevenNodes, seed: 1, policy: policy)
        mesh.connectAll()
        mesh.run(100)
        mesh.perform(.start(definition(chairs: ["c11"], sites: ["c11"], id: "own")), "c11", "own")
        mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11", "c12"])), "d1")
        mesh.perform(.start(definition(chairs: ["p", "d2"], id: "upper")), "p", "upper")
        mesh.run(1_000)
        return mesh
    }

    /// What the table says, worked out here from its words alone.
    static func isExpected(_ role: RoleRights, _ deed: Deed, _ place: Place) -> Bool {
        guard role.covers(place.meeting) else { return false }
        return switch role.reach(deed) {
        case .none: false
        case .own: place.leads
        case .node: place.leads || place.started
        case .subtree: place.leads || place.started || place.covers
        case .network: true
        }
    }

    /// The standard table; one in which every right is as wide as it can be; one of a province with a role of its own for one meeting.
    static let policies: [Policy] = {
        var wide = Policy.standard
        for var role in wide.roles where role.kind != .anyone {
            for deed in Deed.allCases { role.set(deed, .network) }
            wide.set(role)
        }
        var own = Policy.standard
        own.set(RoleRights(id: "thu-ky-giao-ban", kind: .chair, reaches: [.giveFloor: .network, .end: .subtree, .addSite: .own], meetings: ["m"]))
        return [.standard, wide, own]
    }()

    /// Reading is by taking part, not by leading: its own test is below.
    static let deeds = Deed.allCases.filter { $0.object == .meeting && $0 != .readEvents && $0 != .readMeetings }

    @Test("the deeds to a meeting", arguments: policies.indices)
    func meetingDeeds(_ p: Int) throws {
        let policy = Self.policies[p]
        let mesh = Self.mesh(policy)
        var asked = 0
        for role in policy.roles where role.kind != .anyone {
            for deed in Self.deeds {
                for place in Self.places {
                    let who = Principal(site: SiteID(place.site), node: NodeIndex(of: place.site), role: role.id)
                    let conference = mesh.at(place.meeting == "own" ? "c11" : place.site)
                    let refusal = mesh.hosts[conference].conference.refusal(who, deed, meeting: MeetingID(place.meeting))
                    // A crown's own node may end what it keeps the floor of.
                    let isCrown = mesh.view(mesh.hosts[conference].id, place.meeting)?.crown == true && mesh.hosts[conference].id == place.site
                    var expected = place
                    if isCrown, deed == .end || deed == .goOn { expected.started = true }
                    // A meeting of which a node knows nothing is nobody's there.
                    if mesh.view(mesh.hosts[conference].id, place.meeting) == nil {
                        #expect(refusal == .unknownMeeting)
                        continue
                    }
                    asked += 1
                    #expect(
                        (refusal == nil) == Self.isExpected(role, deed, expected),
                        "\(role.id) \(deed.rawValue) \(place.testDescription): \(String(describing: refusal))")
                }
            }
        }
        #expect(asked > 500)
    }

    @Test("the deeds to a site", arguments: policies.indices)
    func siteDeeds(_ p: Int) {
        let policy = Self.policies[p]
        let mesh = Self.mesh(policy)
        let sites = ["p", "d1", "d2", "c11", "c12", "c21"]
        for role in policy.roles where role.kind != .anyone {
            for deed in Deed.allCases where deed.object == .site {
                for own in sites {
                    for other in sites {
                        let who = Principal(site: SiteID(own), node: NodeIndex(of: own), role: role.id)
                        let isBelow = own == other || own == "p" || own == "d1" && other.hasPrefix("c1") || own == "d2" && other.hasPrefix("c2")
                        let expected =
                            switch role.covers(nil) ? role.reach(deed) : .none {
                            case .none: false
                            case .own, .node: own == other
                            case .subtree: isBelow
                            case .network: true
                            }
                        let refusal = mesh.hosts[0].conference.refusal(who, deed, site: SiteID(other))
                        #expect((refusal == nil) == expected, "\(role.id) \(deed.rawValue) of \(own) to \(other)")
                    }
                }
            }
        }
    }

    @Test("a record is taken if anybody at its writer's node may, and by no other node", arguments: policies.indices)
    func records(_ p: Int) {
        let policy = Self.policies[p]
        let mesh = Self.mesh(policy)
        for deed in Self.deeds {
            for place in Self.places {
                guard mesh.view("p", place.meeting) != nil else { continue }
                let widest = policy.roles.filter { $0.kind != .anyone && $0.covers(place.meeting) }.map { $0.reach(deed) }.max() ?? .none
                let role = RoleRights(id: "x", kind: .room, reaches: [deed: widest])
                let conference = mesh.hosts[mesh.at("p")].conference.refusal(
                    Principal(site: SiteID(place.site), node: NodeIndex(of: place.site)), deed, meeting: MeetingID(place.meeting))
                var expected = place
                if place.site == "p", deed == .end || deed == .goOn, mesh.view("p", place.meeting)?.crown == true { expected.started = true }
                #expect((conference == nil) == Self.isExpected(role, deed, expected), "\(deed.rawValue) \(place.testDescription)")
                let forged = mesh.hosts[mesh.at("p")].conference.refusal(
                    Principal(site: SiteID(place.site), node: NodeIndex(of: "c21")), deed, meeting: MeetingID(place.meeting))
                #expect(forged != nil, "\(deed.rawValue) \(place.testDescription) by another writer")
            }
        }
    }

    @Test("what no policy can give stays at home: a vote's one writer, a site's own voice and ballot")
    func farthest() {
        for deed in Deed.allCases {
            let role = RoleRights(id: "x", kind: .room, reaches: [deed: .network])
            #expect(role.reach(deed) <= deed.farthest)
        }
        for deed in [Deed.join, .putOnAir, .requestFloor, .muteSelf, .headCount, .castBallot, .breakAway, .openVote, .closeVote, .emergency] {
            #expect(deed.farthest == .own, "\(deed.rawValue)")
        }
        #expect(Deed.answer.farthest == .node)
    }

    @Test("the standard table is what it was before there was one")
    func standard() throws {
        let policy = Policy.standard
        #expect(policy.accept == .fromAbove && policy.roles.map(\.id) == Policy.standardIDs)
        for deed in [
            Deed.giveFloor, .revokeFloor, .muteAll, .openVote, .closeVote, .goOn, .emergency, .end, .convene, .addSite, .removeSite, .redefine, .readStills,
            .applyEdition,
        ] {
            for role in ["room", "viewer", "equipment", "anyone"] { #expect(policy.reach(role, deed) == .none, "\(role) \(deed.rawValue)") }
        }
        for deed in [Deed.join, .requestFloor, .giveFloor, .applyEdition] { #expect(policy.reach("nobody", deed) == .none) }
        #expect(policy.roles.filter { $0.reach(.applyEdition) > .none }.map(\.id) == ["operator"])
        #expect(policy.roles.filter { $0.reach(.putOnAir) > .none }.map(\.id) == ["room", "chair", "secretary", "equipment"])
    }
}
