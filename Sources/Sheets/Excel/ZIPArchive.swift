/// The files of a ZIP archive as it lies in memory (APPNOTE.TXT 6.3): stored or deflated, neither encrypted nor of more than 4 GiB.
struct ZIPArchive {
    /// Why an archive or a file of it cannot be read.
    enum Failure: Error, Hashable {
        case noArchive
        case malformed
        /// Encrypted, split, or packed in a way that spreadsheets do not use.
        case unsupported
        /// More files, more bytes or a higher ratio than any sheet has.
        case tooLarge
        /// The bytes are not those that were packed.
        case wrongChecksum
    }

    /// A workbook has some twenty.
    static let mostFiles = 2_000
    /// Of one file, unpacked.
    static let largestFile = 64 << 20
    /// Sheets pack some ten to forty times; a thousand is what an archive made to burst has.
    static let highestRatio = 250

    private struct Entry {
        var method: Int
        var checksum: UInt32
        var packed: Int
        var size: Int
        var offset: Int
    }

    private let bytes: [UInt8]
    private var entries: [String: Entry] = [:]
    /// In alphabetical order.
    var names: [String] { entries.keys.sorted() }

    init(_ bytes: [UInt8]) throws(Failure) {
        self.bytes = bytes
        guard let end = Self.endRecord(bytes) else { throw .noArchive }
        let count = number(end + 10, 2)
        guard number(end + 4, 2) == 0, number(end + 6, 2) == 0, number(end + 8, 2) == count, count < 0xFFFF else { throw .unsupported }
        guard count <= Self.mostFiles else { throw .tooLarge }
        var at = number(end + 16, 4)
        for _ in 0..<count {
            guard at <= end - 46, number(at, 4) == 0x0201_4B50 else { throw .malformed }
            let nameLength = number(at + 28, 2)
            let next = at + 46 + nameLength + number(at + 30, 2) + number(at + 32, 2)
            guard next <= end else { throw .malformed }
            guard number(at + 8, 2) & 1 == 0 else { throw .unsupported }
            guard let name = String(validating: bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self) else { throw .malformed }
            entries[name] = Entry(
                method: number(at + 10, 2), checksum: UInt32(number(at + 16, 4)), packed: number(at + 20, 4), size: number(at + 24, 4),
                offset: number(at + 42, 4))
            at = next
        }
    }

    /// The unpacked bytes of a file; nil if there is none of that name.
    func file(_ name: String) throws(Failure) -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        guard entry.size <= Self.largestFile, entry.size <= max(1, entry.packed) * Self.highestRatio + 1_024 else { throw .tooLarge }
        guard entry.offset <= bytes.count - 30, number(entry.offset, 4) == 0x0403_4B50 else { throw .malformed }
        let start = entry.offset + 30 + number(entry.offset + 26, 2) + number(entry.offset + 28, 2)
        guard start <= bytes.count, bytes.count - start >= entry.packed else { throw .malformed }
        let packed = bytes[start..<start + entry.packed]
        let data: [UInt8]
        switch entry.method {
        case 0: data = Array(packed)
        case 8:
            do {
                data = try Inflate.unpack(packed, limit: entry.size)
            } catch { throw .malformed }
        default: throw .unsupported
        }
        guard data.count == entry.size else { throw .malformed }
        guard ZIPChecksum.of(data) == entry.checksum else { throw .wrongChecksum }
        return data
    }

    /// The record at the archive's end, behind which only a comment may stand.
    private static func endRecord(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 22 else { return nil }
        for at in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1)
        where bytes[at] == 0x50 && bytes[at + 1] == 0x4B && bytes[at + 2] == 5 && bytes[at + 3] == 6 { return at }
        return nil
    }

    /// Little-endian; 0 beyond the end.
    private func number(_ at: Int, _ count: Int) -> Int {
        guard at >= 0, at <= bytes.count - count else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
}

/// Writes ZIP archives of files that are stored as they are; the same files give the same bytes.
enum ZIPWriter {
    static func archive(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var out: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let name = Array(file.name.utf8)
            // Version 2.0, names in UTF-8, stored, 1 January 1980.
            var header = little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
            header += little(Int(ZIPChecksum.of(file.bytes)), 4) + little(file.bytes.count, 4) + little(file.bytes.count, 4)
            header += little(name.count, 2) + little(0, 2)
            directory += little(0x0201_4B50, 4) + little(20, 2) + header + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
            directory += little(out.count, 4) + name
            out += little(0x0403_4B50, 4) + header + name + file.bytes
        }
        let start = out.count
        out += directory
        out += little(0x0605_4B50, 4) + little(0, 4) + little(files.count, 2) + little(files.count, 2) + little(directory.count, 4)
        return out + little(start, 4) + little(0, 2)
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

/// The CRC-32 of ZIP archives (ISO 3309).
enum ZIPChecksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
    static func of(_ bytes: [UInt8]) -> UInt32 { ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 } }
}
