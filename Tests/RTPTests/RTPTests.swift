import Basics
import RTP
import Testing

/// A packet in an array, for tests.
func packet(_ fields: (UnsafeMutableRawBufferPointer) -> Int, payload: [UInt8] = [1, 2, 3]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: 1_536)
    let count = bytes.withUnsafeMutableBytes { fields($0) }
    return Array(bytes[..<count]) + payload
}

@Suite("RTP headers")
struct RTPHeaderTests {
    @Test("a header with all extensions is read as it was written", arguments: [1, 14, 15, 200] as [UInt8])
    func roundTrip(id: UInt8) throws {
        let bytes = packet {
            RTPHeader.write(
                into: $0, payloadType: 111, marker: true, sequence: 65_535, timestamp: 0xDEAD_BEEF, ssrc: 7,
                audioLevel: (id, 42, true), transportSequence: (2, 0xABCD), mid: (3, Array("video1".utf8)))
        }
        try bytes.withUnsafeBytes { raw in
            let header = try #require(RTPHeader(raw))
            #expect(header.payloadType == 111 && header.marker && header.sequence == 65_535)
            #expect(header.timestamp == 0xDEAD_BEEF && header.ssrc == 7)
            #expect(header.headerLength % 4 == 0 && header.headerLength <= RTPHeader.longestWritten)
            #expect(header.audioLevel(id: id)?.level == 42 && header.audioLevel(id: id)?.voice == true)
            #expect(header.transportSequence(id: 2) == 0xABCD)
            #expect(header.extensionElement(id: 3).map(Array.init) == Array("video1".utf8))
            #expect(header.extensionElement(id: 9) == nil)
            #expect(Array(header.payloadBytes) == [1, 2, 3])
        }
    }

    @Test("CSRC list, extension and padding are left out of the payload")
    func variableParts() throws {
        var bytes: [UInt8] = [0xB2, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]
        bytes += [0, 0, 0, 8, 0, 0, 0, 9]
        bytes += [0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0]
        bytes += [7, 7, 7, 0, 0, 3]
        try bytes.withUnsafeBytes { raw in
            let header = try #require(RTPHeader(raw))
            #expect(header.headerLength == 28)
            #expect(Array(header.payloadBytes) == [7, 7, 7])
            #expect(header.audioLevel(id: 1)?.level == 5)
            // Under SRTP the count of padding is not readable yet.
            #expect(RTPHeader(raw, encrypted: true)?.payload == 28..<34)
        }
    }

    @Test(
        "bytes that are no RTP packet are refused",
        arguments: [
            [], [0x80], [UInt8](repeating: 0x80, count: 11), [0x40] + [UInt8](repeating: 0, count: 11),
            [0x81] + [UInt8](repeating: 0, count: 11),
            [0x90] + [UInt8](repeating: 0, count: 13),
            [0x90] + [UInt8](repeating: 0, count: 11) + [0xBE, 0xDE, 0xFF, 0xFF],
            [0xA0] + [UInt8](repeating: 0, count: 11),
            [0xA0] + [UInt8](repeating: 0, count: 11) + [9],
        ] as [[UInt8]])
    func refused(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { RTPHeader($0) == nil })
    }

    @Test("RTCP is told from RTP by its second byte")
    func demultiplexing() {
        for (type, expected) in [(200, true), (206, true), (192, true), (223, true), (111, false), (224, false), (0x80 | 111, false)] as [(UInt8, Bool)] {
            #expect([0x80, type, 0, 0].withUnsafeBytes { RTPHeader.isRTCP($0) } == expected)
        }
    }
}

@Suite("Wrapping numbers")
struct WrappingNumbersTests {
    @Test("sequence numbers unwrap across the end and back")
    func sequences() {
        var unwrapper = SequenceUnwrapper()
        let values = [65_534, 65_535, 0, 65_533, 1].map { unwrapper.unwrap($0) }
        #expect(values == [65_534, 65_535, 65_536, 65_533, 65_537])
        #expect(unwrapper.peek(2) == 65_538 && unwrapper.highest == 65_537)
    }

    @Test("a hundred thousand numbers with reordering unwrap to their place")
    func longRun() {
        var generator = SeededGenerator(seed: 3)
        var unwrapper = SequenceUnwrapper()
        for n in 0..<100_000 {
            let wanted = Int64(n) + 500 - Int64.random(in: 0..<400, using: &generator)
            #expect(unwrapper.unwrap(UInt16(truncatingIfNeeded: wanted)) == wanted)
        }
    }

    @Test("ticks, NTP and DLSR units")
    func units() {
        #expect(Interval.milliseconds(20).ticks(48_000) == 960)
        #expect(Interval.milliseconds(-20).ticks(48_000) == UInt32(bitPattern: -960))
        #expect(Interval.ticks(90_000, 90_000) == .milliseconds(1_000))
        let ntp = NTP.timestamp(WallTime(milliseconds: 1_500))
        #expect(ntp == UInt64(NTP.unixEpoch + 1) << 32 | 0x8000_0000)
        #expect(NTP.advance(ntp, by: .milliseconds(500)) == UInt64(NTP.unixEpoch + 2) << 32)
        #expect(NTP.advance(ntp, by: .milliseconds(-1_500)) == UInt64(NTP.unixEpoch) << 32)
        #expect(NTP.compact(Interval.milliseconds(1_500)) == 98_304)
        #expect(NTP.interval(98_304) == .milliseconds(1_500))
    }
}
