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
        /// Up: attach me; these leases are dead, this request held the floor below.
        case attach(epoch: UInt64, cleaned: [CleanedLease], offered: RequestID?)
        /// Down: you are attached.
        case attachAck(epoch: UInt64)
        /// Up: I no longer run this meeting, or I detach for another reason.
        case detach
        /// Up: a part with this epoch came in below.
        case raise(epoch: UInt64)
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
        public var slot: UInt8
        public var name: LeaseName
        public var request: RequestID
        public init(slot: UInt8, name: LeaseName, request: RequestID) {
            self.slot = slot
            self.name = name
            self.request = request
        }
    }

    /// A slot is free for this request; unanswered for 250 ms it binds nobody.
    public struct Offer: Hashable, Sendable {
        public var slot: UInt8
        /// Tells offers of one crown apart.
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
        public var name: LeaseName
        public var request: RequestID
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
        public var name: LeaseName
        public var request: RequestID
        /// Nobody's decision: the part below ended it on its way up (mesh rule 6). Then only the grant that `name` belongs to ends.
        public var preempted: Bool
        public init(slot: UInt8, name: LeaseName, request: RequestID, preempted: Bool = false) {
            self.slot = slot
            self.name = name
            self.request = request
            self.preempted = preempted
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
