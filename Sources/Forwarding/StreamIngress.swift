import Basics
import RTP

/// The beginning of a stream, at its home node: a client's packets get the stream's own SSRC, sequence and timestamps.
///
/// The stream's numbers run on when the client begins anew with another SSRC or leaps in its sequence: one number
/// further, and as much later in time as passed. It measures what arrives, asks the client again for lost video, for key
/// frames (coalesced) and tells it how much it may send.
public struct StreamIngress: Sendable {
    /// What the offer and answer agreed for this stream.
    public struct Agreement: Hashable, Sendable {
        /// The only codec that the stream carries.
        public var codec: Codec
        /// The client's payload type for `codec`.
        public var payloadType: UInt8
        /// The client's RFC 8285 id for RFC 6464; nil if not agreed.
        public var audioLevelID: UInt8?
        /// What the client negotiated.
        public init(codec: Codec, payloadType: UInt8, audioLevelID: UInt8? = nil) {
            self.codec = codec
            self.payloadType = payloadType
            self.audioLevelID = audioLevelID
        }
    }
    /// A client's packet as the stream's, or why it is none.
    public enum Verdict {
        /// To be gated and routed.
        case packet(MediaPacket)
        /// To be counted.
        case drop(DropReason)
    }

    /// Report blocks to the client (RFC 3550 section 6.2 allows less than 5 s at these rates).
    public static let reportPause = Interval.milliseconds(1_000)
    /// REMB often enough that Chromium's estimate follows it.
    public static let bitratePause = Interval.milliseconds(300)
    /// A source that sends no levels ranks as speech of ordinary loudness.
    public static let levelIfUnknown: UInt8 = 40

    /// Probes whose place is remembered for late packets: more than Chromium sends within a round trip.
    public static let rememberedProbes = 128
    /// Numbers after a client's last probe, beyond which no packet from before it is expected any more.
    public static let probeMemory = 1_000

    /// The bridge's dense slot.
    public let stream: Int
    /// The stream's own SSRC.
    public let ssrc: UInt32
    /// The SSRC that our feedback comes from.
    public private(set) var feedbackSSRC: UInt32
    /// What the client agreed to, at its last join.
    public private(set) var agreement: Agreement
    /// What REMB tells the client; nil: none.
    public var maximumBitrate: Bitrate?
    /// NTP and RTP of the source, on the stream's own timestamps.
    public private(set) var clock: SenderReportClock
    /// Wishes for key frames of this source.
    public var keyFrames = KeyFrameRequester()
    /// What was lost on the way from the client.
    public private(set) var statistics: ReceiveStatistics
    /// Missing video packets.
    public private(set) var nack = NackGenerator()
    /// Packets passed on.
    public private(set) var packets = 0
    /// Times that the client began anew.
    public private(set) var restarts = 0
    /// When the last packet came; nil before the first.
    public private(set) var lastArrival: Instant?

    private var source: UInt32?
    /// Of sound; a picture's missing numbers are kept by ``nack``.
    private var seen = DuplicateWindow()
    private var sequenceOffset: UInt16 = 0
    // The client's numbers of its last probes, in the order sent.
    private var probes: [UInt16] = []
    private var timestampOffset: UInt32 = 0
    private var nextSequence: UInt16
    /// The stream's number of the client's first packet since it began anew: what it sent before that one, and came after it, would take
    /// numbers of the time before. Nil once none is expected any more.
    private var firstSequence: UInt16?
    private var lastTimestamp: UInt32
    private var nextReport: Instant?
    private var nextBitrate = Instant(nanoseconds: .min)
    private var list: [UInt16] = []

    /// The stream begins at `firstSequence` and `firstTimestamp`, drawn by the caller (RFC 3550 section 5.1).
    public init(
        stream: Int, ssrc: UInt32, feedbackSSRC: UInt32, agreement: Agreement, firstSequence: UInt16, firstTimestamp: UInt32
    ) {
        self.stream = stream
        self.ssrc = ssrc
        self.feedbackSSRC = feedbackSSRC
        self.agreement = agreement
        nextSequence = firstSequence
        lastTimestamp = firstTimestamp
        statistics = ReceiveStatistics(clockRate: agreement.codec.clockRate)
        clock = SenderReportClock(clockRate: agreement.codec.clockRate)
        list.reserveCapacity(NackGenerator.limit)
        probes.reserveCapacity(Self.rememberedProbes)
    }

    /// The client came back with another offer, or another source goes on with the stream. An agreement on another codec changes
    /// nothing: a stream keeps its codec.
    public mutating func rejoin(_ agreement: Agreement, feedback: UInt32? = nil) {
        guard agreement.codec == self.agreement.codec else { return }
        self.agreement = agreement
        if let feedback { feedbackSSRC = feedback }
        source = nil
    }

    /// One decrypted RTP packet of this stream's m-line.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> Verdict {
        guard let header = RTPHeader(bytes) else { return .drop(.malformed) }
        return receive(header, now: now)
    }

    /// One decrypted RTP packet, already parsed.
    public mutating func receive(_ header: RTPHeader, now: Instant) -> Verdict {
        guard header.payloadType == agreement.payloadType else { return .drop(.payloadType) }
        // The first packet of a source must be one to forward.
        guard !header.payload.isEmpty || header.ssrc == source else { return .drop(.padding) }
        guard header.payload.count <= TrunkFormat.longestPacket - RTPHeader.longestWritten else { return .drop(.tooLarge) }
        if header.ssrc != source {
            if source != nil { restarts += 1 }
            statistics = ReceiveStatistics(clockRate: agreement.codec.clockRate)
            rebase(header, now: now)
        }
        switch statistics.receive(sequence: header.sequence, timestamp: header.timestamp, arrival: now) {
        case .accepted: break
        case .ignored: return .drop(.sequenceJump)
        case .restarted:
            restarts += 1
            rebase(header, now: now)
        }
        let isNew = agreement.codec.kind == .video ? nack.receive(header.sequence, now: now) != .old : seen.insert(header.sequence)
        guard isNew else { return .drop(.duplicate) }
        if let probe = probes.last, header.sequence.ahead(of: probe) > Self.probeMemory { probes.removeAll(keepingCapacity: true) }
        if header.payload.isEmpty {
            closeGap(at: header.sequence)
            return .drop(.padding)
        }

        let sequence = streamSequence(header.sequence)
        if let first = firstSequence {
            guard sequence.ahead(of: first) >= 0 else { return .drop(.duplicate) }
            if sequence.ahead(of: first) > Self.probeMemory { firstSequence = nil }
        }
        let timestamp = header.timestamp &+ timestampOffset
        if sequence.ahead(of: nextSequence) >= 0 { nextSequence = sequence &+ 1 }
        if timestamp.ahead(of: lastTimestamp) > 0 { lastTimestamp = timestamp }
        lastArrival = now
        packets += 1
        if nextReport == nil { nextReport = now + Self.reportPause }
        return .packet(packet(header, sequence, timestamp))
    }

    /// A probe for bandwidth is not forwarded, and whoever listens must not take its number for a lost packet.
    private mutating func closeGap(at sequence: UInt16) {
        // Come late, its number was passed already and stays empty.
        guard (sequence &+ sequenceOffset).ahead(of: nextSequence) >= 0 else { return }
        sequenceOffset &-= 1
        if probes.count == Self.rememberedProbes { probes.removeFirst() }
        probes.append(sequence)
    }

    /// The stream's number for a client's: a packet from before a probe (late, or asked for again) keeps the number it had.
    private func streamSequence(_ sequence: UInt16) -> UInt16 {
        var result = sequence &+ sequenceOffset
        for probe in probes.reversed() {
            guard probe.ahead(of: sequence) > 0 else { break }
            result &+= 1
        }
        return result
    }

    private mutating func packet(_ header: RTPHeader, _ sequence: UInt16, _ timestamp: UInt32) -> MediaPacket {
        let payload = header.payloadBytes
        let codec = agreement.codec
        let starts = codec.startsKeyFrame(payload)
        var level: UInt8 = 127
        var voice = false
        if codec.kind == .video {
            if starts { keyFrames.keyFrame() }
        } else if let found = agreement.audioLevelID.flatMap({ header.audioLevel(id: $0) }) {
            (level, voice) = found
        } else if payload.count > 3 {
            // Up to three bytes are DTX's comfort noise.
            (level, voice) = (Self.levelIfUnknown, true)
        }
        return MediaPacket(
            stream: stream, kind: codec.kind, codec: codec, ssrc: ssrc, sequence: sequence, timestamp: timestamp,
            marker: header.marker, level: level, voice: voice, startsKeyFrame: starts, payload: payload)
    }

    private mutating func rebase(_ header: RTPHeader, now: Instant) {
        source = header.ssrc
        nack.reset()
        seen = DuplicateWindow()
        probes.removeAll(keepingCapacity: true)
        clock = SenderReportClock(clockRate: agreement.codec.clockRate)
        sequenceOffset = nextSequence &- header.sequence
        if packets > 0 { firstSequence = nextSequence }
        var timestamp = lastTimestamp
        if let lastArrival {
            timestamp &+= max(1, (now - lastArrival).ticks(agreement.codec.clockRate))
        }
        timestampOffset = timestamp &- header.timestamp
    }

    /// A sender report of the client, about whatever it calls this stream.
    public mutating func receive(_ report: SenderInformation, now: Instant) {
        guard report.ssrc == source else { return }
        clock.receive(ntp: report.ntp, rtp: report.rtp &+ timestampOffset, now: now)
    }

    /// Packets are missing that will be asked for.
    public var misses: Bool { nack.deadline != nil }

    /// When ``writeFeedback(now:roundTrip:into:)`` has something to say.
    public var deadline: Instant? {
        var result = nextReport
        if maximumBitrate != nil { result.keepEarlier(nextBitrate) }
        if source != nil {
            result.keepEarlier(nack.deadline)
            result.keepEarlier(keyFrames.deadline)
        }
        return result
    }

    /// Writes what is due to the client: report block, REMB, NACK, PLI. False if nothing is.
    public mutating func writeFeedback(now: Instant, roundTrip: Interval, into writer: inout RTCPWriter) -> Bool {
        guard let deadline, deadline <= now else { return false }
        let before = writer.count
        let reports = nextReport.map { $0 <= now } ?? false
        var block: ReportBlock?
        if reports, let source {
            let last = clock.lastReport(now: now)
            block = statistics.reportBlock(ssrc: source, lastReport: last.lastReport, delaySinceLastReport: last.delay)
            nextReport = now + Self.reportPause
        }
        writer.receiverReport(sender: feedbackSSRC, block: block)
        if let maximumBitrate, nextBitrate <= now {
            writer.maximumBitrate(sender: feedbackSSRC, maximumBitrate, source: source)
            nextBitrate = now + Self.bitratePause
        }
        if let source {
            list.removeAll(keepingCapacity: true)
            nack.collect(now: now, roundTrip: roundTrip, into: &list)
            writer.nack(sender: feedbackSSRC, media: source, list)
            if keyFrames.take(now: now) { writer.pictureLoss(sender: feedbackSSRC, media: source) }
        }
        return writer.count > before
    }
}
