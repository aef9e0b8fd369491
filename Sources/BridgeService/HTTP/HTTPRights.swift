import Basics
import Conference
import Console
import Hummingbird
import Rights

/// What a request wants. Each is a deed of the network's policy; legs have two calls for one deed.
public enum Right: String, Hashable, Sendable, CaseIterable {
    case join
    case leave
    case readEvents
    case requestFloor
    case muteSelf
    case headCount
    case castBallot
    case giveFloor
    case revokeFloor
    case emergency
    case muteAll
    case playLoudspeakers
    case openVote
    case closeVote
    case breakAway
    case goOn
    case startMeetings
    case endMeetings
    case addSites
    case removeSites
    case answerInvitations
    case readMeetings
    case readNetwork
    case seeStills
    case readStatus
    case readMetrics
    case readTopology
    case applyTopology
    case revokeTokens

    /// As the policy names it.
    public var deed: Deed {
        switch self {
        case .join, .leave: .join
        case .readEvents: .readEvents
        case .requestFloor: .requestFloor
        case .muteSelf: .muteSelf
        case .headCount: .headCount
        case .castBallot: .castBallot
        case .giveFloor: .giveFloor
        case .revokeFloor: .revokeFloor
        case .emergency: .emergency
        case .muteAll: .muteAll
        case .playLoudspeakers: .playLoudspeakers
        case .openVote: .openVote
        case .closeVote: .closeVote
        case .breakAway: .breakAway
        case .goOn: .goOn
        case .startMeetings: .convene
        case .endMeetings: .end
        case .addSites: .addSite
        case .removeSites: .removeSite
        case .answerInvitations: .answer
        case .readMeetings: .readMeetings
        case .readNetwork: .readNetwork
        case .seeStills: .readStills
        case .readStatus: .readStatus
        case .readMetrics: .readMetrics
        case .readTopology: .readEdition
        case .applyTopology: .applyEdition
        case .revokeTokens: .revokeLink
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
            // Whether the right reaches as far as is asked is the node's to say, which knows the meeting.
            guard gateway.policy.reach(pass.policyRole, right.deed) > .none else {
                refusals.count(.notAllowed)
                throw HTTPProblem(Refusal.notAllowed)
            }
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
        do { try await gateway.perform(action, pass: pass, meeting: named ?? pass.meeting) } catch {
            if error == .notAllowed || error == .beyondReach { refusals.count(.notAllowed) }
            throw HTTPProblem(error)
        }
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

    /// The language that the caller asks for; nil: none of ours, so that the node's own is right.
    var saidLanguage: Language? {
        let cookie = cookies["lang"]?.value
        let asks = [queryValue("lang"), cookie].contains { $0.flatMap(Language.init(rawValue:)) != nil }
        let accepts = headers[.acceptLanguage]?.lowercased() ?? ""
        return asks || accepts.contains("vi") || accepts.contains("en") ? language : nil
    }

    /// The caller's language.
    var language: Language {
        Language.negotiate(
            query: queryValue("lang"), cookie: cookies["lang"]?.value, acceptLanguage: headers[.acceptLanguage])
    }
}
