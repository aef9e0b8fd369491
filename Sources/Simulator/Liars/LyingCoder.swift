import Basics
import Conference
import Membership
import Topology
import Wire

/// The coder of gossip of a node that lies to its neighbours: what the machine hands it is true, what leaves is not all of it.
///
/// It hears as the others do, and makes its lies of what it heard: namespaces, records and attachments that are really there. A lie that
/// does not fit into a datagram with the truth is left out.
final class LyingCoder: MessageCoder {
    private let coder: SharingCoder
    private let records = ConferenceCoder()
    private let lies: [Lie]
    private let hopLies: [Lie]
    private let own: NodeIndex
    private let hall: SiteID
    private let nodes: [NodeIndex]
    private let sites: [SiteID]
    private var random: SeededGenerator
    /// What it heard of others' namespaces: the newest piece of each.
    private var heard: [GossipFrame.Section] = []
    /// The last floor messages, of either direction.
    private var floor: [FloorMessage] = []

    /// The definitions that it heard, newest last.
    private(set) var meetings: [MeetingRecord] = []

    /// Meetings that it made up.
    private var started: [MeetingID] = []
    private var ownLife: Incarnation?
    /// Milliseconds since 1970, as its hellos said last.
    private var wall: Int64 = 0

    private static let memory = 64

    init(_ coder: SharingCoder, lies: Set<Lie>, of node: Network.Node, in network: Network, _ random: SeededGenerator) {
        self.coder = coder
        self.lies = Lie.allCases.filter { lies.contains($0) && LyingCoder.inFrames.contains($0) }
        hopLies = Lie.allCases.filter { lies.contains($0) && LyingCoder.inHops.contains($0) }
        own = node.index
        hall = node.rooms.first?.id ?? SiteID(node.id)
        nodes = network.nodes.map(\.index)
        sites = network.sites
        self.random = random
    }

    private static let inFrames: Set<Lie> = [.forge, .void, .formerLife, .fragments, .digests, .scopes, .meetings, .hellos, .acks]
    private static let inHops: Set<Lie> = [.epochs, .leases, .claims, .noise, .interests]

    func decode(_ bytes: UnsafeRawBufferPointer) -> GossipFrame? {
        guard let frame = coder.decode(bytes) else { return nil }
        for section in frame.sections where section.namespace.node != own {
            heard.removeAll { $0.namespace == section.namespace }
            heard.append(section)
            for record in section.records where record.key == "meeting" {
                guard let value = record.value, case .meeting(let meeting)? = records.decodeRecord(value) else { continue }
                meetings.removeAll { $0.definition.id == meeting.definition.id }
                meetings.append(meeting)
            }
        }
        meetings.removeFirst(max(0, meetings.count - 8))
        heard.removeFirst(max(0, heard.count - LyingCoder.memory))
        for hop in frame.hops { listen(hop) }
        return frame
    }

    private func listen(_ hop: GossipFrame.Hop) {
        guard hop.payload.first == 1, let message = records.decodeHop(Array(hop.payload.dropFirst())) else { return }
        floor.append(message)
        floor.removeFirst(max(0, floor.count - 8))
    }

    func encode(_ frame: GossipFrame) -> [UInt8] {
        for hop in frame.hops { listen(hop) }
        if let life = frame.sections.first(where: { $0.namespace.node == own })?.incarnation { ownLife = life }
        if let full = frame.hello?.full { wall = full.wall }
        var lied = frame
        // Numbered so that none is missing; a copy has the numbers of the first.
        if !hopLies.isEmpty { lied.hops = frame.hops.flatMap(accompanied) }
        if let lie = pick(lies), chance(3) { tell(lie, in: &lied) }
        let bytes = coder.encode(lied)
        if bytes.count <= GossipLimits.datagram { return bytes }
        lied = frame
        if !hopLies.isEmpty { lied.hops = frame.hops.flatMap { [emptyHop($0.number * 2 - 1), GossipFrame.Hop(number: $0.number * 2, payload: $0.payload)] } }
        return coder.encode(lied)
    }

    // MARK: Frames

    private func tell(_ lie: Lie, in frame: inout GossipFrame) {
        switch lie {
        case .forge:
            guard var section = pick(heard) else { return }
            section.records = section.records.map { GossipFrame.Record(key: $0.key, version: section.to + 1, value: changed($0.value)) }
            section.records = section.records.suffix(1)
            (section.from, section.to, section.reset) = (section.to, section.to + 1, 0)
            frame.sections.append(section)
        case .void:
            guard var section = pick(heard) else { return }
            section.records = []
            (section.from, section.to, section.reset) = (0, section.to + 1, section.to + 1)
            frame.sections.append(section)
        case .formerLife:
            guard let section = pick(heard) else { return }
            var life = section.incarnation
            life.counter += [1, 2, 1_000][Int.random(in: 0...2, using: &random)]
            let request = GossipFrame.Request(namespace: section.namespace, incarnation: life, version: 1, isPassedOn: Bool.random(using: &random))
            frame.requests.append(request)
        case .fragments:
            guard let section = pick(heard) else { return }
            frame.fragment = GossipFrame.Fragment(
                namespace: section.namespace, incarnation: section.incarnation, from: section.to, to: section.to + 1, reset: 0, key: "meeting",
                version: section.to + 1, total: UInt32(GossipLimits.value), offset: 0, bytes: bytes(GossipLimits.fragment))
        case .digests:
            let place = GossipFrame.TriePlace(depth: 0, prefix: 0)
            frame.digests.append(GossipFrame.Digest(place: place, sums: (0..<32).map { _ in random.next() }))
            frame.leaves.append(GossipFrame.Leaves(place: place, held: []))
        case .scopes:
            let meetings = (0..<20).map { MeetingID("gia-\($0)-\(random.next() % 1_000)") }.sorted()
            let serial = (frame.scopes?.serial ?? 0) + 1_000 + random.next() % 1_000
            frame.scopes = GossipFrame.Scopes(serial: serial, meetings: meetings, part: 0, parts: 1)
        case .meetings: startMeeting(in: &frame)
        case .hellos:
            guard var hello = frame.hello else { return }
            hello.full?.path = Array(nodes.shuffled(using: &random).prefix(4))
            hello.full?.topologyVersion += 7
            hello.full?.topologyHash ^= 1
            hello.full?.wall += 3_600_000
            hello.full?.loss = 1_000
            hello.full?.sum ^= 1
            frame.hello = hello
        case .acks: frame.ack = GossipFrame.Ack(cumulative: (frame.ack?.cumulative ?? 0) + 40, bitmap: .max)
        default: break
        }
    }

    /// A record with another meaning.
    private func changed(_ value: [UInt8]?) -> [UInt8]? {
        guard let value, var record = records.decodeRecord(value) else { return bytes(20) }
        switch record {
        case .meeting(var meeting):
            meeting.definition.chairs = [hall]
            meeting.term.milliseconds += 1_000
            record = .meeting(meeting)
        case .request(var request):
            request.status = .cancelled
            record = .request(request)
        case .command(var command):
            command.verb = .end
            record = .command(command)
        case .floor(var floor):
            floor.epoch += 1_000
            floor.ended = WallTime(milliseconds: floor.term.milliseconds + 1)
            record = .floor(floor)
        case .site(var site):
            site.joined.toggle()
            site.headCount = 99_999
            record = .site(site)
        case .ballot(var ballot):
            ballot.ballot.agree = 99_999
            record = .ballot(ballot)
        default: return nil
        }
        return records.encode(record)
    }

    /// A definition in a namespace of its own, and the meeting among those that it carries.
    private func startMeeting(in frame: inout GossipFrame) {
        if let scopes = frame.scopes, scopes.parts == 1, scopes.meetings.count < 16 {
            started = (0..<4).map { _ in MeetingID("gia-\(random.next() % 1_000)") }
            frame.scopes?.meetings = (scopes.meetings + started).sorted()
        } else if let meeting = pick(started), let life = ownLife {
            let definition = MeetingDefinition(id: meeting, title: "Cuộc họp của kẻ mạo danh", kind: .discussion, chairs: [hall], sites: sites)
            let term = Stamp(milliseconds: wall, counter: 0)
            let value = records.encode(.meeting(MeetingRecord(definition: definition, term: term, startedBy: own)))
            let section = GossipFrame.Section(
                namespace: NamespaceID(node: own, lane: .floor, scope: meeting), incarnation: life, from: 0, to: 1, reset: 0,
                records: [GossipFrame.Record(key: "meeting", version: 1, value: value)])
            frame.sections.append(section)
        }
    }

    // MARK: Hop messages

    private func accompanied(_ hop: GossipFrame.Hop) -> [GossipFrame.Hop] {
        let lie = pick(hopLies).map(message) ?? []
        return [
            GossipFrame.Hop(number: hop.number * 2 - 1, payload: lie.isEmpty ? [200] : lie),
            GossipFrame.Hop(number: hop.number * 2, payload: hop.payload),
        ]
    }
    private func emptyHop(_ number: UInt64) -> GossipFrame.Hop { GossipFrame.Hop(number: number, payload: [200]) }

    private func message(_ lie: Lie) -> [UInt8] {
        switch lie {
        case .noise: return [UInt8.random(in: 1...4, using: &random)] + bytes(30)
        case .interests:
            guard let meeting = floor.randomElement(using: &random)?.meeting else { return [] }
            let stream = StreamID(node: pick(nodes) ?? own, incarnation: 1, counter: 1)
            return interest(in: meeting, wanting: (0..<20).map { StreamID(node: stream.node, incarnation: 1, counter: $0) })
        default: break
        }
        guard var message = floor.randomElement(using: &random) else { return [] }
        let other = RequestID(node: pick(nodes) ?? own, counter: UInt64.random(in: 1...3, using: &random))
        let epoch = UInt64.random(in: 1...50, using: &random)
        let name = LeaseName(epoch: epoch, crown: own, sequence: 1)
        let kind = Int.random(in: 0...2, using: &random)
        switch (lie, kind) {
        case (.epochs, 0): message.body = .raise(epoch: epoch, offered: [FloorMessage.OfferedHolder(request: other, claim: 1)])
        case (.epochs, 1): message.body = .raised(epoch: epoch, leases: [])
        case (.epochs, _):
            message.attach += 1
            message.body = .attach(epoch: epoch, cleaned: [], offered: [FloorMessage.OfferedHolder(request: other, claim: 1)])
        case (.leases, 0): message.body = .lease(FloorMessage.Lease(slot: 0, name: name, request: other, claim: 1))
        case (.leases, 1): message.body = .offer(FloorMessage.Offer(slot: 0, number: 1, request: other))
        case (.leases, _): message.body = .revoke(FloorMessage.Revoke(slot: 0, name: name, request: other, preempted: false))
        case (_, 0): message.body = .claim(FloorMessage.Claim(slot: 0, offer: 1, request: other, number: epoch))
        case (_, 1): message.body = .release(FloorMessage.Release(slot: 0, name: name, request: other))
        default: message.body = .release(FloorMessage.Release(slot: 0, name: name, request: other, preempted: true, claim: 1))
        }
        return [1] + records.encode(message)
    }

    /// Kind 2, form 1, sound and pictures (`InterestMessage`).
    private func interest(in meeting: MeetingID, wanting streams: [StreamID]) -> [UInt8] {
        var writer = ByteWriter([2, 1, 1, UInt8(meeting.rawValue.utf8.count)])
        writer.append(meeting.rawValue.utf8)
        writer.u8(UInt8(streams.count))
        for stream in streams {
            writer.u32(stream.node.rawValue)
            writer.u64(stream.incarnation)
            writer.u32(stream.counter)
        }
        return writer.bytes
    }

    // MARK: Chance

    private func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
    private func pick<T>(_ values: [T]) -> T? { values.isEmpty ? nil : values[Int.random(in: 0..<values.count, using: &random)] }
    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
}
