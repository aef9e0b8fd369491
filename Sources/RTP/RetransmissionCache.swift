import Basics

/// The last packets sent, ready to be sent again: a ring of entries by sequence over a ring of bytes.
///
/// Each packet is copied once. Memory is fixed and taken at the first packet; after that nothing is allocated. A packet
/// leaves when its entry or its bytes are written over.
public final class RetransmissionCache {
    private struct Entry {
        var position: UInt64
        var sentAgain: Instant
        var count: UInt16
        var sequence: UInt16
    }

    /// Entries, a power of two.
    public let packets: Int
    /// Bytes of packets kept.
    public let bytes: Int
    private var entries: [Entry] = []
    private var memory: UnsafeMutableRawPointer?
    // Bytes written since the beginning, gaps at the ring's end included.
    private var head: UInt64 = 0

    /// `packets` is rounded up to a power of two; 128 KiB keep about a second of 1 Mbit/s.
    public init(packets: Int = 512, bytes: Int = 128 << 10) {
        var size = 16
        while size < min(packets, 32_768) { size *= 2 }
        self.packets = size
        self.bytes = max(bytes, 4_096)
    }
    deinit { memory?.deallocate() }

    /// Keeps a copy of a packet of at most 2,048 bytes under its sequence number; a longer one is not kept.
    public func store(_ sequence: UInt16, _ packet: UnsafeRawBufferPointer) {
        reserve(sequence, packet.count)?.copyMemory(from: packet)
    }

    /// Room for a packet of that many bytes, kept under its sequence number and to be filled at once; nil if it is empty
    /// or longer than 2,048 bytes.
    public func reserve(_ sequence: UInt16, _ count: Int) -> UnsafeMutableRawBufferPointer? {
        guard count > 0, count <= 2_048 else { return nil }
        if memory == nil {
            memory = .allocate(byteCount: bytes, alignment: 16)
            entries = [Entry](
                repeating: Entry(position: 0, sentAgain: .zero, count: 0, sequence: 0), count: packets)
        }
        guard let memory else { return nil }
        let size = UInt64(bytes)
        if head % size + UInt64(count) > size { head += size - head % size }
        let room = UnsafeMutableRawBufferPointer(start: memory + Int(head % size), count: count)
        entries[Int(sequence) & (packets - 1)] = Entry(
            position: head, sentAgain: Instant(nanoseconds: .min), count: UInt16(count), sequence: sequence)
        head += UInt64(count)
        return room
    }

    /// The packet, if it is still here; valid until the next one is stored.
    public func packet(_ sequence: UInt16) -> UnsafeRawBufferPointer? {
        guard let memory, !entries.isEmpty else { return nil }
        let entry = entries[Int(sequence) & (packets - 1)]
        guard entry.count > 0, entry.sequence == sequence, head - entry.position <= UInt64(bytes) else { return nil }
        return UnsafeRawBufferPointer(start: memory + Int(entry.position % UInt64(bytes)), count: Int(entry.count))
    }

    /// The packet for a resend, unless it was taken within `pause`: requests that crossed the answer are not answered twice.
    public func take(_ sequence: UInt16, now: Instant, pause: Interval) -> UnsafeRawBufferPointer? {
        guard let found = packet(sequence) else { return nil }
        let i = Int(sequence) & (packets - 1)
        let last = entries[i].sentAgain
        guard last.nanoseconds == .min || now - last >= pause else { return nil }
        entries[i].sentAgain = now
        return found
    }

    /// Forgets all packets, keeping the memory.
    public func removeAll() {
        for i in entries.indices { entries[i].count = 0 }
    }
}
