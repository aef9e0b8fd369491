/// Bytes that OpenSSL wrote to a memory BIO, on their way to become datagrams again.
///
/// A memory BIO forgets where datagrams ended, so records are found by their headers; as many whole ones as fit share one
/// datagram, and none is split.
struct RecordQueue {
    private var bytes: [UInt8] = []
    private var first = 0

    /// Unsent bytes beyond this are dropped: a flight takes 3,000, so only an owner that never drains comes here.
    static let limit = 65_536

    mutating func append(_ records: UnsafeRawBufferPointer) {
        if bytes.count - first + records.count <= RecordQueue.limit { bytes.append(contentsOf: records) }
    }

    /// The next datagram of at most `limit` bytes and its length; nil when there is none, or when not even one record fits
    /// the buffer.
    mutating func next(into buffer: UnsafeMutableRawBufferPointer, limit: Int) -> Int? {
        let room = min(buffer.count, limit)
        var length = 0
        bytes.withUnsafeBytes { all in
            while first + length < all.count,
                let record = DTLSRecords.firstLength(UnsafeRawBufferPointer(rebasing: all[(first + length)...])),
                length + record <= room
            { length += record }
            if length > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[first..<(first + length)])) }
        }
        first += length
        // Nothing left; or a record that fits no datagram, which OpenSSL does not make with our MTU.
        if first == bytes.count || (length == 0 && room >= limit) {
            bytes.removeAll(keepingCapacity: true)
            first = 0
        }
        return length > 0 ? length : nil
    }
}
