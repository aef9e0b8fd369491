import Basics
import Membership
import Native
import Testing

@testable import Wire

@Suite("Frames of gossip as bytes") struct FrameTests {
    private let coder = GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes))
    private func decode(_ bytes: [UInt8]) -> GossipFrame? { bytes.withUnsafeBytes { coder.decode($0) } }

    private static let namespace = NamespaceID(node: NodeIndex(rawValue: 77), lane: .roster, scope: MeetingID("giao-ban"))
    private static let life = Incarnation(counter: 3, nonce: 99)

    /// One frame for each part that a frame may have.
    static let frames: [(name: String, frame: GossipFrame)] = {
        func frame(_ fill: (inout GossipFrame) -> Void) -> GossipFrame {
            var frame = GossipFrame(session: 7)
            (frame.sequence, frame.base) = (12, 10)
            fill(&frame)
            return frame
        }
        let held = GossipFrame.Request(namespace: namespace, incarnation: life, version: 3)
        let record = GossipFrame.Record(key: "site/xã-an", version: 2, value: Array(repeating: 65, count: 300))
        return [
            ("session", GossipFrame(session: .max)), ("sequence", frame { $0.sequence = .max }), ("base", frame { $0.base = 1 }),
            (
                "hello",
                frame {
                    $0.hello = .init(
                        remoteSession: 9, state: .up, diagnostic: .silent, sequence: 3, echo: 2, echoDelay: 1, spacing: 25, use: .taken,
                        full: .init(
                            path: [NodeIndex(rawValue: 1), NodeIndex(rawValue: 2)], topologyVersion: 4, topologyHash: 5, wall: -6, sum: 7,
                            sharedScopes: 8, settled: true, lateness: 1, loss: 2))
                }
            ),
            ("ack", frame { $0.ack = .init(cumulative: 4, bitmap: .max) }),
            ("scopes", frame { $0.scopes = .init(serial: 2, meetings: [MeetingID("giao-ban"), MeetingID("họp")], part: 1, parts: 3) }),
            ("hops", frame { $0.hops = [.init(number: 1, payload: []), .init(number: 2, payload: [1, 2, 3])] }),
            (
                "sections",
                frame {
                    $0.sections = [
                        .init(
                            namespace: namespace, incarnation: life, from: 1, to: 3, reset: 1,
                            records: [record, .init(key: "gone", version: 3, value: nil)])
                    ]
                }
            ),
            (
                "fragment",
                frame {
                    $0.fragment = .init(
                        namespace: namespace, incarnation: life, from: 0, to: 1, reset: 0, key: "large", version: 1, total: 900, offset: 200,
                        bytes: Array(repeating: 1, count: 700))
                }
            ),
            ("requests", frame { $0.requests = [held] }),
            ("digests", frame { $0.digests = [.init(place: .init(depth: 2, prefix: 33), sums: (0..<32).map { $0 })] }),
            ("leaves", frame { $0.leaves = [.init(place: .init(depth: 1, prefix: 5), held: [held]), .init(place: .init(depth: 0, prefix: 0), held: [])] }),
        ]
    }()

    @Test("every part of a frame is read back as it was written, and no part is missing here")
    func roundTrip() {
        let parts = Mirror(reflecting: GossipFrame(session: 1)).children.compactMap(\.label)
        #expect(Set(parts) == Set(Self.frames.map(\.name)))
        for (name, frame) in Self.frames { #expect(decode(coder.encode(frame)) == frame, "\(name)") }
    }

    @Test("fields of a later program are skipped, in frames that are read by hand and in all others")
    func later() throws {
        for (name, frame) in Self.frames {
            #expect(decode([0] + GossipCoder.plain(frame) + Protobuf.unknown) == frame, "\(name)")
        }
        var message = PBFrame(Self.frames.first { $0.name == "sections" }!.frame)
        try message.sections[0].merge(serializedBytes: Protobuf.unknown)
        try message.hello.merge(serializedBytes: [0x10, 1, 0x20, 1] + Protobuf.unknown)
        let read = try #require(decode([0] + (try message.serializedBytes())))
        #expect(read.sections == Self.frames.first { $0.name == "sections" }!.frame.sections)
        #expect(read.hello?.sequence == 1)
    }

    @Test("a frame that is cut short anywhere is never taken for itself, plain or compressed")
    func cut() {
        for (name, frame) in Self.frames {
            for bytes in [coder.encode(frame), [0] + GossipCoder.plain(frame)] {
                for count in bytes.indices { #expect(decode(Array(bytes[..<count])) != frame, "\(name): \(count) of \(bytes.count)") }
            }
        }
    }

    @Test("compressed bytes that are cut short or changed are refused")
    func damaged() {
        let bytes = coder.encode(Self.frames.first { $0.name == "sections" }!.frame)
        #expect(bytes.first == 1, "300 equal letters are worth compressing")
        for count in 1..<bytes.count { #expect(decode(Array(bytes[..<count])) == nil) }
    }

    @Test("an unknown first byte, no bytes at all and more than a frame may hold are refused")
    func refused() {
        #expect(decode([]) == nil)
        for first in 2...255 { #expect(decode([UInt8(first)] + GossipCoder.plain(GossipFrame(session: 1))) == nil) }
        var large = GossipFrame(session: 1)
        large.hops = [.init(number: 1, payload: Array(repeating: 0, count: GossipLimits.decompressed))]
        #expect(decode([0] + GossipCoder.plain(large)) == nil)
        let compressor = ZstdCompressor(dictionary: GossipDictionary.bytes)
        #expect(decode([1] + (compressor.compress(GossipCoder.plain(large)) ?? [])) == nil, "small on the wire and too large behind it")
    }

    @Test("without a compressor frames travel plain, and compressed ones are not understood")
    func plain() {
        let plain = GossipCoder(compressor: nil)
        let frame = Self.frames.first { $0.name == "sections" }!.frame
        #expect(plain.encode(frame).first == 0)
        #expect(coder.encode(frame).withUnsafeBytes { plain.decode($0) } == nil)
    }
}
