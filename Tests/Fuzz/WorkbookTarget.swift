@testable import Sheets

/// Excel workbooks as a planner hands them in: the ZIP archive, DEFLATE (RFC 1951), and the XML of cells and shared strings.
enum WorkbookTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        let input = Array(bytes)
        readXML(input)
        if let out = try? Inflate.unpack(input[...], limit: 65_536) { promise(out.count <= 65_536, "\(out.count) bytes") }
        if let archive = try? ZIPArchive(input) {
            for name in archive.names.prefix(8) {
                guard let file = try? archive.file(name) else { continue }
                promise(file.count <= ZIPArchive.largestFile, "\(file.count) bytes")
                readXML(file)
            }
        }
        // What is packed is unpacked as it was.
        let packed = ZIPWriter.archive([(name: "xl/worksheets/sheet1.xml", bytes: input)])
        guard let again = try? ZIPArchive(packed) else { return promise(false, "our own archive is refused") }
        promise(again.names == ["xl/worksheets/sheet1.xml"], "\(again.names)")
        promise((try? again.file("xl/worksheets/sheet1.xml")) == input, "the file is another")
    }

    private static func readXML(_ bytes: [UInt8]) {
        if let strings = try? WorkbookStrings.read(bytes) { promise(strings.count <= WorkbookLimits.mostCells, "\(strings.count) strings") }
        guard let rows = try? WorkbookCells.read(bytes, strings: ["xã", ""]) else { return }
        promise(rows.count <= WorkbookLimits.mostRows, "\(rows.count) rows")
        promise(rows.allSatisfy { $0.keys.allSatisfy { (0..<WorkbookLimits.mostColumns).contains($0) } }, "a column beyond the limit")
    }

    static var seeds: [[UInt8]] {
        let sheet = Array(
            """
            <?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1.5E+01</v></c></row>\
            <row r="3"><c r="C3" t="inlineStr"><is><t xml:space="preserve"> Xã &amp; &#x1ED1; </t></is></c><c t="b"><v>1</v></c></row></sheetData></worksheet>
            """.utf8)
        let strings = Array("<sst count=\"2\"><si><t>Tỉnh</t></si><si><r><t>Xã </t></r><rPh><t>x</t></rPh><r><t>Yên</t></r></si><si/></sst>".utf8)
        return [
            sheet, strings, ZIPWriter.archive([(name: "xl/worksheets/sheet1.xml", bytes: sheet), (name: "xl/sharedStrings.xml", bytes: strings)]),
            ZIPWriter.archive([]),
            // DEFLATE with tables of its own, and with the fixed ones.
            bytes(hex: "b329cf2fca2ece484d2db1b301532e892589763645f9e50a45b64a864a7636c92086a3a1924289ad5231905f666760a35f6667a39f0cc44075401249a33ec23c00"),
            bytes(hex: "4b4cc40e9200"),
            Array("<worksheet><sheetData><row><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>".utf8),
        ]
    }
}
