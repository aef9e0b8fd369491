import Basics

/// Makes a datagram smaller, with a dictionary both ends have; the shell hands one to the core.
public protocol Compressor: AnyObject {
    /// Nil when the result would not be smaller.
    func compress(_ bytes: [UInt8]) -> [UInt8]?
    /// Nil when it is no valid compressed message or would be larger than `limit`.
    func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]?
}

/// Turns frames into bytes and back: `Wire` does it with protobuf and a ``Compressor``.
///
/// A coder checks the form (lanes, states, lengths that are limits of ``GossipLimits``); what a frame means is the machine's to judge.
public protocol MessageCoder: AnyObject {
    /// Any length; the machine cuts frames until they fit ``GossipLimits/datagram``.
    func encode(_ frame: GossipFrame) -> [UInt8]
    /// Nil for anything that is not a frame of this version. Never traps.
    func decode(_ bytes: UnsafeRawBufferPointer) -> GossipFrame?
}
