/// The bytes of packets that wait, one behind the other in fixed memory: many small ones or few large ones.
///
/// What is written overwrites what was written longest ago, whichever packet that is.
struct PayloadRing: ~Copyable {
    /// Bytes are given out in such pieces, so that entries are few.
    static let granule = 160
    static let granules = 256

    private struct Entry {
        var owner = 0
        var offset = 0
        var size = 0
    }
    private let storage: UnsafeMutableRawPointer
    private var entries = [Entry](repeating: Entry(), count: granules + 1)
    private var first = 0
    private var count = 0
    private var end = 0

    init() { storage = .allocate(byteCount: PayloadRing.granule * PayloadRing.granules, alignment: 16) }
    deinit { storage.deallocate() }

    /// Copies the bytes; `lost` is called with the owner and the offset of each packet that is overwritten by them.
    mutating func write(_ bytes: UnsafeRawBufferPointer, owner: Int, lost: (_ owner: Int, _ offset: Int) -> Void) -> Int {
        let total = PayloadRing.granule * PayloadRing.granules
        let size = (bytes.count + PayloadRing.granule - 1) / PayloadRing.granule * PayloadRing.granule
        if end + size > total {
            // What lies between here and the end was written in the round before, and is the oldest.
            while count > 0, entries[first].offset >= end { drop(lost) }
            end = 0
        }
        while count > 0, entries[first].offset < end + size, entries[first].offset + entries[first].size > end { drop(lost) }
        let offset = end
        if let base = bytes.baseAddress { (storage + offset).copyMemory(from: base, byteCount: bytes.count) }
        entries[(first + count) % entries.count] = Entry(owner: owner, offset: offset, size: size)
        count += 1
        end += size
        return offset
    }

    private mutating func drop(_ lost: (Int, Int) -> Void) {
        lost(entries[first].owner, entries[first].offset)
        first = (first + 1) % entries.count
        count -= 1
    }

    /// Valid until the next ``write(_:owner:lost:)``.
    func bytes(_ offset: Int, count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage + offset, count: count) }
}
