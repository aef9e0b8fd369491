import Basics
import Conference
import Console
import Synchronization

/// How often one principal may ask for one thing: so many at once, and so many a second afterwards.
struct DeedRate: Hashable, Sendable {
    var perSecond: Double
    var burst: Double

    /// What a hand can press, with room for two pages of one site.
    static let deed = DeedRate(perSecond: 5, burst: 20)
    /// The mute key is pressed faster than anything else, and its last word must arrive.
    static let mute = DeedRate(perSecond: 10, burst: 40)
    /// A leg costs keys and a place: a page joins once, and again with back-off.
    static let join = DeedRate(perSecond: 2, burst: 8)
    /// A chair's page on a screen of 2,160 lines shows some sixty rows and asks for each every five seconds.
    static let still = DeedRate(perSecond: 20, burst: 100)
    /// A node asks for all its chairs at once.
    static let node = DeedRate(perSecond: 100, burst: 400)
}

extension Right {
    /// Nil: a reading, which changes nothing at any other node.
    var rate: DeedRate? {
        switch self {
        case .join: .join
        // A page that ends its legs in a loop ends nothing that another has.
        case .leave: .deed
        case .muteSelf: .mute
        case .seeStills: .still
        case .readMeetings, .readNetwork, .readStatus, .readMetrics: nil
        case .readEvents, .requestFloor, .headCount, .castBallot, .giveFloor, .revokeFloor, .emergency, .muteAll, .playLoudspeakers, .openVote, .closeVote,
            .breakAway,
            .goOn, .startMeetings, .endMeetings, .addSites, .removeSites, .answerInvitations, .readTopology, .applyTopology,
            .revokeTokens:
            .deed
        }
    }
}

/// Token buckets, one for each principal and right; a bucket that is full again is forgotten.
final class DeedBudget: Sendable {
    /// Whoever asks. Different roles of one site have their own: a viewer's link takes nothing from the hall.
    enum Principal: Hashable, Sendable {
        case site(SiteID, Role)
        case node(String)
    }
    /// Buckets at once: more than the sites of a large node have rights. With all of them in use nobody else may act, which is told.
    static let limit = 16_384

    private struct Key: Hashable {
        var principal: Principal
        var right: Right
    }
    private struct Bucket {
        var left: Double
        var at: Instant
        var rate: DeedRate
        mutating func refill(_ now: Instant) {
            left = min(rate.burst, left + max(0, (now - at).seconds) * rate.perSecond)
            at = now
        }
    }
    private struct Buckets {
        var all: [Key: Bucket] = [:]
        var sweptAt: Instant?

        /// Looks through all of them, once a second at most.
        mutating func forgetFull(_ now: Instant) {
            if let sweptAt, now - sweptAt < .seconds(Int64(1)) { return }
            sweptAt = now
            all = all.filter { _, bucket in
                var bucket = bucket
                bucket.refill(now)
                return bucket.left < bucket.rate.burst
            }
        }
    }
    private let buckets = Mutex(Buckets())
    private let now: @Sendable () -> Instant

    /// `now`: a clock that never goes back.
    init(now: @escaping @Sendable () -> Instant = { EventLoop.now() }) { self.now = now }

    /// Takes one; else says in how many whole seconds there will be one.
    func take(_ principal: Principal, _ right: Right, _ rate: DeedRate) -> Result<Void, RetryAfter> {
        let now = now()
        let key = Key(principal: principal, right: right)
        return buckets.withLock { buckets in
            if buckets.all.count >= DeedBudget.limit, buckets.all[key] == nil { buckets.forgetFull(now) }
            guard buckets.all.count < DeedBudget.limit || buckets.all[key] != nil else { return .failure(RetryAfter(seconds: 1)) }
            var bucket = buckets.all[key] ?? Bucket(left: rate.burst, at: now, rate: rate)
            bucket.refill(now)
            defer { buckets.all[key] = bucket }
            guard bucket.left >= 1 else {
                return .failure(RetryAfter(seconds: max(1, Int(((1 - bucket.left) / rate.perSecond).rounded(.up)))))
            }
            bucket.left -= 1
            return .success(())
        }
    }

    /// Buckets kept now.
    var count: Int { buckets.withLock { $0.all.count } }

    struct RetryAfter: Error, Hashable { var seconds: Int }
}
