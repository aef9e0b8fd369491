import Basics
import Forwarding
import RTP
import Testing

func ms(_ n: Int64) -> Instant { .zero + .milliseconds(n) }

/// A client's RTP packet.
func clientPacket(
    _ sequence: UInt16, _ timestamp: UInt32, ssrc: UInt32 = 77, payloadType: UInt8 = 120, marker: Bool = false,
    level: UInt8? = nil, payload: [UInt8] = [0x10, 0, 1, 2]
) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = bytes.withUnsafeMutableBytes {
        RTPHeader.write(
            into: $0, payloadType: payloadType, marker: marker, sequence: sequence, timestamp: timestamp, ssrc: ssrc,
            audioLevel: level.map { (5, $0, true) })
    }
    return Array(bytes[..<count]) + payload
}

/// Calls `body` with a packet of a stream; video key frames are VP8.
func withPacket<R>(
    stream: Int, ssrc: UInt32 = 9, kind: MediaKind = .audio, sequence: UInt16, timestamp: UInt32, marker: Bool = false,
    key: Bool = false, size: Int = 100, _ body: (MediaPacket) -> R
) -> R {
    let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: size)
    return payload.withUnsafeBytes {
        body(
            MediaPacket(
                stream: stream, kind: kind, codec: kind == .audio ? .opus : .vp8, ssrc: ssrc, sequence: sequence,
                timestamp: timestamp, marker: marker, level: kind == .audio ? 30 : 127, voice: kind == .audio,
                startsKeyFrame: kind == .audio || key, payload: $0))
    }
}

/// The numbers of one packet that left.
struct Sent: Hashable {
    var sequence: UInt16
    var timestamp: UInt32
    var marker: Bool
    var bytes: [UInt8]
}

/// Runs a writer on a slot and reads back what it wrote.
func sent(_ write: (UnsafeMutableRawBufferPointer) -> Int?) -> Sent? {
    var slot = [UInt8](repeating: 0, count: Outbox.slotSize)
    guard let count = slot.withUnsafeMutableBytes({ write($0) }) else { return nil }
    let bytes = Array(slot[..<count])
    return bytes.withUnsafeBytes { raw in
        RTPHeader(raw).map { Sent(sequence: $0.sequence, timestamp: $0.timestamp, marker: $0.marker, bytes: bytes) }
    }
}

/// Runs a writer of RTCP and returns the bytes.
func rtcp(_ write: (inout RTCPWriter) -> Bool) -> [UInt8]? {
    var slot = [UInt8](repeating: 0, count: Outbox.slotSize)
    let count = slot.withUnsafeMutableBytes { raw in
        var writer = RTCPWriter(raw)
        return write(&writer) ? writer.count : 0
    }
    return count == 0 ? nil : Array(slot[..<count])
}

@Suite("Key frame requests")
struct KeyFrameRequesterTests {
    @Test("a hundred wishes are one request in 500 ms, and one more while no key frame comes")
    func coalesced() {
        var requester = KeyFrameRequester()
        var times: [Int64] = []
        for t in 0..<1_400 {
            if t < 100 { requester.request() }
            if requester.take(now: ms(Int64(t))) { times.append(Int64(t)) }
            if t == 600 { requester.keyFrame() }
        }
        #expect(times == [0, 500])
        #expect(requester.deadline == nil)
    }

    @Test("a wish after the key frame is kept until the pause is over")
    func pending() {
        var requester = KeyFrameRequester()
        requester.request()
        let first = requester.take(now: ms(0))
        requester.keyFrame()
        requester.request()
        let early = requester.take(now: ms(499))
        #expect(requester.deadline == ms(500))
        let late = requester.take(now: ms(500))
        #expect([first, early, late] == [true, false, true])
    }

    @Test("a silent source is left alone after twenty requests, until the next wish")
    func silent() {
        var requester = KeyFrameRequester()
        requester.request()
        for t in 0..<30_000 where t % 100 == 0 { _ = requester.take(now: ms(Int64(t))) }
        #expect(requester.sent == KeyFrameRequester.tries && requester.deadline == nil)
        requester.request()
        #expect(requester.deadline != nil)
    }
}

@Suite("Meters")
struct MeterTests {
    @Test("a switch of speaker counts two streams only while both fall into 200 ms")
    func distinct() {
        var meter = DistinctStreams()
        for t in stride(from: 0, to: 1_000, by: 20) { meter.note(t < 500 ? 1 : 2, now: ms(Int64(t))) }
        #expect(meter.maximum == 2 && meter.current(now: ms(1_000)) == 1)
        meter.reset()
        for t in stride(from: 1_000, to: 2_000, by: 20) { meter.note(2, now: ms(Int64(t))) }
        #expect(meter.maximum == 1)
        meter.note(3, now: ms(2_180))
        #expect(meter.maximum == 1)
    }

    @Test("the rate is that of the last second")
    func rate() {
        var meter = RateMeter()
        for t in stride(from: 0, to: 3_000, by: 10) { meter.add(125, now: ms(Int64(t))) }
        #expect(meter.rate(now: ms(2_999)) == .kbps(100))
        #expect(meter.rate(now: ms(3_500)) == .kbps(50))
        #expect(meter.rate(now: ms(9_000)) == .kbps(0))
        // In the middle of a step as well, and after a pause.
        for t in stride(from: 9_000, to: 10_450, by: 10) { meter.add(125, now: ms(Int64(t))) }
        #expect(meter.rate(now: ms(10_450)) == .kbps(100))
    }
}
