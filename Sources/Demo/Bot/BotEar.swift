import Basics
import Mixing
import Peer
import RTP
import SDP

/// One audio slot of a bot: reorders, decodes in real time, and looks for marks in the sound.
final class BotEar {
    let slot: MediaSlot
    private let buffer = JitterBuffer()
    private let decoder: any AudioDecoder
    private var detector: SoundMarkDetector
    private var statistics = ReceiveStatistics(clockRate: 48_000)
    private var reports = SenderReportClock(clockRate: 48_000)
    private var samples = [Int16](repeating: 0, count: Mixing.longestPacketSamples)
    private var nextTick: Instant?
    private var silence = 0
    /// What came since it was asked last.
    var count = SoundCount()
    /// Packets decoded.
    private(set) var decoded = 0
    /// When the last of them was.
    private(set) var lastDecoded: Instant?
    /// Takes packets as before, but does not listen.
    var isResting = false {
        didSet { if isResting != oldValue { sleep() } }
    }

    init?(_ slot: MediaSlot, sites: Int, codecs: any AudioCodecProvider) {
        guard let decoder = codecs.makeDecoder() else { return nil }
        self.slot = slot
        self.decoder = decoder
        detector = SoundMarkDetector(sites: sites)
    }

    /// The next 20 ms; nil while nothing is heard.
    var deadline: Instant? { nextTick }

    func receive(_ header: RTPHeader, now: Instant) {
        _ = statistics.receive(sequence: header.sequence, timestamp: header.timestamp, arrival: now)
        guard !isResting else { return count.note(header.sequence, isLate: false, now: now) }
        let level = slot.audioLevelID.flatMap { header.audioLevel(id: $0)?.level }
        let frame = AudioFrame(sequence: header.sequence, timestamp: header.timestamp, level: level)
        let arrival = buffer.insert(frame, payload: header.payloadBytes, now: now)
        count.note(header.sequence, isLate: arrival == .late, now: now)
        if nextTick == nil { nextTick = now + .milliseconds(20) }
    }

    func receive(_ report: SenderInformation, now: Instant) { reports.receive(ntp: report.ntp, rtp: report.rtp, now: now) }

    /// Plays what is due; calls `found` with sites heard.
    func wake(now: Instant, found: (Int) -> Void) {
        while let tick = nextTick, tick <= now {
            nextTick = tick + .milliseconds(20)
            // A stalled process does not catch up minutes of silence.
            if now - tick > .milliseconds(500) { nextTick = now }
            play(now)
            for site in detector.heard { found(site) }
            // A second of nothing: the slot sleeps until the next packet, and what follows is another's sound.
            if silence >= 50 { sleep() }
        }
    }

    private func sleep() {
        nextTick = nil
        silence = 0
        detector.reset()
        decoder.reset()
    }

    private func play(_ now: Instant) {
        let count: Int?
        switch buffer.next(now: now) {
        case .packet(let packet):
            count = samples.withUnsafeMutableBufferPointer { decoder.decode(packet, forwardErrorCorrection: false, into: $0) }
            decoded += 1
            lastDecoded = now
            buffer.advance(samples: count ?? Mixing.frameSamples)
        case .recover(let packet):
            count = samples.withUnsafeMutableBufferPointer { decoder.decode(packet, forwardErrorCorrection: true, into: $0) }
        case .conceal:
            count = samples.withUnsafeMutableBufferPointer { decoder.decode(nil, forwardErrorCorrection: false, into: $0) }
        case .silence:
            silence += 1
            return
        }
        silence = 0
        guard let count, count > 0 else { return }
        samples.withUnsafeBufferPointer { detector.hear(UnsafeBufferPointer(rebasing: $0[0..<count])) }
    }

    /// A report block about the slot's source, once something came.
    func block(now: Instant) -> ReportBlock? {
        guard let ssrc = slot.remoteSSRCs.first else { return nil }
        let (last, delay) = reports.lastReport(now: now)
        return statistics.reportBlock(ssrc: ssrc, lastReport: last, delaySinceLastReport: delay)
    }
}
