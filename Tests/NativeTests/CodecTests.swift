import Basics
import Mixing
import Testing

@testable import Native

@Suite("Codecs of the system")
struct CodecTests {
    /// A slow ramp of noise with a hum below: compresses, but not to nothing.
    static func sound(_ random: inout SeededGenerator) -> [Int16] {
        (0..<960).map { i in Int16(truncatingIfNeeded: Int(random.next() % 4_000) - 2_000 + (i % 100) * 60) }
    }

    @Test("a frame of sound survives Opus, and a lost one is recovered from the next")
    func opus() throws {
        var random = SeededGenerator(seed: 1)
        let encoder = try #require(OpusCodecs().makeEncoder(.kbps(32)))
        encoder.expectLoss(percent: 20)
        let decoder = try #require(OpusCodecs().makeDecoder())
        var packet = [UInt8](repeating: 0, count: 1_280)
        var samples = [Int16](repeating: 0, count: 5_760)
        for frame in 0..<50 {
            let sound = CodecTests.sound(&random)
            let count = try #require(sound.withUnsafeBufferPointer { s in packet.withUnsafeMutableBytes { encoder.encode(s, into: $0) } })
            #expect(count > 2 && count < 300)
            let decoded = packet.withUnsafeBytes { p in
                samples.withUnsafeMutableBufferPointer { s -> [Int?] in
                    let bytes = UnsafeRawBufferPointer(rebasing: p[0..<count])
                    var results: [Int?] = []
                    if frame == 30 { results.append(decoder.decode(bytes, forwardErrorCorrection: true, into: s)) }
                    if frame == 40 { results.append(decoder.decode(nil, forwardErrorCorrection: false, into: s)) }
                    if frame != 29, frame != 39 { results.append(decoder.decode(bytes, forwardErrorCorrection: false, into: s)) }
                    return results
                }
            }
            for count in decoded { #expect(count == 960) }
        }
    }

    @Test("wrong sizes are refused")
    func sizes() throws {
        let encoder = try #require(OpusCodecs().makeEncoder(.kbps(32)))
        let decoder = try #require(OpusCodecs().makeDecoder())
        var packet = [UInt8](repeating: 0, count: 100)
        var few = [Int16](repeating: 0, count: 100)
        #expect(few.withUnsafeBufferPointer { s in packet.withUnsafeMutableBytes { encoder.encode(s, into: $0) } } == nil)
        #expect(few.withUnsafeMutableBufferPointer { decoder.decode(nil, forwardErrorCorrection: false, into: $0) } == nil)
        #expect(
            few.withUnsafeMutableBufferPointer { decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0), forwardErrorCorrection: false, into: $0) } == nil)
    }

    @Test("5,000 random packets never trap the Opus decoder", arguments: [7, 8] as [UInt64])
    func opusGarbage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let decoder = try #require(OpusCodecs().makeDecoder())
        var samples = [Int16](repeating: 0, count: 5_760)
        for _ in 0..<5_000 {
            let bytes = (0..<1 + Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let spare = random.next() % 4 == 0
            let count = bytes.withUnsafeBytes { b in
                samples.withUnsafeMutableBufferPointer { decoder.decode(b, forwardErrorCorrection: spare, into: $0) }
            }
            if let count { #expect(count > 0 && count <= 5_760) }
        }
    }

    @Test("2,000 random frames never trap the video decoders", arguments: [Codec.vp8, .h264])
    func videoGarbage(codec: Codec) throws {
        var random = SeededGenerator(seed: 9)
        let decoder = try #require(LibavVideoDecoder(codec))
        for round in 0..<2_000 {
            var bytes = (0..<1 + Int(random.next() % 1_500)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // Half of them look like the beginning of something: a VP8 key frame of 64×48, an H.264 start code.
            if round % 2 == 0 {
                let head: [UInt8] =
                    codec == .vp8 ? [0x10, 0x02, 0, 0x9D, 0x01, 0x2A, 64, 0, 48, 0] : [0, 0, 0, 1, [0x67, 0x68, 0x65, 0x41][round / 2 % 4]]
                bytes.replaceSubrange(0..<min(head.count, bytes.count), with: head)
            }
            bytes.withUnsafeBytes { _ = decoder.decode($0) }
        }
        #expect(LibavVideoDecoder(.opus) == nil)
    }

    @Test("a still is a JPEG of the fitted size", arguments: [(640, 360, 320, 180), (640, 480, 240, 180), (33, 17, 320, 164), (1920, 1080, 320, 180)])
    func still(width: Int, height: Int, outWidth: Int, outHeight: Int) throws {
        let chroma = (width + 1) / 2 * ((height + 1) / 2)
        var planes = [UInt8](repeating: 128, count: width * height + 2 * chroma)
        for i in 0..<width * height { planes[i] = UInt8(truncatingIfNeeded: i / 7) }
        let encoder = StillEncoder()
        for _ in 0..<3 {
            let jpeg = try #require(encoder.encode(Picture(width: width, height: height, planes: planes)))
            #expect(jpeg.starts(with: [0xFF, 0xD8]) && jpeg.suffix(2) == [0xFF, 0xD9])
            let size = try #require(CodecTests.size(ofJPEG: jpeg))
            #expect(size == (outWidth, outHeight))
        }
        #expect(encoder.encode(Picture(width: width, height: height, planes: [1, 2, 3])) == nil)
        #expect(encoder.encode(Picture(width: -1, height: height, planes: planes)) == nil)
    }

    /// Width and height out of the first frame header.
    static func size(ofJPEG bytes: [UInt8]) -> (Int, Int)? {
        var i = 2
        while i + 9 < bytes.count, bytes[i] == 0xFF {
            let length = Int(bytes[i + 2]) << 8 | Int(bytes[i + 3])
            if bytes[i + 1] == 0xC0 {
                return (Int(bytes[i + 7]) << 8 | Int(bytes[i + 8]), Int(bytes[i + 5]) << 8 | Int(bytes[i + 6]))
            }
            i += 2 + length
        }
        return nil
    }

    @Test("what Zstandard makes smaller comes back, with and without a dictionary")
    func zstd() throws {
        let dictionary = Array("điểm cầu phường Yên Mô xã Khánh Thượng micro mở đang nói ".utf8)
        let plain = Array("xã Khánh Thượng micro mở; phường Yên Mô đang nói; điểm cầu".utf8)
        let with = ZstdCompressor(dictionary: dictionary)
        let without = ZstdCompressor()
        let small = try #require(with.compress(plain))
        #expect(small.count < plain.count / 2)
        for _ in 0..<3 { #expect(small.withUnsafeBytes { with.decompress($0, limit: 1_200) } == plain) }
        #expect(small.withUnsafeBytes { with.decompress($0, limit: plain.count - 1) } == nil)
        #expect(small.withUnsafeBytes { without.decompress($0, limit: 1_200) } != plain)
        #expect(without.compress([1, 2, 3]) == nil)
        let zeros = try #require(without.compress([UInt8](repeating: 0, count: 10_000)))
        #expect(zeros.withUnsafeBytes { without.decompress($0, limit: 1_200) } == nil)
    }

    @Test("random and damaged Zstandard frames never trap")
    func zstdGarbage() throws {
        var random = SeededGenerator(seed: 3)
        let compressor = ZstdCompressor(dictionary: Array(repeating: 7, count: 500))
        let good = try #require(compressor.compress((0..<1_000).map { UInt8(truncatingIfNeeded: $0 / 9) }))
        for round in 0..<5_000 {
            var bytes = good
            if round % 2 == 0 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            } else {
                bytes = (0..<Int(random.next() % 100)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            let result = bytes.withUnsafeBytes { compressor.decompress($0, limit: 1_200) }
            #expect((result?.count ?? 0) <= 1_200)
        }
    }
}
