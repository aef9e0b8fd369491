/// Datagrams on their way out, written in place into fixed slots that are used again after each flush.
///
/// The core reserves a slot, writes (and encrypts) the datagram there and commits it; the shell hands all committed
/// slots to one `sendmmsg`. After warm-up nothing is allocated.
public final class Outbox {
    /// Bytes of a slot: an Ethernet frame's payload, more than any datagram we send (1,200 and a cipher's tag).
    public static let slotSize = 1_536
    private static let slotsPerChunk = 64

    /// One datagram: where it lies, how long it is and where it goes.
    public struct Datagram {
        /// In its slot; valid until the slots are used again.
        public var bytes: UnsafeMutableRawPointer
        /// Bytes.
        public var count: Int
        /// Where it goes.
        public var to: Address
    }

    private var chunks: [UnsafeMutableRawPointer] = []
    /// The committed datagrams, in the order in which they must leave.
    public private(set) var datagrams: [Datagram] = []

    /// No slots yet; they come with the first datagrams.
    public init() {}
    deinit { for chunk in chunks { chunk.deallocate() } }

    /// Room for one datagram; valid until the next `reserve`, `commit` or `removeAll`.
    public func reserve() -> UnsafeMutableRawBufferPointer {
        let index = datagrams.count
        if index / Outbox.slotsPerChunk == chunks.count {
            chunks.append(.allocate(byteCount: Outbox.slotSize * Outbox.slotsPerChunk, alignment: 64))
        }
        let base = chunks[index / Outbox.slotsPerChunk] + index % Outbox.slotsPerChunk * Outbox.slotSize
        return UnsafeMutableRawBufferPointer(start: base, count: Outbox.slotSize)
    }

    /// Sends the first `count` bytes of the slot reserved last.
    public func commit(_ count: Int, to address: Address) {
        precondition(count >= 0 && count <= Outbox.slotSize, "datagram of \(count) bytes")
        datagrams.append(Datagram(bytes: reserve().baseAddress!, count: count, to: address))
    }

    /// Copies a whole datagram in; one that does not fit a slot is a mistake of the caller.
    public func append(_ bytes: UnsafeRawBufferPointer, to address: Address) {
        let slot = reserve()
        slot.copyMemory(from: bytes)
        commit(bytes.count, to: address)
    }
    /// Copies a whole datagram in.
    public func append(_ bytes: [UInt8], to address: Address) { bytes.withUnsafeBytes { append($0, to: address) } }

    /// Begins anew; the slots' memory is kept.
    public func removeAll() { datagrams.removeAll(keepingCapacity: true) }
}
