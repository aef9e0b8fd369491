import Console
import Hummingbird

/// `GET /`, `/room`, `/chair` and `/assets/…`. Pages need no token; what they ask of the API does.
func addPages(to router: Router<BasicRequestContext>, pages: Pages, door: Door) {
    for (path, name) in [("/", "index"), ("/room", "room"), ("/chair", "chair")] as [(RouterPath, String)] {
        router.get(path) { request, _ -> Response in
            let language = request.language
            guard let html = pages.html(name, language: language) else { throw HTTPProblem.notFound }
            var response = Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
                    .contentLanguage: language.rawValue, .vary: "Accept-Language, Cookie",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: html)))
            if request.queryValue("lang") == language.rawValue {
                response.setCookie(
                    Cookie(name: "lang", value: language.rawValue, maxAge: 31_536_000, path: "/", httpOnly: false, sameSite: .lax))
            }
            return response
        }
    }
    router.get("/assets/:name") { _, context -> Response in
        guard let name = context.parameters.get("name"), !name.hasSuffix(".html"), let file = pages.file(name) else {
            throw HTTPProblem.notFound
        }
        return Response(
            status: .ok, headers: [.contentType: file.mediaType, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
    // Open, since it is on the page's face; counting the sites below takes a while in a large network.
    let abouts = Fresh<About>()
    router.get("/api/about") { _, _ -> Response in
        let about = await abouts.value {
            let network = await door.gateway.network()
            let health = await door.gateway.health(nil)
            return About(
                node: network.node, name: NameBook(network).node(network.node), ok: health.ok,
                siteCount: network.sites(under: network.node).count)
        }
        return jsonResponse(about)
    }
}

/// What the index page says about the node.
private struct About: Encodable, Sendable {
    var node: String
    var name: String
    var ok: Bool
    var siteCount: Int
}
