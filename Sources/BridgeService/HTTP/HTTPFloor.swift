import Basics
import Conference
import Console
import Hummingbird

/// The floor, microphones, head count and votes: `POST`, JSON in, 204 out; what came of it is told by events.
func addFloor(to router: Router<BasicRequestContext>, door: Door) {
    func act<Body: Meetable>(
        _ path: RouterPath, _ right: Right, _ body: Body.Type,
        _ action: @escaping @Sendable (Body) throws(HTTPProblem) -> ConferenceAction
    ) {
        router.post(path) { request, _ -> Response in
            let pass = try door.admit(request, to: right)
            let wish = try await request.json(body)
            try await door.perform(try action(wish), pass: pass, meeting: wish.meeting)
            return Response(status: .noContent)
        }
    }
    act("/api/floor/request", .requestFloor, RequestWish.self) { wish throws(HTTPProblem) in
        guard let priority = RequestPriority(rawValue: wish.priority ?? RequestPriority.normal.rawValue), priority < .highest else {
            throw HTTPProblem.badJSON
        }
        return .requestFloor(priority)
    }
    act("/api/floor/withdraw", .requestFloor, PlainWish.self) { _ throws(HTTPProblem) in .withdraw }
    act("/api/floor/emergency", .emergency, PlainWish.self) { _ throws(HTTPProblem) in .requestFloor(.highest) }
    act("/api/floor/give", .giveFloor, SiteWish.self) { wish throws(HTTPProblem) in .give(SiteID(wish.site)) }
    act("/api/floor/revoke", .revokeFloor, SiteWish.self) { wish throws(HTTPProblem) in .revoke(SiteID(wish.site)) }
    act("/api/mute", .muteSelf, MuteWish.self) { wish throws(HTTPProblem) in .setMuted(wish.muted) }
    act("/api/mute-all", .muteAll, PlainWish.self) { _ throws(HTTPProblem) in .muteAll }
    act("/api/loudspeakers", .playLoudspeakers, SwitchWish.self) { wish throws(HTTPProblem) in .setLoudspeakers(wish.on) }
    act("/api/break-away", .breakAway, PlainWish.self) { _ throws(HTTPProblem) in .breakAway }
    act("/api/rejoin", .breakAway, PlainWish.self) { _ throws(HTTPProblem) in .rejoin }
    act("/api/go-on", .goOn, PlainWish.self) { _ throws(HTTPProblem) in .goOn }
    act("/api/head-count", .headCount, CountWish.self) { wish throws(HTTPProblem) in
        guard (0...CountWish.limit).contains(wish.count) else { throw HTTPProblem.badJSON }
        return .setHeadCount(wish.count)
    }
    act("/api/vote/open", .openVote, QuestionWish.self) { wish throws(HTTPProblem) in .openVote(wish.question) }
    act("/api/vote/close", .closeVote, VoteWish.self) { wish throws(HTTPProblem) in .closeVote(try wish.id()) }
    act("/api/vote/cast", .castBallot, BallotWish.self) { wish throws(HTTPProblem) in
        let ballot = Ballot(agree: wish.agree ?? 0, disagree: wish.disagree ?? 0, abstain: wish.abstain ?? 0)
        return .cast(ballot, on: try wish.id())
    }
}

/// A body that may name a meeting; without, the one of the token's site is meant.
protocol Meetable: Decodable, Sendable {
    var meeting: String? { get }
}

private struct PlainWish: Meetable { var meeting: String? }
private struct RequestWish: Meetable {
    var meeting: String?
    /// 0 … 3; 4 is a chair's emergency, which has a call of its own.
    var priority: UInt8?
}
private struct SiteWish: Meetable {
    var meeting: String?
    var site: String
}
private struct MuteWish: Meetable {
    var meeting: String?
    var muted: Bool
}
private struct SwitchWish: Meetable {
    var meeting: String?
    var on: Bool
}
private struct QuestionWish: Meetable {
    var meeting: String?
    var question: String
}
/// Names a vote as events do.
private protocol Voteable { var vote: String { get } }
extension Voteable {
    func id() throws(HTTPProblem) -> VoteID {
        guard let id = VoteID(vote) else { throw HTTPProblem(Refusal.unknownVote) }
        return id
    }
}
private struct VoteWish: Meetable, Voteable {
    var meeting: String?
    var vote: String
}
private struct BallotWish: Meetable, Voteable {
    var meeting: String?
    var vote: String
    /// Heads; those not given are none.
    var agree: Int?
    var disagree: Int?
    var abstain: Int?
}
private struct CountWish: Meetable {
    /// People in one hall: more than any hall of the country holds.
    static let limit = 10_000
    var meeting: String?
    var count: Int
}
