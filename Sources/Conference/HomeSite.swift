import Basics

/// One of our own sites in a meeting.
struct HomeSite: Hashable {
    let site: SiteID
    /// Set while its leg is gone.
    var graceUntil: Instant?
    var lease: HeldLease?
    /// The largest lease it ever held: a gate never goes back to a smaller one.
    var largest: LeaseName?
    /// Our newest claims that no lease answered yet.
    var claims: [SentClaim] = []
    /// The claim given with the release of a pre-empted lease; 0: none.
    var standing: UInt64 = 0
    var nextClaim: Instant?
    /// As last told to the caller.
    var gateOpen = false
    var gateLease: LeaseName?

    struct SentClaim: Hashable {
        var number: UInt64
        var at: Instant
    }
    struct HeldLease: Hashable {
        var slot: UInt8
        var name: LeaseName
        var request: RequestID
        var until: Instant
    }
}
