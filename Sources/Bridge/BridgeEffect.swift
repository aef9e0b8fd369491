import Basics
import Conference
import Membership

/// What a bridge wants done that is no datagram, in this order; datagrams lie in ``Bridge/outbox``.
public enum BridgeEffect: Sendable {
    /// Store durably before anything is sent: the next life must have a larger one.
    case persistIncarnation(UInt64)
    /// Keep (nil: drop) a record of our own namespaces, to be handed back after a restart.
    case keep(PublishedRecord)
    case drop(lane: Lane, scope: MeetingID?, key: String)
    /// A meeting ended and left: drop what was kept of it.
    case forget(MeetingID)
    case audit(AuditRow)
    case attendance(AttendanceRow)
    case vote(VoteRow)
    case ballot(BallotRow)
    /// A signed record was written or came, with what proves it.
    case proof(ProvenRecord)
    /// A meeting was first seen here, or is over.
    case meetingStarted(MeetingDefinition, at: WallTime)
    case meetingEnded(MeetingID, at: WallTime)
    /// The view of a meeting changed: subscribers want to see it.
    case changed(MeetingID)
    /// Work to be done beside the loop; its answer goes to ``Bridge/finished(job:_:now:)``.
    case job(Job)
    /// ``Bridge/stills`` changed: whoever shows them takes a new copy.
    case stillsChanged
    /// A sealed edition of the topology came by gossip: look at it, and ``Bridge/adopt(_:now:)`` it or say why not.
    case edition([UInt8])
    /// A link was withdrawn, here or at a node that may: its event streams end, and it is kept over a restart.
    case revoked(SpokenRevocation)
    /// Withdrawn links that are over by now: they need be kept no longer.
    case forgetRevocations([SpokenRevocation])
    case log(BridgeLog)
}

/// Something an operator may want to read.
public enum BridgeLog: Hashable, Sendable {
    case trunkUp(String)
    /// Told again for each attempt that fails.
    case trunkDown(String, reason: TrunkFault)
    case trunkRefused(Address, reason: TrunkRefusal)
    case legUp(UInt32, SiteID)
    case legDown(UInt32, SiteID, reason: String)
    /// The page offers pictures, but none in the meeting's codec (H.264: constrained baseline): it hears only.
    case soundOnly(UInt32, SiteID, wanted: Codec)
    /// Media come from the address of a declared device that may send, but from another port than its own.
    case otherSender(device: String, declared: Address, actual: Address)
    case meetingChanged(MeetingID, crown: Bool)
    /// A record of that node was taken unsigned: it runs an older program, as far as is known here.
    case unsignedWriter(String)
    /// A neighbour told something in a node's name that the node did not write.
    case forgedRecord(of: String, by: String)
    /// Another edition of the topology runs here now.
    case topologyAdopted(version: UInt32)
}

/// Why a datagram or message was dropped before it reached a leg; each is counted.
public enum StrangerDrop: Int, Hashable, Sendable, CaseIterable {
    /// Neither STUN, DTLS nor RTP.
    case unknownProtocol
    /// STUN for no leg of ours.
    case unknownUsername
    /// DTLS from an unknown address that is no ClientHello of a neighbour.
    case unexpectedDTLS
    /// Media from an address without a leg.
    case unexpectedMedia
    /// A certificate of another authority, or of no neighbour.
    case refusedTrunk
    /// More handshakes at once than ``Bridge/pendingTrunkLimit``.
    case tooManyHandshakes
    /// A hop message of a kind we do not know.
    case unknownHop
}
