/// One role: the page it opens, and its rights.
public struct RoleRights: Hashable, Sendable {
    /// What a link of the role opens. A role that a province adds is like one of these.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A hall: its page joins with microphone and camera.
        case room
        /// The chair's page.
        case chair
        /// Watches and listens.
        case viewer
        /// No page: the node's operator, at a shell; acts in the node's own name.
        case `operator`
        /// No link at all: whoever reaches the port.
        case anyone
        /// No link at all: plain RTP equipment of a hall.
        case equipment
    }
    /// As in tokens: 1 to 32 letters, digits, `-` and `_`.
    public var id: String
    public var kind: Kind
    /// How far each deed reaches; a deed that is absent reaches nothing.
    public private(set) var reaches: [Deed: Reach]
    /// Its meetings by id; nil: all that its reach covers.
    public var meetings: [String]?

    public init(id: String, kind: Kind, reaches: [Deed: Reach], meetings: [String]? = nil) {
        self.id = id
        self.kind = kind
        self.reaches = reaches.filter { $0.value > .none }
        self.meetings = meetings
    }

    /// How far the role's right to a deed reaches.
    public func reach(_ deed: Deed) -> Reach { min(reaches[deed] ?? .none, deed.farthest) }
    /// Gives the right that reach, or takes it.
    public mutating func set(_ deed: Deed, _ reach: Reach) { reaches[deed] = reach > .none ? reach : nil }
}

/// The whole table of one network.
public struct Policy: Hashable, Sendable {
    /// Whom a meeting brings in without asking.
    public enum Accept: String, Hashable, Sendable, CaseIterable {
        /// Every site that is named.
        case all
        /// Sites that the convening node's ``Deed/convene`` reaches: as a rule those at or below it. Others are asked.
        case fromAbove = "from-above"
        /// Every site is asked but those of the convening node itself.
        case ask
    }
    public var accept: Accept
    /// The standard ones first, in their order, then added ones by id.
    public private(set) var roles: [RoleRights]

    public init(accept: Accept, roles: [RoleRights]) {
        self.accept = accept
        self.roles = []
        for role in roles { set(role) }
    }

    /// A role by its id; nil: the network has none of that name.
    public func role(_ id: String) -> RoleRights? { roles.first { $0.id == id } }

    /// Adds a role, or replaces the one of its id.
    public mutating func set(_ role: RoleRights) {
        if let at = roles.firstIndex(where: { $0.id == role.id }) { roles[at] = role } else { roles.append(role) }
        let known = Policy.standardIDs
        roles.sort { (known.firstIndex(of: $0.id) ?? known.count, $0.id) < (known.firstIndex(of: $1.id) ?? known.count, $1.id) }
    }

    /// How far a role's right to a deed reaches; an unknown role has none.
    public func reach(_ role: String, _ deed: Deed) -> Reach { self.role(role)?.reach(deed) ?? .none }

    /// The farthest that anybody's right to a deed reaches, but for ``RoleRights/Kind/anyone``: what a record may have been written by, since
    /// it proves its node and not the role. `meeting` nil: no meeting is concerned.
    public func farthest(_ deed: Deed, in meeting: String?) -> Reach {
        var farthest = Reach.none
        for role in roles where role.kind != .anyone && role.covers(meeting) { farthest = max(farthest, role.reach(deed)) }
        return farthest
    }
}

extension RoleRights {
    /// The role is not bound to meetings, or to this one among others.
    public func covers(_ meeting: String?) -> Bool {
        guard let meetings, let meeting else { return true }
        return meetings.contains(meeting)
    }
}
