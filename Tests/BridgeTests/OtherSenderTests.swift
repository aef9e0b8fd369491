import Basics
import Bridge
import RTP
import Testing

@Suite("A device that sends from another port") struct OtherSenderTests {
    @Test("is named with its declared and its actual address, once in five seconds; its packets stay refused")
    func named() throws {
        let lab = try Lab()
        try lab.begin()
        lab.run(.seconds(Int64(1)))
        let slot = try #require(lab.network.slot(id: "yen-mo"))
        let before = lab.logs[slot].count
        let actual = Address(EndpointTests.decoder.host, port: 7_000)!
        func send(_ from: Address, _ count: Int) {
            for number in 0..<count {
                var packet = [UInt8](repeating: 0, count: 60)
                _ = packet.withUnsafeMutableBytes {
                    RTPHeader.write(into: $0, payloadType: 111, marker: false, sequence: UInt16(number), timestamp: UInt32(number * 960), ssrc: 9)
                }
                packet.withUnsafeMutableBytes { lab["yen-mo"].receive($0, from: from, now: lab.now) }
                lab.run(.milliseconds(20))
            }
        }
        send(actual, 100)
        send(Address("10.99.0.1", port: 7_000)!, 10)
        let told = lab.logs[slot].dropFirst(before).compactMap { line -> (String, Address, Address)? in
            if case .otherSender(let device, let declared, let from) = line { (device, declared, from) } else { nil }
        }
        #expect(told.count == 1, "\(told)")
        let device = try #require(lab.network.node(id: "yen-mo")?.endpoints.first)
        #expect(told.first?.0 == device.id && told.first?.1 == EndpointTests.decoder && told.first?.2 == actual)
        #expect(lab.snapshot("yen-mo").strangers.first { $0.reason == .unexpectedMedia }?.count ?? 0 >= 110)
    }
}
