import Basics

@testable import Peer

// Two legs in memory, carried by hand: FakeSecurity is a SecurityProvider without cryptography's cost but with its
// behaviour (flights, losses, tags that fail), Line is the wire between two legs. SecureLegTests does it with OpenSSL.

/// Bytes that a test may hand to `receive`.
func withPacket<R>(_ bytes: inout [UInt8], _ body: (UnsafeMutableRawBufferPointer) -> R) -> R {
    bytes.withUnsafeMutableBytes(body)
}

func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func instant(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

/// A plain RTP packet with a text as payload.
func rtpPacket(ssrc: UInt32, sequence: UInt16, payload: [UInt8] = Array("xin phát biểu".utf8), type: UInt8 = 111) -> [UInt8] {
    var w = ByteWriter()
    w.u8(0x80)
    w.u8(type)
    w.u16(sequence)
    w.u32(UInt32(sequence) &* 960)
    w.u32(ssrc)
    w.append(payload)
    return w.bytes
}

/// An empty receiver report.
func rtcpPacket(ssrc: UInt32) -> [UInt8] {
    var w = ByteWriter()
    w.u32(0x80C9_0001)
    w.u32(ssrc)
    return w.bytes
}

extension Outbox {
    var messages: [[UInt8]] {
        datagrams.map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
    }
}

extension Peer {
    var drained: [PeerEvent] {
        var events: [PeerEvent] = []
        while let event = nextEvent() { events.append(event) }
        return events
    }
    func take(_ packet: [UInt8], from: Address, now: Instant, outbox: Outbox) -> (Received, [UInt8]) {
        var copy = packet
        let result = withPacket(&copy) { receive($0, from: from, now: now, outbox: outbox) }
        return (result, copy)
    }
    /// Protects a packet as the bridge does: in a slot.
    func protected(_ packet: [UInt8]) -> [UInt8]? {
        let outbox = Outbox()
        let slot = outbox.reserve()
        slot.copyBytes(from: packet)
        guard let length = protectRTP(slot, length: packet.count, headerLength: 12) else { return nil }
        return [UInt8](slot[..<length])
    }
    func protectedRTCP(_ packet: [UInt8]) -> [UInt8]? {
        let outbox = Outbox()
        let slot = outbox.reserve()
        slot.copyBytes(from: packet)
        guard let length = protectRTCP(slot, length: packet.count) else { return nil }
        return [UInt8](slot[..<length])
    }
}

/// The wire between two legs: 10 ms each way, losses by a seed, both legs woken at their deadlines.
final class Line {
    static let addressA = Address(ipv4: 0x0A00_0001, port: 40_000)
    static let addressB = Address(ipv4: 0x0A00_0002, port: 40_000)

    let a: Peer
    /// Nil until the listener has made one.
    var b: Peer?
    var listener: (any SecureListener)?
    let security: any SecurityProvider
    var now = Instant.zero
    var random: SeededGenerator
    var lossPercent: UInt64
    var cut = false
    var eventsA: [PeerEvent] = []
    var eventsB: [PeerEvent] = []
    var delivered = 0
    private var flying: [(at: Instant, toA: Bool, bytes: [UInt8])] = []
    private let outbox = Outbox()

    init(_ a: Peer, _ b: Peer?, security: any SecurityProvider, loss: UInt64 = 0, seed: UInt64 = 1) {
        self.a = a
        self.b = b
        self.security = security
        lossPercent = loss
        random = SeededGenerator(seed: seed)
    }

    private func launch(toA: Bool) {
        for message in outbox.messages where !cut && random.next() % 100 >= lossPercent {
            flying.append((now + .milliseconds(10), toA, message))
        }
        outbox.removeAll()
        eventsA += a.drained
        if let b { eventsB += b.drained }
    }

    func send(fromA: Bool, _ message: [UInt8]) -> Bool {
        let sent = message.withUnsafeBytes { (fromA ? a : b!).send(message: $0, outbox: outbox) }
        launch(toA: !fromA)
        return sent
    }

    func run(for interval: Interval) {
        let end = now + interval
        while true {
            a.wake(now: now, outbox: outbox)
            launch(toA: false)
            b?.wake(now: now, outbox: outbox)
            launch(toA: true)
            var next: Instant? = flying.map(\.at).min()
            next.keepEarlier(a.deadline)
            next.keepEarlier(b?.deadline)
            guard let next, next <= end else { break }
            now = max(now, next)
            while let i = flying.firstIndex(where: { $0.at <= now }) {
                let datagram = flying.remove(at: i)
                delivered += 1
                deliver(datagram.bytes, toA: datagram.toA)
            }
        }
        now = end
    }

    private func deliver(_ bytes: [UInt8], toA: Bool) {
        if toA {
            _ = a.take(bytes, from: Line.addressB, now: now, outbox: outbox)
            return launch(toA: false)
        }
        if let listener {
            let answering = bytes.withUnsafeBytes { b?.isAnswering($0) ?? false }
            if bytes.withUnsafeBytes({ Demultiplexer.isClientHello($0) }), !answering {
                let session = bytes.withUnsafeBytes {
                    listener.receive($0, from: Line.addressA, now: now) { outbox.append($0, to: Line.addressA) }
                }
                if let session {
                    bytes.withUnsafeBytes { hello in
                        if let b {
                            b.adopt(session, hello: hello, now: now)
                        } else {
                            b = Peer(trunkFrom: Line.addressA, session: session, hello: hello, security: security, now: now)
                        }
                    }
                }
                return launch(toA: true)
            }
        }
        guard let b else { return }
        _ = b.take(bytes, from: Line.addressA, now: now, outbox: outbox)
        launch(toA: true)
    }
}
