import Basics
import RTP

/// VP8 and H.264 payloads (RFC 7741, RFC 6184), one by one and put together. Byte 0 chooses the codec; then come pieces, each
/// behind its length and flags (bit 0 marker, bit 1 next timestamp, bit 2 a number is skipped).
enum VideoTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let codec = first & 1 == 0 ? Codec.vp8 : .h264
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
        var assembler = VideoFrameAssembler(codec: codec, patience: 4)
        var sequence: UInt16 = 65_530
        var timestamp: UInt32 = 0
        while let length = reader.u8(), let flags = reader.u8(), let payload = reader.take(min(Int(length), reader.remaining)) {
            look(payload, codec)
            if flags & 4 != 0 { sequence &+= 1 }
            assembler.receive(sequence: sequence, timestamp: timestamp, marker: flags & 1 != 0, payload: payload)
            while let frame = assembler.nextFrame() {
                promise(!frame.bytes.isEmpty, "an empty frame")
                cut(frame, codec)
            }
            sequence &+= 1
            if flags & 2 != 0 { timestamp &+= 3_000 }
        }
        promise(assembler.frames <= bytes.count, "more frames than bytes")
    }

    private static func look(_ payload: UnsafeRawBufferPointer, _ codec: Codec) {
        let starts = codec.startsKeyFrame(payload)
        if let descriptor = VP8PayloadDescriptor(payload) {
            promise(descriptor.length >= 1 && descriptor.length < payload.count, "\(descriptor) in \(payload.count) bytes")
            promise(descriptor.partition < 8 && descriptor.pictureID ?? 0 < 1 << 15 && descriptor.temporalLayer ?? 0 < 4, "\(descriptor)")
            if descriptor.startsKeyFrame { promise(descriptor.startsFrame, "a key frame starts a frame") }
            if codec == .vp8 { promise(starts == descriptor.startsKeyFrame, "both tests for key frames agree") }
            if let size = VP8PayloadDescriptor.pictureSize(UnsafeRawBufferPointer(rebasing: payload[descriptor.length...])) {
                promise((0..<16_384).contains(size.width) && (0..<16_384).contains(size.height), "\(size)")
            }
        }
        var unit: [UInt8] = []
        if H264Payload.appendAnnexB(payload, to: &unit) {
            promise(unit.count <= 3 * payload.count + 4, "\(payload.count) bytes became \(unit.count)")
        }
        unit.withUnsafeBytes { unit in
            var end = 0
            for part in H264Payload.nalUnits(unit) {
                promise(part.lowerBound >= end + 3 && !part.isEmpty && part.upperBound <= unit.count, "\(part) after \(end)")
                end = part.upperBound
            }
        }
    }

    /// Our own pieces of a frame make the frame again.
    private static func cut(_ frame: VideoFrame, _ codec: Codec) {
        var packetizer = VideoPacketizer(codec: codec, limit: 64)
        var assembler = VideoFrameAssembler(codec: codec)
        var sequence: UInt16 = 0
        frame.bytes.withUnsafeBytes { bytes in
            packetizer.packetize(bytes) { payload, marker in
                promise(payload.count <= 64, "a piece of \(payload.count) bytes")
                assembler.receive(sequence: sequence, timestamp: 9, marker: marker, payload: payload)
                sequence &+= 1
            }
        }
        guard frame.isKeyFrame, codec == .vp8 else { return }
        promise(assembler.nextFrame()?.bytes == frame.bytes, "a frame of \(frame.bytes.count) bytes came back changed")
    }

    static var seeds: [[UInt8]] {
        func pieces(_ codec: Codec, _ frame: [UInt8]) -> [UInt8] {
            var packetizer = VideoPacketizer(codec: codec, limit: 200)
            var result: [UInt8] = [codec == .vp8 ? 0 : 1]
            for _ in 0..<2 {
                frame.withUnsafeBytes {
                    packetizer.packetize($0) { payload, marker in
                        result += [UInt8(payload.count), marker ? 3 : 0] + payload
                    }
                }
            }
            return result
        }
        let key: [UInt8] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01]
        func unit(_ type: UInt8, _ count: Int) -> [UInt8] { [0, 0, 0, 1, type] + [UInt8](repeating: 0x55, count: count) }
        return [
            pieces(.vp8, key + (0..<90).map { $0 }), pieces(.vp8, key + [UInt8](repeating: 3, count: 500)),
            pieces(.vp8, [0x11, 0, 0, 9, 9]),
            pieces(.h264, unit(0x67, 12) + unit(0x68, 4) + unit(0x65, 400)), pieces(.h264, unit(0x41, 60)),
            [0, 10, 1, 0x90, 0xF0, 0x81, 0x23, 7, 0x60, 0x10, 0, 0, 0], [1, 9, 1, 24, 0, 2, 0x67, 1, 0, 2, 0x68, 1],
            [1, 5, 0, 28, 0x85, 1, 2, 3, 4, 1, 28, 0x45, 4],
        ]
    }
}
