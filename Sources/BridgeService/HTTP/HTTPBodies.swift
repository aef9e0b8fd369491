import Console
import Hummingbird

extension Request {
    /// The JSON body, at most ``HTTPService/jsonLimit`` bytes; an empty body reads as `{}`. Its type must be said: a form of another
    /// site's page cannot say this one.
    func json<T: Decodable>(_ type: T.Type) async throws -> T {
        guard let kind = headers[.contentType], kind.lowercased().hasPrefix("application/json") else { throw HTTPProblem.wrongType }
        var bytes = try await bytes(limit: HTTPService.jsonLimit)
        if bytes.isEmpty { bytes = Array("{}".utf8) }
        do { return try Console.decode(type, from: bytes) } catch { throw HTTPProblem.badJSON }
    }

    /// The body, refused as soon as it passes the limit.
    func bytes(limit: Int) async throws -> [UInt8] {
        // A length that is no number of ours is longer than any.
        if let length = headers[.contentLength], Int(length) ?? .max > limit { throw HTTPProblem.tooLarge }
        var bytes: [UInt8] = []
        for try await part in body {
            guard bytes.count + part.readableBytes <= limit else { throw HTTPProblem.tooLarge }
            bytes += part.readableBytesView
        }
        return bytes
    }
}
