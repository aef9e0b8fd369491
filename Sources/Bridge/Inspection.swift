import Basics
import Conference
import Membership

// Readings for a checker beside the node; nothing here changes anything.
extension Bridge {
    /// Differs whenever the floor, the attachments or the gates of any meeting changed since it was read last.
    public var floorRevision: UInt64 { control.conference.floorRevision() }

    /// The same for one meeting.
    public func floorRevision(of meeting: MeetingID) -> UInt64 { control.conference.floorRevision(of: meeting) }

    /// The floor of a meeting as this node holds it; nil if it is not known here.
    public func floorSnapshot(of meeting: MeetingID) -> FloorSnapshot? { control.conference.floorSnapshot(of: meeting) }

    /// How far a namespace is known here; nil: not at all.
    public func version(of namespace: NamespaceID) -> (incarnation: Incarnation, version: UInt64)? {
        control.membership.version(of: namespace)
    }

    /// How many floor messages and records were not taken for that reason.
    public func dropped(_ reason: ConferenceDrop) -> Int { control.conferenceDropsByReason[reason] ?? 0 }

    /// How many namespaces a neighbour told anew from their beginning, since tombstones that this node lacked were gone.
    public var resets: Int { control.membership.resets }

    /// How many signatures of other nodes' records were checked.
    public var signaturesChecked: Int { control.membership.signaturesChecked }

    /// Sum over all that is held of a meeting: equal at two nodes if both hold the same versions.
    public func sum(of meeting: MeetingID) -> UInt64 { control.membership.sum(scope: meeting) }

    /// Calls with every declared edge, in order of the neighbours' names: its session (nil while it is down), and whether it is
    /// taken rather than kept warm.
    public func forEachEdge(_ body: (_ neighbour: NodeIndex, _ session: EdgeSession?, _ isTaken: Bool) -> Void) {
        control.membership.forEachEdge(body)
    }
    /// The neighbour this node takes as its uplink, up or not; nil at the root.
    public var takenUplink: NodeIndex? { control.membership.takenUplink }
    /// What the node adds to its machine's clock, which is plainly wrong; zero: nothing.
    public var clockShift: Interval { control.nodeClock.shift }
}
