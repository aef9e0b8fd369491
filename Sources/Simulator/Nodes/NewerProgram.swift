import Basics
import Bridge
import Conference
import Membership
import Wire

// What a node sends whose program is newer than the others': fields, kinds of hop messages and records that they do not know. It hears
// as they do, since whatever its program understands besides, nobody tells it.

/// The newer program's coder of gossip.
///
/// A newer program keeps the limits of today's: a frame that would pass them goes without the new fields.
final class NewerCoder: MessageCoder {
    private let coder: SharingCoder
    private let plainCoder = GossipCoder(compressor: nil)
    private let compressor: any Compressor

    /// Decodes with the other nodes' coder.
    init(_ coder: SharingCoder, compressor: any Compressor) {
        self.coder = coder
        self.compressor = compressor
    }

    func decode(_ bytes: UnsafeRawBufferPointer) -> GossipFrame? { coder.decode(bytes) }

    func encode(_ frame: GossipFrame) -> [UInt8] {
        var frame = frame
        frame.hops = frame.hops.flatMap(NewerCoder.accompanied)
        let plain = NewerFields.frame.added(to: Array(plainCoder.encode(frame).dropFirst()))
        // As `GossipCoder` packs it.
        var packed = [0] + plain
        if plain.count <= GossipLimits.decompressed, let smaller = compressor.compress(plain), smaller.count < plain.count {
            packed = [1] + smaller
        }
        let fits = packed.count <= GossipLimits.datagram && plain.count <= GossipLimits.decompressed
        return fits ? packed : coder.encode(frame)
    }

    /// Before each hop message one of a kind that nobody knows, numbered so that none is missing. A copy has the numbers of the first.
    private static func accompanied(_ hop: GossipFrame.Hop) -> [GossipFrame.Hop] {
        let unknown = hop.number % 2 == 0 ? unknownKind : unknownFloorMessage
        var known = GossipFrame.Hop(number: hop.number * 2, payload: hop.payload)
        // Bytes behind an interest or a choice are a later version's.
        if let kind = known.payload.first, kind != conferenceKind, known.payload.count + 2 <= GossipLimits.hop { known.payload += [1, 2] }
        return [GossipFrame.Hop(number: hop.number * 2 - 1, payload: unknown), known]
    }

    private static let conferenceKind: UInt8 = 1
    private static let unknownKind: [UInt8] = [200, 1]
    /// Field 100 instead of a body.
    private static let unknownFloorMessage: [UInt8] = [conferenceKind, 0xA2, 0x06, 2, 0x08, 1]
}

/// The newer program's coder of records and floor messages.
struct NewerRecordCoder: RecordCoder {
    private let coder = ConferenceCoder()

    func encode(_ record: ConferenceRecord) -> [UInt8] {
        let bytes = coder.encode(record)
        let more = NewerFields.record.added(to: bytes)
        return more.count <= GossipLimits.value ? more : bytes
    }
    func encode(_ message: FloorMessage) -> [UInt8] {
        let bytes = coder.encode(message)
        let more = NewerFields.floorHop.added(to: bytes)
        // A byte before it says whose message it is.
        return more.count < GossipLimits.hop ? more : bytes
    }
    func decodeRecord(_ bytes: [UInt8]) -> ConferenceRecord? { coder.decodeRecord(bytes) }
    func decodeHop(_ bytes: [UInt8]) -> FloorMessage? { coder.decodeHop(bytes) }
}

/// What a node with a newer program writes beside today's records: now and then one is new, changed or taken back.
struct NewerRecords {
    private static let keys = ["program", "camera/1", "camera/2", "site.v2/1", "subtitles"]
    private var random: SeededGenerator

    init(_ random: SeededGenerator) { self.random = random }

    /// Until the next.
    mutating func pause() -> Interval { .milliseconds(Int64.random(in: 300...3_000, using: &random)) }

    /// The next record, of this node or of a meeting that runs there.
    mutating func next(meetings: [MeetingID]) -> (lane: Lane, meeting: MeetingID?, key: String, value: [UInt8]?) {
        let meeting = Int.random(in: 0...meetings.count, using: &random)
        let lane = meeting == meetings.count ? Lane.link : [.floor, .roster, .bulk][Int.random(in: 0...2, using: &random)]
        let key = NewerRecords.keys[Int.random(in: 0..<NewerRecords.keys.count, using: &random)]
        let count = Int.random(in: 0...60, using: &random)
        // A quarter is taken back.
        let isTaken = Int.random(in: 0...3, using: &random) == 0
        let value = isTaken ? nil : (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        return (lane, meeting == meetings.count ? nil : meetings[meeting], key, value)
    }
}

extension World {
    /// An upgrade: the process ends, keeps its disk, and the newer program starts.
    func upgrade(_ node: SimulatedNode) {
        findings.tell(now, node.index, "gets a newer program")
        node.isNewer = true
        guard node.isAlive else { return }
        measures.fault(self)
        crash(node, losesMemory: false)
        measures.died(node, self)
        findings.count("program upgraded")
        node.wantsStart = true
        start(node)
        measures.faultEnded(self)
    }

    /// A life of a newer program begins.
    func beginNewerRecords(_ node: SimulatedNode, _ random: SeededGenerator) {
        var records = NewerRecords(random)
        heap.push(.writeNewer(Int32(node.place), life: Int32(node.life)), at: now + records.pause())
        node.newerRecords = records
    }

    /// A node that stands still writes later.
    func writeNewerRecord(_ node: SimulatedNode, life: Int) {
        guard node.life == life, var records = node.newerRecords, node.isAlive else { return }
        heap.push(.writeNewer(Int32(node.place), life: Int32(life)), at: now + records.pause())
        if node.responds(now) {
            turn(node) { bridge, boot in
                let record = records.next(meetings: bridge.runningMeetings.map(\.definition.id))
                guard bridge.publish(record.lane, of: record.meeting, key: record.key, value: record.value, now: boot) else { return }
                findings.count("record unknown to others written")
                guard record.lane == .roster, let meeting = record.meeting else { return }
                measures.passOver(NamespaceID(node: node.index, lane: .roster, scope: meeting), bridge)
            }
        }
        node.newerRecords = records
    }
}
