import Basics
import RTP

/// One receive slot of a page: a fixed SSRC under which the node shows now this source, now that one.
///
/// The page sees one unbroken stream: sequence numbers run on at a switch, timestamps move by the time that passed, and
/// reports keep the source's own clock, so that a sound slot and a picture slot of one source play together.
/// ```
///            select(b)                    key frame of b (sound: any packet)
/// a shown ─────────────▶ a shown, b awaited ─────────────▶ b shown
///                             └─ overlap over ─▶ nothing shown, b awaited ─┘
/// ```
/// A resend is the protected packet that was sent first, byte for byte (no RTX is negotiated): its SRTP index is used.
public struct AccessSlot {
    /// What the offer and answer agreed for the slot, and the numbers drawn for it.
    public struct Agreement: Sendable {
        /// The only codec that the slot carries.
        public var codec: Codec
        /// The page's payload type for `codec`.
        public var payloadType: UInt8
        /// The slot's SSRC, the same as long as the leg lives.
        public var ssrc: UInt32
        /// The page's RFC 8285 id for RFC 6464; nil if not agreed.
        public var audioLevelID: UInt8?
        /// The page's RFC 8285 id for the MID and the m-line's MID; nil if not agreed.
        public var mid: (id: UInt8, value: [UInt8])?
        /// Drawn at random (RFC 3550 section 5.1).
        public var firstSequence: UInt16
        /// Drawn at random (RFC 3550 section 5.1).
        public var firstTimestamp: UInt32
        /// What offer and answer settled for one slot.
        public init(
            codec: Codec, payloadType: UInt8, ssrc: UInt32, audioLevelID: UInt8? = nil,
            mid: (id: UInt8, value: [UInt8])? = nil, firstSequence: UInt16, firstTimestamp: UInt32
        ) {
            self.codec = codec
            self.payloadType = payloadType
            self.ssrc = ssrc
            // A stranger's SDP chose these: what RFC 8285 and RFC 9143 do not allow is not written.
            self.audioLevelID = audioLevelID == 0 ? nil : audioLevelID
            self.mid = mid.flatMap { $0.id > 0 && (1...16).contains($0.value.count) ? $0 : nil }
            self.firstSequence = firstSequence
            self.firstTimestamp = firstTimestamp
        }
    }

    /// The old picture may go on this long while the new one's key frame is awaited.
    public static let overlap = Interval.milliseconds(1_000)
    /// Between two sender reports.
    public static let reportPause = Interval.milliseconds(1_000)
    /// A leap of so many packets in a picture is no loss that a page could repair: it waits for a key frame.
    public static let longestGap: Int64 = 300
    /// Sound that pauses longer (a closed gate) runs on with the next sequence number instead of a gap.
    public static let longestSilence = Interval.milliseconds(300)

    /// Fixed as long as the leg lives.
    public let agreement: Agreement
    /// The source shown now: the bridge's dense stream slot.
    public private(set) var current: Int?
    /// The source shown last, of whose numbers `unwrapper` knows.
    private var last: Int?
    /// The source selected; differs from `current` while its key frame is awaited.
    public private(set) var selected: Int?
    /// Packets sent, as sender reports count them, modulo 2³².
    public private(set) var packets: UInt32 = 0
    /// Payload bytes sent, modulo 2³².
    public private(set) var octets: UInt32 = 0
    /// Packets sent again.
    public private(set) var resent = 0
    /// Sources begun.
    public private(set) var switches = 0
    /// What the page last reported of this slot.
    public private(set) var lastBlock: ReportBlock?
    private var reports = SentReports()

    private let cache: RetransmissionCache?
    private var unwrapper = SequenceUnwrapper()
    // The first source number that the present mapping covers; older packets came too late.
    private var base: Int64 = 0
    private var sequenceOffset: Int64 = 0
    private var timestampOffset: UInt32 = 0
    private var highest: Int64
    private var lastSequence: UInt16 = 0
    private var lastTimestamp: UInt32
    private var lastTimestampAt: Instant?
    private var lastPacketAt: Instant?
    // Ticks by which switches moved the timestamps ahead of the time that passed.
    private var advance: Int64 = 0
    private static let soundFrame: Int64 = 960
    private var overlapEnds: Instant?
    private var nextReport: Instant?

    /// Nothing is selected. Only picture slots keep packets: browsers ask for no sound again.
    public init(_ agreement: Agreement, cacheBytes: Int = 128 << 10) {
        self.agreement = agreement
        highest = Int64(agreement.firstSequence) - 1
        lastTimestamp = agreement.firstTimestamp
        cache = agreement.codec.kind == .video ? RetransmissionCache(packets: 512, bytes: cacheBytes) : nil
    }

    /// Chooses the source to show; nil: none. Sound changes at once, a picture at the new source's next key frame.
    public mutating func select(_ stream: Int?, now: Instant) {
        guard stream != selected else { return }
        selected = stream
        overlapEnds = nil
        guard let stream else {
            current = nil
            return
        }
        if agreement.codec.kind == .audio {
            current = nil
        } else if current != nil, stream != current {
            overlapEnds = now + Self.overlap
        }
    }

    /// The source that must be asked for a key frame, as long as the slot waits for one.
    public var awaitingKeyFrame: Int? {
        agreement.codec.kind == .video && selected != current ? selected : nil
    }

    /// Whether packets of this stream are of use here now.
    public func wants(_ stream: Int) -> Bool { stream == selected || stream == current }

    /// Writes the packet as this slot carries it and returns its length; nil if it is not (or not yet) for this slot.
    public mutating func write(_ packet: MediaPacket, now: Instant, into slot: UnsafeMutableRawBufferPointer) -> Int? {
        guard packet.codec == agreement.codec, wants(packet.stream),
            packet.payload.count + RTPHeader.longestWritten <= min(slot.count, TrunkFormat.longestPacket)
        else { return nil }
        if let end = overlapEnds, now >= end {
            current = nil
            overlapEnds = nil
        }
        var marker = packet.marker
        if packet.stream == selected, selected != current {
            guard packet.startsKeyFrame, !wasHeard(packet, now: now) else { return nil }
            begin(packet, now: now)
            // A new talkspurt (RFC 7587 section 4.1 by way of RFC 3551 section 4.1).
            if packet.kind == .audio { marker = true }
        } else if packet.stream != current {
            return nil
        }
        guard let number = place(packet, now: now) else { return nil }

        let timestamp = packet.timestamp &+ timestampOffset
        if lastTimestampAt == nil || timestamp.ahead(of: lastTimestamp) > 0 {
            lastTimestamp = timestamp
            lastTimestampAt = now
        }
        highest = max(highest, number)
        lastPacketAt = now
        let sequence = UInt16(truncatingIfNeeded: number)
        let header = RTPHeader.write(
            into: slot, payloadType: agreement.payloadType, marker: marker, sequence: sequence, timestamp: timestamp,
            ssrc: agreement.ssrc,
            audioLevel: packet.kind == .audio ? agreement.audioLevelID.map { ($0, packet.level, packet.voice) } : nil,
            mid: agreement.mid)
        let count = header + packet.payload.count
        UnsafeMutableRawBufferPointer(rebasing: slot[header..<count]).copyMemory(from: packet.payload)
        lastSequence = sequence
        packets &+= 1
        octets &+= UInt32(truncatingIfNeeded: packet.payload.count)
        return count
    }

    /// Sound of the source that fell silent just now, from before it did: its node went over to another uplink, whose way is longer.
    private func wasHeard(_ packet: MediaPacket, now: Instant) -> Bool {
        guard packet.kind == .audio, packet.stream == last, let highest = unwrapper.highest, let lastPacketAt,
            now - lastPacketAt <= Self.longestSilence
        else { return false }
        return (-Self.longestGap...0).contains(unwrapper.peek(packet.sequence) - highest)
    }

    /// Starts a source at this packet: the next number, and as much later as passed since the last timestamp.
    private mutating func begin(_ packet: MediaPacket, now: Instant) {
        current = packet.stream
        last = packet.stream
        overlapEnds = nil
        switches += 1
        var timestamp = lastTimestamp
        if let lastTimestampAt {
            let elapsed = Int64((now - lastTimestampAt).ticks(agreement.codec.clockRate))
            // Sound must not overlap the last frame; what a switch adds for that, later switches take back.
            let step = max(agreement.codec.kind == .audio ? Self.soundFrame : 1, elapsed - advance)
            advance = max(0, advance + step - elapsed)
            timestamp &+= UInt32(truncatingIfNeeded: step)
        }
        timestampOffset = timestamp &- packet.timestamp
        restartNumbers(packet.sequence)
        // At once: the page needs the new source's clock to play sound and picture together.
        nextReport = now
    }

    private mutating func restartNumbers(_ sequence: UInt16) {
        unwrapper = SequenceUnwrapper()
        base = Int64(sequence)
        sequenceOffset = highest + 1 - base
    }

    /// The slot's number for a packet of the current source; nil if it belongs before the switch or beyond a leap.
    private mutating func place(_ packet: MediaPacket, now: Instant) -> Int64? {
        let before = unwrapper.highest
        if let before, let last = lastPacketAt {
            let gap = unwrapper.peek(packet.sequence) - before
            if packet.kind == .audio {
                if gap < -Self.longestGap || gap > 1 && now - last > Self.longestSilence { restartNumbers(packet.sequence) }
            } else if abs(gap) > Self.longestGap {
                guard packet.startsKeyFrame else {
                    current = nil
                    return nil
                }
                begin(packet, now: now)
            }
        }
        let number = unwrapper.unwrap(packet.sequence)
        return number >= base ? number + sequenceOffset : nil
    }

    /// Keeps the packet written last as it was sent, protected, for ``resend(_:now:into:)``.
    public func keep(_ protected: UnsafeRawBufferPointer) { cache?.store(lastSequence, protected) }

    /// Writes the protected packet that the page asks for again; nil if it is gone, or was sent again just now.
    public mutating func resend(_ sequence: UInt16, now: Instant, into slot: UnsafeMutableRawBufferPointer) -> Int? {
        let pause = max(.milliseconds(5), (roundTrip ?? .zero) / 2)
        guard let packet = cache?.take(sequence, now: now, pause: pause), packet.count <= slot.count else { return nil }
        slot.copyMemory(from: packet)
        resent += 1
        return packet.count
    }

    /// The round trip to the page, from its report blocks.
    public var roundTrip: Interval? { reports.roundTrip }

    /// Takes the page's report block about this slot.
    public mutating func receive(_ block: ReportBlock, now: Instant) {
        guard block.ssrc == agreement.ssrc else { return }
        lastBlock = block
        reports.receive(block, now: now)
    }

    /// When the next sender report or the end of an overlap is due.
    public var deadline: Instant? {
        var result = current == nil ? nil : nextReport
        result.keepEarlier(overlapEnds)
        return result
    }

    /// Ends an overlap whose time is over; the slot then shows nothing until the awaited key frame.
    public mutating func wake(now: Instant) {
        guard let end = overlapEnds, now >= end else { return }
        current = nil
        overlapEnds = nil
    }

    /// Appends a sender report if one is due: the source's NTP time now and the slot's timestamp of that instant.
    ///
    /// `source` is the clock of the current stream, on the stream's timestamps as its home node gave them. False if
    /// nothing is due or the source has not reported yet (then it is tried again 100 ms later).
    public mutating func writeReport(source: SenderReportClock, now: Instant, into writer: inout RTCPWriter) -> Bool {
        guard current != nil, let due = nextReport, due <= now else { return false }
        guard let pair = source.pair(now: now) else {
            nextReport = now + .milliseconds(100)
            return false
        }
        nextReport = now + Self.reportPause
        let report = SenderInformation(
            ssrc: agreement.ssrc, ntp: pair.ntp, rtp: pair.rtp &+ timestampOffset, packets: packets, octets: octets)
        guard writer.senderReport(report) else { return false }
        reports.send(ntp: pair.ntp, now: now)
        return true
    }
}
