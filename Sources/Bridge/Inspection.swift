import Basics
import Conference
import Membership

// What a checker beside the node reads; nothing here changes anything.
extension Bridge {
    /// Differs whenever the floor, the attachments or the gates of any meeting changed since it was read last.
    public var floorRevision: UInt64 { conference.floorRevision }

    /// The floor of a meeting as this node holds it; nil if it is not known here.
    public func floorSnapshot(of meeting: MeetingID) -> FloorSnapshot? { conference.floorSnapshot(of: meeting) }

    /// How far a namespace is known here; nil: not at all.
    public func version(of namespace: NamespaceID) -> (incarnation: Incarnation, version: UInt64)? {
        membership.version(of: namespace)
    }

    /// Calls with every declared edge, in order of the neighbours' names; the session is nil while it is down.
    public func forEachEdge(_ body: (NodeIndex, EdgeRole, EdgeSession?) -> Void) { membership.forEachEdge(body) }
}
