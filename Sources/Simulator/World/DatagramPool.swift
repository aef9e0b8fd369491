import Basics

/// Datagrams under way, in slots that are used again.
final class DatagramPool {
    /// One of them, without its bytes.
    struct Datagram {
        var count: Int32
        /// The sender's and receiver's places among the world's endpoints.
        var from: Int32
        var to: Int32
        /// The frame of sound a hall's datagram carries to its own node; 0: none.
        var frame: UInt32
        /// A slow receiver has let it wait.
        var isLate = false
    }
    private static let perChunk = 256
    private var chunks: [UnsafeMutableRawPointer] = []
    private var free: [Int32] = []
    private var datagrams: [Datagram] = []

    deinit { for chunk in chunks { chunk.deallocate() } }

    /// A copy of the bytes in a slot of its own.
    func add(_ bytes: UnsafeRawBufferPointer, from: Int32, to: Int32, frame: UInt32 = 0) -> Int32 {
        if free.isEmpty { grow() }
        let slot = free.removeLast()
        precondition(bytes.count <= Outbox.slotSize, "a datagram of \(bytes.count) bytes")
        UnsafeMutableRawBufferPointer(start: base(slot), count: Outbox.slotSize).copyMemory(from: bytes)
        datagrams[Int(slot)] = Datagram(count: Int32(bytes.count), from: from, to: to, frame: frame)
        return slot
    }
    func remove(_ slot: Int32) { free.append(slot) }
    func setLate(_ slot: Int32) { datagrams[Int(slot)].isLate = true }

    subscript(slot: Int32) -> Datagram { datagrams[Int(slot)] }
    func bytes(_ slot: Int32) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base(slot), count: Int(datagrams[Int(slot)].count))
    }

    private func base(_ slot: Int32) -> UnsafeMutableRawPointer {
        chunks[Int(slot) / DatagramPool.perChunk] + Int(slot) % DatagramPool.perChunk * Outbox.slotSize
    }
    private func grow() {
        let first = Int32(chunks.count * DatagramPool.perChunk)
        chunks.append(.allocate(byteCount: DatagramPool.perChunk * Outbox.slotSize, alignment: 64))
        datagrams.append(contentsOf: repeatElement(Datagram(count: 0, from: 0, to: 0, frame: 0), count: DatagramPool.perChunk))
        for slot in (0..<Int32(DatagramPool.perChunk)).reversed() { free.append(first + slot) }
    }
}
