import Basics
import Foundation
import Mixing
import Native
import Testing

@testable import Demo

@Suite("The bots' media")
struct MediaTests {
    static let missing = SiteMedia.missingPackages
    static let canMake = missing.isEmpty
    /// Clips are kept between runs, as in the demo.
    static let cache = NSTemporaryDirectory() + "nhipcau-media-test"

    static func decoded(_ clip: MediaClip, frames: Int) -> [Int16] {
        let decoder = OpusCodecs().makeDecoder()!
        var sound: [Int16] = []
        var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
        for n in 0..<frames {
            let count = clip.frames[clip.frame(n).index].bytes.withUnsafeBytes { packet in
                samples.withUnsafeMutableBufferPointer { decoder.decode(packet, forwardErrorCorrection: false, into: $0) }
            }
            sound += samples[0..<(count ?? 0)]
        }
        return sound
    }

    @Test("two sites share at most one tone, so three never cover a fourth")
    func code() {
        let codes = (0..<SoundMark.capacity).map { Set(SoundMark.code($0)) }
        for a in codes.indices {
            #expect(codes[a].count == 4 && codes[a].allSatisfy(SoundMark.tones.indices.contains))
            for b in codes.indices where b > a && codes[a].intersection(codes[b]).count > 1 {
                Issue.record("sites \(a) and \(b) share two tones")
            }
        }
    }

    @Test(
        "real clips, really decoded, show and sound their own mark and no other",
        .enabled(if: canMake, "missing Debian packages: \(missing.joined(separator: " "))"))
    func marks() throws {
        let names = ["Ủy ban nhân dân xã Khánh Thượng", "Tỉnh Ninh Bình", "Phường Yên Thắng", "Ấp 3, xã Đại Ân 2"]
        let indices = [0, 17, 130, 288]
        let sites = zip(names, indices).map { SiteMedia.Site(name: $0, index: $1) }
        let media = try SiteMedia.prepare(sites, cache: Self.cache)
        for (site, files) in zip(sites, media) {
            let sound = try files.clip(.opus)
            #expect(sound.frames.count == 300 && sound.length == 288_000)
            #expect(sound.frames.allSatisfy { ($0.level ?? 0) < 60 })
            let soundBytes: Int = sound.frames.reduce(0) { $0 + $1.bytes.count }
            #expect(soundBytes == 24_000 && Set(sound.frames.map(\.bytes.count)) == [80], "32 kbit/s, each frame alike")
            #expect(try files.rate(.opus).payloadBitsPerSecond == 32_000 && files.rate(.opus).packetsPerSecond == 50)
            var detector = SoundMarkDetector(sites: SoundMark.capacity)
            detector.hear(Self.decoded(sound, frames: 600))
            #expect(detector.heard == [site.index])
            // Any 400 ms tell the site.
            let samples = Self.decoded(sound, frames: 300)
            var wrong = 0
            for start in stride(from: 0, to: samples.count - 20_000, by: 20_000) {
                var short = SoundMarkDetector(sites: SoundMark.capacity)
                short.hear(Array(samples[start..<start + 20_000]))
                if short.present != [site.index] { wrong += 1 }
            }
            #expect(wrong == 0, "\(site.name): \(wrong) of 14 windows")

            for codec in [Codec.vp8, .h264] {
                let clip = try files.clip(codec)
                #expect(clip.frames.count == 90 && clip.length == 540_000)
                let keys: [Int] = clip.frames.indices.filter { clip.frames[$0].isKey }
                #expect(keys == [0, 15, 30, 45, 60, 75])
                let rate = try files.rate(codec)
                #expect(rate == ClipRate(clip), "what stands beside the file is what it costs")
                #expect(abs(rate.bitsPerSecond / 300_000 - 1) < 0.002 && rate.largestSecond / rate.smallestSecond < 1.002, "\(codec): \(rate)")
                let decoder = try #require(LibavVideoDecoder(codec))
                var flashes: [Int] = []
                // From the second key frame on, and once around.
                for n in 15..<150 {
                    let picture = try #require(clip.frames[clip.frame(n).index].bytes.withUnsafeBytes { decoder.decode($0) }, "\(codec) frame \(n)")
                    #expect(picture.width == 640 && picture.height == 360)
                    #expect(PictureMarkDetector.site(in: picture) == site.index, "\(codec) frame \(n)")
                    if PictureMarkDetector.isFlashing(picture) { flashes.append(n) }
                }
                let expected = (15..<150).filter { (n: Int) in n % 15 < 2 }
                #expect(flashes == expected)
            }
        }
    }

    @Test(
        "in a mix of three sites, encoded again, exactly these three are found",
        .enabled(if: canMake, "missing Debian packages: \(missing.joined(separator: " "))"))
    func mix() throws {
        let sites = [(0, "Ủy ban nhân dân xã Khánh Thượng"), (17, "Tỉnh Ninh Bình"), (130, "Phường Yên Thắng")].map {
            SiteMedia.Site(name: $0.1, index: $0.0)
        }
        let clips = try SiteMedia.prepare(sites, cache: Self.cache).map { try $0.clip(.opus) }
        let mixer = Mixer(codecs: OpusCodecs())
        var now = Instant.zero
        let slots = clips.map { _ in mixer.addSource()! }
        for slot in slots { mixer.setMicrophone(slot, rank: .other, now: now) }
        let listeners = [mixer.addListener(), mixer.addListener(own: [slots[1]])]
        var detectors = listeners.map { _ in SoundMarkDetector(sites: SoundMark.capacity) }
        let decoders = listeners.map { _ in OpusCodecs().makeDecoder()! }
        var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
        for n in 0..<250 {
            for (slot, clip) in zip(slots, clips) {
                let (index, timestamp) = clip.frame(n + slot * 40)
                let frame = AudioFrame(
                    sequence: UInt16(truncatingIfNeeded: n), timestamp: UInt32(truncatingIfNeeded: timestamp), level: clip.frames[index].level)
                clip.frames[index].bytes.withUnsafeBytes { _ = mixer.insert(slot, frame, payload: $0, now: now) }
            }
            mixer.wake(now: now)
            for mix in mixer.mixes {
                for listener in mixer.listeners[mix.listeners] {
                    let count = samples.withUnsafeMutableBufferPointer {
                        decoders[listener].decode(mix.packet, forwardErrorCorrection: false, into: $0)
                    }
                    detectors[listener].hear(Array(samples[0..<(count ?? 0)]))
                }
            }
            now += .milliseconds(20)
        }
        #expect(detectors[0].heard == [0, 17, 130])
        #expect(detectors[1].heard == [0, 130])
    }

    @Test("every site's mark survives Opus as the mixer encodes it, under noise like speech", arguments: [0, 1, 16, 18, 145, 270, 288])
    func everySite(site: Int) throws {
        var random = SeededGenerator(seed: UInt64(site))
        var sound = [Double](repeating: 0, count: 48_000)
        SoundMark.add(site, to: &sound)
        var noise = 0.0
        for i in sound.indices {
            noise = 0.8 * noise + (Double(random.next() % 2_000) - 1_000)
            sound[i] += noise
        }
        let encoder = try #require(OpusCodecs().makeEncoder(.kbps(32)))
        let decoder = try #require(OpusCodecs().makeDecoder())
        encoder.expectLoss(percent: 5)
        var detector = SoundMarkDetector(sites: SoundMark.capacity)
        var packet = [UInt8](repeating: 0, count: 1_280)
        var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
        for frame in 0..<50 {
            let input = sound[frame * 960..<frame * 960 + 960].map { Int16($0) }
            let count = try #require(input.withUnsafeBufferPointer { s in packet.withUnsafeMutableBytes { encoder.encode(s, into: $0) } })
            let decoded = packet[0..<count].withUnsafeBytes { p in
                samples.withUnsafeMutableBufferPointer { decoder.decode(p, forwardErrorCorrection: false, into: $0) }
            }
            detector.hear(Array(samples[0..<(decoded ?? 0)]))
        }
        #expect(detector.heard == [site])
        #expect(detector.windows == 3)
    }

    @Test("noise and damaged pictures carry no mark")
    func noMark() {
        var random = SeededGenerator(seed: 5)
        var detector = SoundMarkDetector(sites: SoundMark.capacity)
        detector.hear((0..<480_000).map { _ in Int16(truncatingIfNeeded: random.next()) })
        #expect(detector.heard.isEmpty)
        for _ in 0..<100 {
            let planes = (0..<96 * 48 * 3 / 2).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(PictureMarkDetector.site(in: Picture(width: 96, height: 48, planes: planes)) == nil)
        }
        #expect(PictureMarkDetector.site(in: Picture(width: 640, height: 360, planes: [])) == nil)
        for site in [0, 1, 2_047, 4_095] {
            var planes = [UInt8](repeating: 100, count: 320 * 180 * 3 / 2)
            let code = PictureMark.code(site)
            for y in 165..<180 { for x in 0..<320 { planes[y * 320 + x] = code[x * 24 / 320] ? 220 : 30 } }
            #expect(PictureMarkDetector.site(in: Picture(width: 320, height: 180, planes: planes)) == site)
            for y in 165..<180 { for x in 120..<133 { planes[y * 320 + x] = 250 - planes[y * 320 + x] } }
            #expect(PictureMarkDetector.site(in: Picture(width: 320, height: 180, planes: planes)) == nil)
        }
    }

    @Test("damaged files give an error or fewer frames, never a trap")
    func damaged() {
        var random = SeededGenerator(seed: 6)
        let ogg: [UInt8] = Array("OggS".utf8) + [UInt8](repeating: 0, count: 22) + [1, 19] + Array("OpusHead".utf8) + [UInt8](repeating: 1, count: 11)
        var ivf: [UInt8] =
            Array("DKIF".utf8) + [0, 0, 32, 0] + Array("VP80".utf8) + [128, 2, 104, 1, 15, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        for n in 0..<5 as Range<UInt8> { ivf += [3, 0, 0, 0, n, 0, 0, 0, 0, 0, 0, 0, n, 2, 3] }
        let h264: [UInt8] = [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, 0x88, 9, 9, 0, 0, 0, 1, 0x41, 0x9A, 1]
        for base in [ogg, ivf, h264] {
            for _ in 0..<2_000 {
                var file = base
                for _ in 0..<Int(random.next() % 4) { file[Int(random.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: random.next()) }
                file.removeLast(Int(random.next() % UInt64(file.count)))
                _ = try? OggOpusReader.clip(file)
                _ = try? IVFReader.clip(file)
                _ = try? AnnexBReader.clip(file, framesPerSecond: 15)
            }
        }
        #expect((try? IVFReader.clip(ivf))?.frames.count == 5)
        #expect(AnnexBReader.accessUnits(h264).map(\.range) == [0..<18, 18..<25])
    }
}
