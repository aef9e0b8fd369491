import Basics
import Conference
import Console
import Foundation
import Hummingbird
import Rights

/// The node itself: its network, stills, status, metrics and health.
func addNode(to router: Router<BasicRequestContext>, door: Door, ledger: ConnectionLedger) {
    router.get("/api/network") { request, _ -> Response in
        _ = try door.admit(request, to: .readNetwork)
        return jsonResponse(await door.gateway.network())
    }
    // A site's id may hold one slash, hence the catch-all.
    router.get("/api/stills/**") { request, context -> Response in
        let pass = try door.admit(request, to: .seeStills)
        let path = context.parameters.getCatchAll().joined(separator: "/")
        guard path.hasSuffix(".jpg"), let site = String(path.dropLast(4)).removingPercentEncoding,
            let jpeg = await door.gateway.still(of: SiteID(site), pass: pass)
        else { throw HTTPProblem.noStill }
        return Response(
            status: .ok, headers: [.contentType: "image/jpeg", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: jpeg)))
    }
    // For other nodes: no token, but a statement that the asking node signed.
    router.get("/internal/stills/**") { request, context -> Response in
        let path = context.parameters.getCatchAll().joined(separator: "/")
        guard path.hasSuffix(".jpg"), let site = String(path.dropLast(4)).removingPercentEncoding else { throw HTTPProblem.noStill }
        guard let statement = request.statement, let wish = await door.gateway.wish(statement, of: SiteID(site), peer: PeerNode(request)) else {
            throw HTTPProblem.badStatement
        }
        try door.spend(.node(wish.from), .seeStills, .node)
        guard let jpeg = await door.gateway.still(wish) else { throw HTTPProblem.noStill }
        return Response(
            status: .ok, headers: [.contentType: "image/jpeg", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: jpeg)))
    }
    router.get("/api/topology") { request, _ -> Response in
        let pass = try door.admit(request, to: .readStatus)
        guard door.gateway.mayRead(pass, .readStatus) else { throw HTTPProblem(Refusal.notAllowed) }
        return jsonResponse(await door.gateway.topology())
    }
    router.get("/api/topology/file") { request, _ -> Response in
        _ = try door.admit(request, to: .readTopology)
        return Response(
            status: .ok, headers: [.contentType: "application/yaml; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: await door.gateway.topologyFile())))
    }
    router.post("/api/topology") { request, _ -> Response in
        _ = try door.admit(request, to: .applyTopology)
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/octet-stream") == true else { throw HTTPProblem.wrongType }
        let sealed = try await request.bytes(limit: HTTPService.topologyLimit)
        switch await door.gateway.apply(sealed, withRestarts: request.queryValue("restarts") == "1") {
        case .success(let status): return jsonResponse(status, status: .accepted)
        case .failure(let problem): throw HTTPProblem(problem)
        }
    }
    router.get("/api/status") { request, _ -> Response in
        let pass = try door.admit(request, to: .readStatus)
        guard door.gateway.mayRead(pass, .readStatus) else { throw HTTPProblem(Refusal.notAllowed) }
        return jsonResponse(await door.gateway.status(request.saidLanguage))
    }
    // As a rule open to whoever reaches the port, as Prometheus expects: numbers, nodes and sites, no meetings.
    router.get("/metrics") { request, _ -> Response in
        if door.gateway.policy.reach("anyone", .readMetrics) == .none { _ = try door.admit(request, to: .readMetrics) }
        let text = await door.gateway.metrics() + ledger.metrics
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
    router.get("/health") { request, _ -> Response in
        let language = request.saidLanguage
        var health = await door.gateway.health(language)
        health.problems += ledger.problems(language ?? door.gateway.language)
        return jsonResponse(health, status: health.ok ? .ok : .serviceUnavailable)
    }
}

extension Request {
    /// Who asks, between nodes (``StillWish``).
    fileprivate var statement: String? { headers[.init("Nhipcau-Statement")!] }
}
