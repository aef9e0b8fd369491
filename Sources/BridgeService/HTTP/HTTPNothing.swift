import Console
import Hummingbird

extension ProblemMiddleware {
    /// The page that says that there is none, for somebody who typed an address into a browser; nil for a program.
    func nothing(_ request: Request) -> Response? {
        guard request.method == .get, !request.uri.path.hasPrefix("/api/"), request.headers[.accept]?.contains("text/html") == true,
            let html = pages.html("nothing", language: request.language)
        else { return nil }
        return Response(
            status: .notFound,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .contentLanguage: request.language.rawValue,
                .vary: "Accept, Accept-Language, Cookie",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: html)))
    }
}
