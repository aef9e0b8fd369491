import Basics
import Foundation
import Simulator
import Testing
import Topology
import TopologyFiles

@testable import Demo

@Suite("Lines between real sockets")
struct LinkRelayTests {
    private static let trunk = Trunk(lower: NodeIndex(of: "lower"), upper: NodeIndex(of: "upper"))

    /// Two sockets on 127.221.`net`.x with a line between them.
    private struct Pair {
        let relay: LinkRelay
        let lower: RelaySocket
        let upper: RelaySocket
        let line: LinkRelay.Line

        init(_ net: UInt32, _ up: Impairment, _ down: Impairment) throws {
            func address(_ last: UInt32) -> Address { Address(ipv4: 127 << 24 | 221 << 16 | net << 8 | last, port: 5_000) }
            line = LinkRelay.Line(trunk: trunk, address: address(3), lower: address(1), upper: address(2))
            lower = try RelaySocket(at: line.lower)
            upper = try RelaySocket(at: line.upper)
            relay = try LinkRelay([line], seed: 7, behaviour: { _ in (up, down) })
        }

        /// What arrives at a socket within a time, with when.
        func arrivals(_ socket: RelaySocket, within time: Interval, atMost: Int = .max) -> [(at: Instant, bytes: [UInt8], from: Address)] {
            var result: [(Instant, [UInt8], Address)] = []
            let end = BotLoop.now() + time
            while BotLoop.now() < end, result.count < atMost {
                var polled = [pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)]
                guard poll(&polled, 1, 20) > 0 else { continue }
                socket.receive { bytes, from in result.append((BotLoop.now(), Array(bytes), from)) }
            }
            return result
        }
    }

    @Test("a datagram takes its delay, comes from the line's address, and both directions have their own behaviour")
    func delay() throws {
        let pair = try Pair(1, Impairment(rate: .mbps(10), delay: .milliseconds(60)), Impairment(rate: .mbps(10), delay: .milliseconds(10)))
        defer { pair.relay.stop() }
        let sent = BotLoop.now()
        pair.lower.send([1, 2, 3], to: pair.line.address)
        pair.upper.send([4], to: pair.line.address)
        let up = try #require(pair.arrivals(pair.upper, within: .seconds(Int64(2)), atMost: 1).first)
        let down = try #require(pair.arrivals(pair.lower, within: .seconds(Int64(2)), atMost: 1).first)
        #expect(up.bytes == [1, 2, 3] && up.from == pair.line.address && up.at - sent >= .milliseconds(60))
        #expect(down.bytes == [4] && down.from == pair.line.address && down.at - sent >= .milliseconds(10))
        let load = try #require(pair.relay.load(LinkRelayTests.trunk))
        #expect(load.up.bytes == 3 + LinkModel.headerBytes && load.down.bytes == 1 + LinkModel.headerBytes)
    }

    @Test("a cut takes everything, one way or both, until it is mended; what comes from elsewhere is not carried")
    func cut() throws {
        let fair = Impairment(rate: .mbps(10), delay: .milliseconds(1))
        let pair = try Pair(2, fair, fair)
        defer { pair.relay.stop() }
        func crosses() -> (up: Bool, down: Bool) {
            pair.lower.send([1], to: pair.line.address)
            pair.upper.send([2], to: pair.line.address)
            let up = !pair.arrivals(pair.upper, within: .milliseconds(200), atMost: 1).isEmpty
            return (up, !pair.arrivals(pair.lower, within: .milliseconds(200), atMost: 1).isEmpty)
        }
        #expect(crosses() == (true, true))
        pair.relay.cut(LinkRelayTests.trunk)
        #expect(crosses() == (false, false))
        pair.relay.mend(LinkRelayTests.trunk)
        #expect(crosses() == (true, true))
        pair.relay.cut(from: LinkRelayTests.trunk.upper, to: LinkRelayTests.trunk.lower)
        #expect(crosses() == (true, false))
        pair.relay.mend(LinkRelayTests.trunk)
        let stranger = try RelaySocket(at: Address(ipv4: 127 << 24 | 221 << 16 | 2 << 8 | 9, port: 5_000))
        stranger.send([3], to: pair.line.address)
        #expect(crosses() == (true, true))
        #expect(pair.relay.strange == 1)
    }

    @Test("a thin line lets its rate through, drops what its queue cannot hold, and another behaviour holds from then on")
    func rate() throws {
        let thin = Impairment(rate: .mbps(1), delay: .zero, queue: 10_000)
        let pair = try Pair(3, thin, thin)
        defer { pair.relay.stop() }
        // 20 × 1,028 bytes at once: ten fit the queue, and take 8.2 ms each.
        let sent = BotLoop.now()
        for n in 0..<20 { pair.lower.send([UInt8(n)] + [UInt8](repeating: 0, count: 999), to: pair.line.address) }
        let through = pair.arrivals(pair.upper, within: .milliseconds(500))
        #expect((9...11).contains(through.count) && through.map(\.bytes[0]) == (0..<UInt8(through.count)).map { $0 })
        #expect(try #require(through.last).at - sent >= .milliseconds(Int64(through.count) * 8))
        #expect(try #require(pair.relay.load(LinkRelayTests.trunk)).up.dropped == 20 - through.count)
        let lossy = Impairment(rate: .mbps(100), delay: .zero, loss: BurstLoss(share: 0.3))
        pair.relay.impair(LinkRelayTests.trunk, up: lossy, down: lossy)
        pair.relay.beginCounting()
        for _ in 0..<20 {
            for _ in 0..<50 { pair.lower.send([1], to: pair.line.address) }
            usleep(5_000)
        }
        let rest = pair.arrivals(pair.upper, within: .milliseconds(300))
        let load = try #require(pair.relay.load(LinkRelayTests.trunk)).up
        #expect(load.datagrams == 1_000 && load.lost + rest.count == 1_000)
        // Three deviations of 1,000 throws are 43.
        #expect(abs(load.lost - 300) < 60)
    }

    @Test("each node's file puts those above it where its lines begin, backups too, and is a good topology file")
    func files() throws {
        let network = try TopologyFiles.load(DemoTests.topology + "/three-levels.yaml")
        let plan = LivePlan(Scenario(name: "files", network: network, safetyPhase: .seconds(Int64(1))), loopback: 221)
        #expect(plan.lines.count == 8 && Set(plan.lines.map(\.address)).count == 8)
        for slot in network.nodes.indices {
            let seen = try TopologyFiles.parse(plan.network(asSeenBy: slot).canonical, file: "seen.yaml")
            for other in network.nodes.indices {
                let line = plan.lines.first { $0.trunk == Trunk(lower: network.nodes[slot].index, upper: network.nodes[other].index) }
                #expect(seen.nodes[other].address == line?.address ?? plan.network.nodes[other].address)
            }
        }
        let kimDinh = plan.lines.filter { $0.trunk.lower == NodeIndex(of: "kim-dinh") }.map { plan.name($0.trunk) }
        #expect(kimDinh == ["kim-dinh – kim-son", "kim-dinh – yen-mo"])
    }

    @Test("a comparison shows both figures, their difference, and a bound that either missed")
    func comparison() throws {
        let network = try TopologyFiles.load(DemoTests.topology + "/three-levels.yaml")
        let scenario = Scenario(
            name: "c", network: network, safetyPhase: .seconds(Int64(1)), expectations: [Expectation(measure: .gapAfterCut, wanted: 500)])
        #expect(LiveComparison.asked(scenario).expectations.count == LiveComparison.measures.count)
        let verdict = Verdict(
            scenario: "c", seed: 3, digest: 0,
            expectations: [Outcome(expectation: Expectation(measure: .gapAfterCut, wanted: .infinity), measured: 300)], simulatedTime: .seconds(Int64(11)))
        var live = LiveFindings()
        live.measured[.gapAfterCut] = 520.5
        let comparison = LiveComparison(scenario, verdict: verdict, live: live)
        let row = try #require(comparison.rows.first { $0.name == "gap_after_cut" })
        #expect(row.simulated == 300 && row.live == 520.5 && row.difference == 220.5 && !row.passed && !comparison.passed)
        #expect(comparison.text.contains("300.0       520.5      +220.5 ms, wanted at most 500"))
    }

    @Test("an address that is taken is refused in words, and free again when its relay has stopped")
    func takenAddress() throws {
        let fair = Impairment(rate: .mbps(100), delay: .zero)
        for round in 0..<20 {
            let pair = try Pair(9, fair, fair)
            #expect(throws: RelaySocket.Failure.self) { try RelaySocket(at: pair.line.address) }
            pair.relay.stop()
            #expect(throws: Never.self, "round \(round)") { try RelaySocket(at: pair.line.address) }
        }
    }
}
