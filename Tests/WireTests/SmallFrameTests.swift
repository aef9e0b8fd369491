import Basics
import Membership
import Testing

@testable import Wire

@Suite("Frames coded by hand")
struct SmallFrameTests {
    /// A frame such as idle and busy edges send, its numbers of all lengths.
    static func frame(_ g: inout SeededGenerator) -> GossipFrame {
        func number(_ g: inout SeededGenerator) -> UInt64 { g.next() >> (g.next() % 64) * (g.next() % 4 == 0 ? 0 : 1) }
        func some(_ g: inout SeededGenerator) -> UInt64 { g.next() % 3 == 0 ? 0 : number(&g) }
        var frame = GossipFrame(session: some(&g))
        frame.sequence = some(&g)
        frame.base = some(&g)
        if g.next() % 4 > 0 {
            var full: GossipFrame.Hello.Full?
            if g.next() % 2 == 0 {
                full = GossipFrame.Hello.Full(
                    path: (0..<Int(g.next() % 6)).map { _ in NodeIndex(rawValue: UInt32(truncatingIfNeeded: g.next())) },
                    topologyVersion: some(&g), topologyHash: some(&g), wall: Int64(bitPattern: some(&g)), sum: some(&g),
                    sharedScopes: some(&g), settled: g.next() % 2 == 0, lateness: UInt32(truncatingIfNeeded: some(&g)),
                    loss: UInt32(truncatingIfNeeded: some(&g)))
            }
            frame.hello = GossipFrame.Hello(
                remoteSession: some(&g), state: EdgeState(rawValue: UInt8(g.next() % 3 + 1))!,
                diagnostic: EdgeDownReason(rawValue: UInt8(g.next() % 7)), sequence: max(1, some(&g)), echo: some(&g),
                echoDelay: UInt32(truncatingIfNeeded: some(&g)), spacing: UInt32(truncatingIfNeeded: some(&g)),
                use: UplinkUse(rawValue: UInt8(g.next() % 3)), full: full)
        }
        if g.next() % 2 == 0 { frame.ack = GossipFrame.Ack(cumulative: some(&g), bitmap: some(&g)) }
        for _ in 0..<g.next() % 3 {
            let payload = (0..<Int(g.next() % 200)).map { _ in UInt8(truncatingIfNeeded: g.next()) }
            frame.hops.append(GossipFrame.Hop(number: some(&g), payload: payload))
        }
        for _ in 0..<g.next() % 3 { frame.sections.append(section(&g, some)) }
        return frame
    }

    /// A part of a namespace, with records of all kinds: text of one to three bytes a letter, empty values, tombstones.
    static func section(_ g: inout SeededGenerator, _ some: (inout SeededGenerator) -> UInt64) -> GossipFrame.Section {
        let lane = Lane.allCases[Int(g.next() % UInt64(Lane.allCases.count))]
        let scope = lane == .link ? "" : ["hop", "giao-ban-thứ-hai", String(repeating: "x", count: GossipLimits.scope)][Int(g.next() % 3)]
        var section = GossipFrame.Section(
            namespace: NamespaceID(node: NodeIndex(rawValue: UInt32(truncatingIfNeeded: some(&g))), lane: lane, scope: MeetingID(scope)),
            incarnation: Incarnation(counter: some(&g), nonce: UInt32(truncatingIfNeeded: some(&g))), from: some(&g) >> 1, to: 0,
            reset: some(&g), records: [])
        section.to = section.from + some(&g) >> 1
        for _ in 0..<g.next() % 4 {
            let key = ["", "hall/xã-an", "request/1048577", String(repeating: "k", count: GossipLimits.key)][Int(g.next() % 4)]
            let value = (0..<Int(g.next() % 3) * 70).map { _ in UInt8(truncatingIfNeeded: g.next()) }
            let version = section.from + some(&g) >> 1
            section.records.append(GossipFrame.Record(key: key, version: version, value: g.next() % 4 == 0 ? nil : value))
        }
        return section
    }

    @Test("are the runtime's bytes, and are read as the runtime reads them")
    func same() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let frame = Self.frame(&generator)
            let plain = GossipCoder.plain(frame)
            #expect(SmallFrames.encode(frame, prefix: 0) == [0] + plain)
            let read = plain.withUnsafeBytes { bytes -> GossipFrame? in
                var reader = SmallFrameReader(bytes)
                return reader.frame()
            }
            #expect(read == frame)
        }
    }

    @Test("know every field there is: who adds one adds it here")
    func fields() {
        var frame = GossipFrame(session: 1)
        let full = GossipFrame.Hello.Full(
            path: [], topologyVersion: 1, topologyHash: 1, wall: 1, sum: 1, sharedScopes: 1, settled: true, lateness: 1, loss: 1)
        let hello = GossipFrame.Hello(
            remoteSession: 1, state: .up, diagnostic: .silent, sequence: 1, echo: 1, echoDelay: 1, spacing: 1, use: .taken, full: full)
        frame.hello = hello
        #expect(Mirror(reflecting: frame).children.count == 12)
        #expect(Mirror(reflecting: hello).children.count == 9 && Mirror(reflecting: full).children.count == 9)
        #expect(Mirror(reflecting: GossipFrame.Ack(cumulative: 1, bitmap: 1)).children.count == 2)
        #expect(Mirror(reflecting: GossipFrame.Hop(number: 1, payload: [])).children.count == 2)
        let record = GossipFrame.Record(key: "a", version: 1, value: nil)
        let section = GossipFrame.Section(
            namespace: NamespaceID(node: NodeIndex(rawValue: 1), lane: .link), incarnation: Incarnation(counter: 1, nonce: 1), from: 0, to: 1,
            reset: 0, records: [record])
        #expect(Mirror(reflecting: section).children.count == 6 && Mirror(reflecting: record).children.count == 3)
        #expect(Mirror(reflecting: section.namespace).children.count == 3 && Mirror(reflecting: section.incarnation).children.count == 2)
    }

    @Test("any other bytes are read as before: cut, changed and with unknown fields")
    func others() throws {
        var generator = SeededGenerator(seed: 12)
        var taken = 0
        for _ in 0..<3_000 {
            let frame = Self.frame(&generator)
            var bytes = GossipCoder.plain(frame)
            if !bytes.isEmpty, generator.next() % 2 == 0 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            } else {
                bytes.removeLast(min(bytes.count, Int(generator.next() % 4)))
            }
            if generator.next() % 4 == 0 { bytes += [0xF8, 0x01, 0x05] }
            let quick = bytes.withUnsafeBytes { buffer -> GossipFrame? in
                var reader = SmallFrameReader(buffer)
                return reader.frame()
            }
            // What the quick reader takes the runtime takes alike; the rest is the runtime's alone.
            guard let quick else { continue }
            taken += 1
            let message = try PBFrame(serializedBytes: bytes)
            #expect(GossipFrame(message) == quick)
        }
        #expect(taken > 500, "changed in a value or a number most remain frames")
    }

    @Test("frames with other parts are left to the runtime")
    func rest() {
        var frame = GossipFrame(session: 5)
        let namespace = NamespaceID(node: NodeIndex(rawValue: 1), lane: .link)
        frame.requests = [GossipFrame.Request(namespace: namespace, incarnation: Incarnation(counter: 1, nonce: 2), version: 3)]
        #expect(SmallFrames.encode(frame, prefix: 0) == nil)
        let coder = GossipCoder(compressor: nil)
        let bytes = coder.encode(frame)
        #expect(bytes.withUnsafeBytes { coder.decode($0) } == frame)
    }
}
