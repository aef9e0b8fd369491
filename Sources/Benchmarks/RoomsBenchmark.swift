import Basics
import Bridge
import Conference
import Native
import RTP
import Topology
import Wire

/// One node with N halls on plain RTP, three of them speaking and the others sending comfort noise: what bringing them up costs, and
/// what a second of the meeting costs then. The whole node without its socket.
enum RoomsBenchmark {
    static func run(rooms counts: [Int], into report: inout Report) throws {
        report.heading("Plain RTP halls of one node, three speaking (the whole node in memory, sockets not)")
        for count in counts {
            let field = try Field(count)
            let up = CPU.microseconds { field.live(.seconds(Int64(10))) }
            field.sent = 0
            var seconds: [Double] = []
            for _ in 0..<5 { seconds.append(CPU.microseconds { field.live(.seconds(Int64(1))) }) }
            report.add("rooms.\(count).up", "\(count) halls: the first ten seconds, CPU", "s", [up / 1e6])
            report.add("rooms.\(count).core", "\(count) halls: cores", "", seconds.map { $0 / 1e6 })
            report.add("rooms.\(count).rate", "\(count) halls: packets a second to each", "", [Double(field.sent) / 5 / Double(count)])
        }
    }

    /// The node and its devices.
    private final class Field {
        let bridge: Bridge
        var now = Instant.zero
        var sent = 0
        private let devices: [Address]
        private var sequences: [UInt16]
        private let speech: [[UInt8]]
        private var talkers: [SiteID] = []
        private var tick = 0

        init(_ count: Int) throws {
            let address = Address(ipv4: 0x7F40_0001, port: 5_004)
            let addresses = (0..<count).map { Address(ipv4: 0x7F41_0000 + UInt32($0), port: 6_000) }
            devices = addresses
            sequences = [UInt16](repeating: 1, count: count)
            let rooms = (0..<count).map { Network.Room(id: SiteID("xa/p\($0)"), name: "") }
            let endpoints = rooms.indices.map { i in
                Network.Endpoint(
                    id: "e\(i)", name: "", kind: .decoder, address: addresses[i], payloadType: 111, codec: .opus, direction: .both, site: rooms[i].id)
            }
            let network = try Network(
                networkID: "bench", name: "", version: 1, edition: "", levels: [Network.Level(id: "xa", name: "", rank: 0)], upstream: nil,
                entries: [
                    Network.Entry(
                        node: Network.Node(id: "xa", level: "xa", name: "", address: address, rooms: rooms, endpoints: endpoints), link: nil)
                ])
            let authority = try CertificateAuthority.create(network: "bench", now: Hall.wall)
            let security = try OpenSSLSecurity(
                authority: authority.credential.certificate, own: authority.issue(node: "xa", names: [], now: Hall.wall), clock: { Hall.wall })
            bridge = Bridge(
                Bridge.Configuration(
                    network: network, slot: 0, security: security, codecs: OpusCodecs(),
                    messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)), recordCoder: ConferenceCoder(),
                    seed: 1), now: .zero, wall: Hall.wall)
            speech = MixingBenchmark.speech(OpusCodecs(), 0)
            let definition = MeetingDefinition(
                id: MeetingID("rooms"), title: "", kind: .discussion, chairs: [rooms[0].id], sites: rooms.map(\.id), openMicrophones: 3, floorSize: 3)
            let pass = Pass(site: rooms[0].id, role: .operator, meeting: nil, expires: WallTime(milliseconds: .max))
            try bridge.perform(.start(definition), pass: pass, meeting: nil, now: now)
            talkers = rooms.prefix(3).map(\.id)
        }

        func live(_ duration: Interval) {
            let end = now + duration
            while now < end {
                now += .milliseconds(20)
                bridge.readClocks(now: now, wall: Hall.wall + (now - .zero))
                for i in devices.indices {
                    // Speech every 20 ms; comfort noise every 400, spread over the time.
                    if i < 3 { send(i, speech[tick % speech.count]) } else if (tick + i) % 20 == 0 { send(i, [0xF8, 0xFF, 0xFE]) }
                }
                if tick == 50 { ask() }
                tick += 1
                if let deadline = bridge.deadline, deadline <= now { bridge.wake(now: now) }
                sent += bridge.outbox.datagrams.count { $0.count > 60 }
                bridge.outbox.removeAll()
                _ = bridge.takeEffects()
            }
        }

        /// The three ask for the floor's three places.
        private func ask() {
            for site in talkers {
                let pass = Pass(site: site, role: .room, meeting: MeetingID("rooms"), expires: WallTime(milliseconds: .max))
                try? bridge.perform(.requestFloor(.normal), pass: pass, meeting: MeetingID("rooms"), now: now)
            }
        }

        private func send(_ i: Int, _ payload: [UInt8]) {
            var packet = [UInt8](repeating: 0, count: RTPHeader.longestWritten + payload.count)
            sequences[i] &+= 1
            packet.withUnsafeMutableBytes { room in
                let header = RTPHeader.write(
                    into: room, payloadType: 111, marker: false, sequence: sequences[i], timestamp: UInt32(truncatingIfNeeded: tick) &* 960,
                    ssrc: UInt32(1_000 + i))
                UnsafeMutableRawBufferPointer(rebasing: room[header..<header + payload.count]).copyBytes(from: payload)
                bridge.receive(UnsafeMutableRawBufferPointer(rebasing: room[..<(header + payload.count)]), from: devices[i], now: now)
            }
        }
    }
}
