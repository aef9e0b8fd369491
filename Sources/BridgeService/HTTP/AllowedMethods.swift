import Hummingbird

/// Which methods a path has, for a request with another one: 405 and `Allow` (RFC 9110 section 15.5.6), or 204 to `OPTIONS`.
///
/// A WHIP client takes 405 to `PATCH` for "no trickle ICE here", and 404 for the end of its session (RFC 9725 section 4.3). No header
/// lets a page of another origin in.
enum AllowedMethods {
    /// The routes by method; `*` stands for one segment, `**` for the rest. A test holds that each is there.
    static let routes: [(path: String, methods: [String])] =
        [
            ("/", ["GET"]), ("/room", ["GET"]), ("/chair", ["GET"]), ("/assets/*", ["GET"]),
            ("/api/about", ["GET"]), ("/api/events", ["GET"]), ("/api/join", ["POST"]), ("/api/legs/*", ["DELETE"]),
            ("/api/meetings", ["GET", "POST"]), ("/api/meetings/*", ["DELETE"]), ("/api/meetings/*/answer", ["POST"]),
            ("/api/meetings/*/sites", ["POST"]), ("/api/meetings/*/sites/**", ["DELETE"]), ("/api/tokens/revoked", ["GET"]),
            ("/api/tokens/revoke", ["POST"]), ("/api/network", ["GET"]), ("/api/stills/**", ["GET"]),
            ("/internal/stills/**", ["GET"]), ("/api/topology", ["GET", "POST"]), ("/api/topology/file", ["GET"]), ("/api/status", ["GET"]),
            ("/metrics", ["GET"]), ("/health", ["GET"]),
        ]
        + [
            "floor/request", "floor/withdraw", "floor/emergency", "floor/give", "floor/revoke", "mute", "mute-all", "loudspeakers", "break-away", "rejoin",
            "go-on",
            "head-count", "vote/open", "vote/close", "vote/cast",
        ].map { ("/api/" + $0, ["POST"]) }

    /// `HEAD` goes wherever `GET` does.
    static func of(_ path: String) -> [String]? {
        let wanted = path.split(separator: "/")
        guard let found = routes.first(where: { fits($0.path.split(separator: "/"), wanted) }) else { return nil }
        return found.methods + (found.methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]
    }

    private static func fits(_ pattern: [Substring], _ path: [Substring]) -> Bool {
        for (i, part) in pattern.enumerated() {
            if part == "**" { return path.count > i }
            guard i < path.count, part == "*" || part == path[i] else { return false }
        }
        return pattern.count == path.count
    }

    /// Nil: there is no such path, or no such thing at a path that takes this method.
    static func answer(_ request: Request) -> Response? {
        guard let allow = of(request.uri.path), !allow.contains(request.method.rawValue) || request.method == .options else { return nil }
        guard request.method == .options else { return HTTPProblem.wrongMethod(allow).response(request.language) }
        var response = Response(status: .noContent, headers: [.allow: allow.joined(separator: ", ")])
        // RFC 9725 section 4.2: what a client may post.
        if request.uri.path == "/api/join" { response.headers[.init("Accept-Post")!] = "application/sdp" }
        return response
    }
}
