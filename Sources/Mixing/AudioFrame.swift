/// What one audio RTP packet says besides its payload.
public struct AudioFrame: Hashable, Sendable {
    /// RTP sequence number.
    public var sequence: UInt16
    /// RTP timestamp at 48 kHz (RFC 7587 section 4.1).
    public var timestamp: UInt32
    /// Audio level in −dBov, 0 (loudest) … 127 (silence), RFC 6464; nil if the sender does not say.
    public var level: UInt8?

    /// A frame's numbers and its level.
    public init(sequence: UInt16, timestamp: UInt32, level: UInt8?) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.level = level
    }

    /// The level, or a guess from the payload's size: a packet of comfort noise is small, speech is not.
    public func levelOrGuess(payloadBytes: Int) -> UInt8 {
        if let level { return min(level, 127) }
        return payloadBytes > 10 ? 30 : 127
    }
}
