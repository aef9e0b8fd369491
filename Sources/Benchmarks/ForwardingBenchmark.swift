import Basics
import CLinux
import Forwarding
import Glibc
import Native
import Peer
import RTP

/// One leg's packets to N legs, SRTP (AES-128-GCM) on both sides, on real UDP sockets of the loopback interface.
final class ForwardingBenchmark {
    /// Packets of one video frame: what a node finds in its socket when it wakes up.
    private static let burst = 4
    /// Bursts in one sample.
    private static let bursts = 25

    private let legs: Int
    private let payload: Int
    private let node: DatagramSocket
    private let speaker: DatagramSocket
    private let ends: [DatagramSocket]
    private let hall: Hall
    /// The same node without listeners: receiving, unprotecting and naming alone.
    private let empty: Hall
    private var arrived = 0

    init(legs: Int, payload: Int) throws {
        self.legs = legs
        self.payload = payload
        func open() throws -> (DatagramSocket, Address) {
            let socket = try DatagramSocket(Address("127.0.0.1", port: 0)!)
            var name = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(socket.descriptor, $0, &length) }
            }
            return (socket, Address("127.0.0.1", port: UInt16(bigEndian: name.sin_port))!)
        }
        let (node, nodeAddress) = try open()
        let opened = try (0...legs).map { _ in try open() }
        self.node = node
        speaker = opened[0].0
        ends = opened.dropFirst().map(\.0)
        hall = try Hall(node: nodeAddress, addresses: opened.map(\.1), payload: payload)
        empty = try Hall(node: nodeAddress, addresses: [opened[0].1], payload: payload)
        accessSlots = (0..<legs).map { i in
            var made = AccessSlot(
                AccessSlot.Agreement(codec: .vp8, payloadType: 96, ssrc: UInt32(i), firstSequence: 1, firstTimestamp: 1))
            made.select(1, now: .zero)
            return made
        }
    }

    func run(rounds: Int, into report: inout Report) throws {
        var samples: [String: [Double]] = [:]
        let stages: [(String, () throws -> Double)] = [
            ("total", whole), ("memory", memory), ("ingress", ingress), ("receive", receive), ("send", send), ("sendmmsg", rawSend),
            ("protect", protect), ("write", write), ("gcm", seals(contexts: legs)), ("gcm1", seals(contexts: 1)),
        ]
        for round in 0...rounds {
            for (key, stage) in stages {
                let cost = try stage()
                if round > 0 { samples[key, default: []].append(cost) }
            }
        }
        func series(_ key: String) -> [Double] { samples[key] ?? [] }
        func combine(_ body: (Int) -> Double) -> [Double] { (0..<rounds).map(body) }
        let floor = combine { series("gcm")[$0] + series("sendmmsg")[$0] }
        report.heading("Forwarding: \(payload) bytes of media, 1 leg in, \(legs) legs out, AES-128-GCM on all, loopback UDP; per packet sent")
        report.add("forward.total", "the whole way, socket to sockets", "µs", series("total"))
        report.add("forward.gcm", "one AES-GCM seal alone, each leg its key", "µs", series("gcm"))
        report.add("forward.gcm-hot", "  the same with one key and one buffer", "µs", series("gcm1"))
        report.add("forward.sendmmsg", "one sendmmsg slot alone (kernel to receiving queue)", "µs", series("sendmmsg"))
        report.add("forward.ratio", "the whole way over seal + slot", "times", combine { series("total")[$0] / floor[$0] })
        report.heading("Where it goes, per packet sent")
        report.add("stage.receive", "recvmmsg, 1/\(legs)", "µs", series("receive").map { $0 / Double(legs) })
        report.add("stage.ingress", "unprotect, parse, name the stream, 1/\(legs)", "µs", series("ingress").map { $0 / Double(legs) })
        report.add("stage.write", "header rewritten, payload copied twice (slot and cache)", "µs", series("write"))
        report.add("stage.protect", "protect: index, AES-GCM, counters", "µs", series("protect"))
        report.add("stage.send", "addresses filled in, sendmmsg", "µs", series("send"))
        report.add(
            "stage.route", "route, legs, outbox: the rest of the work in memory", "µs",
            combine { series("memory")[$0] - series("write")[$0] - series("protect")[$0] - series("ingress")[$0] / Double(legs) })
        report.add("stage.memory", "all but sockets", "µs", series("memory"))
    }

    // MARK: Whole

    private func drainEnds() { for end in ends { while end.receive({ _, _ in arrived += 1 }) > 0 {} } }

    /// The speaker's packets lie in the node's socket.
    private func fill(_ hall: Hall) {
        for _ in 0..<Self.burst { hall.send(key: false) }
        speaker.send(hall.speaker.outbox.datagrams)
        hall.speaker.outbox.removeAll()
        hall.now += .milliseconds(10)
    }

    private func whole() -> Double {
        arrived = 0
        var cost = 0.0
        for _ in 0..<Self.bursts {
            fill(hall)
            cost += CPU.microseconds {
                _ = node.receive { hall.bridge.receive($0, from: $1, now: hall.now) }
                node.send(hall.bridge.outbox.datagrams)
                hall.bridge.outbox.removeAll()
            }
            drainEnds()
        }
        let sent = Self.bursts * Self.burst * legs
        precondition(arrived == sent, "\(arrived) of \(sent) packets arrived")
        return cost / Double(sent)
    }

    // MARK: Stages

    private func inMemory(_ hall: Hall) -> Double {
        var cost = 0.0
        for _ in 0..<Self.bursts {
            for _ in 0..<Self.burst { hall.send(key: false) }
            hall.now += .milliseconds(10)
            let datagrams = hall.speaker.outbox.datagrams
            cost += CPU.microseconds {
                for datagram in datagrams {
                    hall.bridge.receive(
                        UnsafeMutableRawBufferPointer(start: datagram.bytes, count: datagram.count), from: hall.speaker.address, now: hall.now)
                }
                hall.bridge.outbox.removeAll()
            }
            hall.speaker.outbox.removeAll()
        }
        return cost / Double(Self.bursts * Self.burst)
    }
    private func memory() -> Double { inMemory(hall) / Double(legs) }
    private func ingress() -> Double { inMemory(empty) }

    private lazy var incoming: Outbox = {
        let box = Outbox()
        for _ in 0..<Self.burst { box.append([UInt8](repeating: 0x80, count: plainLength + 16), to: hall.address) }
        return box
    }()

    private func receive() -> Double {
        var cost = 0.0
        for _ in 0..<Self.bursts {
            speaker.send(incoming.datagrams)
            cost += CPU.microseconds { _ = node.receive { _, _ in } }
        }
        return cost / Double(Self.bursts * Self.burst)
    }

    private lazy var ready: Outbox = {
        let box = Outbox()
        for _ in 0..<Self.burst {
            for listener in hall.listeners {
                let slot = box.reserve()
                for i in 0..<slot.count { slot[i] = UInt8(truncatingIfNeeded: i) }
                box.commit(plainLength + 16, to: listener.address)
            }
        }
        return box
    }()
    /// Header with the extension of a MID-less access leg, and the media.
    private var plainLength: Int { 12 + payload }

    private func send() -> Double {
        var cost = 0.0
        for _ in 0..<Self.bursts {
            cost += CPU.microseconds { node.send(ready.datagrams) }
            drainEnds()
        }
        return cost / Double(Self.bursts * ready.datagrams.count)
    }

    /// Messages made beforehand: nothing but the system call.
    private lazy var messages: UnsafeMutableBufferPointer<nc_mmsghdr> = {
        let all = UnsafeMutableBufferPointer<nc_mmsghdr>.allocate(capacity: ready.datagrams.count)
        for (i, datagram) in ready.datagrams.enumerated() {
            let name = UnsafeMutablePointer<sockaddr_in>.allocate(capacity: 1)
            name.initialize(to: sockaddr_in())
            name.pointee.sin_family = sa_family_t(AF_INET)
            name.pointee.sin_port = datagram.to.port.bigEndian
            name.pointee.sin_addr.s_addr = (datagram.to.ipv4 ?? 0).bigEndian
            let vector = UnsafeMutablePointer<iovec>.allocate(capacity: 1)
            vector.initialize(to: iovec(iov_base: datagram.bytes, iov_len: datagram.count))
            var header = nc_mmsghdr()
            header.msg_hdr.msg_name = UnsafeMutableRawPointer(name)
            header.msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_in>.size)
            header.msg_hdr.msg_iov = vector
            header.msg_hdr.msg_iovlen = 1
            all.initializeElement(at: i, to: header)
        }
        return all
    }()

    private func rawSend() -> Double {
        var cost = 0.0
        for _ in 0..<Self.bursts {
            cost += CPU.microseconds {
                var next = 0
                while next < messages.count {
                    let n = min(DatagramSocket.batch, messages.count - next)
                    let sent = nc_sendmmsg(node.descriptor, messages.baseAddress! + next, UInt32(n), nc_msg_dontwait)
                    next += max(1, Int(sent))
                }
            }
            drainEnds()
        }
        return cost / Double(Self.bursts * messages.count)
    }

    private var protectSequence: UInt16 = 1
    private lazy var slots: UnsafeMutableRawPointer = .allocate(byteCount: Outbox.slotSize * Self.burst * legs, alignment: 64)
    private func slot(_ i: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: slots + i * Outbox.slotSize, count: Outbox.slotSize)
    }

    /// The far ends' own legs protect: the same code, N keys.
    private func protect() -> Double {
        var cost = 0.0
        for _ in 0..<Self.bursts {
            for i in 0..<Self.burst * legs {
                _ = RTPHeader.write(
                    into: slot(i), payloadType: 96, marker: false, sequence: protectSequence &+ UInt16(i / legs), timestamp: 0, ssrc: 7)
            }
            protectSequence &+= UInt16(Self.burst)
            cost += CPU.microseconds {
                for i in 0..<Self.burst * legs {
                    let done = hall.listeners[i % legs].peer.protectRTP(slot(i), length: plainLength, headerLength: 12)
                    precondition(done == plainLength + 16)
                }
            }
        }
        return cost / Double(Self.bursts * Self.burst * legs)
    }

    /// Stored, not lazy: a lazy array is copied when one of its elements changes.
    private var accessSlots: [AccessSlot] = []
    private var writeSequence: UInt16 = 0
    private lazy var source: [UInt8] = Array(repeating: 9, count: payload)

    private func write() -> Double {
        var cost = 0.0
        source.withUnsafeBytes { payload in
            for _ in 0..<Self.bursts {
                cost += CPU.microseconds {
                    for i in 0..<Self.burst * legs {
                        if i % legs == 0 { writeSequence &+= 1 }
                        let packet = MediaPacket(
                            stream: 1, kind: .video, codec: .vp8, ssrc: 1, sequence: writeSequence, timestamp: UInt32(writeSequence) &* 3_000,
                            marker: true, level: 127, voice: false, startsKeyFrame: true, payload: payload)
                        let done = accessSlots[i % legs].write(packet, now: hall.now, into: slot(i))
                        precondition(done != nil)
                    }
                }
            }
        }
        return cost / Double(Self.bursts * Self.burst * legs)
    }

    private lazy var security: OpenSSLSecurity? = try? OpenSSLSecurity.ephemeral(clock: { Hall.wall })
    private lazy var ciphers: [any PacketCipher] = (0..<legs).compactMap { _ in
        security?.makeCipher(profile: .aeadAES128GCM, key: security?.randomBytes(16) ?? [], salt: security?.randomBytes(12) ?? [])
    }
    private var sealIndex: UInt64 = 0

    private func seals(contexts: Int) -> () -> Double {
        return { [self] in
            var cost = 0.0
            _ = ciphers.count
            for _ in 0..<Self.bursts {
                cost += CPU.microseconds {
                    for i in 0..<Self.burst * legs {
                        sealIndex += 1
                        let place = contexts == 1 ? 0 : i
                        let done = ciphers[i % contexts].protectRTP(slot(place), length: plainLength, headerLength: 12, ssrc: 7, index: sealIndex)
                        precondition(done != nil)
                    }
                }
            }
            return cost / Double(Self.bursts * Self.burst * legs)
        }
    }
}
