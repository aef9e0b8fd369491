import Basics
import Foundation
import Membership
import Native
import Simulator
import Testing
import Wire

@testable import Demo

extension LiveRows {
    @Test(
        "after a heal 3,000 records cross a line of 1 Mbit/s within 2.5 s beside media, 0.8 s without, the floor at once",
        .timeLimit(.minutes(2)), arguments: [true, false])
    func exchange(besideMedia: Bool) throws {
        let quiet = Quietness()
        var (all, floors) = ([Interval](), [Interval]())
        for round in 0..<(LiveRows.isThorough ? 10 : 2) {
            let pair = try ExchangePair(seed: UInt64(round), hasMedia: besideMedia)
            defer { pair.stop() }
            #expect(pair.run(for: .seconds(Int64(10))) { pair.areUp })
            quiet.begin()
            pair.fill("before", lower: 1, upper: 1)
            #expect(pair.run(for: .seconds(Int64(10))) { pair.agree })
            pair.relay.cut(pair.trunk)
            #expect(pair.run(for: .seconds(Int64(10))) { pair.areDown })
            pair.fill("site", lower: 3_000, upper: 300)
            pair.setFloor()
            pair.relay.mend(pair.trunk)
            pair.relay.beginCounting()
            pair.connect()
            #expect(pair.run(for: .seconds(Int64(10))) { pair.areUp })
            let up = BotLoop.now()
            #expect(pair.run(for: .seconds(Int64(20))) { pair.haveFloor })
            floors.append(BotLoop.now() - up)
            #expect(pair.run(for: .seconds(Int64(20))) { pair.agree })
            all.append(BotLoop.now() - up)
            let load = try #require(pair.relay.load(pair.trunk))
            LiveRows.say(
                "exchange \(besideMedia ? "beside media" : "without media"): floor \(Quantile.text(floors.last)), all \(Quantile.text(all.last)); "
                    + "gossip \(pair.gossipBytes) bytes, line up \(load.up.bytes), down \(load.down.bytes) bytes, "
                    + "dropped \(load.up.dropped + load.down.dropped)")
        }
        let machine = quiet.end()
        let name = "exchange of 3,000 records \(besideMedia ? "beside media" : "without media")"
        let row = Row(name: name, times: all)
        row.say()
        let floor = Row(name: "\(name): the floor", times: floors)
        floor.say()
        // What is late for longer than two resends was not sent.
        try Bound(100, most: 100 + 2 * GossipLimits.firstResend.milliseconds).expect("\(name): the floor, p50", floor.p50, on: machine)
        try Bound(besideMedia ? 2_500 : 800, most: Bound.exchange).expect("\(name), p50", row.p50, on: machine)
    }
}

/// Two machines of gossip on real sockets with a relayed line of 1 Mbit/s between them, and media beside it if wanted.
final class ExchangePair {
    let relay: LinkRelay
    let trunk: Trunk
    private(set) var gossipBytes = 0
    private let meeting = MeetingID("giao-ban")
    private let nodes: [NodeIndex]
    private let sockets: [RelaySocket]
    private let line: LinkRelay.Line
    private var machines: [Membership] = []
    private var effects: [Membership.Effect] = []
    private let hasMedia: Bool
    private var nextMedia = BotLoop.now()
    /// A voice and a picture of some 600 kbit/s.
    private static let mediaBeat = Interval.milliseconds(14)
    private static let mediaPacket = [UInt8](repeating: 0x80, count: 1_050)

    init(seed: UInt64, hasMedia: Bool) throws {
        self.hasMedia = hasMedia
        nodes = [NodeIndex(of: "upper"), NodeIndex(of: "lower")]
        let tree = try Tree([(node: nodes[0], parent: nil), (node: nodes[1], parent: nodes[0])])
        trunk = Trunk(lower: nodes[1], upper: nodes[0])
        func address(_ last: UInt32) -> Address { Address(ipv4: 127 << 24 | UInt32(LiveRows.loopback) << 16 | 199 << 8 | last, port: 5_000) }
        line = LinkRelay.Line(trunk: trunk, address: address(3), lower: address(2), upper: address(1))
        sockets = [try RelaySocket(at: line.upper), try RelaySocket(at: line.lower)]
        let thin = Impairment(rate: .mbps(1), delay: .milliseconds(10))
        relay = try LinkRelay([line], seed: seed, behaviour: { _ in (thin, thin) })
        for slot in 0..<2 {
            machines.append(
                Membership(
                    Membership.Configuration(tree: tree, slot: slot),
                    coder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)),
                    random: SeededGenerator(seed: seed).fork("node \(slot)")))
            act(slot) { $0.start(now: $1, into: &$2) }
            act(slot) { [meeting, nodes] in $0.setScopes(nodes[1 - slot], [meeting], now: $1, into: &$2) }
        }
        connect()
    }

    func stop() { relay.stop() }

    /// Both ends have a secure session now.
    func connect() {
        for slot in 0..<2 { act(slot) { [nodes] in $0.edgeConnected(nodes[1 - slot], capacity: .mbps(1), now: $1, into: &$2) } }
    }

    /// Each end writes so many records of halls, with twelve bytes that no dictionary knows: some 20 on the line for each.
    func fill(_ name: String, lower: Int, upper: Int) {
        var chance = SeededGenerator(seed: 1)
        for (slot, count) in [upper, lower].enumerated() {
            for n in 0..<count {
                let value = (0..<12).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
                act(slot) { [meeting] in $0.set(.roster, scope: meeting, key: "\(name)/X\(14_000 + n)", value: value, now: $1, into: &$2) }
            }
        }
    }
    func setFloor() {
        for slot in 0..<2 { act(slot) { [meeting] in $0.set(.floor, scope: meeting, key: "request/1", value: [1, 2, 3], now: $1, into: &$2) } }
    }

    var areUp: Bool { machines.allSatisfy { $0.snapshot.edges.allSatisfy { $0.state == .up } } }
    var areDown: Bool { machines.allSatisfy { $0.snapshot.edges.allSatisfy { $0.state != .up } } }
    var agree: Bool { machines[0].sum(scope: meeting) == machines[1].sum(scope: meeting) }
    var haveFloor: Bool {
        (0..<2).allSatisfy { machines[1 - $0].value(node: nodes[$0], lane: .floor, scope: meeting, key: "request/1") == [1, 2, 3] }
    }

    private func act(_ slot: Int, _ body: (Membership, Instant, inout [Membership.Effect]) -> Void) {
        effects.removeAll(keepingCapacity: true)
        body(machines[slot], BotLoop.now(), &effects)
        for case .send(_, let bytes) in effects {
            gossipBytes += bytes.count
            sockets[slot].send(bytes, to: line.address)
        }
    }

    /// Carries everything until the condition holds; false if the time is over first.
    func run(for limit: Interval, until done: () -> Bool) -> Bool {
        let end = BotLoop.now() + limit
        while !done() {
            if BotLoop.now() >= end { return false }
            var due = min(end, BotLoop.now() + .milliseconds(20))
            for machine in machines { due.keepEarlier(machine.deadline) }
            if hasMedia { due.keepEarlier(nextMedia) }
            var polled = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            let wait = max(0, (due - BotLoop.now()).nanoseconds + 999_999) / 1_000_000
            _ = poll(&polled, nfds_t(polled.count), Int32(wait))
            for slot in 0..<2 {
                sockets[slot].receive { bytes, _ in
                    if bytes[0] == 0x80 {
                        machines[slot].mediaReceived(nodes[1 - slot], now: BotLoop.now())
                    } else {
                        act(slot) { [nodes] in $0.receive(UnsafeRawBufferPointer(bytes), from: nodes[1 - slot], now: $1, into: &$2) }
                    }
                }
                if let due = machines[slot].deadline, due <= BotLoop.now() { act(slot) { $0.wake(now: $1, into: &$2) } }
            }
            if hasMedia, nextMedia <= BotLoop.now() {
                nextMedia = nextMedia + ExchangePair.mediaBeat
                for slot in 0..<2 {
                    sockets[slot].send(ExchangePair.mediaPacket, to: line.address)
                    machines[slot].mediaSent(nodes[1 - slot], bytes: ExchangePair.mediaPacket.count, now: BotLoop.now())
                }
            }
        }
        return true
    }
}

extension Instant {
    fileprivate mutating func keepEarlier(_ other: Instant?) { if let other, other < self { self = other } }
}
