import Basics

/// One meeting's floor as one node holds it: for checkers, traces and a failing test's message.
///
/// Times are the node's own clock.
public struct FloorSnapshot: Hashable, Sendable {
    /// An edge on which the meeting is attached, with what fences its messages.
    public struct Attachment: Hashable, Sendable {
        public var neighbour: NodeIndex
        /// The edge's, as both ends know it.
        public var session: UInt64
        /// The lower node's attach number of the meeting.
        public var number: UInt32
    }
    /// A lease, wherever it is known.
    public struct Lease: Hashable, Sendable {
        /// Counts from 0; smaller than the definition's `floorSize`.
        public var slot: UInt8
        public var name: LeaseName
        public var request: RequestID
        /// When it ends here. A remembered one's has 15 ms for drift in it; a crown waits that much longer than its slot's.
        public var until: Instant
    }
    /// One of the node's own sites.
    public struct Home: Hashable, Sendable {
        public var site: SiteID
        /// As last told to the bridge.
        public var gateOpen: Bool
        /// The lease under which the gate is open; nil also for an acting chair.
        public var gateLease: LeaseName?
        /// The lease that the site holds, muted or not.
        public var lease: Lease?
        /// The request of `lease` is this node's, and neither ended nor cancelled.
        public var holdsLiveRequest: Bool
        public var muted: Bool
    }
    /// One slot of the floor at its crown.
    public enum Slot: Hashable, Sendable {
        case free
        case offered(RequestID, number: UInt64)
        case leased(Lease, site: SiteID, revoked: Bool)
    }
    /// A waiting request as the crown sorts it.
    public struct Waiting: Hashable, Sendable {
        public var request: RequestID
        /// The chair's order; the largest number when nobody placed it.
        public var order: UInt64
        public var preempted: Bool
        public var priority: RequestPriority
        public var stamp: Stamp
        /// A free slot may go to it without a further word from the chair.
        public var mayBeGranted: Bool
        /// Its home left an offer unanswered, and the request is passed over for a moment.
        public var isPassedOver: Bool
        /// Its home hangs below the crown by attached edges: an offer reaches it.
        public var isReached: Bool
    }
    /// One of the node's own requests.
    public struct Request: Hashable, Sendable {
        public var id: RequestID
        public var site: SiteID
        public var status: RequestStatus
        public var preempted: Bool
    }

    /// The node has a site here, or an attached child.
    public var runs = false
    /// The node runs the meeting and is not attached upward.
    public var isCrown = false
    /// The node acts as crown: it has taken the floor's slots over.
    public var acts = false
    public var ended = false
    /// The meeting ended above while this part was by itself.
    public var endedAbove = false
    /// The node that took this part out of the meeting's tree; nil: none did.
    public var apart: NodeIndex?
    /// The largest seen; 0: none yet.
    public var epoch: UInt64 = 0
    /// Grants of this crown in this epoch.
    public var sequence: UInt64 = 0
    /// The lowest node above all sites, as the tree is declared; nil while the definition is not known.
    public var anchor: NodeIndex?
    /// Nil while not attached upward.
    public var uplink: Attachment?
    /// The node is about to attach and grants nothing.
    public var isFrozen = false
    /// A line that fell again and again is trusted only from then on: it does not attach before (mesh rule 6).
    public var heldBackUntil: Instant?
    /// Attach attempts in a row that nobody answered.
    public var unanswered = 0
    /// By neighbour; also those whose attach is not answered yet.
    public var children: [Attachment] = []
    public var homes: [Home] = []
    /// The floor's slots at a crown; elsewhere empty.
    public var slots: [Slot] = []
    /// Leases that went through this node and may still live.
    public var remembered: [Lease] = []
    /// Ended ones included.
    public var requests: [Request] = []
    /// The queue at a crown, next first; elsewhere empty.
    public var waiting: [Waiting] = []

    /// A floor nobody runs.
    public init() {}
}

extension Conference {
    /// Differs whenever anything of a meeting changed since it was read last.
    public func floorRevision() -> UInt64 {
        var result = UInt64(truncatingIfNeeded: meetings.count)
        for meeting in meetings { result = result &* 0x9E37_79B9 &+ meeting.changes }
        return result
    }

    /// The same for one meeting, known or not; it also differs when the tree around this node changed.
    public func floorRevision(of id: MeetingID) -> UInt64 {
        guard let meeting = find(id) else { return .max }
        return meeting.changes &+ around.treeChanges << 32
    }

    /// The floor of a meeting; nil if it is not known here.
    public func floorSnapshot(of id: MeetingID) -> FloorSnapshot? { find(id)?.floorSnapshot }
}

extension Meeting {
    var floorSnapshot: FloorSnapshot {
        var result = FloorSnapshot()
        result.runs = runs
        result.isCrown = isCrown
        result.acts = crown != nil
        result.ended = hasEnded
        result.endedAbove = overlay?.endedAbove != nil
        result.apart = apart?.writer
        result.epoch = epoch
        result.anchor = plan.map { tree.nodes[$0.anchor] }
        result.isFrozen = attachment.uplink.isFrozen
        if case .none(let retryAt) = attachment.uplink, attachment.repeatedDetaches > 0, attachment.unanswered == 0, wantsUplink {
            result.heldBackUntil = retryAt
        }
        result.unanswered = attachment.unanswered
        if case .attached(let number, let session) = attachment.uplink, let e = around.parentEdge {
            result.uplink = FloorSnapshot.Attachment(neighbour: edges[e].neighbour, session: session, number: number)
        }
        result.children = attachment.children.map {
            FloorSnapshot.Attachment(neighbour: $0.neighbour, session: $0.session, number: $0.number)
        }
        result.homes = homes.map { home in
            FloorSnapshot.Home(
                site: home.site, gateOpen: home.gateOpen, gateLease: home.gateLease,
                lease: home.lease.map { FloorSnapshot.Lease(slot: $0.slot, name: $0.name, request: $0.request, until: $0.until) },
                holdsLiveRequest: home.lease.map { held in
                    held.request.node == node && tables.request(held.request).map { $0.isLive && $0.site == home.site } == true
                } ?? false,
                muted: site(home.site)?.muted ?? false)
        }
        result.remembered = remembered.map {
            FloorSnapshot.Lease(slot: $0.slot, name: $0.name, request: $0.request, until: $0.until)
        }
        result.requests = tables.requests.filter { $0.id.node == node }.map {
            FloorSnapshot.Request(id: $0.id, site: $0.site, status: $0.status, preempted: $0.preempted)
        }
        if let crown = crown { add(crown, to: &result) }
        return result
    }

    private func add(_ crown: CrownState, to result: inout FloorSnapshot) {
        result.sequence = crown.sequence
        result.slots = crown.slots.enumerated().map { slot, state in
            switch state {
            case .free: .free
            case .offered(let offer): .offered(offer.request, number: offer.number)
            case .leased(let grant):
                .leased(
                    FloorSnapshot.Lease(slot: UInt8(slot), name: grant.name, request: grant.request.id, until: grant.until),
                    site: grant.request.site, revoked: grant.revoked)
            }
        }
        result.waiting = queue().map { entry in
            FloorSnapshot.Waiting(
                request: entry.request.id, order: entry.order, preempted: entry.request.preempted, priority: entry.request.priority,
                stamp: entry.request.stamp, mayBeGranted: entry.mayBeGranted,
                isPassedOver: crown.passedOver.contains { $0.site == entry.request.site }, isReached: reaches(entry.request.id.node))
        }
    }
}
