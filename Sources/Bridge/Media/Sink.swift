import Basics

/// Where a packet leaves this node for somebody of its own; towards neighbours it leaves by the interest table.
///
/// A stream lists its sinks (``Stream/sinks``), so that a packet meets those alone that take it. A new kind of sink is a case here, a
/// branch in `MediaPath.swift`, and a row of ``SinkKind``.
enum Sink: Equatable {
    /// A receive slot of a page, by the leg's place.
    case page(leg: Int, kind: MediaKind, slot: Int)
    /// A device that takes the stream as it is, by its place.
    case equipment(Int)
    /// The meeting's mixer, by the voice's place in it.
    case mixer(voice: Int)
}

/// The kinds of places that media leave this node for, as they are counted.
public enum SinkKind: Int, Hashable, Sendable, CaseIterable {
    /// A neighbour, over its trunk.
    case trunk
    /// A receive slot of a page.
    case page
    /// Plain RTP equipment that takes the stream as it is.
    case equipment
    /// The meeting's mixer, which makes what plain RTP equipment hears.
    case mixer
}
