import Basics
import Mixing
import Native
import Peer
import RTP
import SDP

/// One hall at its node, without sockets: what it sends and what it makes of what it receives.
///
/// ```
/// offer ── accept(answer:) ──▶ connecting ── established ──▶ sending and receiving ──▶ failed
/// ```
/// `heard` and `saw` come from decoded sound and pictures alone; no counter of packets enters them.
final class BotLeg {
    /// A hall's prepared clips.
    struct Clips: Sendable {
        var sound: MediaClip
        var vp8: MediaClip
        var h264: MediaClip
    }

    /// What the leg tells, each once.
    enum News: Hashable, Sendable {
        /// Media can pass.
        case established
        /// The mark of that site was found in decoded sound.
        case heard(Int)
        /// The mark of that site was found in a decoded picture.
        case saw(Int)
        /// Sound of anybody is heard since then, or no longer since then.
        case hearing(Bool, since: Instant)
        /// The leg is over; make another.
        case lost(String)
    }

    /// Of receiver reports and the bandwidth estimate.
    private static let feedbackPeriod = Interval.milliseconds(500)
    private static let reportPeriod = Interval.seconds(Int64(1))
    /// What a hall can take: far more than two pictures, so that the node never holds back.
    private static let bandwidth = Bitrate.mbps(8)
    private static let cname = "bot"
    /// So long without a decoded packet is silence.
    private static let silence = Interval.milliseconds(100)

    let peer: Peer
    let outbox = Outbox()
    /// What leaves as sound.
    var microphone = BotCamera.Microphone.muted
    /// Nothing that is to be heard or seen is news: receives, reports and asks as before, but decodes nothing.
    var isResting = false {
        didSet {
            guard isResting != oldValue else { return }
            for ear in ears { ear.isResting = isResting }
            for eye in eyes { eye.isResting = isResting }
        }
    }
    private let clips: Clips
    private let sites: Int
    private let codecs: any AudioCodecProvider
    private var random: SeededGenerator
    private var camera: BotCamera?
    private var ears: [BotEar] = []
    private var eyes: [BotEye] = []
    private var nextFeedback: Instant?
    private var nextReport: Instant?
    private var heard: Set<Int> = []
    private var saw: Set<Int> = []
    private var news: [News] = []
    private var isLost = false
    private let soundOnly: Bool
    /// The last packet heard, while ``isHearing`` and after.
    private var lastSound: Instant?
    private var isHearing = false

    init(
        clips: Clips, sites: Int, soundOnly: Bool = false, security: any SecurityProvider, codecs: any AudioCodecProvider, now: Instant
    ) {
        self.soundOnly = soundOnly
        self.clips = clips
        self.sites = sites
        self.codecs = codecs
        var seed: UInt64 = 0
        for byte in security.randomBytes(8) { seed = seed << 8 | UInt64(byte) }
        random = SeededGenerator(seed: seed)
        let ssrcs = [UInt32.random(in: 1..<1 << 31, using: &random), UInt32.random(in: 1 << 31...UInt32.max, using: &random)]
        peer = Peer(
            accessClient: OfferSettings(audioSSRC: ssrcs[0], videoSSRC: ssrcs[1], cname: BotLeg.cname), security: security, now: now)
    }

    /// The SDP to post to the node.
    var offer: String { peer.localDescription ?? "" }

    /// The node's answer; checks begin with the next ``wake(now:wall:)``.
    func accept(answer: String, now: Instant) throws(NegotiationError) {
        try peer.accept(answer: SessionDescription(parsing: answer), now: now)
        for slot in peer.media?.slots ?? [] where slot.receives {
            if slot.kind == .audio {
                if let ear = BotEar(slot, sites: sites, codecs: codecs) { ears.append(ear) }
            } else if let eye = BotEye(slot) {
                eyes.append(eye)
            }
        }
        if isResting {
            for ear in ears { ear.isResting = true }
            for eye in eyes { eye.isResting = true }
        }
    }

    /// One datagram from the node; decrypted in place.
    func receive(_ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        switch peer.receive(bytes, from: from, now: now, outbox: outbox) {
        case .rtp(let length):
            guard let header = RTPHeader(UnsafeRawBufferPointer(rebasing: bytes[..<length])) else { break }
            receive(header, now)
        case .rtcp(let length):
            for message in RTCPCompound(UnsafeRawBufferPointer(rebasing: bytes[..<length])) { receive(message, now) }
        case .control, .dropped: break
        }
        takeEvents(now)
    }

    private func receive(_ header: RTPHeader, _ now: Instant) {
        for ear in ears where ear.slot.remoteSSRCs.contains(header.ssrc) { ear.receive(header, now: now) }
        for eye in eyes where eye.slot.remoteSSRCs.contains(header.ssrc) {
            eye.receive(header, now: now) { if saw.insert($0).inserted { news.append(.saw($0)) } }
        }
    }

    private func receive(_ message: RTCPMessage, _ now: Instant) {
        switch message {
        case .senderReport(let report, _):
            for ear in ears where ear.slot.remoteSSRCs.contains(report.ssrc) { ear.receive(report, now: now) }
            for eye in eyes where eye.slot.remoteSSRCs.contains(report.ssrc) { eye.receive(report, now: now) }
        case .pictureLoss(_, let media): camera?.requestKeyFrame(media, now: now)
        case .fullIntraRequest(_, let list): for ssrc in list { camera?.requestKeyFrame(ssrc, now: now) }
        case .nack(_, let media, let numbers): camera?.resend(media, numbers, now: now, peer: peer, outbox: outbox)
        default: break
        }
    }

    /// When ``wake(now:wall:)`` has work.
    var deadline: Instant? {
        var result = peer.deadline
        guard peer.isEstablished else { return result }
        result.keepEarlier(camera?.deadline(microphone))
        for ear in ears { result.keepEarlier(ear.deadline) }
        for eye in eyes { result.keepEarlier(eye.deadline) }
        result.keepEarlier(nextFeedback)
        result.keepEarlier(nextReport)
        if isHearing { result.keepEarlier(lastSound.map { $0 + BotLeg.silence }) }
        return result
    }

    /// Sends, plays and asks for what is due. `wall`: the clock of sender reports.
    func wake(now: Instant, wall: WallTime) {
        peer.wake(now: now, outbox: outbox)
        takeEvents(now)
        guard peer.isEstablished else { return }
        camera?.wake(now: now, microphone, peer: peer, outbox: outbox)
        for ear in ears { ear.wake(now: now) { if heard.insert($0).inserted { news.append(.heard($0)) } } }
        noteSound(now)
        guard let sender = peer.media?.slot(.audio, 0)?.localSSRC else { return }
        for eye in eyes {
            write { eye.ask(now: now, roundTrip: peer.counters.roundTrip ?? .milliseconds(20), sender: sender, into: &$0) }
        }
        if let due = nextFeedback, due <= now {
            nextFeedback = now + BotLeg.feedbackPeriod
            write { writer in
                writer.receiverReport(sender: sender)
                writer.sourceDescription(ssrc: sender, name: Array(BotLeg.cname.utf8))
                for block in ears.map({ $0.block(now: now) }) + eyes.map({ $0.block(now: now) }) {
                    if let block { writer.receiverReport(sender: sender, block: block) }
                }
                writer.maximumBitrate(sender: sender, BotLeg.bandwidth, source: nil)
                return true
            }
        }
        if let due = nextReport, due <= now, let camera {
            nextReport = now + BotLeg.reportPeriod
            write { writer in
                camera.report(now: now, wall: wall, into: &writer, cname: Array(BotLeg.cname.utf8))
                return writer.count > 0
            }
        }
    }

    /// Tells when sound begins and ends, whoever speaks.
    private func noteSound(_ now: Instant) {
        if let latest = ears.compactMap(\.lastDecoded).max(), lastSound.map({ latest > $0 }) ?? true {
            lastSound = latest
            if !isHearing {
                isHearing = true
                news.append(.hearing(true, since: latest))
            }
        }
        if isHearing, let last = lastSound, now - last >= BotLeg.silence {
            isHearing = false
            news.append(.hearing(false, since: last))
        }
    }

    private func write(_ body: (inout RTCPWriter) -> Bool) {
        guard let remote = peer.remote else { return }
        let room = outbox.reserve()
        var writer = RTCPWriter(room)
        guard body(&writer), let total = peer.protectRTCP(room, length: writer.count) else { return }
        outbox.commit(total, to: remote)
    }

    private func takeEvents(_ now: Instant) {
        while let event = peer.nextEvent() {
            switch event {
            case .established:
                guard camera == nil, let media = peer.media else { break }
                let codec = media.slot(.video, 0)?.codec ?? .vp8
                camera = BotCamera(
                    sound: clips.sound, picture: codec == .h264 ? clips.h264 : clips.vp8, media: media, soundOnly: soundOnly, now: now,
                    random: &random)
                nextFeedback = now
                nextReport = now + .milliseconds(100)
                news.append(.established)
            case .failed(let reason): lose("\(reason)")
            case .consentLost: lose("the node no longer answers")
            case .message, .addressChanged, .renewalDue: break
            }
        }
    }

    private func lose(_ reason: String) {
        if isLost { return }
        isLost = true
        news.append(.lost(reason))
    }

    /// What came in the first audio slot since the last call.
    func takeCount() -> SoundCount? { ears.first { $0.slot.index == 0 }?.count.take() }

    /// What happened since the last call.
    func takeNews() -> [News] {
        defer { news.removeAll(keepingCapacity: true) }
        return news
    }

    /// Says goodbye; the outbox holds the last datagrams.
    func close() { peer.close(outbox: outbox) }
}
