/// The words every other module is written in; imports nothing but the standard library.
///
/// In reading order: ``Instant`` and ``Interval`` (time as a plain number), ``SeededGenerator`` (randomness
/// as a value), ``NodeIndex``, ``SiteID``, ``MeetingID``, ``StreamID`` (names), ``Tree`` (who hangs below whom),
/// ``Bitrate``, ``Address``, ``ByteReader`` and ``ByteWriter`` (bytes of the network), ``Outbox`` (datagrams on their
/// way out), ``SHA256`` and ``SipHash`` (fingerprints), ``DeadlineIndex`` (which of many deadlines is the first).
///
/// ## The machine protocol
/// Every machine of the core is a value or a final class with this shape; it has no input or output, clock, entropy,
/// log, task or lock of its own:
/// ```
/// mutating func receive(_ datagram: Span<UInt8>, from: Address, now: Instant, into effects: inout Effects)
/// mutating func wake(now: Instant, into effects: inout Effects)
/// var deadline: Instant? { get }
/// var snapshot: Snapshot { get }
/// ```
/// Effects are appended in the order in which they must happen; their storage is reused.
public enum Basics {}
