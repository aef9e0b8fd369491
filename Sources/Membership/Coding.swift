import Basics

/// Makes a datagram smaller, with a dictionary both ends have; the shell hands one to the core.
public protocol Compressor: AnyObject {
    /// Nil when the result would not be smaller.
    func compress(_ bytes: [UInt8]) -> [UInt8]?
    /// Nil when it is no valid compressed message or would be larger than `limit`.
    func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]?
}
