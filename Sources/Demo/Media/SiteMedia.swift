import Basics
import Foundation
import Mixing
import Native
import Synchronization

/// A site's media files: what its bot uses as microphone and camera.
///
/// The site says and shows its own name, over the marks of ``SoundMark`` and ``PictureMark``; a beep and a flash come
/// together at every whole second. Pictures are 640×360 at 15 a second with a key frame a second, since a bot cannot encode
/// on demand. Every second of a clip has the same number of bytes, and beside the clips stands what they cost as RTP
/// (``ClipRate``). Clips last 6 s and are made to be repeated.
public struct SiteMedia: Sendable {
    /// A site to make media for.
    public struct Site: Hashable, Sendable {
        /// As spoken and shown, in Vietnamese.
        public var name: String
        /// Below ``SoundMark/capacity``: what the marks carry.
        public var index: Int
        public init(name: String, index: Int) {
            self.name = name
            self.index = index
        }
    }

    /// Opus in Ogg.
    public let sound: String
    /// VP8 in IVF.
    public let vp8: String
    /// H.264 in Annex B.
    public let h264: String
    /// What each clip costs: a JSON object with a ``ClipRate`` for `opus`, `vp8` and `h264`.
    public let rates: String

    /// The Debian packages without which no clip can be made, as far as they are missing.
    public static var missingPackages: [String] {
        var missing: [String] = []
        if !ChildProcess.exists("espeak-ng") { missing.append("espeak-ng") }
        if !ChildProcess.exists("ffmpeg") { missing.append("ffmpeg") }
        if access(MediaRecipe.font, R_OK) != 0 { missing.append("fonts-dejavu-core") }
        return missing
    }

    /// Where the files of a site are, or would be, in a cache folder; the name is a hash of all that goes into them.
    public init(_ site: Site, at rates: MediaRates = MediaRates(), cache: String) {
        let wanted = "\(rates.audio.bitsPerSecond)|\(rates.video.bitsPerSecond)"
        let key = SHA256.digest(Array("\(MediaRecipe.version)|\(wanted)|\(site.index)|\(site.name)".utf8))
        let stem = cache + "/" + key.prefix(10).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        sound = stem + ".opus"
        vp8 = stem + ".ivf"
        h264 = stem + ".h264"
        self.rates = stem + ".json"
    }

    /// Whether all files are there.
    public var isReady: Bool { [sound, vp8, h264, rates].allSatisfy { (file: String) in access(file, R_OK) == 0 } }

    /// Makes what is missing, `workers` sites at a time; blocks until done (about 0.7 CPU seconds for each new site).
    /// Calls `progress` with the number of finished sites, from any thread. Returns the media in the order of `sites`.
    public static func prepare(
        _ sites: [Site], at rates: MediaRates = MediaRates(), cache: String, workers: Int = 2,
        progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(MediaError) -> [SiteMedia] {
        for site in sites where site.index < 0 || site.index >= SoundMark.capacity { throw .tooManySites(site.index) }
        do {
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        } catch {
            throw .tool("mkdir", "\(cache): \(error.localizedDescription)")
        }
        struct State {
            var next = 0
            var done = 0
            var failure: MediaError?
        }
        let state = Mutex(State())
        DispatchQueue.concurrentPerform(iterations: max(1, min(workers, sites.count))) { _ in
            while true {
                let turn = state.withLock { state -> Int? in
                    guard state.failure == nil, state.next < sites.count else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let turn else { return }
                do throws(MediaError) {
                    try SiteMedia(sites[turn], at: rates, cache: cache).make(sites[turn], rates)
                    let done = state.withLock { state -> Int in
                        state.done += 1
                        return state.done
                    }
                    progress(done, sites.count)
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return sites.map { SiteMedia($0, at: rates, cache: cache) }
    }

    private func make(_ site: Site, _ rates: MediaRates) throws(MediaError) {
        if isReady { return }
        // Under names of this thread first, so that a broken run leaves nothing that looks whole, and two may run at once.
        let scratch = "\(sound).\(getpid()).\(pthread_self())"
        let drafts = [scratch + ".sound", scratch + ".vp8", scratch + ".h264", scratch + ".json"]
        defer { for draft in drafts { unlink(draft) } }
        try MediaRecipe.makeSound(name: site.name, index: site.index, rate: rates.audio, output: drafts[0], scratch: scratch)
        try MediaRecipe.makePicture(name: site.name, index: site.index, rate: rates.video, vp8: drafts[1], h264: drafts[2], scratch: scratch)
        try MediaRecipe.fill(vp8: drafts[1], h264: drafts[2], to: rates.video)
        var costs: [String: ClipRate] = [:]
        for (name, codec, draft) in [("opus", Codec.opus, drafts[0]), ("vp8", .vp8, drafts[1]), ("h264", .h264, drafts[2])] {
            costs[name] = ClipRate(try SiteMedia.clip(codec, draft))
        }
        try SiteMedia.write(costs, drafts[3])
        for (draft, file) in zip(drafts, [sound, vp8, h264, self.rates]) where rename(draft, file) != 0 {
            throw .tool("rename", "\(file): \(String(cString: strerror(errno)))")
        }
    }

    private static func write(_ costs: [String: ClipRate], _ path: String) throws(MediaError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do { try encoder.encode(costs).write(to: URL(fileURLWithPath: path)) } catch { throw .tool("write", "\(path): \(error.localizedDescription)") }
    }

    /// What a clip costs, as it was measured when it was made.
    public func rate(_ codec: Codec) throws(MediaError) -> ClipRate {
        let costs: [String: ClipRate]
        do { costs = try JSONDecoder().decode([String: ClipRate].self, from: Data(SiteMedia.read(rates))) } catch {
            throw .tool("read", "\(rates): \(error.localizedDescription); remove it, and it is made anew")
        }
        guard let cost = costs["\(codec)"] else { throw .tool("read", "\(rates): nothing about \(codec); remove it, and it is made anew") }
        return cost
    }

    /// Reads one clip; sound comes with its levels.
    public func clip(_ codec: Codec) throws(MediaError) -> MediaClip {
        switch codec {
        case .opus:
            let clip = try SiteMedia.clip(.opus, sound)
            guard let decoder = OpusCodecs().makeDecoder() else { return clip }
            return clip.measured(by: decoder)
        case .vp8: return try SiteMedia.clip(.vp8, vp8)
        case .h264: return try SiteMedia.clip(.h264, h264)
        }
    }

    static func clip(_ codec: Codec, _ path: String) throws(MediaError) -> MediaClip {
        switch codec {
        case .opus: try OggOpusReader.clip(read(path))
        case .vp8: try IVFReader.clip(read(path))
        case .h264: try AnnexBReader.clip(read(path), framesPerSecond: MediaRecipe.framesPerSecond)
        }
    }

    private static func read(_ path: String) throws(MediaError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw .tool("read", "\(path): not there") }
        return [UInt8](data)
    }
}
