import Foundation
import Testing

@Suite("The packet path's memory", .serialized)
struct AllocationTests {
    /// The program of `make bench`, beside the tests' own.
    static let program: URL? = {
        guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
        let beside = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("Benchmarks")
        return FileManager.default.isExecutableFile(atPath: beside.path) ? beside : nil
    }()
    #if DEBUG
        static let optimised = false
    #else
        static let optimised = true
    #endif

    // In a program of its own: there nothing else calls the allocator meanwhile.
    @Test("forwarding one packet to 100 legs allocates nothing after warm-up", .enabled(if: optimised, "counted in the optimised build"))
    func forwarding() throws {
        let program: URL = try #require(Self.program, "Benchmarks is not built beside the tests")
        let process = Process()
        process.executableURL = program
        process.arguments = ["--allocations"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        #expect(said.contains("500000 out, 0 calls"), "\(said)")
    }
}
