/// A TrueType font as far as a PDF file needs it: which glyph a letter has, how wide it is, and a font of some of its glyphs alone.
///
/// Tables are those of the OpenType specification. A damaged font gives nil or empty glyphs, never a trap.
struct TrueTypeFont {
    /// Units of the em square.
    let unitsPerEm: Int
    /// In units of the em square: left, bottom, right, top.
    let box: [Int]
    let ascent: Int
    let descent: Int

    private let bytes: [UInt8]
    private let tables: [String: Range<Int>]
    private let hasLongOffsets: Bool
    private let glyphCount: Int
    private let metricCount: Int
    private let letters: CharacterMap

    /// Nil if the bytes are no TrueType font with outlines and a Unicode map.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        func number(_ at: Int, _ count: Int) -> Int { Self.number(bytes, at, count) }
        guard bytes.count > 12, number(0, 4) == 0x0001_0000 || number(0, 4) == 0x7472_7565 else { return nil }
        var tables: [String: Range<Int>] = [:]
        for i in 0..<min(number(4, 2), 64) {
            let record = 12 + 16 * i
            let offset = number(record + 8, 4)
            let length = number(record + 12, 4)
            guard record + 16 <= bytes.count, offset <= bytes.count, length <= bytes.count - offset else { return nil }
            tables[String(decoding: bytes[record..<record + 4], as: UTF8.self)] = offset..<offset + length
        }
        self.tables = tables
        guard let head = tables["head"], head.count >= 54, let hhea = tables["hhea"], hhea.count >= 36, let maxp = tables["maxp"], maxp.count >= 6,
            tables["glyf"] != nil, tables["loca"] != nil, tables["hmtx"] != nil, let cmap = tables["cmap"]
        else { return nil }
        unitsPerEm = number(head.lowerBound + 18, 2)
        guard unitsPerEm > 0 else { return nil }
        box = (0..<4).map { Self.signed(number(head.lowerBound + 36 + 2 * $0, 2)) }
        hasLongOffsets = number(head.lowerBound + 50, 2) != 0
        ascent = Self.signed(number(hhea.lowerBound + 4, 2))
        descent = Self.signed(number(hhea.lowerBound + 6, 2))
        metricCount = number(hhea.lowerBound + 34, 2)
        glyphCount = number(maxp.lowerBound + 4, 2)
        guard let letters = CharacterMap(bytes, cmap), metricCount > 0 else { return nil }
        self.letters = letters
    }

    /// 0 if the font has no such letter.
    func glyph(_ scalar: Unicode.Scalar) -> Int {
        let glyph = letters.glyph(Int(scalar.value))
        return glyph < glyphCount ? glyph : 0
    }

    /// How far the next letter stands, in units of the em square.
    func advance(_ glyph: Int) -> Int {
        guard let hmtx = tables["hmtx"] else { return 0 }
        return number(hmtx.lowerBound + 4 * min(glyph, metricCount - 1), 2)
    }

    /// A font with these glyphs in this order, the first of which must be 0, and those that they are composed of behind them.
    func subset(_ wanted: [Int]) -> [UInt8] {
        var order = wanted
        var place: [Int: Int] = [:]
        for (i, glyph) in order.enumerated() { place[glyph] = i }
        var glyf: [UInt8] = []
        var loca: [UInt8] = []
        var metrics: [UInt8] = []
        var next = 0
        while next < order.count {
            var outline = Array(bytes[outlineRange(order[next])])
            for at in Self.components(outline) {
                let part = Self.number(outline, at, 2)
                if place[part] == nil, order.count < 0xFFFF {
                    place[part] = order.count
                    order.append(part)
                }
                outline.replaceSubrange(at..<at + 2, with: Self.big(place[part] ?? 0, 2))
            }
            loca += Self.big(glyf.count, 4)
            glyf += outline + [UInt8](repeating: 0, count: (4 - outline.count % 4) % 4)
            let bearing = order[next] < metricCount ? Self.number(bytes, (tables["hmtx"]?.lowerBound ?? 0) + 4 * order[next] + 2, 2) : 0
            metrics += Self.big(advance(order[next]), 2) + Self.big(bearing, 2)
            next += 1
        }
        loca += Self.big(glyf.count, 4)
        func table(_ name: String) -> [UInt8] { tables[name].map { Array(bytes[$0]) } ?? [] }
        var head = table("head")
        head.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        head.replaceSubrange(50..<52, with: [0, 1])
        var hhea = table("hhea")
        hhea.replaceSubrange(34..<36, with: Self.big(order.count, 2))
        var maxp = table("maxp")
        maxp.replaceSubrange(4..<6, with: Self.big(order.count, 2))
        let parts = [
            ("cvt ", table("cvt ")), ("fpgm", table("fpgm")), ("glyf", glyf), ("head", head), ("hhea", hhea), ("hmtx", metrics), ("loca", loca),
            ("maxp", maxp), ("prep", table("prep")),
        ].filter { !$0.1.isEmpty }
        return Self.file(parts)
    }

    private static func file(_ tables: [(String, [UInt8])]) -> [UInt8] {
        var power = 0
        while 2 << power <= tables.count { power += 1 }
        let range = 16 << power
        var head = big(0x0001_0000, 4) + big(tables.count, 2) + big(range, 2) + big(power, 2) + big(16 * tables.count - range, 2)
        var body: [UInt8] = []
        let start = 12 + 16 * tables.count
        for (name, bytes) in tables {
            let padded = bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
            let sum = stride(from: 0, to: padded.count, by: 4).reduce(UInt32(0)) { $0 &+ UInt32(number(padded, $1, 4)) }
            head += Array(name.utf8) + big(Int(sum), 4) + big(start + body.count, 4) + big(bytes.count, 4)
            body += padded
        }
        return head + body
    }

    /// Empty for a glyph without an outline.
    private func outlineRange(_ glyph: Int) -> Range<Int> {
        guard let loca = tables["loca"], let glyf = tables["glyf"], glyph < glyphCount else { return 0..<0 }
        func offset(_ i: Int) -> Int {
            hasLongOffsets ? number(loca.lowerBound + 4 * i, 4) : 2 * number(loca.lowerBound + 2 * i, 2)
        }
        let (from, to) = (offset(glyph), offset(glyph + 1))
        guard from < to, to <= glyf.count else { return 0..<0 }
        return glyf.lowerBound + from..<glyf.lowerBound + to
    }

    /// Where a composite glyph names its parts.
    private static func components(_ outline: [UInt8]) -> [Int] {
        guard outline.count > 12, signed(number(outline, 0, 2)) < 0 else { return [] }
        var found: [Int] = []
        var at = 10
        while at + 4 <= outline.count {
            let flags = number(outline, at, 2)
            found.append(at + 2)
            at += 4 + (flags & 1 != 0 ? 4 : 2) + (flags & 8 != 0 ? 2 : flags & 0x40 != 0 ? 4 : flags & 0x80 != 0 ? 8 : 0)
            if flags & 0x20 == 0 { break }
        }
        return found
    }

    private func number(_ at: Int, _ count: Int) -> Int { Self.number(bytes, at, count) }

    /// Big-endian; 0 beyond the end.
    fileprivate static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        guard at >= 0, at <= bytes.count - count else { return 0 }
        return (0..<count).reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
    }
    private static func signed(_ value: Int) -> Int { value > 0x7FFF ? value - 0x1_0000 : value }
    private static func big(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) } }
}

/// From letters to glyphs: format 4 or 12 of the table `cmap`.
private struct CharacterMap {
    private var ranges: [(first: Int, last: Int, glyph: (Int) -> Int)] = []

    init?(_ bytes: [UInt8], _ table: Range<Int>) {
        func number(_ at: Int, _ count: Int) -> Int { TrueTypeFont.number(bytes, at, count) }
        var best: (rank: Int, at: Int)?
        for i in 0..<min(number(table.lowerBound + 2, 2), 64) {
            let record = table.lowerBound + 4 + 8 * i
            let (platform, encoding) = (number(record, 2), number(record + 2, 2))
            let at = table.lowerBound + number(record + 4, 4)
            guard platform == 0 || platform == 3 && (encoding == 1 || encoding == 10) else { continue }
            let rank = number(at, 2) == 12 ? 2 : number(at, 2) == 4 ? 1 : 0
            if rank > best?.rank ?? 0 { best = (rank, at) }
        }
        guard let best else { return nil }
        let at = best.at
        if best.rank == 2 {
            for i in 0..<min(number(at + 12, 4), 10_000) {
                let group = at + 16 + 12 * i
                let (first, start) = (number(group, 4), number(group + 8, 4))
                ranges.append((first, number(group + 4, 4), { start + $0 - first }))
            }
        } else {
            let half = number(at + 6, 2)
            for i in 0..<half / 2 {
                let end = number(at + 14 + 2 * i, 2)
                let start = number(at + 16 + half + 2 * i, 2)
                let delta = number(at + 16 + 2 * half + 2 * i, 2)
                let place = at + 16 + 3 * half + 2 * i
                let offset = number(place, 2)
                ranges.append(
                    (
                        start, end,
                        { letter in
                            if offset == 0 { return (letter + delta) & 0xFFFF }
                            let glyph = number(place + offset + 2 * (letter - start), 2)
                            return glyph == 0 ? 0 : (glyph + delta) & 0xFFFF
                        }
                    ))
            }
        }
    }

    func glyph(_ letter: Int) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < letter { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.count, ranges[low].first <= letter else { return 0 }
        return max(0, ranges[low].glyph(letter))
    }
}
