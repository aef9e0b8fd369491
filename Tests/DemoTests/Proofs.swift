import Foundation
import Glibc
import Testing

/// What the built `nhipcau` does as real processes on real sockets: one copy on every trunk, kill -9, the mix that a
/// decoder hears, and strangers at the door. One after another, since each has a network of processes to itself.
///
/// The networks stand on 127.219.x.y and leave 127.77.x.y to a demo that runs beside the tests.
@Suite("The real program", .serialized)
struct Proofs {
    /// The second number of all loopback addresses here.
    static let loopback: UInt8 = 219

    /// The executable that stands beside the test bundle, or `$NHIPCAU`.
    static func program() throws -> String {
        let named = ProcessInfo.processInfo.environment["NHIPCAU"]
        let own = try #require(realpath("/proc/self/exe", nil))
        defer { free(own) }
        let beside = URL(fileURLWithPath: String(cString: own)).deletingLastPathComponent().appendingPathComponent("nhipcau").path
        let path = named ?? beside
        try #require(access(path, X_OK) == 0, "\(path) is not built: swift build --product nhipcau, or name one in NHIPCAU")
        return path
    }

    /// Writes a file into a new temporary folder and hands its path over; both are gone afterwards.
    static func withFile<R>(_ name: String, _ text: String, _ body: (String) async throws -> R) async throws -> R {
        let folder = NSTemporaryDirectory() + "nhipcau-proof-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return try await body(folder + "/" + name)
    }
}
