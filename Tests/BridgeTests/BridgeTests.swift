import Basics
import Bridge
import Conference
import Forwarding
import Foundation
import Native
import Peer
import RTP
import Testing
import Topology
import TopologyFiles
import Wire

// How these tests are made: `Lab` holds several whole nodes in memory (real DTLS, SRTP, Opus, protobuf) and carries their
// datagrams by hand on a clock of its own; `Page` is a hall's or watcher's end of an access leg. `NetworkTests` follow a
// call through the tree, `StrangerTests` what must not get in, `EndpointTests` plain RTP equipment, `PolicyTests` the pure
// parts, `AllocationTests` the optimised path.

/// The network of the demo, in memory.
final class Lab {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)
    static let step = Interval.milliseconds(5)

    let network: Network
    let authority: CertificateAuthority
    let bridges: [Bridge]
    var now = Instant.zero
    var pages: [Page] = []
    /// Log lines, by slot.
    var logs: [[BridgeLog]]
    /// Sealed editions of the topology that came by gossip, by slot.
    var editions: [[[UInt8]]]
    /// Jobs that left a node, by slot; nobody answers them but a test.
    var jobs: [(slot: Int, job: Job)] = []
    /// Withdrawn links as the shells were told, by slot.
    var revocations: [[SpokenRevocation]]
    /// Keys and writers of signed records that were handed out to be kept, by slot.
    var proofs: [Set<String>]
    /// RTP packets on each trunk, by sender and receiver.
    var crossings: [Edge: Int] = [:]
    /// Packets that crossed a trunk a second time in the same direction.
    var repetitions = 0
    private var seen: Set<Crossing> = []
    /// What arrived at plain RTP endpoints.
    var heard: [(at: Address, packet: [UInt8])] = []
    /// Datagrams kept for mutation, with sender and receiver.
    var recording: [(from: Address, to: Address, bytes: [UInt8])] = []
    var recordingLimit = 0
    /// True: nothing gets from the first slot to the second.
    var cut: ((Int, Int) -> Bool)?
    private let slotByAddress: [Address: Int]

    /// One direction of one trunk, by node ids.
    struct Edge: Hashable {
        let from: String
        let to: String
        init(_ from: String, _ to: String) { (self.from, self.to) = (from, to) }
    }
    private struct Crossing: Hashable {
        let edge: Edge
        let ssrc: UInt32
        let sequence: UInt16
    }

    static let topology: String = {
        let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/" + here + "/topology/three-levels.yaml"
    }()

    /// `change` edits the topology's text before it is read. `older`: nodes with a program that signs nothing.
    init(seed: UInt64 = 1, older: Set<String> = [], change: ((String) -> String)? = nil) throws {
        if let change {
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: Lab.topology)), as: UTF8.self)
            network = try TopologyFiles.parse(change(text), file: "changed.yaml")
        } else {
            network = try TopologyFiles.load(Lab.topology)
        }
        let authority = try CertificateAuthority.create(network: network.networkID, now: Lab.wall)
        self.authority = authority
        var bridges: [Bridge] = []
        var slots: [Address: Int] = [:]
        for (slot, node) in network.nodes.enumerated() {
            slots[node.address] = slot
            let (ca, own) = (authority.credential.certificate, try authority.issue(node: node.id, names: [], now: Lab.wall))
            let identity = RecordIdentity(
                signer: try NodeRecordSigner(own: own), verifier: try NodeRecordVerifier(authority: ca, clock: { Lab.wall }))
            bridges.append(
                Bridge(
                    Bridge.Configuration(
                        network: network, slot: slot,
                        security: try OpenSSLSecurity(authority: ca, own: own, clock: { Lab.wall }), codecs: OpusCodecs(),
                        messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)),
                        recordCoder: ConferenceCoder(), identity: older.contains(node.id) ? nil : identity, seed: seed &+ UInt64(slot) &* 1_000), now: .zero,
                    wall: Lab.wall))
        }
        self.bridges = bridges
        slotByAddress = slots
        logs = Array(repeating: [], count: bridges.count)
        editions = Array(repeating: [], count: bridges.count)
        revocations = Array(repeating: [], count: bridges.count)
        proofs = Array(repeating: [], count: bridges.count)
    }

    static func security(_ authority: CertificateAuthority, _ node: String) throws -> OpenSSLSecurity {
        try OpenSSLSecurity(
            authority: authority.credential.certificate, own: authority.issue(node: node, names: [], now: wall), clock: { wall })
    }

    subscript(_ id: String) -> Bridge { bridges[network.slot(id: id)!] }
    func address(_ id: String) -> Address { network.node(id: id)!.address }
    func snapshot(_ id: String) -> BridgeSnapshot { self[id].snapshot(now: now) }

    // MARK: Time and carriage

    /// Lets time pass in steps; `each` runs at the start of every step.
    func run(_ duration: Interval, each: (() throws -> Void)? = nil) rethrows {
        let end = now + duration
        while now < end {
            now += Lab.step
            for bridge in bridges {
                bridge.readClocks(now: now, wall: Lab.wall + (now - .zero))
                if let deadline = bridge.deadline, deadline <= now { bridge.wake(now: now) }
            }
            for page in pages { page.wake(now) }
            try each?()
            carry()
        }
    }

    /// Hands datagrams over until nothing is under way.
    func carry() {
        for _ in 0..<200 {
            var underway: [(from: Address, to: Address, bytes: [UInt8])] = []
            for (slot, bridge) in bridges.enumerated() { Lab.drain(bridge.outbox, network.nodes[slot].address, into: &underway) }
            for page in pages { Lab.drain(page.outbox, page.address, into: &underway) }
            if underway.isEmpty { break }
            for datagram in underway { deliver(datagram) }
        }
        for (slot, bridge) in bridges.enumerated() {
            for effect in bridge.takeEffects() {
                if case .log(let line) = effect { logs[slot].append(line) }
                if case .edition(let sealed) = effect { editions[slot].append(sealed) }
                if case .job(let job) = effect { jobs.append((slot, job)) }
                if case .revoked(let spoken) = effect { revocations[slot].append(spoken) }
                if case .proof(let record) = effect { proofs[slot].insert("\(record.key) \(record.id.node)") }
            }
        }
    }

    private static func drain(_ outbox: Outbox, _ from: Address, into list: inout [(from: Address, to: Address, bytes: [UInt8])]) {
        for d in outbox.datagrams { list.append((from, d.to, [UInt8](UnsafeRawBufferPointer(start: d.bytes, count: d.count)))) }
        outbox.removeAll()
    }

    private func deliver(_ datagram: (from: Address, to: Address, bytes: [UInt8])) {
        if recording.count < recordingLimit { recording.append(datagram) }
        var bytes = datagram.bytes
        if let slot = slotByAddress[datagram.to] {
            if let from = slotByAddress[datagram.from] {
                if cut?(from, slot) ?? false { return }
                note(bytes, Edge(network.nodes[from].id, network.nodes[slot].id))
            }
            bytes.withUnsafeMutableBytes { bridges[slot].receive($0, from: datagram.from, now: now) }
        } else if let page = pages.first(where: { $0.address == datagram.to }) {
            page.receive(&bytes, from: datagram.from, now)
        } else {
            heard.append((datagram.to, bytes))
        }
    }

    private func note(_ bytes: [UInt8], _ edge: Edge) {
        bytes.withUnsafeBytes { bytes in
            guard Demultiplexer.kind(of: bytes) == .rtp, let header = RTPHeader(bytes, encrypted: true) else { return }
            crossings[edge, default: 0] += 1
            if !seen.insert(Crossing(edge: edge, ssrc: header.ssrc, sequence: header.sequence)).inserted { repetitions += 1 }
        }
    }

    // MARK: Meetings

    static let meeting = MeetingID("hop-thu")

    /// Brings the trunks up and starts a meeting of all sites with the province in the chair.
    func begin(_ kind: MeetingKind = .discussion, loudspeakers: Bool = false, with others: [SiteID] = []) throws {
        run(.seconds(Int64(2)))
        let definition = MeetingDefinition(
            id: Lab.meeting, title: "Họp thử", kind: kind, chairs: [SiteID("ninh-binh")], sites: network.sites + others, loudspeakers: loudspeakers)
        try self["ninh-binh"].perform(.start(definition), pass: pass("ninh-binh", .chair), meeting: nil, now: now)
        run(.seconds(Int64(2)))
    }

    func pass(_ site: String, _ role: Role = .room) -> Pass {
        Pass(site: SiteID(site), role: role, meeting: Lab.meeting, expires: WallTime(milliseconds: .max))
    }

    /// A page joins at its site's node; it is not up before time passes.
    @discardableResult func join(_ site: String, _ role: Role = .room) throws -> Page {
        let page = try Page(number: UInt32(pages.count), site: site, node: address(site), now: now)
        let (leg, answer) = try self[site].join(pass(site, role), offer: page.offer, now: now)
        try page.accept(answer, leg: leg, now)
        pages.append(page)
        return page
    }

    func act(_ site: String, _ action: ConferenceAction) throws {
        try self[site].perform(action, pass: pass(site, site == "ninh-binh" ? .chair : .room), meeting: Lab.meeting, now: now)
    }

    /// A site asks for the floor and has it, by itself if it is free, else by the chair's hand.
    func giveFloor(_ site: String, each: (() -> Void)? = nil) throws {
        try act(site, .requestFloor(.normal))
        run(.milliseconds(500), each: each)
        if speaker("ninh-binh") != SiteID(site) { try act("ninh-binh", .give(SiteID(site))) }
        run(.milliseconds(500), each: each)
    }

    func speaker(_ id: String) -> SiteID? { self[id].view(of: Lab.meeting)?.speaker }
    func forgetCrossings() {
        crossings = [:]
        repetitions = 0
    }
}
