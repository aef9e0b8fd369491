import Foundation
import Testing

// Testing has one too.
import struct Simulator.Expectation

@testable import Simulator

@Suite("The scenarios of the repository, taken together")
struct FolderTests {
    private static func texts() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: simulationsFolder).filter { $0.hasSuffix(".yaml") }.sorted().map {
            let text = try String(contentsOfFile: simulationsFolder + "/" + $0, encoding: .utf8)
            return text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: "\n")
        }
    }

    @Test("every deed and fault is used by one of them", arguments: Verb.allCases)
    func verbs(verb: Verb) throws {
        // A key at the beginning of an item or after another one: `mute` is not `unmute`.
        let isUsed = try Self.texts().contains { text in
            ["{", ", ", "  "].contains { text.contains("\($0)\(verb.rawValue): ") }
        }
        #expect(isUsed)
    }

    @Test("every measure is expected by one of them", arguments: Expectation.Measure.allCases)
    func measures(measure: Expectation.Measure) throws {
        #expect(try Self.texts().contains { $0.contains("\n  \(measure.rawValue): ") })
    }

    @Test("bytes are damaged on some line")
    func corruption() throws {
        #expect(try Self.texts().contains { $0.contains("corrupt: 1 %") })
    }
}
