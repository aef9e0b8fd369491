import Basics

/// Sequence numbers of one edge's session: datagrams that wait for an acknowledgement, and what of the neighbour's is to be acknowledged.
struct EdgeSequence {
    private(set) var next: UInt64 = 1
    /// In order of their numbers.
    private(set) var inFlight: [InFlight] = []
    /// Given up and cut anew, in order: the next acknowledgements show whether they, or only the answers to them, were lost.
    private var inDoubt: [UInt64] = []
    /// How often in a row nothing was acknowledged in time.
    private var timeouts = 0
    private var received = ReceivedWindow()
    /// An acknowledgement goes by then.
    private(set) var ackAt: Instant?
    private var unacked = 0

    /// What a numbered frame of the neighbour is.
    enum Arrival {
        /// So far ahead that it cannot be noted; it comes again.
        case beyond
        case again
        case new
    }

    /// When an acknowledgement is due, or the oldest datagram counts as lost.
    func deadline(resendTime: Interval) -> Instant? {
        var result = ackAt
        if let oldest = inFlight.first { result.keepEarlier(oldest.overdue(backedOff(resendTime))) }
        return result
    }

    // MARK: Out

    /// Room in the acknowledgement window, kept for what may not wait even when deltas fill the rest.
    var hasWindow: Bool { next - (inFlight.first?.sequence ?? next) < UInt64(Limits.framesInFlight) }
    /// Nothing before this number is sent again or asked after.
    var base: UInt64 { min(inFlight.first?.sequence ?? next, inDoubt.first ?? next) }
    var bytesInFlight: Int { inFlight.reduce(0) { $0 + $1.bytes } }

    mutating func commit(_ flight: InFlight) {
        next += 1
        inFlight.append(flight)
    }

    /// Takes out what the neighbour has; `lost` of those in doubt are lost for sure.
    mutating func acknowledge(_ ack: Ack) -> (arrived: [InFlight], lost: Int) {
        let arrived = inFlight.filter { ack.contains($0.sequence) }
        if !arrived.isEmpty {
            inFlight.removeAll { ack.contains($0.sequence) }
            timeouts = 0
        }
        guard !inDoubt.isEmpty else { return (arrived, 0) }
        inDoubt.removeAll { ack.contains($0) }
        return (arrived, settleDoubts { $0 + Limits.overtaken <= ack.latest })
    }

    /// Takes out datagrams that count as lost; whether they are remains in doubt.
    mutating func giveUp(where isLost: (InFlight) -> Bool) -> [InFlight] {
        let lost = inFlight.filter(isLost)
        guard !lost.isEmpty else { return [] }
        inFlight.removeAll(where: isLost)
        for flight in lost { inDoubt.append(flight.sequence) }
        inDoubt.sort()
        return lost
    }
    mutating func noteTimeout() { timeouts += 1 }

    /// No acknowledgement will speak any more of the oldest ones in doubt: how many are lost.
    mutating func settleOldDoubts() -> Int {
        let next = next
        return inDoubt.isEmpty ? 0 : settleDoubts { $0 + Limits.doubt < next }
    }
    private mutating func settleDoubts(where isLost: (UInt64) -> Bool) -> Int {
        let before = inDoubt.count
        inDoubt.removeAll(where: isLost)
        return before - inDoubt.count
    }

    /// An acknowledgement of what is under way no longer says that the neighbour took these parts.
    mutating func forgetParts(of slot: Int) {
        for at in inFlight.indices where inFlight[at].parts.contains(where: { $0.slot == slot }) { inFlight[at].dropParts(of: slot) }
    }

    /// No back-off for the first 8 tries in a row, then doubling up to 16 times.
    func backedOff(_ resendTime: Interval) -> Interval { resendTime * (1 << Int64(max(0, min(4, timeouts - 8)))) }

    // MARK: In

    /// A numbered frame came; it is acknowledged soon even if it came before.
    mutating func arrived(_ sequence: UInt64, base: UInt64, isUrgent: Bool, now: Instant) -> Arrival {
        received.raise(base: min(base, sequence))
        guard received.canHold(sequence) else { return .beyond }
        unacked += 1
        ackAt.keepEarlier(isUrgent || unacked >= 8 ? now : now + Limits.batchWindow)
        return received.ack.contains(sequence) ? .again : .new
    }
    /// The frame's content was taken.
    mutating func took(_ sequence: UInt64) { received.insert(sequence) }

    var ack: Ack { received.ack }
    /// The acknowledgement goes out.
    mutating func takeAck() -> Ack {
        ackAt = nil
        unacked = 0
        return received.ack
    }

    /// The session ended.
    mutating func clear() { self = EdgeSequence() }
}

/// A datagram that waits for its acknowledgement.
struct InFlight {
    struct Part {
        let slot: Int
        let incarnation: Incarnation
        let to: UInt64
    }
    let sequence: UInt64
    let sentAt: Instant
    private(set) var bytes = 0
    /// How long the line is busy with it and with what was under way before it.
    private(set) var lineTime = Interval.zero
    private(set) var parts: [Part] = []
    let hops: [Hop]
    let requests: [Request]
    let scopesSerial: UInt64
    /// A piece of a running transfer.
    let piece: (transfer: UInt64, index: Int)?

    init(
        _ sequence: UInt64, sentAt: Instant, hops: [Hop] = [], requests: [Request] = [], scopesSerial: UInt64 = 0,
        piece: (transfer: UInt64, index: Int)? = nil
    ) {
        self.sequence = sequence
        self.sentAt = sentAt
        self.hops = hops
        self.requests = requests
        self.scopesSerial = scopesSerial
        self.piece = piece
    }

    mutating func add(_ part: Part) { parts.append(part) }
    mutating func dropParts(of slot: Int) { parts.removeAll { $0.slot == slot } }
    mutating func weigh(_ count: Int, lineTime time: Interval) {
        bytes = count
        lineTime = time
    }

    /// When it counts as lost. A burst waits for its own line: on 1 Mbit/s each full datagram takes ten milliseconds.
    func overdue(_ resendTime: Interval) -> Instant { sentAt + lineTime + resendTime }
}

/// Which of the neighbour's sequence numbers arrived: what ``GossipFrame/Ack`` tells it.
struct ReceivedWindow {
    private(set) var cumulative: UInt64 = 0
    /// Bit i: `cumulative + 1 + i` arrived.
    private(set) var bitmap: UInt64 = 0

    /// The sender will not repeat anything before `base`.
    mutating func raise(base: UInt64) {
        guard base > 0, base - 1 > cumulative else { return }
        let step = base - 1 - cumulative
        bitmap = step >= 64 ? 0 : bitmap >> step
        cumulative = base - 1
        settle()
    }
    var ack: GossipFrame.Ack { GossipFrame.Ack(cumulative: cumulative, bitmap: bitmap) }
    func canHold(_ sequence: UInt64) -> Bool { sequence > 0 && (sequence <= cumulative || sequence - cumulative <= 64) }
    mutating func insert(_ sequence: UInt64) {
        guard sequence > cumulative, sequence - cumulative <= 64 else { return }
        bitmap |= 1 << (sequence - cumulative - 1)
        settle()
    }
    private mutating func settle() {
        while bitmap & 1 != 0 {
            bitmap >>= 1
            cumulative += 1
        }
    }
}

extension GossipFrame.Ack {
    func contains(_ sequence: UInt64) -> Bool {
        if sequence <= cumulative { return true }
        let ahead = sequence - cumulative - 1
        return ahead < 64 && bitmap & (1 << ahead) != 0
    }
    /// The largest that arrived.
    var latest: UInt64 { cumulative &+ UInt64(64 - bitmap.leadingZeroBitCount) }
}
