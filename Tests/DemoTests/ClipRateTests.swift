import Basics
import Testing

@testable import Demo

@Suite("Clips of a constant rate")
struct ClipRateTests {
    /// Three seconds of four frames; the third has more than any rate here.
    static func clip(_ codec: Codec) throws -> MediaClip {
        let sizes = [400, 100, 100, 120, 900, 10, 10, 10, 900, 900, 900, 900]
        let frames = sizes.enumerated().map { n, size in
            let start: [UInt8] = codec == .h264 ? [0, 0, 0, 1, 0x65, 0x88] : [0, 0]
            return MediaFrame(bytes: start + [UInt8](repeating: 7, count: size - start.count), timestamp: Int64(n) * 22_500, isKey: n % 4 == 0)
        }
        return try #require(MediaClip(codec: codec, frames: frames, length: 270_000))
    }

    @Test("the smallest frames of every second are raised to one size", arguments: [Codec.vp8, .h264])
    func filled(codec: Codec) throws {
        let clip = try Self.clip(codec).filled(to: .kbps(8))
        #expect(clip.frames.map(\.bytes.count) == [400, 200, 200, 200, 900, 34, 33, 33, 900, 900, 900, 900])
        let original = try Self.clip(codec)
        for (full, bare) in zip(clip.frames, original.frames) {
            #expect(full.bytes.starts(with: bare.bytes) && full.timestamp == bare.timestamp && full.isKey == bare.isKey)
        }
    }

    @Test("an H.264 filler unit belongs to its access unit and to nothing else")
    func filler() throws {
        let frames = try Self.clip(.h264).filled(to: .kbps(8)).frames
        let read = try AnnexBReader.clip(frames.flatMap(\.bytes), framesPerSecond: 4)
        #expect(read.frames.map(\.bytes) == frames.map(\.bytes))
        #expect(frames[1].bytes.suffix(100).starts(with: [0, 0, 0, 1, 12, 0xFF]) && frames[1].bytes.last == 0x80)
    }

    @Test("a filled IVF file reads back as it was written")
    func ivf() throws {
        let clip = try Self.clip(.vp8).filled(to: .kbps(8))
        let read = try IVFReader.clip(IVFWriter.file(clip, width: 640, height: 360, framesPerSecond: 4))
        #expect(read.frames.map(\.bytes) == clip.frames.map(\.bytes) && read.length == clip.length)
        #expect(read.frames.map(\.timestamp) == clip.frames.map(\.timestamp))
    }

    @Test(
        "sizes are levelled, never lowered",
        arguments: [([5, 3], 20, [10, 10]), ([5, 3], 9, [5, 4]), ([5, 3], 8, [5, 3]), ([5, 3], 7, [5, 3]), ([1, 9, 2], 14, [3, 9, 2]), ([4], 9, [9])])
    func levelled(sizes: [Int], sum: Int, expected: [Int]) {
        #expect(MediaClip.levelled(sizes, sum: sum) == expected)
    }

    @Test("a clip's cost counts its packets, descriptors and seconds")
    func cost() throws {
        let rate = ClipRate(try Self.clip(.vp8).filled(to: .kbps(24)))
        // 3,000 bytes in each of the first two seconds, 3,600 in the third; one packet a frame, each with four bytes of descriptor.
        #expect(rate.smallestSecond == 24_000 && rate.largestSecond == 28_800)
        #expect(rate.packetsPerSecond == 4 && rate.payloadBitsPerSecond == rate.bitsPerSecond + 4 * 4 * 8)
    }
}
