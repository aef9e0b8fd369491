import Forwarding

/// The stages of a media packet's way through a node, in the order of `MediaPath.swift`.
public enum MediaStage: Int, Hashable, Sendable, CaseIterable {
    /// A page's or a device's packet: its hall's chosen microphone or camera goes on.
    case source
    /// It gets its stream's own numbers; what was repeated or cannot be placed ends.
    case ingress
    /// A neighbour's packet, repaired on the trunk's own sequence.
    case trunk
    /// The roster's stream of that SSRC, on the edge towards its home.
    case identify
    /// Sound of an open microphone.
    case gate
    /// Within its meeting's rate.
    case share
    /// Among the loudest, where more microphones are open than may be heard.
    case choice
    /// To every trunk, page, device and mixer that wants it.
    case forward
}

/// Why a media packet ended at a stage or at a sink; each is counted.
public enum MediaDrop: Int, Hashable, Sendable, CaseIterable {
    /// No RTP packet, or one without what its place demands.
    case malformed
    /// A payload type that was not agreed.
    case payloadType
    /// RFC 3550 appendix A.1: a jump that the next packet must confirm.
    case sequenceJump
    /// Received before, given up, or passed here over another way.
    case duplicate
    /// Too long for a datagram of ours.
    case tooLarge
    /// Without payload: a client's probe for bandwidth.
    case padding
    /// A viewer's page, or equipment that is declared to receive only.
    case mayNotSend
    /// Equipment whose site is in no running meeting.
    case noMeeting
    /// Another source of the hall is its microphone or camera now.
    case notChosen
    /// The picture changed its source and waits for the new one's key frame.
    case awaitsKeyFrame
    /// A stream that the roster does not know (yet).
    case unknownStream
    /// From another edge than the one towards the stream's home.
    case wrongEdge
    /// Sound of a closed microphone.
    case closedGate
    /// More than the meeting's rate allows.
    case overRate
    /// Not among the loudest.
    case tooQuiet
    /// Nobody here or beyond a trunk wants it.
    case unwanted
    /// The trunk is not up, or the leg has no address yet.
    case notConnected
    /// The page's slot shows something else by now, or waits for a key frame.
    case notForSlot
    /// No index is left that is safe to use, or too many sources.
    case unprotectable
    /// The mixer does not take it: closed, or too late to be played.
    case notMixed

    init(_ reason: DropReason) {
        self =
            switch reason {
            case .malformed: .malformed
            case .payloadType: .payloadType
            case .sequenceJump: .sequenceJump
            case .duplicate: .duplicate
            case .tooLarge: .tooLarge
            case .padding: .padding
            }
    }
}

/// Counts every media packet at every stage of its way: in, and dropped by reason; the rest went on.
///
/// Fixed tables, so that counting allocates nothing.
public struct MediaLedger: Sendable {
    private static let reasons = MediaDrop.allCases.count
    private var entered = [UInt64](repeating: 0, count: MediaStage.allCases.count)
    private var dropped = [UInt64](repeating: 0, count: MediaStage.allCases.count * reasons)
    private var copies = [UInt64](repeating: 0, count: SinkKind.allCases.count)
    private var kept = [UInt64](repeating: 0, count: SinkKind.allCases.count * reasons)

    mutating func enter(_ stage: MediaStage) { entered[stage.rawValue] &+= 1 }
    mutating func drop(_ stage: MediaStage, _ reason: MediaDrop) { dropped[stage.rawValue * Self.reasons + reason.rawValue] &+= 1 }
    mutating func sent(_ sink: SinkKind) { copies[sink.rawValue] &+= 1 }
    mutating func drop(_ sink: SinkKind, _ reason: MediaDrop) { kept[sink.rawValue * Self.reasons + reason.rawValue] &+= 1 }

    /// Packets that came to the stage.
    public func came(to stage: MediaStage) -> UInt64 { entered[stage.rawValue] }
    /// Of these, how many ended there for that reason.
    public func dropped(at stage: MediaStage, _ reason: MediaDrop) -> UInt64 { dropped[stage.rawValue * Self.reasons + reason.rawValue] }
    /// How many ended there at all.
    public func dropped(at stage: MediaStage) -> UInt64 { MediaDrop.allCases.reduce(0) { $0 &+ dropped(at: stage, $1) } }
    /// How many went on from there.
    public func passed(_ stage: MediaStage) -> UInt64 { came(to: stage) &- dropped(at: stage) }
    /// Copies that left for sinks of that kind.
    public func sent(to sink: SinkKind) -> UInt64 { copies[sink.rawValue] }
    /// Copies that a sink of that kind did not take for that reason.
    public func dropped(at sink: SinkKind, _ reason: MediaDrop) -> UInt64 { kept[sink.rawValue * Self.reasons + reason.rawValue] }
}
