import Foundation
import Testing

/// A machine owns its state: other files read it, and call its methods to change it.
@Suite("Machines own their state") struct StateTests {
    /// A type, and the file that alone may write its stored properties.
    struct Machine: Sendable, CustomTestStringConvertible {
        let file: String
        let type: String
        init(_ file: String, _ type: String) { (self.file, self.type) = (file, type) }
        var testDescription: String { "\(file): \(type)" }
    }

    static let machines = [
        Machine("Bridge/AccessLeg.swift", "AccessLegTable"),
        Machine("Bridge/Jobs.swift", "Jobs"),
        Machine("Bridge/PeerDeadlines.swift", "PeerDeadlines"),
        Machine("Bridge/PendingTrunks.swift", "PendingTrunks"),
        Machine("Bridge/Stills.swift", "Stills"),
        Machine("Bridge/Trunk.swift", "TrunkTable"),
        Machine("Conference/AttachmentState.swift", "AttachmentState"),
        Machine("Conference/CrownState.swift", "CrownState"),
        Machine("Conference/Tables.swift", "Tables"),
        Machine("Conference/ViewCache.swift", "ViewCache"),
        Machine("Membership/EdgeAssembly.swift", "EdgeAssembly"),
        Machine("Membership/EdgeAssembly.swift", "Assembly"),
        Machine("Membership/EdgeDeadlines.swift", "EdgeDeadlines"),
        Machine("Membership/EdgeFlush.swift", "EdgeFlush"),
        Machine("Membership/EdgeHello.swift", "EdgeHello"),
        Machine("Membership/EdgeHops.swift", "EdgeHops"),
        Machine("Membership/EdgeHops.swift", "HopWindow"),
        Machine("Membership/EdgeLife.swift", "EdgeLife"),
        Machine("Membership/EdgePush.swift", "EdgePush"),
        Machine("Membership/EdgePush.swift", "PeerState"),
        Machine("Membership/EdgePush.swift", "SlotQueue"),
        Machine("Membership/EdgePush.swift", "Transfer"),
        Machine("Membership/EdgeRepair.swift", "EdgeRepair"),
        Machine("Membership/EdgeReport.swift", "EdgeReport"),
        Machine("Membership/EdgeRequests.swift", "EdgeRequests"),
        Machine("Membership/EdgeScopes.swift", "EdgeScopes"),
        Machine("Membership/EdgeSeals.swift", "EdgeSeals"),
        Machine("Membership/EdgeSequence.swift", "EdgeSequence"),
        Machine("Membership/EdgeSequence.swift", "InFlight"),
        Machine("Membership/EdgeSequence.swift", "ReceivedWindow"),
        Machine("Membership/EdgeTally.swift", "EdgeTally"),
        Machine("Membership/Lateness.swift", "Lateness"),
        Machine("Membership/Liveness.swift", "Liveness"),
        Machine("Membership/Liveness.swift", "LossWindow"),
        Machine("Membership/Liveness.swift", "LongestSilence"),
        Machine("Membership/Pace.swift", "MediaLoad"),
        Machine("Membership/Pace.swift", "Pace"),
        Machine("Membership/Pushing.swift", "TombstoneQueue"),
        Machine("Membership/Store.swift", "Store"),
        Machine("Membership/UplinkChoice.swift", "UplinkChoice"),
        Machine("Membership/Writers.swift", "Writers"),
        Machine("Peer/ICEClientAgent.swift", "ICEClientAgent"),
        Machine("Peer/ICEServerAgent.swift", "ICEServerAgent"),
        Machine("Peer/LegState.swift", "EstablishedSession"),
        Machine("Peer/LegWay.swift", "AccessClient"),
        Machine("Peer/LegWay.swift", "AccessServer"),
        Machine("Peer/LegWay.swift", "TrunkAcceptor"),
        Machine("Peer/LegWay.swift", "TrunkDialer"),
        Machine("Peer/PeerEvents.swift", "EventQueue"),
        Machine("Peer/Redial.swift", "Redial"),
        Machine("Peer/SRTPReceiver.swift", "SRTPReceiver"),
        Machine("Peer/SRTPSender.swift", "SRTPSender"),
    ]

    @Test("only a machine's own file writes its stored properties", arguments: machines)
    func owned(_ machine: Machine) throws {
        let file = TidyTests.root.appendingPathComponent("Sources/" + machine.file)
        let properties = Self.storedProperties(of: machine.type, in: try TidyTests.lines(file))
        #expect(!properties.isEmpty, "\(machine.type) has no stored property in \(machine.file), or is not there")
        for property in properties {
            #expect(property.isOwned, "\(machine.file):\(property.line): anybody may write \(property.code)")
        }
    }

    @Test("the media part of a bridge cannot reach its control part")
    func media() throws {
        let files = TidyTests.files("Sources/Bridge/Media")
        #expect(files.count > 5)
        for file in files {
            #expect(try !TidyTests.imports(file).contains("Membership"), "\(file.lastPathComponent) imports Membership")
            for (number, line) in try TidyTests.lines(file).enumerated() {
                let code = line.components(separatedBy: "//")[0]
                for word in ["extension Bridge", "Control", "Conference(", "Membership"] {
                    #expect(!code.contains(word), "\(file.lastPathComponent):\(number + 1) names \(word)")
                }
            }
        }
    }

    @Test("a stored property is told from a computed one, and an open one from an owned one")
    func reading() {
        let lines = """
            struct Other {
                var notOurs = 1
            }
            struct Sample: Sendable {
                let fixed = 1
                private var hidden = 0
                private(set) var shown: [Int] = [] {
                    didSet { hidden += 1 }
                }
                var open = 0
                internal(set) public var wide: Int?
                var watched = 0 { didSet { hidden += 1 } }
                @usableFromInline var inlined = 0
                static var never: Int { 0 }
                var computed: Int { hidden }
                var longer: Int {
                    var local = hidden
                    return local
                }
                struct Inner {
                    var field = 1
                }
            }
            """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let found = Self.storedProperties(of: "Sample", in: lines)
        #expect(found.map(\.line) == [6, 7, 10, 11, 12, 13])
        #expect(found.filter { !$0.isOwned }.map(\.line) == [10, 11, 12, 13])
    }

    // MARK: Reading

    private struct Property {
        /// The trimmed line.
        let code: String
        /// Counted from 1.
        let line: Int
        let isOwned: Bool
    }

    private static func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

    /// The `var`s with storage of a type at the top of a file, which is laid out as `swift format` does: members are indented by four.
    private static func storedProperties(of type: String, in lines: [String]) -> [Property] {
        let opening = lines.firstIndex { line in
            guard indent(line) == 0, line.hasSuffix("{") else { return false }
            let words = line.split { " :<{".contains($0) }
            guard let at = words.firstIndex(where: { $0 == "struct" || $0 == "class" }), at + 1 < words.count else { return false }
            return words[at + 1] == type
        }
        guard let opening else { return [] }
        let body = lines[(opening + 1)...].prefix { indent($0) > 0 || $0.isEmpty }
        return body.indices.compactMap { at in
            let line = lines[at]
            let words = line.split(separator: " ")
            guard indent(line) == 4, let keyword = words.firstIndex(of: "var"), words[..<keyword].allSatisfy(isModifier) else { return nil }
            let next = at + 1 < lines.count ? lines[at + 1] : ""
            guard isStored(line, next: next) else { return nil }
            let isOwned = words[..<keyword].contains { $0 == "private" || $0 == "private(set)" }
            return Property(code: line.trimmingCharacters(in: .whitespaces), line: at + 1, isOwned: isOwned)
        }
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || word.hasSuffix("(set)")
            || ["public", "package", "internal", "fileprivate", "private", "static", "final", "lazy", "weak", "unowned", "nonisolated"].contains(word)
    }

    /// Without a body, or with one that only observes; an initial value may hold braces of its own.
    private static func isStored(_ line: String, next: String) -> Bool {
        guard let brace = line.firstIndex(of: "{") else { return true }
        let observers = ["didSet", "willSet"]
        if observers.contains(where: { line[brace...].contains($0) }) { return true }
        if line.hasSuffix("{"), observers.contains(where: { next.trimmingCharacters(in: .whitespaces).hasPrefix($0) }) { return true }
        return line[..<brace].contains(" = ")
    }
}
