import Basics
import Conference
import Console
import Hummingbird

/// What a request wants; each role may some of it.
public enum Right: String, Hashable, Sendable, CaseIterable {
    case join
    case leave
    case readEvents
    case requestFloor
    case muteSelf
    case headCount
    case castBallot
    case giveFloor
    case muteAll
    case playLoudspeakers
    case runVotes
    case breakAway
    case goOn
    case runMeetings
    case callSites
    case answerInvitations
    case readMeetings
    case readNetwork
    case seeStills
    case readStatus
    case applyTopology
    case revokeTokens

    /// The table of rights.
    public func belongs(to role: Role) -> Bool {
        switch self {
        case .join, .leave: role != .operator
        case .readEvents, .readMeetings, .readNetwork: true
        case .requestFloor, .muteSelf, .headCount, .castBallot, .breakAway: role == .room || role == .chair
        case .giveFloor, .muteAll, .playLoudspeakers, .runVotes, .goOn: role == .chair
        case .applyTopology, .revokeTokens: role == .operator
        case .answerInvitations: role != .viewer
        case .runMeetings, .callSites, .readStatus, .seeStills: role == .chair || role == .operator
        }
    }
}

/// Checks who stands before the API, then lets the request through to the gateway.
struct Door: Sendable {
    let gateway: any NodeGateway
    let budget: DeedBudget
    let refusals: HTTPRefusals

    /// The pass of a request's token (`Authorization: Bearer`), once it may, and not more often than ``Right/rate`` says. Asked before the body is read.
    func admit(_ request: Request, to right: Right) throws(HTTPProblem) -> Pass {
        let token = try token(of: request)
        guard !token.isEmpty, token.utf8.count <= 4_096 else { throw HTTPProblem(TokenRefusal.malformed) }
        switch gateway.verify(token: token) {
        case .failure(let refusal): throw HTTPProblem(refusal)
        case .success(let pass):
            guard right.belongs(to: pass.role) else { throw HTTPProblem(Refusal.notAllowed) }
            if let rate = right.rate { try spend(.site(pass.site, pass.role), right, rate) }
            return pass
        }
    }

    /// An address stands in histories and logs, so a token in it opens nothing but a page, which takes it out (`docs/pages.md`). Pages of
    /// before follow their events so; that ends with ``OldLinks``.
    private func token(of request: Request) throws(HTTPProblem) -> String {
        guard let inAddress = request.queryValue("token") else { return request.bearer ?? "" }
        guard request.uri.path == "/api/events", gateway.takesOldWays() else { throw HTTPProblem.tokenInAddress }
        return request.bearer ?? inAddress
    }

    /// Takes one from the principal's bucket.
    func spend(_ principal: DeedBudget.Principal, _ right: Right, _ rate: DeedRate) throws(HTTPProblem) {
        guard case .failure(let wait) = budget.take(principal, right, rate) else { return }
        refusals.count(.tooManyDeeds)
        throw HTTPProblem.tooManyDeeds(retryAfter: wait.seconds)
    }

    /// Carries an action out. A token that is bound to a meeting reaches no other.
    func perform(_ action: ConferenceAction, pass: Pass, meeting: String?) async throws(HTTPProblem) {
        let named = meeting.map { MeetingID($0) }
        if let bound = pass.meeting, let named, bound != named { throw HTTPProblem(Refusal.notInMeeting) }
        do { try await gateway.perform(action, pass: pass, meeting: named ?? pass.meeting) } catch { throw HTTPProblem(error) }
    }
}

extension Request {
    /// The token of `Authorization: Bearer`.
    var bearer: String? {
        headers[.authorization].flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : nil
        }
    }

    /// A query parameter, percent-decoded; nil if it is absent.
    func queryValue(_ name: Substring) -> String? {
        uri.queryParameters.get(String(name))
    }

    /// The caller's language.
    var language: Language {
        Language.negotiate(
            query: queryValue("lang"), cookie: cookies["lang"]?.value, acceptLanguage: headers[.acceptLanguage])
    }
}
