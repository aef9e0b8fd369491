import Basics
import Foundation

/// How a site's clip is made: espeak-ng speaks, we add the marks, ffmpeg draws and encodes.
enum MediaRecipe {
    /// Part of the cache's key: changes whenever the clips would.
    static let version = "2"
    static let seconds = 6
    static let framesPerSecond = 15
    static let width = 640
    static let height = 360
    static let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
    /// Beep in Hz, and its length in samples: with the flash at every whole second. Above the marks' tones.
    static let beep = 4_200.0
    static let beepSamples = 2_880

    /// More than this the encoder is not asked for: nothing would look better, and the rest is filling.
    static let enough = Bitrate.kbps(300)

    /// Speaks, marks and encodes the sound into `output` (Ogg Opus of a constant rate, 20 ms, never interrupted).
    static func makeSound(name: String, index: Int, rate: Bitrate, output: String, scratch: String) throws(MediaError) {
        let wave = scratch + ".wav"
        let raw = scratch + ".raw"
        defer {
            unlink(wave)
            unlink(raw)
        }
        try ChildProcess.run("espeak-ng", ["-v", "vi", "-s", "150", "-w", wave, "Đây là điểm cầu \(name)."], log: scratch + ".log")
        guard let file = FileManager.default.contents(atPath: wave) else { throw .tool("espeak-ng", "wrote no sound") }
        let samples = try mixed(speech: resampled([UInt8](file)), index: index)
        let bytes = samples.withUnsafeBytes { Data($0) }
        guard FileManager.default.createFile(atPath: raw, contents: bytes) else { throw .tool("ffmpeg", "cannot write \(raw)") }
        try ChildProcess.run(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-y", "-f", "s16le", "-ar", "48000", "-ac", "1", "-i", raw, "-c:a", "libopus", "-b:a",
                "\(rate.bitsPerSecond)", "-vbr", "off", "-application", "audio", "-frame_duration", "20", "-compression_level", "5", "-f", "ogg", output,
            ], log: scratch + ".log")
    }

    /// Speech repeated to the clip's length, with tones, and a beep at each second.
    static func mixed(speech: [Double], index: Int) -> [Int16] {
        let count = seconds * 48_000
        var sound = [Double](repeating: 0, count: count)
        let peak = speech.reduce(1) { max($0, abs($1)) }
        // Half a second between repetitions; only whole ones, unless the first does not fit.
        let period = speech.count + 24_000
        var start = 4_800
        repeat {
            for i in 0..<min(speech.count, count - start) { sound[start + i] = speech[i] / peak * 11_000 }
            start += period
        } while start + speech.count <= count
        SoundMark.add(index, to: &sound)
        for second in 0..<seconds {
            for i in 0..<beepSamples {
                // Soft edges of 1 ms.
                let edge = min(1, Double(min(i, beepSamples - i)) / 48)
                sound[second * 48_000 + i] += 5_000 * edge * sin(2 * Double.pi * beep * Double(i) / 48_000)
            }
        }
        return sound.map { Int16(max(-32_767, min(32_767, $0))) }
    }

    /// The samples of espeak-ng's WAV file (mono, 16 bits) brought to 48 kHz by straight lines.
    static func resampled(_ file: [UInt8]) throws(MediaError) -> [Double] {
        guard file.count > 44, file.starts(with: "RIFF".utf8) else { throw .file("no WAV", offset: 0) }
        func number(_ at: Int, _ bytes: Int) -> Int { (0..<bytes).reduce(0) { $0 | Int(file[at + $1]) << (8 * $1) } }
        let rate = number(24, 4)
        guard number(22, 2) == 1, number(34, 2) == 16, rate >= 8_000, rate <= 96_000 else { throw .file("WAV is not 16-bit mono", offset: 22) }
        let count = (file.count - 44) / 2
        let input = (0..<count).map { Double(Int16(truncatingIfNeeded: number(44 + 2 * $0, 2))) }
        let step = Double(rate) / 48_000
        return (0..<Int(Double(count - 1) / step)).map { i in
            let position = Double(i) * step
            let whole = Int(position)
            let part = position - Double(whole)
            return input[whole] * (1 - part) + input[min(whole + 1, count - 1)] * part
        }
    }

    /// Draws the picture and encodes it twice, as VP8 in IVF and as H.264 in Annex B, with some room below `rate` for filling.
    static func makePicture(name: String, index: Int, rate: Bitrate, vp8: String, h264: String, scratch: String) throws(MediaError) {
        let text = scratch + ".txt"
        defer { unlink(text) }
        let lines = wrapped(name)
        guard FileManager.default.createFile(atPath: text, contents: Data(lines.joined(separator: "\n").utf8)) else {
            throw .tool("ffmpeg", "cannot write \(text)")
        }
        let widest = lines.map(\.count).max() ?? 1
        let size = max(22, min(58, 880 / max(1, widest)))
        let keyed = ["-g", "\(framesPerSecond)", "-keyint_min", "\(framesPerSecond)", "-bf", "0", "-threads", "1"]
        let asked = "\(min(rate.bitsPerSecond, enough.bitsPerSecond) * 17 / 20)"
        let bits = ["-b:v", asked, "-minrate", asked, "-maxrate", asked, "-bufsize", asked]
        try ChildProcess.run(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-y", "-filter_threads", "1", "-filter_complex_threads", "1", "-f", "lavfi", "-i",
                "color=c=\(background(index)):s=\(width)x\(height):r=\(framesPerSecond):d=\(seconds)", "-filter_complex",
                "[0:v]format=yuv420p,\(drawing(index: index, text: text, size: size)),split=2[a][b]",
                "-map", "[a]", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-lag-in-frames", "0",
                "-force_key_frames", "expr:gte(t,n_forced)",
            ] + keyed + bits + ["-f", "ivf", vp8, "-map", "[b]", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"]
                + ["-profile:v", "baseline", "-level", "3.1", "-sc_threshold", "0", "-x264-params", "repeat-headers=1:slices=1:open-gop=0"]
                + keyed + bits + ["-f", "h264", h264],
            log: scratch + ".log")
    }

    /// Brings both files of a picture to a constant rate.
    static func fill(vp8: String, h264: String, to rate: Bitrate) throws(MediaError) {
        let first = try SiteMedia.clip(.vp8, vp8).filled(to: rate)
        let second = try SiteMedia.clip(.h264, h264).filled(to: rate)
        let files = [
            (vp8, IVFWriter.file(first, width: width, height: height, framesPerSecond: framesPerSecond)), (h264, second.frames.flatMap(\.bytes)),
        ]
        for (path, bytes) in files where !FileManager.default.createFile(atPath: path, contents: Data(bytes)) {
            throw .tool("write", "\(path): not written")
        }
    }

    /// The filters: the name, a bar that moves, the flash, the strip of blocks.
    static func drawing(index: Int, text: String, size: Int) -> String {
        let strip = height / PictureMark.heightPart
        var filters = [
            "drawtext=fontfile=\(font):textfile=\(text):expansion=none:fontcolor=white:fontsize=\(size):line_spacing=12:x=(w-tw)/2:y=(h-th)/2-30",
            "drawtext=fontfile=\(font):text='%{pts\\:hms}':fontcolor=white:fontsize=26:x=24:y=20",
            "drawbox=x=\(width * 7 / 8):y=0:w=\(width / 8):h=\(height / 6):color=white:t=fill:enable='lt(mod(n,\(framesPerSecond)),2)'",
            "drawbox=x=0:y=\(height - strip):w=\(width):h=\(strip):color=black:t=fill",
        ]
        let code = PictureMark.code(index)
        var n = 0
        while n < code.count {
            var end = n
            while end < code.count, code[end] { end += 1 }
            if end > n {
                let left = (width * n + PictureMark.blocks / 2) / PictureMark.blocks
                let right = (width * end + PictureMark.blocks / 2) / PictureMark.blocks
                filters.append("drawbox=x=\(left):y=\(height - strip):w=\(right - left):h=\(strip):color=white:t=fill")
            }
            n = end + 1
        }
        return filters.joined(separator: ",")
    }

    /// A dark colour of its own for each index: the hue goes round by the golden ratio.
    static func background(_ index: Int) -> String {
        let hue = (Double(index) * 0.618_034).truncatingRemainder(dividingBy: 1) * 6
        func part(_ shift: Double) -> Int {
            let distance = abs((hue + shift).truncatingRemainder(dividingBy: 6) - 3)
            return Int(30 + 80 * max(0, min(1, distance - 1)))
        }
        return "0x" + [part(0), part(2), part(4)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The name in lines of at most some 18 letters.
    static func wrapped(_ name: String) -> [String] {
        var lines: [String] = []
        for word in name.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + word.count < 18 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word.prefix(40)))
            }
        }
        return Array(lines.prefix(4))
    }
}
