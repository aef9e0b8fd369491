import Basics
import Conference
import Console
import Logging
import Native
import Synchronization
import Topology

/// Says who stands before the node: a token's signature, times, audience and site, and whether it was withdrawn.
final class TokenDesk: Sendable {
    private let tokens: Tokens
    private let old: OldLinks
    private let revoked: RevokedLinks
    private let standing: Standing
    private let logger: Logger
    /// When a link of before was told last.
    private let toldAt = Mutex<WallTime?>(nil)
    /// A line in the log for each link of before would be one for each request.
    private static let toldPause = Interval.seconds(Int64(60))

    /// Throws if the authority's certificate cannot be read.
    convenience init(authority: String, old: OldLinks, revoked: RevokedLinks, standing: Standing, logger: Logger) throws {
        self.init(tokens: try Tokens(authority: authority, rootUntil: old.until), old: old, revoked: revoked, standing: standing, logger: logger)
    }

    // Throws nothing itself: the optimizer of Swift 6.3.1 fails on an initializer that may throw after its `Mutex` was made.
    private init(tokens: Tokens, old: OldLinks, revoked: RevokedLinks, standing: Standing, logger: Logger) {
        self.tokens = tokens
        self.old = old
        self.revoked = revoked
        self.standing = standing
        self.logger = logger
    }

    /// What programs of before do is still taken.
    func takesOldWays(now: WallTime) -> Bool { now < old.until }

    func verify(_ token: String, now: WallTime) -> Result<Pass, TokenRefusal> {
        switch tokens.verify(token, now: now) {
        case .failure(.expired), .failure(.keyExpired): return .failure(.expired)
        case .failure(.malformed), .failure(.noAudience): return .failure(.malformed)
        case .failure(.rootSigned): return .failure(.outdated)
        case .failure(.badSignature), .failure(.notYetValid), .failure(.wrongNetwork): return .failure(.foreign)
        case .success(let claims): return pass(claims, now: now)
        }
    }

    private func pass(_ claims: TokenClaims, now: WallTime) -> Result<Pass, TokenRefusal> {
        let here = standing.now
        // Only the root key's own tokens may have no audience; those were good everywhere.
        if let text = claims.audience {
            guard let audience = TokenAudience(text), audience.includes(here.slot, of: here.network) else { return .failure(.elsewhere) }
        }
        let site = SiteID(claims.site)
        // A role of the edition that runs; the page it opens is that of its kind.
        guard let known = here.network.policy.role(claims.role), let role = Role(rawValue: known.kind.rawValue),
            here.network.slot(site: site) != nil || role == .operator
        else { return .failure(.foreign) }
        let pass = Pass(
            site: site, role: role, meeting: claims.meeting.map { MeetingID($0) }, expires: claims.expires, token: claims.id,
            key: claims.key ?? "", policyRole: known.id)
        guard !revoked.covers(pass) else { return .failure(.revoked) }
        if claims.key == nil { tell(claims, now: now) }
        return .success(pass)
    }

    private func tell(_ claims: TokenClaims, now: WallTime) {
        let isDue = toldAt.withLock { at in
            if let last = at, now - last < Self.toldPause { return false }
            at = now
            return true
        }
        guard isDue else { return }
        logger.notice(
            "a link was used that the root key signed; make a new one",
            metadata: ["site": "\(claims.site)", "role": "\(claims.role)", "link": "\(claims.id)", "taken until": "\(OldLinks.text(old.until))"])
    }
}
