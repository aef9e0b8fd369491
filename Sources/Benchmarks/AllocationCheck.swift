import Basics

/// One packet in, 100 legs out: receive, route, protect, outbox. No call of the allocator after warm-up.
enum AllocationCheck {
    static func run() throws -> Bool {
        AllocationCounter.install()
        let legs = 100
        let packets = 5_000
        let addresses = (0...legs).map { Address(ipv4: 0x0A00_0001 + UInt32($0), port: 5_004) }
        let before = AllocationCounter.calls
        let hall = try Hall(node: Address("10.1.0.1", port: 7_000)!, addresses: addresses, payload: 1_100)
        // Handshakes, in OpenSSL and in Swift, took memory: else the counter is not where it should be.
        let swift = AllocationCounter.calls
        _ = Outbox().reserve()
        guard AllocationCounter.calls > swift, swift - before > 10_000 else {
            print("the counter counts nothing: calls of the allocator do not pass it")
            return false
        }
        func forward() -> (calls: Int, sent: Int) {
            hall.send(key: false)
            hall.now += .microseconds(700)
            let datagram = hall.speaker.outbox.datagrams[0]
            let bytes = UnsafeMutableRawBufferPointer(start: datagram.bytes, count: datagram.count)
            let before = AllocationCounter.calls
            hall.bridge.receive(bytes, from: hall.speaker.address, now: hall.now)
            let calls = AllocationCounter.calls - before
            let sent = hall.bridge.outbox.datagrams.count
            hall.bridge.outbox.removeAll()
            hall.speaker.outbox.removeAll()
            return (calls, sent)
        }
        for _ in 0..<500 { _ = forward() }
        var calls = 0
        var sent = 0
        for _ in 0..<packets {
            let once = forward()
            calls += once.calls
            sent += once.sent
        }
        print("\(packets) packets in, \(sent) out, \(calls) calls of the allocator")
        return calls == 0 && sent == packets * legs
    }
}
