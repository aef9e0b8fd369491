import Basics
import Peer
import RTP
import SDP

/// A bot's microphone and camera: two clips on one clock, sent in real time, over and over.
///
/// A key frame cannot be encoded on demand, so a request moves both clips on to the picture's next key frame (at most a
/// second away); timestamps go on with the clock, and beep and flash stay together.
struct BotCamera {
    /// What the microphone gives.
    enum Microphone {
        /// The clip.
        case talking
        /// Nothing at all: it is open and nobody talks, and whoever listens is to hear that by the absence of packets.
        case quiet
        /// It is closed: now and then a frame of silence, as browsers send of a muted track with DTX. The node lets none through, but
        /// knows the source and its clock, as it does of every page.
        case muted
    }

    /// Of the frames of silence.
    private static let silencePeriod = Interval.milliseconds(400)
    /// Opus, 20 ms of fullband in one frame, coded as silence (RFC 6716 section 3.1).
    private static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]

    let sound: MediaClip
    let picture: MediaClip
    /// When both clips began.
    let start: Instant
    private let voice: OutgoingStream?
    private let camera: OutgoingStream?
    private var packetizer: VideoPacketizer
    private var nextSound = 0
    private var nextPicture = 0
    /// Frames of the picture that were skipped for key frames.
    private var skipped = 0
    private var keyWanted = false
    private var lastKey: Instant?
    private var wasTalking = false
    private var nextSilence: Instant?
    private let soundPeriod: Interval
    private let picturePeriod: Interval
    /// Key frames asked for, and packets sent again.
    private(set) var keyRequests = 0
    private(set) var resent = 0

    init(
        sound: MediaClip, picture: MediaClip, media: NegotiatedMedia, soundOnly: Bool = false, now: Instant, random: inout SeededGenerator
    ) {
        self.sound = sound
        self.picture = picture
        start = now
        voice = media.slot(.audio, 0).flatMap { $0.sends ? OutgoingStream($0, random: &random) : nil }
        camera = media.slot(.video, 0).flatMap { !soundOnly && $0.sends && $0.codec == picture.codec ? OutgoingStream($0, random: &random) : nil }
        packetizer = VideoPacketizer(codec: picture.codec)
        soundPeriod = .nanoseconds(sound.length * 1_000_000_000 / 48_000 / Int64(sound.frames.count))
        picturePeriod = .nanoseconds(picture.length * 1_000_000_000 / 90_000 / Int64(picture.frames.count))
    }

    /// The next frame due.
    func deadline(_ microphone: Microphone) -> Instant? {
        var result: Instant?
        if camera != nil { result = start + picturePeriod * Int64(nextPicture) }
        guard voice != nil else { return result }
        switch microphone {
        case .talking: result.keepEarlier(wasTalking ? start + soundPeriod * Int64(nextSound) : start)
        case .quiet: break
        case .muted: result.keepEarlier(nextSilence ?? start)
        }
        return result
    }

    /// Sends what is due.
    mutating func wake(now: Instant, _ microphone: Microphone, peer: Peer, outbox: Outbox) {
        sendPicture(now, peer, outbox)
        guard let voice else { return }
        switch microphone {
        case .talking: sendSound(voice, now, peer, outbox)
        case .quiet: wasTalking = false
        case .muted: sendSilence(voice, now, peer, outbox)
        }
        if microphone != .muted { nextSilence = now + BotCamera.silencePeriod }
    }

    /// The first frame as soon as there is a leg, later ones only when the gate had time to close.
    private mutating func sendSilence(_ voice: OutgoingStream, _ now: Instant, _ peer: Peer, _ outbox: Outbox) {
        wasTalking = false
        guard nextSilence.map({ $0 <= now }) ?? true else { return }
        nextSilence = now + BotCamera.silencePeriod
        let ticks = (now - start).ticks(48_000)
        BotCamera.silence.withUnsafeBytes { voice.send($0, ticks: ticks, marker: false, level: 127, through: peer, outbox) }
    }

    private mutating func sendSound(_ voice: OutgoingStream, _ now: Instant, _ peer: Peer, _ outbox: Outbox) {
        let present = Int((now - start).nanoseconds / soundPeriod.nanoseconds)
        // Begins with this moment's frame, and leaves out what a stalled process is late with.
        if !wasTalking || nextSound < present - 10 { nextSound = present }
        while nextSound <= present {
            // The picture's skips, on the sound's beat.
            let shift = Int((picturePeriod * Int64(skipped)).nanoseconds / soundPeriod.nanoseconds)
            let frame = sound.frames[(nextSound + shift) % sound.frames.count]
            let ticks = (soundPeriod * Int64(nextSound)).ticks(48_000)
            frame.bytes.withUnsafeBytes { voice.send($0, ticks: ticks, marker: !wasTalking, level: frame.level, through: peer, outbox) }
            wasTalking = true
            nextSound += 1
        }
    }

    private mutating func sendPicture(_ now: Instant, _ peer: Peer, _ outbox: Outbox) {
        guard let camera else { return }
        let present = Int((now - start).nanoseconds / picturePeriod.nanoseconds)
        if nextPicture < present - 5 {
            // The process stalled: what was left out breaks the chain of references.
            nextPicture = present
            keyWanted = true
        }
        while nextPicture <= present {
            var n = nextPicture + skipped
            if keyWanted {
                let key = picture.nextKey(from: n)
                skipped += key - n
                n = key
            }
            let frame = picture.frames[n % picture.frames.count]
            if frame.isKey {
                keyWanted = false
                lastKey = now
            }
            let ticks = (picturePeriod * Int64(nextPicture)).ticks(90_000)
            frame.bytes.withUnsafeBytes { bytes in
                packetizer.packetize(bytes) { camera.send($0, ticks: ticks, marker: $1, through: peer, outbox) }
            }
            nextPicture += 1
        }
    }

    /// A PLI or FIR for `ssrc`: the next frame is a key frame, unless one just left.
    mutating func requestKeyFrame(_ ssrc: UInt32, now: Instant) {
        guard let camera, camera.slot.localSSRC == ssrc else { return }
        keyRequests += 1
        if let lastKey, now - lastKey < .milliseconds(250) { return }
        keyWanted = true
    }

    /// A NACK for `ssrc`.
    mutating func resend(_ ssrc: UInt32, _ numbers: NackedSequences, now: Instant, peer: Peer, outbox: Outbox) {
        guard let camera, camera.slot.localSSRC == ssrc else { return }
        for number in numbers where camera.resend(number, now: now, through: peer, outbox) { resent += 1 }
    }

    /// Sender reports of both streams, with one NTP clock.
    func report(now: Instant, wall: WallTime, into writer: inout RTCPWriter, cname: [UInt8]) {
        let ntp = NTP.timestamp(wall)
        for stream in [voice, camera] {
            guard let stream else { continue }
            writer.senderReport(stream.information(elapsed: now - start, ntp: ntp))
            writer.sourceDescription(ssrc: stream.slot.localSSRC, name: cname)
        }
    }
}
