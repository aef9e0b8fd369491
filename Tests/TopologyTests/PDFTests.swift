import Foundation
import Testing
import Topology

@testable import Drawings

@Suite("A drawing as PDF") struct PDFTests {
    private static let hasFont = (try? DrawingFonts.find()) != nil

    @Test("one page of the paper's size, every object where its table says, letters that can be read back", .enabled(if: hasFont), arguments: shippedNetworks)
    func structure(name: String) throws {
        let network = try loadNetwork(name)
        let bytes = try Drawings.drawing(network, format: .pdf, options: options(paper: .a3))
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        #expect(text.hasPrefix("%PDF-1.5") && text.hasSuffix("%%EOF\n"))
        // A3 in points.
        #expect(text.contains("/MediaBox [0 0 1190.55118 841.88976]"))
        let start = try #require(text.range(of: "startxref\n", options: .backwards)).upperBound
        let table = try #require(Int(text[start...].prefix { $0.isNumber }))
        let lines = String(decoding: bytes[table...], as: Unicode.ASCII.self).split(separator: "\n")
        #expect(lines[0] == "xref")
        let count = try #require(Int(lines[1].split(separator: " ")[1]))
        for number in 1..<count {
            let offset = try #require(Int(lines[2 + number].prefix(10)))
            #expect(String(decoding: bytes[offset...].prefix(12), as: Unicode.ASCII.self).hasPrefix("\(number) 0 obj\n"))
        }
        // Vietnamese letters are in the maps from glyphs to letters.
        for letter in ["1EC7", "01B0", "2193"] { #expect(text.contains("> <\(letter)>\n"), "\(letter)") }
    }

    @Test("a subset keeps outlines and widths of its glyphs, parts of composed letters included", .enabled(if: hasFont))
    func subset() throws {
        let font = try DrawingFonts.find().regular
        let letters = Array("Huyện ủy Đông ↓".unicodeScalars)
        let wanted = [0] + letters.map { font.glyph($0) }
        #expect(!wanted.dropFirst().contains(0))
        let bytes = font.subset(wanted)
        #expect(bytes.count < 60_000)
        func number(_ at: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 << 8 | Int(bytes[at + $1]) } }
        var tables: [String: (at: Int, count: Int)] = [:]
        for i in 0..<number(4, 2) {
            let record = 12 + 16 * i
            tables[String(decoding: bytes[record..<record + 4], as: UTF8.self)] = (number(record + 8, 4), number(record + 12, 4))
        }
        let loca = try #require(tables["loca"]).at
        let metrics = try #require(tables["hmtx"]).at
        let glyphs = number(try #require(tables["maxp"]).at + 4, 2)
        #expect(glyphs >= Set(wanted).count)
        for (i, glyph) in wanted.enumerated() {
            #expect(number(metrics + 4 * i, 2) == font.advance(glyph))
            if i > 0, letters[i - 1] != " " { #expect(number(loca + 4 * i + 4, 4) > number(loca + 4 * i, 4)) }
        }
        #expect(number(loca + 4 * glyphs, 4) <= (try #require(tables["glyf"])).count)
    }

    @Test("no damaged font leads to a trap", .enabled(if: hasFont))
    func damaged() throws {
        let place = try #require(DrawingFonts.places.first { FileManager.default.fileExists(atPath: $0.regular) })
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: place.regular)))
        var generator = TestSeed.generator("fonts")
        for round in 0..<60 {
            var bytes = round % 4 == 0 ? Array(whole.prefix(Int.random(in: 0..<whole.count, using: &generator))) : whole
            for _ in 0..<200 where !bytes.isEmpty {
                // The directory and the small tables at the front are hit more often.
                let at = Int.random(in: 0..<(Bool.random(using: &generator) ? min(400, bytes.count) : bytes.count), using: &generator)
                bytes[at] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let font = TrueTypeFont(bytes) else { continue }
            let glyphs = [0] + "Xã Yên Mỹ ↓".unicodeScalars.map { font.glyph($0) }
            _ = font.subset(glyphs)
            _ = glyphs.map { font.advance($0) }
        }
    }
}
