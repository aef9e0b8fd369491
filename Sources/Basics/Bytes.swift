/// Reads big-endian values from bytes of the network; every read is checked and none traps.
public struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    /// Bytes read so far, and so the place that an error names.
    public private(set) var offset: Int = 0

    /// The buffer must outlive the reader.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer) { self.init(bytes: bytes) }
    @usableFromInline init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes not read yet.
    public var remaining: Int { bytes.count - offset }

    /// One byte; nil at the end.
    public mutating func u8() -> UInt8? {
        guard remaining >= 1 else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }
    /// Two bytes; nil at the end.
    public mutating func u16() -> UInt16? { integer(UInt16.self) }
    /// Three bytes; nil at the end.
    public mutating func u24() -> UInt32? {
        guard remaining >= 3 else { return nil }
        defer { offset += 3 }
        return UInt32(bytes[offset]) << 16 | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2])
    }
    /// Four bytes; nil at the end.
    public mutating func u32() -> UInt32? { integer(UInt32.self) }
    /// Eight bytes; nil at the end.
    public mutating func u64() -> UInt64? { integer(UInt64.self) }
    /// The next `count` bytes, without a copy.
    public mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, remaining >= count else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }
    /// Passes over bytes; false if there are fewer.
    public mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    private mutating func integer<T: FixedWidthInteger>(_: T.Type) -> T? {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { return nil }
        defer { offset += size }
        return T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}

/// Appends big-endian values to an array whose storage the caller keeps.
public struct ByteWriter {
    /// All that was written.
    public var bytes: [UInt8]
    /// Goes on after these.
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }
    /// Appends one byte.
    public mutating func u8(_ v: UInt8) { bytes.append(v) }
    /// Appends two bytes.
    public mutating func u16(_ v: UInt16) {
        bytes.append(UInt8(v >> 8))
        bytes.append(UInt8(truncatingIfNeeded: v))
    }
    /// Appends four bytes.
    public mutating func u32(_ v: UInt32) {
        u16(UInt16(v >> 16))
        u16(UInt16(truncatingIfNeeded: v))
    }
    /// Appends eight bytes.
    public mutating func u64(_ v: UInt64) {
        u32(UInt32(v >> 32))
        u32(UInt32(truncatingIfNeeded: v))
    }
    /// Appends bytes as they are.
    public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
}
