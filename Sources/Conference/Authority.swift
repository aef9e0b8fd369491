import Basics
import Rights

// The question: may somebody do this, to this? The one place that answers it, for pages and shells that ask, and for records that come.
//
// A page's token says the role. A record proves its writer alone (the origin rule), so the question is then whether anybody at that node
// may: the network's policy counts with the farthest right of all its roles.

/// Who does something.
public struct Principal: Hashable, Sendable {
    /// The site; of an operator the node's own name; nil: a record that names none.
    public var site: SiteID?
    /// Where it stands.
    public var node: NodeIndex
    /// The role of its token, as the policy names it; nil: a record, which proves no role.
    public var role: String?
    public init(site: SiteID?, node: NodeIndex, role: String? = nil) {
        self.site = site
        self.node = node
        self.role = role
    }
    /// The writer of a record, for a site of its own.
    init(writer: NodeIndex, for site: SiteID? = nil) { self.init(site: site, node: writer) }
    /// The site's own home does it.
    var isAtHome: Bool { site.map { NodeIndex(of: $0.node) == node } ?? true }
}

extension Policy {
    /// How far that principal's right reaches.
    func reach(_ who: Principal, _ deed: Deed, in meeting: MeetingID?) -> Reach {
        guard let role = who.role else { return farthest(deed, in: meeting?.rawValue) }
        guard let known = self.role(role), known.covers(meeting?.rawValue) else { return .none }
        return known.reach(deed)
    }
}

extension Meeting {
    /// Nil: it may. A deed to the meeting itself.
    func refusal(_ who: Principal, _ deed: Deed) -> Refusal? {
        guard who.isAtHome else { return .notAllowed }
        switch around.policy.reach(who, deed, in: id) {
        case .none: return .notAllowed
        case .own: return leads(who, deed) ? nil : .notAllowed
        case .node: return leads(who, deed) || started(who, deed) ? nil : .notAllowed
        case .subtree: return leads(who, deed) || started(who, deed) || covers(who.node) ? nil : .beyondReach
        case .network: return nil
        }
    }

    func may(_ who: Principal, _ deed: Deed) -> Bool { refusal(who, deed) == nil }

    /// A chair of the meeting. Commands on the floor are also those of the site that leads a part which broke away.
    private func leads(_ who: Principal, _ deed: Deed) -> Bool {
        guard let declared = declared?.definition.chairs else { return false }
        guard let site = who.site else { return declared.contains { NodeIndex(of: $0.node) == who.node } }
        switch deed {
        case .openVote, .closeVote, .redefine, .addSite, .removeSite: return declared.contains(site)
        case .readEvents, .readMeetings: return plan?.index(site) != nil || self.seat(of: site) != nil
        default: return chairs.contains(site)
        }
    }

    /// The meeting was started at its node; an end is also its to say while it keeps the floor here.
    private func started(_ who: Principal, _ deed: Deed) -> Bool {
        if declared?.startedBy == who.node { return true }
        return (deed == .end || deed == .goOn) && who.node == node && crown != nil
    }

    /// All sites that are in lie at or below that node.
    private func covers(_ top: NodeIndex) -> Bool {
        guard let top = tree.slot(top), let plan else { return false }
        return tree.contains(top, plan.anchor)
    }
}

extension Surroundings {
    /// Whether a right of that reach extends from a node to a site; `own`: the site itself.
    func covers(_ reach: Reach, from node: NodeIndex, own: SiteID?, _ site: SiteID) -> Bool {
        switch reach {
        case .none: return false
        case .own: return site == own
        case .node: return NodeIndex(of: site.node) == node
        case .subtree:
            guard let top = tree.slot(node), let home = tree.slot(NodeIndex(of: site.node)) else { return false }
            return tree.contains(top, home)
        case .network: return true
        }
    }
}

extension Surroundings {
    /// A node brings that site into a meeting without asking it. Its own sites it always may.
    func convenes(_ convener: NodeIndex, _ site: SiteID, in meeting: MeetingID) -> Bool {
        switch policy.accept {
        case .all: true
        case .ask: NodeIndex(of: site.node) == convener
        case .fromAbove: covers(max(policy.farthest(.convene, in: meeting.rawValue), .node), from: convener, own: nil, site)
        }
    }
}

extension Conference {
    /// The rules that run here.
    public var policy: Policy { around.policy }

    /// Why somebody may not do something to a meeting of this node; nil: it may. A meeting that is not known is nobody's.
    public func refusal(_ who: Principal, _ deed: Deed, meeting id: MeetingID) -> Refusal? {
        guard let meeting = find(id), meeting.record != nil else { return .unknownMeeting }
        return meeting.refusal(who, deed)
    }

    /// Why somebody may not do something to a site; nil: it may.
    public func refusal(_ who: Principal, _ deed: Deed, site: SiteID, meeting: MeetingID? = nil) -> Refusal? {
        let reach = around.policy.reach(who, deed, in: meeting)
        if reach == .none { return .notAllowed }
        return around.covers(reach, from: who.node, own: who.site, site) ? nil : .notAllowed
    }
}

extension ConferenceAction {
    /// What it is, in the policy's words; nil: `start`, which is asked for each of its sites.
    public var deed: Deed? {
        switch self {
        case .start: nil
        case .requestFloor(let priority): priority == .highest ? .emergency : .requestFloor
        case .withdraw: .requestFloor
        case .setMuted: .muteSelf
        case .setHeadCount: .headCount
        case .give: .giveFloor
        case .revoke: .revokeFloor
        case .muteAll: .muteAll
        case .setLoudspeakers: .playLoudspeakers
        case .end: .end
        case .goOn: .goOn
        case .breakAway, .rejoin: .breakAway
        case .openVote: .openVote
        case .closeVote: .closeVote
        case .cast: .castBallot
        case .addSite: .addSite
        case .removeSite: .removeSite
        case .answer: .answer
        }
    }
}

extension CommandRecord.Verb {
    /// What it is, in the policy's words.
    var deed: Deed {
        switch self {
        case .give: .giveFloor
        case .revoke: .revokeFloor
        case .muteAll: .muteAll
        case .loudspeakersOn, .loudspeakersOff: .playLoudspeakers
        case .end: .end
        case .goOn: .goOn
        }
    }
}
