import Basics
import Conference
import Membership
import Topology

/// The control part of a node: which edition runs, who is a member, who has the floor, and what of it is still to be carried out.
///
/// It knows no leg, packet or stream's place. Its machines want things of each other and of the media part; ``Bridge`` carries these out
/// (`Pump.swift`). A class, since its machines change while their lists of effects do.
final class Control {
    /// As started, or as adopted last (`Adopting.swift`).
    var edition: Edition
    let membership: Membership
    var conference: Conference
    var membershipEffects: [Membership.Effect] = []
    /// Storage for those of the next round.
    var spareEffects: [Membership.Effect] = []
    var conferenceEffects: [ConferenceEffect] = []
    /// Meetings whose view changed, to be followed by the media part.
    var dirty: [MeetingID] = []
    /// Signed records handed out to be kept.
    var proofs = KeptProofs()
    /// Links that are withdrawn.
    var revocations = RevocationTable()

    var nodeClock = NodeClock()
    var clockNow = Instant.zero
    var clockWall = WallTime(milliseconds: 0)

    var conferenceDrops: UInt64 = 0
    var conferenceDropsByReason: [ConferenceDrop: Int] = [:]
    /// Floor decisions since the start, for the status.
    var floorCounts: [MeetingID: (grants: UInt64, refusals: UInt64)] = [:]

    init(edition: Edition, membership: Membership, conference: consuming Conference) {
        self.edition = edition
        self.membership = membership
        self.conference = conference
    }

    /// The meeting's view changed.
    func changed(_ meeting: MeetingID) { if !dirty.contains(meeting) { dirty.append(meeting) } }

    /// Something waits to be carried out.
    var isBusy: Bool { !membershipEffects.isEmpty || !conferenceEffects.isEmpty }
}
