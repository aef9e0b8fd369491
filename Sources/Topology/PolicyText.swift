import Rights

extension Policy {
    /// The policy as the `policy:` part of a topology file, with what differs from ``standard`` alone; empty if nothing does.
    package var text: String {
        guard self != .standard else { return "" }
        var out = "policy:\n"
        if accept != Policy.standard.accept { out += "  accept: \(accept.rawValue)\n" }
        let lines = roles.compactMap(Policy.line)
        if !lines.isEmpty { out += "  roles:\n" + lines.map { "    - " + $0 + "\n" }.joined() }
        return out
    }

    /// A standard role's differences from what it is elsewhere, an added one's from the role that its page is like; nil: none.
    private static func line(_ role: RoleRights) -> String? {
        let own = standard.role(role.id)
        guard let base = own ?? standard.role(role.kind.rawValue), own != role else { return nil }
        var parts = ["id: \(role.id)"]
        if own == nil { parts.append("like: \(base.id)") }
        if let meetings = role.meetings { parts.append("meetings: [\(meetings.joined(separator: ", "))]") }
        let rights = differences(role, base).map { "\($0.deed.rawValue): \($0.reach.rawValue)" }
        if !rights.isEmpty { parts.append("rights: {\(rights.joined(separator: ", "))}") }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    /// The deeds of which two roles reach differently, with the first one's reach, in the order of ``Deed``.
    package static func differences(_ role: RoleRights, _ base: RoleRights) -> [(deed: Deed, reach: Reach)] {
        Deed.allCases.filter { role.reach($0) != base.reach($0) }.map { ($0, role.reach($0)) }
    }
}
