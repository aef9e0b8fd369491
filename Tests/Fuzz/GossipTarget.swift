import Basics
import Conference
import Membership
import Native
import SwiftProtobuf

@testable import Wire

/// Frames of gossip as they come out of DTLS, plain or compressed.
enum GossipTarget: FuzzTarget {
    nonisolated(unsafe) private static let coder = GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes))

    static func run(_ bytes: UnsafeRawBufferPointer) {
        guard let frame = coder.decode(bytes) else { return }
        bothReadersAgree(bytes)
        promise(frame.hello?.full?.path.count ?? 0 <= GossipLimits.path, "a path of \(frame.hello?.full?.path.count ?? 0) nodes")
        promise(frame.digests.allSatisfy { $0.sums.count == 32 }, "32 sums a level")
        // A frame that came compressed may be longer than what we would send plain.
        let plain = GossipCoder.plain(frame)
        guard plain.count <= GossipLimits.decompressed else { return }
        let again = coder.encode(frame)
        promise(again.count <= plain.count + 1, "compressing made \(plain.count) bytes \(again.count)")
        promise(again.withUnsafeBytes { coder.decode($0) } == frame, "a frame came back changed")
    }

    /// What the reader of small frames takes, the protobuf runtime reads as the same.
    private static func bothReadersAgree(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.first == 0 else { return }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        var reader = SmallFrameReader(rest)
        guard let small = reader.frame() else { return }
        let message = try? PBFrame(serializedBytes: Array(rest))
        promise(message.flatMap { GossipFrame($0) } == small, "the runtime does not read \(small)")
    }

    static var seeds: [[UInt8]] {
        let meeting = MeetingID("giao-ban")
        var hello = GossipFrame(session: 7)
        hello.hello = .init(
            remoteSession: 9, state: .up, diagnostic: nil, sequence: 3, echo: 2, echoDelay: 1, spacing: 25,
            full: .init(
                path: [NodeIndex(rawValue: 1), NodeIndex(rawValue: 2)], topologyVersion: 4, topologyHash: 5, wall: 6, sum: 7, sharedScopes: 8,
                settled: true, lateness: 1, loss: 2))
        hello.ack = .init(cumulative: 4, bitmap: 5)
        var small = GossipFrame(session: 1)
        small.hello = .init(
            remoteSession: 0, state: .down, diagnostic: .silent, sequence: 1, echo: 0, echoDelay: 0, spacing: 250, full: nil)
        let name = NamespaceID(node: NodeIndex(rawValue: 77), lane: .roster, scope: meeting)
        let link = NamespaceID(node: NodeIndex(rawValue: 78), lane: .link)
        let incarnation = Incarnation(counter: 3, nonce: 99)
        var delta = GossipFrame(session: 7)
        delta.sequence = 12
        delta.base = 10
        delta.sections = [
            .init(
                namespace: name, incarnation: incarnation, from: 1, to: 3, reset: 0,
                records: [.init(key: "site/xa-an", version: 2, value: RecordTarget.seeds[0]), .init(key: "gone", version: 3, value: nil)]),
            .init(namespace: link, incarnation: incarnation, from: 0, to: 9, reset: 4, records: []),
        ]
        delta.hops = HopTarget.seeds.prefix(3).enumerated().map { .init(number: UInt64($0.offset + 1), payload: $0.element) }
        delta.scopes = .init(serial: 2, meetings: [meeting, MeetingID("hop")], part: 0, parts: 1)
        var long = delta
        long.sections = (0..<12).map { i in
            .init(
                namespace: NamespaceID(node: NodeIndex(rawValue: UInt32(i)), lane: .floor, scope: meeting), incarnation: incarnation,
                from: 0, to: 1, reset: 0, records: [.init(key: "request/1", version: 1, value: RecordTarget.seeds[2])])
        }
        var repair = GossipFrame(session: 7)
        repair.requests = [.init(namespace: name, incarnation: incarnation, version: 3)]
        repair.digests = [.init(place: .init(depth: 0, prefix: 0), sums: (0..<32).map { $0 })]
        repair.leaves = [.init(place: .init(depth: 1, prefix: 5), held: [.init(namespace: link, incarnation: incarnation, version: 1)])]
        var piece = GossipFrame(session: 7)
        piece.fragment = .init(
            namespace: name, incarnation: incarnation, from: 0, to: 1, reset: 0, key: "large", version: 1, total: 900, offset: 0,
            bytes: [UInt8](repeating: 1, count: 880))
        let frames = [hello, small, delta, long, repair, piece]
        return frames.map { coder.encode($0) } + [[0] + GossipCoder.plain(long), [1, 0x28, 0xB5, 0x2F, 0xFD], [0], [2, 0]]
    }
}
