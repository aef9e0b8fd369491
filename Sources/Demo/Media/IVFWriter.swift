import Basics

/// VP8 frames as an IVF file, which ``IVFReader`` and ffmpeg read.
enum IVFWriter {
    static func file(_ clip: MediaClip, width: Int, height: Int, framesPerSecond: Int) -> [UInt8] {
        func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let ticks = Int64(90_000 / framesPerSecond)
        var file = Array("DKIF".utf8) + number(0, 2) + number(32, 2) + Array("VP80".utf8) + number(width, 2) + number(height, 2)
        file += number(framesPerSecond, 4) + number(1, 4) + number(clip.frames.count, 4) + number(0, 4)
        for frame in clip.frames { file += number(frame.bytes.count, 4) + number(Int(frame.timestamp / ticks), 8) + frame.bytes }
        return file
    }
}
