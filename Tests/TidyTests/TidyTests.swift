import Foundation
import Testing

/// The house rules as tests: who may import whom, what the core may not call, and that public things say what they are.
@Suite("The house stays tidy") struct TidyTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each room may import of the project; everything outside the project is listed in `outside`.
    static let mayImport: [String: Set<String>] = [
        "Basics": [],
        "Rights": [],
        "RTP": ["Basics"],
        "Membership": ["Basics"],
        "Conference": ["Basics", "Membership", "Rights"],
        "Topology": ["Basics", "Rights"],
        "Forwarding": ["Basics", "RTP"],
        "Mixing": ["Basics", "RTP"],
        "SDP": ["Basics"],
        "Peer": ["Basics", "SDP"],
        "Bridge": ["Basics", "Rights", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer"],
        "Wire": ["Basics", "Membership", "Conference"],
        "Documents": ["Basics"],
        "TopologyFiles": ["Basics", "Rights", "Topology", "Documents"],
        "Sheets": ["Basics", "Topology", "Documents", "TopologyFiles"],
        "Reports": ["Basics", "Topology", "Documents"],
        "Drawings": ["Basics", "Topology", "Documents", "TopologyFiles"],
        "Native": ["Basics", "Peer", "Mixing", "Membership", "COpenSSL", "COpus", "CAVCodec", "CZstd"],
        "Archive": ["Basics", "Membership", "Conference"],
        "Console": ["Basics", "Conference"],
        "Simulator": [
            "Basics", "Rights", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Documents",
            "TopologyFiles",
        ],
        "NodeClient": [],
        "BridgeService": [
            "Basics", "Rights", "Membership", "Conference", "Topology", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Documents", "TopologyFiles", "Native",
            "Archive", "Console", "NodeClient",
            "CLinux",
        ],
        "Demo": [
            "Basics", "RTP", "SDP", "Peer", "Mixing", "Native", "Topology", "TopologyFiles", "Console", "NodeClient", "Conference", "BridgeService",
            "Simulator", "CLinux",
        ],
        "nhipcau": [
            "BridgeService", "Demo", "Simulator", "Basics", "Native", "Wire", "Topology", "Documents", "TopologyFiles", "Sheets", "Reports", "Drawings",
            "Console", "NodeClient",
        ],
        "Benchmarks": [
            "Basics", "RTP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "SDP", "Peer", "Bridge", "Wire", "Native",
            "Simulator", "NodeClient", "CLinux",
        ],
    ]
    static let outside: [String: Set<String>] = [
        "Wire": ["SwiftProtobuf", "Foundation"],
        "Documents": ["Yams", "Foundation"],
        "TopologyFiles": ["Yams"],
        "Sheets": ["Foundation"],
        "Drawings": ["Foundation"],
        "Native": ["Foundation", "FoundationEssentials", "Glibc"],
        "Archive": ["GRDB", "Foundation", "Dispatch", "Synchronization"],
        "Console": ["Foundation"],
        "Simulator": ["Yams", "Foundation"],
        "NodeClient": ["Foundation", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS"],
        "BridgeService": [
            "Dispatch", "Foundation", "Glibc", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore", "NIOHTTP1", "NIOSSL", "NIOTLS",
            "Synchronization",
        ],
        "Demo": ["Foundation", "Glibc", "Synchronization"],
        "nhipcau": ["ArgumentParser", "Foundation", "Logging"],
        "Benchmarks": ["Foundation", "Glibc"],
    ]
    static let core = ["Basics", "Rights", "RTP", "SDP", "Membership", "Conference", "Topology", "Forwarding", "Mixing", "Peer", "Bridge"]
    static let banned = [
        "ContinuousClock", "SuspendingClock", "Date(", ".shuffled()", "UUID(", "Task {", "Task.detached", "print(", "try!", "as!",
        "fatalError(", "DispatchQueue", "NSLock", "SystemRandomNumberGenerator", ".randomElement()",
    ]

    static func sources(_ room: String) -> [URL] { files("Sources/" + room) }

    /// The Swift files of a folder and those below it that people write.
    static func files(_ path: String) -> [URL] {
        let folder = root.appendingPathComponent(path)
        guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
        return walker.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" && !$0.path.hasSuffix(".pb.swift") }
    }

    static func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The modules that a file imports.
    static func imports(_ file: URL) throws -> [String] {
        try lines(file).compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at <= 2, !line.hasPrefix("//"), at + 1 < words.count else { return nil }
            var module = String(words[at + 1])
            if ["struct", "class", "enum", "func", "protocol"].contains(module), at + 2 < words.count { module = String(words[at + 2]) }
            return String(module.prefix { $0 != "." })
        }
    }

    @Test("a module imports only what stands below it", arguments: mayImport.keys.sorted())
    func imports(_ room: String) throws {
        let allowed = Self.mayImport[room]!.union(Self.outside[room] ?? [])
        let files = Self.sources(room)
        #expect(!files.isEmpty)
        for file in files {
            for module in try Self.imports(file) {
                #expect(allowed.contains(module), "\(room)/\(file.lastPathComponent) imports \(module)")
            }
        }
    }

    @Test("the core has no clock, chance, task, lock or trap of its own", arguments: core)
    func bannedCalls(_ room: String) throws {
        for file in Self.sources(room) {
            for (number, line) in try Self.lines(file).enumerated() {
                let code = line.components(separatedBy: "//")[0]
                for word in Self.banned
                where code.split(separator: word, omittingEmptySubsequences: false).dropLast().contains(where: { !($0.last?.isLetter ?? false) }) {
                    Issue.record("\(room)/\(file.lastPathComponent):\(number + 1) uses \(word)")
                }
                if code.contains(".random(in:"), !code.contains("using:") {
                    Issue.record("\(room)/\(file.lastPathComponent):\(number + 1) draws without a generator")
                }
            }
        }
    }

    @Test("every public type and function says what it is", arguments: mayImport.keys.sorted())
    func documented(_ room: String) throws {
        let wanted = [
            "public struct ", "public enum ", "public final class ", "public protocol ", "public func ", "public mutating func ", "public static func ",
        ]
        // Conformances and operators are explained by the protocol that asks for them.
        let exempt = [
            "static func ==", "static func <", "static func +", "static func -", "static func *", "static func /", "func hash(into", "func next() ->",
        ]
        for file in Self.sources(room) {
            let lines = try Self.lines(file)
            for (i, line) in lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                    .replacingOccurrences(of: "@inlinable ", with: "").replacingOccurrences(of: "@inline(__always) ", with: "")
                guard wanted.contains(where: { code.hasPrefix($0) }), !exempt.contains(where: { code.contains($0) }) else { continue }
                #expect(Self.isDocumented(i, lines), "\(room)/\(file.lastPathComponent):\(i + 1) has no doc comment: \(code.prefix(60))")
            }
        }
    }

    /// Rooms in which this holds of everything public; elsewhere memberwise initialisers and plain fields still go without.
    static let documentedThroughout = ["Archive", "Basics", "Forwarding", "Mixing", "Native", "RTP", "Simulator", "Wire"]

    @Test("every public value, initialiser and case says what it is, and its unit", arguments: documentedThroughout)
    func documentedValues(_ room: String) throws {
        let wanted = [
            "public var ", "public let ", "public static var ", "public static let ", "public private(set) var ", "public internal(set) var ",
            "public init(", "public init?(", "public init<", "public convenience init(",
        ]
        var seen = 0
        for file in Self.sources(room) {
            let lines = try Self.lines(file)
            for (i, line) in lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                    .replacingOccurrences(of: "@inlinable ", with: "").replacingOccurrences(of: "@inline(__always) ", with: "")
                let isCase = (code.hasPrefix("case ") || code.hasPrefix("indirect case ")) && Self.enclosing(i, lines).hasPrefix("public enum ")
                // `CustomStringConvertible` says what that is.
                guard isCase || wanted.contains(where: { code.hasPrefix($0) }), !code.hasPrefix("public var description: String") else { continue }
                seen += 1
                #expect(Self.isDocumented(i, lines), "\(room)/\(file.lastPathComponent):\(i + 1) has no doc comment: \(code.prefix(60))")
            }
        }
        #expect(seen > 0)
    }

    /// The line above, or that above its attributes, is a doc comment.
    static func isDocumented(_ i: Int, _ lines: [String]) -> Bool {
        // A declaration that begins with an attribute is no line of attributes.
        func isAttribute(_ line: String) -> Bool { line.hasPrefix("@") && !line.contains("public ") && !line.contains("{") }
        var before = i - 1
        while before >= 0, isAttribute(lines[before].trimmingCharacters(in: .whitespaces)) { before -= 1 }
        return before >= 0 && lines[before].trimmingCharacters(in: .whitespaces).hasPrefix("///")
    }

    /// The line that opens the block in which a line stands: the nearest above that is indented less. Cases of a `switch` find its function.
    static func enclosing(_ i: Int, _ lines: [String]) -> String {
        func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }
        let own = indent(lines[i])
        let above = lines[..<i].last { !$0.allSatisfy { $0 == " " } && indent($0) < own }
        return above?.trimmingCharacters(in: .whitespaces) ?? ""
    }
}
