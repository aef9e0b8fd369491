import Basics
import Bridge
import Conference
import Native
import Peer
import RTP
import SDP
import Topology
import Wire

/// One node with a speaking chair and N watchers, all keys agreed by real handshakes in memory.
final class Hall {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)

    let bridge: Bridge
    let speaker: Listener
    private(set) var listeners: [Listener] = []
    var now = Instant.zero
    let address: Address
    private var sequence: UInt16 = 1_000
    private var timestamp: UInt32 = 0
    private let payload: Int

    /// The far end of one leg.
    final class Listener {
        let peer: Peer
        let address: Address
        let outbox = Outbox()
        var received = 0
        init(address: Address, number: UInt32, security: OpenSSLSecurity, now: Instant) {
            self.address = address
            peer = Peer(
                accessClient: OfferSettings(audioSSRC: 10 + number * 2, videoSSRC: 11 + number * 2, cname: "hall"), security: security,
                now: now)
        }
    }

    /// `addresses`: of the speaker and the listeners. `payload`: bytes of media in each packet.
    init(node: Address, addresses: [Address], payload: Int) throws {
        address = node
        self.payload = payload
        let chair = SiteID("tinh/chu-tri")
        let hall = SiteID("tinh/hoi-truong")
        let network = try Network(
            networkID: "bench", name: "", version: 1, edition: "", levels: [Network.Level(id: "tinh", name: "", rank: 0)], upstream: nil,
            entries: [
                Network.Entry(
                    node: Network.Node(
                        id: "tinh", level: "tinh", name: "", address: node,
                        rooms: [Network.Room(id: chair, name: ""), Network.Room(id: hall, name: "")]), link: nil)
            ])
        let authority = try CertificateAuthority.create(network: "bench", now: Hall.wall)
        let security = try OpenSSLSecurity(
            authority: authority.credential.certificate, own: authority.issue(node: "tinh", names: [], now: Hall.wall),
            clock: { Hall.wall })
        bridge = Bridge(
            Bridge.Configuration(
                network: network, slot: 0, security: security, codecs: OpusCodecs(),
                messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)), recordCoder: ConferenceCoder(),
                seed: 1), now: .zero, wall: Hall.wall)
        let ends = try OpenSSLSecurity.ephemeral(clock: { Hall.wall })
        speaker = Listener(address: addresses[0], number: 0, security: ends, now: .zero)
        let meeting = MeetingID("bench")
        func pass(_ site: SiteID, _ role: Role) -> Pass { Pass(site: site, role: role, meeting: meeting, expires: WallTime(milliseconds: .max)) }
        // A rate that no burst of the benchmark exceeds: what is measured is sending, not refusing.
        let definition = MeetingDefinition(
            id: meeting, title: "", kind: .discussion, chairs: [chair], sites: [chair, hall], videoRate: .mbps(10_000))
        try bridge.perform(.start(definition), pass: pass(chair, .chair), meeting: nil, now: now)
        live(.seconds(Int64(1)))
        try join(speaker, pass(chair, .chair))
        for (i, address) in addresses.dropFirst().enumerated() {
            let listener = Listener(address: address, number: UInt32(i + 1), security: ends, now: now)
            try join(listener, pass(hall, .viewer))
            listeners.append(listener)
            if i % 10 == 9 { live(.milliseconds(400)) }
        }
        live(.seconds(Int64(2)))
        // The first frame is the key frame that all slots wait for.
        send(key: true)
        live(.milliseconds(50))
        for listener in listeners { listener.received = 0 }
        send(key: false)
        live(.milliseconds(20))
        precondition(listeners.allSatisfy { $0.received == 1 }, "a leg hears nothing: \(listeners.map(\.received))")
    }

    private func join(_ end: Listener, _ pass: Pass) throws {
        let (_, answer) = try bridge.join(pass, offer: end.peer.localDescription ?? "", now: now)
        try end.peer.accept(answer: SessionDescription(parsing: answer), now: now)
    }

    /// Lets time pass on both sides, carrying datagrams in memory.
    func live(_ duration: Interval) {
        let end = now + duration
        while now < end {
            now += .milliseconds(10)
            bridge.readClocks(now: now, wall: Hall.wall + (now - .zero))
            if let deadline = bridge.deadline, deadline <= now { bridge.wake(now: now) }
            for end in [speaker] + listeners {
                if let deadline = end.peer.deadline, deadline <= now { end.peer.wake(now: now, outbox: end.outbox) }
                while end.peer.nextEvent() != nil {}
            }
            carry()
        }
    }

    private func carry() {
        for _ in 0..<50 {
            var any = false
            for end in [speaker] + listeners where !end.outbox.datagrams.isEmpty {
                any = true
                let out = end.outbox.datagrams.map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
                end.outbox.removeAll()
                for var bytes in out { bytes.withUnsafeMutableBytes { bridge.receive($0, from: end.address, now: now) } }
            }
            let out = bridge.outbox.datagrams.map { ($0.to, [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count))) }
            bridge.outbox.removeAll()
            any = any || !out.isEmpty
            for (to, bytes) in out { deliver(bytes, to: to) }
            _ = bridge.takeEffects()
            if !any { return }
        }
    }

    /// A datagram of the node arrives at its leg's end.
    func deliver(_ datagram: [UInt8], to: Address) {
        guard let end = to == speaker.address ? speaker : listeners.first(where: { $0.address == to }) else { return }
        var bytes = datagram
        bytes.withUnsafeMutableBytes {
            if case .rtp = end.peer.receive($0, from: address, now: now, outbox: end.outbox) { end.received += 1 }
        }
        while end.peer.nextEvent() != nil {}
    }

    /// One packet of the speaker's picture, protected, in its outbox.
    func send(key: Bool) {
        guard let media = speaker.peer.media?.slot(.video, 0), let remote = speaker.peer.remote else { return }
        sequence &+= 1
        timestamp &+= 3_000
        let slot = speaker.outbox.reserve()
        let header = RTPHeader.write(
            into: slot, payloadType: media.payloadType, marker: true, sequence: sequence, timestamp: timestamp, ssrc: media.localSSRC)
        for i in header..<header + payload { slot[i] = UInt8(truncatingIfNeeded: i) }
        // VP8's descriptor (RFC 7741 section 4.2) and the frame's first byte.
        slot[header] = 0x10
        slot[header + 1] = key ? 0 : 1
        if let length = speaker.peer.protectRTP(slot, length: header + payload, headerLength: header) {
            speaker.outbox.commit(length, to: remote)
        }
    }
}
