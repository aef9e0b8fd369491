import Conference
import Console
import Hummingbird
import NIOHTTP1
import SDP

/// A refusal on its way to the caller: status and JSON `{code, message, nextStep}` in the caller's language.
struct HTTPProblem: Error, Sendable {
    var status: HTTPResponse.Status
    var code: String
    var sentence: @Sendable (Language) -> Sentence
    /// Seconds after which it is worth to ask again.
    var retryAfter: Int?
    /// What a program's writer wants to know beside the sentences.
    var detail: (@Sendable (Language) -> String)?
    /// The line of the request's body that is meant, from 1.
    var line: Int?
    /// The methods that the path has (RFC 9110 section 10.2.1).
    var allow: [String] = []

    /// A page's offer was refused.
    init(_ refusal: Refusal, _ reason: NegotiationError?) {
        self.init(refusal)
        guard let reason else { return }
        detail = { reason.sentence($0) }
        line = reason.line
    }
    init(_ refusal: TokenRefusal) {
        self.init(.unauthorized, refusal.rawValue) { refusal.sentence($0) }
    }
    init(_ refusal: Refusal) {
        self.init(refusal.status, refusal.rawValue) { refusal.sentence($0) }
    }
    init(_ problem: FormProblem) {
        self.init(.unprocessableContent, problem.code) { problem.sentence($0) }
    }
    init(_ problem: EditionProblem) {
        self.init(problem.isConflict ? .conflict : .unprocessableContent, problem.code) {
            $0 == .english
                ? Sentence(problem.english, "Nothing was changed; mend the file and apply it again.")
                : Sentence(problem.vietnamese, "Chưa có gì thay đổi; hãy sửa tệp rồi áp dụng lại.")
        }
    }
    private init(_ status: HTTPResponse.Status, _ code: String, _ sentence: @escaping @Sendable (Language) -> Sentence) {
        self.status = status
        self.code = code
        self.sentence = sentence
    }
    private init(_ status: HTTPResponse.Status, _ code: String, vi: Sentence, en: Sentence) {
        self.init(status, code) { $0 == .english ? en : vi }
    }

    static let notFound = HTTPProblem(
        .notFound, "not-found", vi: Sentence("Không có trang này.", "Kiểm tra lại địa chỉ."),
        en: Sentence("There is no such page.", "Check the address."))
    static func wrongMethod(_ allow: [String]) -> HTTPProblem {
        var problem = HTTPProblem(
            .methodNotAllowed, "wrong-method",
            vi: Sentence("Địa chỉ này không nhận cách gọi đó.", "Dùng \(allow.joined(separator: ", "))."),
            en: Sentence("This address does not take that method.", "Use \(allow.joined(separator: ", "))."))
        problem.allow = allow
        return problem
    }
    /// An operator ends a meeting at the node that started it, or at that of the floor control.
    static func endElsewhere(_ node: (id: String, name: String)) -> HTTPProblem {
        HTTPProblem(
            .forbidden, "not-allowed",
            vi: Sentence("Không kết thúc được cuộc họp này ở nút này.", "Kết thúc ở nút đã bắt đầu cuộc họp: \(node.name) (`--node \(node.id)`)."),
            en: Sentence("This meeting cannot be ended at this node.", "End it at the node that started it: \(node.name) (`--node \(node.id)`)."))
    }
    static let noStill = HTTPProblem(
        .notFound, "no-still", vi: Sentence("Điểm cầu chưa có hình.", "Thử lại khi điểm cầu đã vào họp."),
        en: Sentence("The site has no picture yet.", "Try again once the site has joined."))
    static let tooLarge = HTTPProblem(
        .contentTooLarge, "too-large", vi: Sentence("Nội dung gửi lên quá lớn.", "Gửi ít hơn 256 KB (SDP: 32 KB)."),
        en: Sentence("The request's body is too large.", "Send less than 256 KB (SDP: 32 KB)."))
    static let badJSON = HTTPProblem(
        .badRequest, "bad-json", vi: Sentence("Nội dung gửi lên không đúng mẫu.", "Xem docs/openapi.yaml."),
        en: Sentence("The request's body cannot be read.", "See docs/openapi.yaml."))
    static let wrongType = HTTPProblem(
        .unsupportedMediaType, "wrong-type", vi: Sentence("Sai kiểu nội dung.", "Gửi application/sdp hoặc application/json."),
        en: Sentence("The content type is wrong.", "Send application/sdp or application/json."))
    static let tooManyStreams = HTTPProblem(
        .serviceUnavailable, "too-many-streams", vi: Sentence("Quá nhiều trang đang mở.", "Đóng các trang không dùng."),
        en: Sentence("Too many pages are open.", "Close pages that are not used."))
    static let tooManyOffers = HTTPProblem(
        .serviceUnavailable, "too-many-offers", vi: Sentence("Quá nhiều điểm cầu vào họp cùng lúc.", "Trang sẽ tự vào lại sau vài giây."),
        en: Sentence("Too many sites join at once.", "The page tries again by itself within seconds."))
    static func tooManyDeeds(retryAfter seconds: Int) -> HTTPProblem {
        var problem = HTTPProblem(
            .tooManyRequests, "too-many-deeds", vi: Sentence("Điểm cầu thao tác quá nhanh.", "Chờ \(seconds) giây rồi thử lại."),
            en: Sentence("This site asks too often.", "Wait \(seconds) s and try again."))
        problem.retryAfter = seconds
        return problem
    }
    static let badStatement = HTTPProblem(
        .unauthorized, "bad-statement", vi: Sentence("Không xác nhận được nút mạng hỏi hình.", "Kiểm tra chứng thư và đồng hồ của hai nút mạng."),
        en: Sentence("The asking node is not believed.", "Check both nodes' certificates and clocks."))
    static let tokenInAddress = HTTPProblem(
        .badRequest, "token-in-address", vi: Sentence("Trang đang mở là bản cũ.", "Tải lại trang, hoặc mở lại đường dẫn đã được cấp."),
        en: Sentence("A token has no place in this address.", "Reload the page; programs send it as `Authorization: Bearer`."))
    static let failed = HTTPProblem(
        .internalServerError, "failed", vi: Sentence("Nút mạng gặp lỗi khi xử lý.", "Thử lại; nếu vẫn lỗi, báo người trực kỹ thuật."),
        en: Sentence("The node failed to handle this.", "Try again; else tell the technician on duty."))

    func response(_ language: Language) -> Response {
        struct Body: Encodable {
            var code: String
            var message: String
            var nextStep: String
            var detail: String?
            var line: Int?
        }
        let words = sentence(language)
        let body = Body(code: code, message: words.message, nextStep: words.nextStep, detail: detail?(language), line: line)
        var response = jsonResponse(body, status: status)
        if !allow.isEmpty { response.headers[.allow] = allow.joined(separator: ", ") }
        response.headers[.contentLanguage] = language.rawValue
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter {
            response.headers[.retryAfter] = "\(retryAfter)"
        } else if status == .serviceUnavailable || status == .tooManyRequests {
            response.headers[.retryAfter] = "1"
        }
        return response
    }
}

extension Refusal {
    /// The HTTP status that goes with the refusal.
    var status: HTTPResponse.Status {
        switch self {
        case .notAllowed, .notInMeeting: .forbidden
        case .unknownMeeting, .unknownSite, .unknownVote: .notFound
        case .noRequest, .alreadyRequested, .requestsClosed, .meetingExists: .conflict
        case .nothingAbove, .alreadyApart, .notApart, .notEndedAbove, .voteClosed, .tooManyVotes: .conflict
        case .badOffer, .badQuestion, .badBallot: .badRequest
        case .noCommonCodec: .unprocessableContent
        case .beyondReach, .notYours: .forbidden
        case .alreadyInMeeting, .chairStays, .notInvited: .conflict
        case .tooManySeats: .tooManyRequests
        case .tooLarge: .unprocessableContent
        case .tooManyMeetings, .tooManyPages, .tooManyRevocations: .tooManyRequests
        case .tooManyLegs, .notReady, .busy: .serviceUnavailable
        }
    }
}

extension FormProblem {
    /// The code in the JSON body.
    var code: String {
        switch self {
        case .unknownFile: "unknown-file"
        case .badTitle: "bad-title"
        case .unknownKind: "unknown-kind"
        case .unknownCodec: "unknown-codec"
        case .unknownSite: "unknown-site"
        case .unknownNode: "unknown-node"
        case .unknownLevel: "unknown-level"
        case .tooFewSites: "too-few-sites"
        case .badID: "bad-id"
        case .badNumbers: "bad-numbers"
        }
    }
}

/// A value as a JSON answer that nobody keeps.
func jsonResponse(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
    Response(
        status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: Console.json(value))))
}

/// Turns whatever a handler throws into a problem's answer.
struct ProblemMiddleware: RouterMiddleware {
    let pages: Pages

    func handle(
        _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as HTTPProblem {
            if problem.status == .notFound, let page = nothing(request) { return page }
            return problem.response(request.language)
        } catch let error as HTTPError where error.status == .notFound {
            if let other = AllowedMethods.answer(request) { return other }
            return nothing(request) ?? HTTPProblem.notFound.response(request.language)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return HTTPProblem.tooLarge.response(request.language)
        } catch let error as HTTPParserError {
            // The server answers 400 and closes: what follows on that connection cannot be read.
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return HTTPProblem.failed.response(request.language)
        }
    }
}

/// Headers that keep a page to itself: nothing from elsewhere, no frame, no token in a referrer.
struct SecurityHeaders: RouterMiddleware {
    /// The node speaks HTTPS: browsers that came once never come without again, for a year.
    let isSecure: Bool
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "media-src 'self' blob: mediastream:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    func handle(
        _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        response.headers[.init("Referrer-Policy")!] = "no-referrer"
        response.headers[.init("Permissions-Policy")!] = "camera=(self), microphone=(self), display-capture=()"
        return response
    }
}
