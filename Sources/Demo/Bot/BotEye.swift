import Basics
import Mixing
import Native
import Peer
import RTP
import SDP

/// One video slot of a bot: asks again for what is missing, puts frames together, decodes them, and looks for marks.
final class BotEye {
    /// Between two requests for a key frame: a round trip over four hops and a frame's time.
    private static let keyPause = Interval.milliseconds(400)

    let slot: MediaSlot
    private let decoder: LibavVideoDecoder
    private var assembler: VideoFrameAssembler
    private var nack = NackGenerator()
    private var statistics = ReceiveStatistics(clockRate: 90_000)
    private var reports = SenderReportClock(clockRate: 90_000)
    private var lastRequest: Instant?
    private var cameSinceRequest = false
    private var numbers: [UInt16] = []
    /// Pictures decoded.
    private(set) var decoded = 0
    /// Takes pictures as before, but does not look at them; afterwards it needs a whole one first.
    var isResting = false {
        didSet { if isResting { awaitsKeyFrame = true } }
    }
    private var awaitsKeyFrame = false

    init?(_ slot: MediaSlot) {
        guard let decoder = LibavVideoDecoder(slot.codec) else { return nil }
        self.slot = slot
        self.decoder = decoder
        // Half a second of a bot's picture: by then a repair would have come.
        assembler = VideoFrameAssembler(codec: slot.codec, patience: 24)
    }

    /// When something missing must be asked for.
    var deadline: Instant? {
        var result = nack.deadline
        if wantsKeyFrame { result.keepEarlier((lastRequest ?? .zero) + BotEye.keyPause) }
        return result
    }
    private var wantsKeyFrame: Bool { assembler.needsKeyFrame && cameSinceRequest }

    /// Takes one packet; calls `found` with the site shown by each picture it completes.
    func receive(_ header: RTPHeader, now: Instant, found: (Int) -> Void) {
        if statistics.receive(sequence: header.sequence, timestamp: header.timestamp, arrival: now) == .restarted { nack.reset() }
        _ = nack.receive(header.sequence, now: now)
        assembler.receive(header)
        cameSinceRequest = true
        while let frame = assembler.nextFrame() {
            if isResting || awaitsKeyFrame && !frame.isKeyFrame { continue }
            awaitsKeyFrame = false
            guard let picture = frame.bytes.withUnsafeBytes({ decoder.decode($0) }) else { continue }
            decoded += 1
            if let site = PictureMarkDetector.site(in: picture) { found(site) }
        }
    }

    func receive(_ report: SenderInformation, now: Instant) { reports.receive(ntp: report.ntp, rtp: report.rtp, now: now) }

    /// Writes the NACK and PLI that are due; false if there is nothing to ask for.
    func ask(now: Instant, roundTrip: Interval, sender: UInt32, into writer: inout RTCPWriter) -> Bool {
        guard let ssrc = slot.remoteSSRCs.first else { return false }
        numbers.removeAll(keepingCapacity: true)
        nack.collect(now: now, roundTrip: roundTrip, into: &numbers)
        let wantsKey = wantsKeyFrame && lastRequest.map { now - $0 >= BotEye.keyPause } ?? true
        guard !numbers.isEmpty || wantsKey else { return false }
        writer.receiverReport(sender: sender)
        if !numbers.isEmpty, slot.nack { writer.nack(sender: sender, media: ssrc, numbers) }
        if wantsKey {
            writer.pictureLoss(sender: sender, media: ssrc)
            lastRequest = now
            cameSinceRequest = false
        }
        return true
    }

    /// A report block about the slot's source, once something came.
    func block(now: Instant) -> ReportBlock? {
        guard let ssrc = slot.remoteSSRCs.first else { return nil }
        let (last, delay) = reports.lastReport(now: now)
        return statistics.reportBlock(ssrc: ssrc, lastReport: last, delaySinceLastReport: delay)
    }
}
