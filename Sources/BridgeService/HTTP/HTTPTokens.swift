import Basics
import Conference
import Console
import Hummingbird

/// Links that are withdrawn before their time: `POST /api/tokens/revoke` and `GET /api/tokens/revoked`.
func addTokens(to router: Router<BasicRequestContext>, door: Door) {
    router.post("/api/tokens/revoke") { request, _ -> Response in
        let pass = try door.admit(request, to: .revokeTokens)
        let wish = try await request.json(RevocationWish.self)
        guard let revocation = wish.revocation(now: door.gateway.now()) else { throw HTTPProblem.badJSON }
        do throws(Refusal) { try await door.gateway.revoke(revocation, pass: pass) } catch { throw HTTPProblem(error) }
        return Response(status: .noContent)
    }
    router.get("/api/tokens/revoked") { request, _ -> Response in
        _ = try door.admit(request, to: .revokeTokens)
        return jsonResponse(RevocationList(revoked: await door.gateway.revocations()))
    }
}

/// Which link: its site and own id, or the key that signed it. Never the token itself.
private struct RevocationWish: Decodable {
    var site: String?
    var id: String?
    var key: String?
    /// When the link would be over; absent: as late as any link can be.
    var expires: Int64?

    func revocation(now: WallTime) -> Revocation? {
        let end = expires.map { WallTime(milliseconds: $0) } ?? now + Revocation.longest
        if let key, site == nil, id == nil { return Revocation(.key(key), expires: end) }
        guard key == nil, let site, let id else { return nil }
        return Revocation(.link(SiteID(site), id: id), expires: end)
    }
}
