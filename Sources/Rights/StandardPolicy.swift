extension Policy {
    /// The ids of the roles that every network has, in the order in which they are written.
    public static let standardIDs = ["room", "chair", "secretary", "viewer", "operator", "technician", "equipment", "anyone"]

    /// What holds where a topology has no `policy:`.
    public static let standard = Policy(accept: .fromAbove, roles: [room, chair, secretary, viewer, technician, operatorRole, equipment, anyone])

    private static let hall: [Deed: Reach] = [
        .join: .own, .putOnAir: .own, .requestFloor: .own, .muteSelf: .own, .headCount: .own, .castBallot: .own, .breakAway: .own, .answer: .own,
        .readEvents: .own, .readMeetings: .own, .readNetwork: .network,
    ]

    private static let room = RoleRights(id: "room", kind: .room, reaches: hall)

    private static let chair = RoleRights(
        id: "chair", kind: .chair,
        reaches: hall.merging([
            .giveFloor: .own, .revokeFloor: .own, .emergency: .own, .muteAll: .own, .playLoudspeakers: .own, .openVote: .own, .closeVote: .own, .goOn: .node,
            .end: .node,
            .redefine: .node, .addSite: .node, .removeSite: .node, .convene: .subtree, .invite: .network, .readMeetings: .subtree,
            .readStills: .own, .readStatus: .node,
        ]) { $1 })

    /// Helps the chair at the chair's own site: the queue, microphones and votes; starts and ends nothing.
    private static let secretary = RoleRights(
        id: "secretary", kind: .chair,
        reaches: hall.merging([
            .giveFloor: .own, .revokeFloor: .own, .muteAll: .own, .openVote: .own, .closeVote: .own, .readMeetings: .subtree, .readStills: .own,
        ]) { $1 })

    private static let viewer = RoleRights(
        id: "viewer", kind: .viewer, reaches: [.join: .own, .readEvents: .own, .readMeetings: .own, .readNetwork: .network])

    private static let operatorRole = RoleRights(
        id: "operator", kind: .operator,
        reaches: [
            .end: .node, .redefine: .node, .addSite: .node, .removeSite: .node, .convene: .subtree, .invite: .network, .answer: .node,
            .readEvents: .own, .readMeetings: .network, .readNetwork: .network, .readStills: .node, .readStatus: .network, .readMetrics: .network,
            .readEdition: .network, .applyEdition: .network, .revokeLink: .network,
        ])

    /// Looks after the node: reads everything of it and changes nothing.
    private static let technician = RoleRights(
        id: "technician", kind: .operator,
        reaches: [
            .readEvents: .own, .readMeetings: .network, .readNetwork: .network, .readStatus: .network, .readMetrics: .network, .readEdition: .network,
        ])

    private static let equipment = RoleRights(id: "equipment", kind: .equipment, reaches: [.putOnAir: .own])

    private static let anyone = RoleRights(id: "anyone", kind: .anyone, reaches: [.readMetrics: .network])
}
