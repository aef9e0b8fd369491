import Basics
import Conference
import Console
import Foundation
import Hummingbird

/// Sites of a running meeting: `POST` and `DELETE /api/meetings/{id}/sites`, and a hall's answer to an invitation.
func addSeats(to router: Router<BasicRequestContext>, door: Door) {
    router.post("/api/meetings/:id/sites") { request, context -> Response in
        let pass = try door.admit(request, to: .addSites)
        let wish = try await request.json(SeatWish.self)
        try await door.perform(.addSite(SiteID(wish.site)), pass: pass, meeting: context.parameters.get("id"))
        return Response(status: .noContent)
    }
    // A site's id may hold one slash, hence the catch-all.
    router.delete("/api/meetings/:id/sites/**") { request, context -> Response in
        let pass = try door.admit(request, to: .removeSites)
        let path = context.parameters.getCatchAll().joined(separator: "/")
        guard let site = path.removingPercentEncoding, !site.isEmpty else { throw HTTPProblem(Refusal.unknownSite) }
        try await door.perform(.removeSite(SiteID(site)), pass: pass, meeting: context.parameters.get("id"))
        return Response(status: .noContent)
    }
    router.post("/api/meetings/:id/answer") { request, context -> Response in
        let pass = try door.admit(request, to: .answerInvitations)
        let wish = try await request.json(AnswerWish.self)
        let site = wish.site.map { SiteID($0) } ?? pass.site
        try await door.perform(.answer(site, accepts: wish.accept), pass: pass, meeting: context.parameters.get("id"))
        return Response(status: .noContent)
    }
}

private struct SeatWish: Decodable, Sendable { var site: String }
private struct AnswerWish: Decodable, Sendable {
    var accept: Bool
    /// The hall; nil: the token's own.
    var site: String?
}
