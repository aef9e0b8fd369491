import Basics

/// A message of the floor between two neighbours: acknowledged and repeated on its edge, never stored for later.
///
/// Fence (mesh rule 1): all but `attach` and `attachAck` carry the edge's session and the meeting's attach number on that
/// edge, and are dropped where they differ from the receiver's.
public struct FloorMessage: Hashable, Sendable {
    public var meeting: MeetingID
    /// The edge session the sender had when it sent this.
    public var session: UInt64
    /// The lower node's attach number of this meeting on this edge.
    public var attach: UInt32
    public var body: Body

    public init(meeting: MeetingID, session: UInt64, attach: UInt32, body: Body) {
        self.meeting = meeting
        self.session = session
        self.attach = attach
        self.body = body
    }

    /// What is said.
    public enum Body: Hashable, Sendable {
        /// Up: attach me; these leases are dead, these requests held the floor below.
        case attach(epoch: UInt64, cleaned: [CleanedLease], offered: [OfferedHolder])
        /// Down: you are attached, and counted in this epoch; these holders of yours go on.
        case attachAck(epoch: UInt64, leases: [Lease])
        /// Down: attach this meeting to me, although its anchor is with you or below (attach number 0).
        case attachWanted
        /// Up: I no longer run this meeting, or I detach for another reason.
        case detach
        /// Up: a part with this epoch came in below; these requests held the floor there.
        case raise(epoch: UInt64, offered: [OfferedHolder])
        /// Down: every part that came in with a smaller epoch is counted; these holders of theirs go on.
        case raised(epoch: UInt64, leases: [Lease])
        /// Down to the request's home.
        case offer(Offer)
        /// Up from the request's home: takes an offer or renews a lease.
        case claim(Claim)
        /// Down to the request's home; the only thing that opens a gate.
        case lease(Lease)
        /// Up: the gate is closed; also the answer to a revocation.
        case release(Release)
        /// Down: close the gate.
        case revoke(Revoke)
    }

    /// A lease that its crown ended before it attached.
    public struct CleanedLease: Hashable, Sendable {
        /// Counts from 0, here and in all floor messages; smaller than the definition's `floorSize`.
        public var slot: UInt8
        public var name: LeaseName
        public var request: RequestID
        public init(slot: UInt8, name: LeaseName, request: RequestID) {
            self.slot = slot
            self.name = name
            self.request = request
        }
    }

    /// A request that held the floor of a part that attaches, and the claim by which it goes on where a slot is idle.
    public struct OfferedHolder: Hashable, Sendable {
        public var request: RequestID
        /// Given with its release; 0: none.
        public var claim: UInt64
        public init(request: RequestID, claim: UInt64) {
            self.request = request
            self.claim = claim
        }
    }

    /// A slot is free for this request; unanswered for 250 ms it binds nobody.
    public struct Offer: Hashable, Sendable {
        public var slot: UInt8
        /// Tells offers of one crown apart; 0: the holder is asked to renew at once.
        public var number: UInt64
        public var request: RequestID
        public init(slot: UInt8, number: UInt64, request: RequestID) {
            self.slot = slot
            self.number = number
            self.request = request
        }
    }

    /// The home takes the offer, or asks for another 1.5 s.
    public struct Claim: Hashable, Sendable {
        public var slot: UInt8
        /// The offer's number at first, then 0.
        public var offer: UInt64
        public var request: RequestID
        /// Tells the claims of one home apart; the lease names the claim it answers.
        public var number: UInt64
        public init(slot: UInt8, offer: UInt64, request: RequestID, number: UInt64) {
            self.slot = slot
            self.offer = offer
            self.request = request
            self.number = number
        }
    }

    /// The holder may speak for 1.5 s, counted at each place as mesh rule 3 says.
    public struct Lease: Hashable, Sendable {
        public var slot: UInt8
        /// Stays when the lease is renewed, unless its crown's epoch has grown.
        public var name: LeaseName
        public var request: RequestID
        /// The claim it answers: at home its 1.5 s count from when that was sent.
        public var claim: UInt64
        public init(slot: UInt8, name: LeaseName, request: RequestID, claim: UInt64) {
            self.slot = slot
            self.name = name
            self.request = request
            self.claim = claim
        }
    }

    /// The holder's gate is closed.
    public struct Release: Hashable, Sendable {
        public var slot: UInt8
        /// Epoch 0: no lease came yet, the claim itself is given back.
        public var name: LeaseName
        public var request: RequestID
        /// Nobody's decision: the part below ended it on its way up (mesh rule 6). Then only the grant that `name` belongs to ends.
        public var preempted: Bool
        /// A pre-empted holder's claim, for the crown above; 0: none.
        public var claim: UInt64
        public init(slot: UInt8, name: LeaseName, request: RequestID, preempted: Bool = false, claim: UInt64 = 0) {
            self.slot = slot
            self.name = name
            self.request = request
            self.preempted = preempted
            self.claim = claim
        }
    }

    /// The crown takes the floor back.
    public struct Revoke: Hashable, Sendable {
        public var slot: UInt8
        public var name: LeaseName
        public var request: RequestID
        /// Not a decision of the chair: the request goes back to the front of its class.
        public var preempted: Bool
        public init(slot: UInt8, name: LeaseName, request: RequestID, preempted: Bool) {
            self.slot = slot
            self.name = name
            self.request = request
            self.preempted = preempted
        }
    }
}
