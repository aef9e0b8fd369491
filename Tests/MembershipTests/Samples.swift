import Basics
import Conference
import Wire

@testable import Membership

/// Records as a real meeting has them, put straight into a store.
enum Samples {
    /// Site ids as topology files have them.
    static func name(_ slot: Int) -> String {
        let words = ["an", "binh", "chau", "dong", "hoa", "khanh", "long", "my", "ninh", "phu", "son", "tan", "thanh", "vinh", "yen"]
        return "xa-\(words[slot % 15])-\(words[slot / 15 % 15])" + (slot < 225 ? "" : "-\(slot / 225)")
    }
    static func site(_ name: String, _ n: Int) -> [UInt8] {
        var record = SiteRecord(
            term: Stamp(milliseconds: 1_771_234_567_890, counter: 1), site: SiteID(name), joined: true, muted: n % 3 == 0,
            hasVideo: true, headCount: 40 + n % 50, joinedAt: WallTime(milliseconds: 1_771_234_600_000 + Int64(n * 137)))
        record.inviteSeen = UInt64(n % 2)
        return ConferenceCoder().encode(.site(record))
    }
    static func stream(_ node: NodeIndex, _ name: String, _ counter: UInt32, _ codec: Codec) -> [UInt8] {
        let ssrc = node.rawValue &* 2_654_435_761 &+ counter
        return ConferenceCoder().encode(
            .stream(
                StreamRecord(
                    id: StreamID(node: node, incarnation: 3, counter: counter), ssrc: ssrc, kind: codec.kind, codec: codec,
                    site: SiteID(name))))
    }

    static func load(_ machine: Membership, node: NodeIndex, owner: Int, meeting: MeetingID) {
        let id = NamespaceID(node: node, lane: .roster, scope: meeting)
        let name = Samples.name(owner)
        let slot = machine.store.insert(
            id, owner: owner, incarnation: Incarnation(counter: 3, nonce: node.rawValue ^ 0x5555_5555), version: 3)
        _ = machine.store.merge(slot, GossipFrame.Record(key: "site/\(name)", version: 1, value: site(name, owner)))
        _ = machine.store.merge(slot, GossipFrame.Record(key: "stream/1", version: 2, value: stream(node, name, 1, .opus)))
        _ = machine.store.merge(slot, GossipFrame.Record(key: "stream/2", version: 3, value: stream(node, name, 2, .vp8)))
    }

    /// Changes a record behind the back of everything that would tell the neighbours.
    static func forge(_ machine: Membership, _ id: NamespaceID, key: String, value: [UInt8]) {
        guard let slot = machine.store.slot(id) else { return }
        let version = machine.store[slot].version + 1
        _ = machine.store.merge(slot, GossipFrame.Record(key: key, version: version, value: value))
        machine.store.setVersion(slot, version)
        for edge in machine.edges where slot < edge.push.peer.count { edge.push.holds(slot, version) }
    }
}
