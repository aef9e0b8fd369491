import Basics
import RTP
import Testing

/// Frames that look like an encoder's, by codec.
func frames(_ codec: Codec, _ count: Int, _ generator: inout SeededGenerator) -> [[UInt8]] {
    (0..<count).map { n in
        let isKey = n % 10 == 0
        // No byte is zero, so that no start code appears by chance.
        func noise(_ size: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: size, using: &generator)).map { _ in .random(in: 1...255, using: &generator) }
        }
        if codec == .vp8 {
            if isKey { return [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01] + noise(3_000...9_000) }
            return [0x11] + noise(1...3_000)
        }
        let code: [UInt8] = [0, 0, 0, 1]
        if isKey { return code + [0x67] + noise(8...12) + code + [0x68] + noise(3...5) + code + [0x65] + noise(3_000...9_000) }
        return code + [0x41] + noise(1...900) + code + [0x41] + noise(1...2_500)
    }
}

@Suite("Video payloads")
struct VideoPayloadTests {
    @Test(
        "VP8 descriptors say where a key frame starts",
        arguments: [
            ([0x10, 0x00, 1], true, 1), ([0x10, 0x01, 1], false, 1), ([0x00, 0x00, 1], false, 1), ([0x11, 0x00, 1], false, 1),
            ([0x90, 0x80, 0x05, 0x10], true, 3), ([0x90, 0x80, 0x81, 0x02, 0x10], true, 4),
            ([0x90, 0xE0, 0x81, 0x02, 0x07, 0x40, 0x10], true, 6), ([0x30, 0x00], true, 1),
        ] as [([UInt8], Bool, Int)])
    func vp8(bytes: [UInt8], starts: Bool, length: Int) throws {
        let descriptor = try #require(bytes.withUnsafeBytes { VP8PayloadDescriptor($0) })
        #expect(descriptor.startsKeyFrame == starts && descriptor.length == length)
    }

    @Test("a VP8 descriptor longer than its payload is refused", arguments: [[], [0x10], [0x90, 0x80, 0x81], [0x90, 0xF0, 0x81, 2, 3]] as [[UInt8]])
    func shortDescriptor(bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { VP8PayloadDescriptor($0) == nil })
    }

    @Test(
        "H.264 payloads say where a key frame starts",
        arguments: [
            ([0x67, 1, 2], true), ([0x65, 1], true), ([0x41, 1], false), ([0x68, 1], false),
            ([0x78, 0, 2, 0x67, 1, 0, 2, 0x68, 1], true), ([0x78, 0, 2, 0x68, 1, 0, 2, 0x41, 1], false), ([0x78, 0, 9, 0x67], false),
            ([0x7C, 0x85, 1], true), ([0x7C, 0x05, 1], false), ([0x7C, 0x81, 1], false), ([0x7C], false), ([], false),
        ] as [([UInt8], Bool)])
    func h264(bytes: [UInt8], starts: Bool) {
        #expect(bytes.withUnsafeBytes { Codec.h264.startsKeyFrame($0) } == starts)
    }

    @Test("a key frame's header names its size")
    func size() throws {
        var generator = SeededGenerator(seed: 1)
        let size = try #require(frames(.vp8, 1, &generator)[0].withUnsafeBytes { VP8PayloadDescriptor.pictureSize($0) })
        #expect(size == (640, 360))
    }

    @Test("frames cut into packets and shuffled a little come back whole and in order", arguments: [Codec.vp8, .h264])
    func roundTrip(codec: Codec) {
        var generator = SeededGenerator(seed: 77)
        let sent = frames(codec, 60, &generator)
        var packetizer = VideoPacketizer(codec: codec)
        var packets: [(UInt16, UInt32, Bool, [UInt8])] = []
        for (n, frame) in sent.enumerated() {
            frame.withUnsafeBytes {
                packetizer.packetize($0) { payload, marker in
                    #expect(payload.count <= 1_100)
                    packets.append((UInt16(truncatingIfNeeded: 65_500 + packets.count), UInt32(n) &* 3_000, marker, Array(payload)))
                }
            }
        }
        // Swap neighbours here and there, but begin with the key frame's first packet.
        for i in stride(from: 5, to: packets.count - 1, by: 7) { packets.swapAt(i, i + 1) }
        var assembler = VideoFrameAssembler(codec: codec)
        var received: [VideoFrame] = []
        for (sequence, timestamp, marker, payload) in packets {
            payload.withUnsafeBytes { assembler.receive(sequence: sequence, timestamp: timestamp, marker: marker, payload: $0) }
            while let frame = assembler.nextFrame() { received.append(frame) }
        }
        #expect(received.map(\.bytes) == sent)
        #expect(received.map(\.isKeyFrame) == sent.indices.map { $0 % 10 == 0 })
        #expect(assembler.breaks == 0 && !assembler.needsKeyFrame)
    }

    @Test("after a loss nothing leaves until the next key frame", arguments: [Codec.vp8, .h264])
    func loss(codec: Codec) {
        var generator = SeededGenerator(seed: 78)
        let sent = frames(codec, 60, &generator)
        var packetizer = VideoPacketizer(codec: codec)
        var assembler = VideoFrameAssembler(codec: codec, patience: 8)
        var sequence: UInt16 = 0
        var received: [UInt32] = []
        for (n, frame) in sent.enumerated() {
            frame.withUnsafeBytes {
                var first = true
                packetizer.packetize($0) { payload, marker in
                    if !(n == 13 && first) {
                        assembler.receive(sequence: sequence, timestamp: UInt32(n), marker: marker, payload: payload)
                    }
                    first = false
                    sequence += 1
                }
            }
            while let frame = assembler.nextFrame() {
                received.append(frame.timestamp)
                #expect(frame.bytes == sent[Int(frame.timestamp)])
            }
        }
        #expect(received == Array(0..<13) + Array(20..<60))
        #expect(assembler.breaks == 1)
    }

    @Test("an H.264 aggregate of nothing is malformed and makes no frame without bytes")
    func emptyAggregate() {
        var unit: [UInt8] = []
        #expect(![UInt8(24)].withUnsafeBytes { H264Payload.appendAnnexB($0, to: &unit) })
        #expect(unit.isEmpty)
        var assembler = VideoFrameAssembler(codec: .h264)
        for (n, payload) in ([[0x65, 1, 2], [24], [0x41, 9], [0x65, 3, 4]] as [[UInt8]]).enumerated() {
            payload.withUnsafeBytes { assembler.receive(sequence: UInt16(n), timestamp: UInt32(n), marker: true, payload: $0) }
        }
        #expect(assembler.nextFrame()?.bytes == [0, 0, 0, 1, 0x65, 1, 2])
        #expect(assembler.nextFrame()?.bytes == [0, 0, 0, 1, 0x65, 3, 4])
        #expect(assembler.breaks == 1)
    }
}
