import Foundation

/// What a node's pages and its HTTP API say, without any HTTP: values, JSON, sentences and the pages' files.
///
/// In reading order: ``Language`` (Vietnamese first), ``PageState`` (the whole of a page, sent once), ``PageChange``
/// (what differs afterwards), ``PageEvent`` (which of both to send), ``Truth`` (what others hear of a site),
/// ``NetworkTree`` (sites with their full names), ``MeetingForm`` (a chair's wish to start a meeting), ``NodeStatus`` (`/api/status`), ``TokenRefusal``,
/// ``Sentence`` (why something was refused and what to do next), ``Pages`` (HTML, CSS and JavaScript).
///
/// Imports `Basics`, `Conference` and Foundation (JSON, files of the pages). JSON of numbers: times are milliseconds since
/// 1970-01-01 UTC, rates kbit/s, durations milliseconds.
public enum Console {
    /// Encodes with sorted keys, so that equal values are equal bytes.
    public static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("a value of our own cannot be encoded: \(type(of: value))")
        }
        return [UInt8](data)
    }

    /// Decodes what a page, a bot or the command line received.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
