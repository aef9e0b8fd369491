import Basics
import Bridge
import Console
import Foundation
import Logging
import Peer
import Synchronization
import Testing
import Topology

@testable import BridgeService

/// Keeps log lines of a test.
final class LineKeeper: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(keeper: self) } }

    private struct Handler: LogHandler {
        let keeper: LineKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            keeper.kept.withLock { $0.append("\(event.level) \(event.message) \(fields)") }
        }
    }
}

@Suite("Troubles, told once with cause and next step")
struct TroubleTests {
    private let keeper = LineKeeper()
    private let standing: Standing
    private let troubles: Troubles
    private let watch: TrunkWatch
    private static let wall = WallTime(milliseconds: 1_764_600_000_000)

    init() throws {
        let network = try EditionHistoryTests.network(1)
        standing = Standing(network, slot: try #require(network.slot(id: "xa")))
        troubles = Troubles(language: .vietnamese, logger: keeper.logger)
        watch = TrunkWatch(standing: standing, troubles: troubles, logger: keeper.logger)
    }

    private func down(_ fault: TrunkFault, at seconds: Int64 = 0) {
        watch.trunkDown("tinh", fault, now: .zero + .seconds(seconds), wall: Self.wall)
    }

    @Test("one fall is one line: the end of the session, the lost edge and every attempt after it")
    func once() {
        watch.trunkUp("tinh")
        down(.session(.session(.closedByPeer)))
        down(.edge(.lost))
        for second in 1...60 { down(.session(.session(.timeout)), at: Int64(second)) }
        let falls = keeper.lines.filter { $0.contains("trunk down") }
        #expect(falls.count == 1, "\(falls)")
        #expect(falls[0].contains("reason=closed") && falls[0].contains("says=Mất trung kế với nút cấp trên"), "\(falls)")
        watch.trunkUp("tinh")
        #expect(troubles.now.isEmpty)
        down(.edge(.silent))
        #expect(keeper.lines.filter { $0.contains("trunk down") }.count == 2)
    }

    @Test("a wrong authority is told once, by name and with what to do, however often it is dialled", arguments: [OperatorLanguage.vietnamese, .english])
    func authority(_ language: OperatorLanguage) {
        let fault = TrunkFault.session(.session(.untrustedCertificate(.otherAuthority)))
        for second in 0..<300 { down(fault, at: Int64(second)) }
        down(.session(.session(.timeout)), at: 301)
        #expect(keeper.lines.filter { $0.contains("trunk down") }.count == 1, "\(keeper.lines)")
        let said = troubles.now.map { $0.trouble.sentence(language) }
        #expect(said.count == 1)
        let words = said[0].message + " " + said[0].nextStep
        #expect(words.contains(language == .english ? "another authority" : "do CA khác cấp"), "\(words)")
        #expect(words.contains("nhipcau certs issue --id tinh"), "\(words)")
        #expect(troubles.now[0].trouble.isGrave)
    }

    @Test("what the neighbour says of our certificate is told as ours")
    func ours() {
        down(.session(.session(.refusedCertificate(.expired))))
        let words = troubles.now.map { $0.trouble.sentence(.english) }
        #expect(words.first?.message.contains("does not accept this node's certificate") == true, "\(words)")
        // A certificate that we do not like says more than that the other does not like ours.
        down(.session(.session(.untrustedCertificate(.notYetValid))))
        #expect(troubles.now.first?.trouble.code == "certificate-refused")
        down(.session(.session(.refusedCertificate(.expired))))
        #expect(troubles.now.first?.trouble.code == "certificate-refused")
    }

    @Test("a stranger is told once for its address, and strangers fill no table")
    func strangers() {
        for i in 0..<10_000 {
            watch.trunkRefused(Address(ipv4: 0x0A00_0000 + UInt32(i), port: 7_000), .noChild("gia-mao"), now: .zero, wall: Self.wall)
            watch.trunkRefused(Address(ipv4: 0x0A00_0000, port: UInt16(i)), .noChild("gia-mao"), now: .zero, wall: Self.wall)
        }
        #expect(keeper.lines.count == Troubles.strangerLimit)
        #expect(keeper.lines[0].contains("'gia-mao' không phải nút cấp dưới của nút này"), "\(keeper.lines[0])")
        troubles.forget(now: .zero + .seconds(Int64(601)))
        #expect(troubles.now.isEmpty)
    }

    @Test("every trouble has both languages, a next step, and no raw name of a type")
    func words() {
        let neighbour = Trouble.Neighbour(id: "tinh", name: "Tỉnh", address: "10.0.0.1:5004", isAbove: true)
        let below = Trouble.Neighbour(id: "xa", name: "Xã", address: "[::1]:5004", isAbove: false)
        let faults: [CertificateFault] = [.otherAuthority, .expired, .notYetValid, .otherNode("a", expected: "b"), .noNode, .other("x")]
        var all: [Trouble] = [
            .neverUp(neighbour), .neverUp(below), .clock(below, seconds: -7_300), .ownClock(seconds: 200_000), .edition(below, theirs: 1, ours: 7),
            .edition(neighbour, theirs: 9, ours: 7), .otherFile(below, version: 3), .certificateEnds(days: 3), .archive("disk full", isFull: true),
            .archive("x", isFull: false), .meetingFile("hop.yaml", "dòng 3: sai."), .sender(device: "enc", declared: "10.0.0.2:6000", actual: "10.0.0.2:7000"),
            .stranger(address: "10.0.0.9", .noNode), .trunkDown(neighbour, .edge(.silent)), .trunkDown(below, .unanswered),
        ]
        for fault in faults { all += [.theirCertificate(neighbour, fault), .ownCertificate(below, fault)] }
        for trouble in all {
            for language in OperatorLanguage.allCases {
                let said = trouble.sentence(language)
                #expect(said.message.count > 10 && said.message.hasSuffix(".") || said.message.hasSuffix(":") || trouble.code == "meeting-file", "\(said)")
                #expect(said.nextStep.count > 10, "\(said)")
                #expect(!said.message.contains("Peer.") && !said.message.contains("Optional("), "\(said)")
            }
            #expect(trouble.sentence(.vietnamese) != trouble.sentence(.english))
        }
    }

    @Test("a log's time has the zone's offset")
    func zone() {
        let text = LocalTime.text(milliseconds: 1_764_600_000_614)
        #expect(text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.614(Z|[+-]\d\d:\d\d)/#) != nil, "\(text)")
        #expect(LocalTime.text(milliseconds: -1, fraction: true).contains(".999"))
        #expect(LocalTime.text(milliseconds: 5).contains(".005"))
    }
}
