import Documents

/// Writes one sheet as an Excel workbook (.xlsx): texts in the cells themselves, numbers as numbers, the first row bold and fixed.
struct WorkbookWriter {
    /// What stands in a cell.
    enum Cell: Hashable {
        case empty
        case text(String)
        case number(Double)
    }

    /// The file's bytes; the same rows give the same bytes.
    static func file(_ rows: [[Cell]], sheet name: String) -> [UInt8] {
        let types = "application/vnd.openxmlformats-officedocument.spreadsheetml."
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let packages = "http://schemas.openxmlformats.org/package/2006/"
        func document(_ body: String) -> [UInt8] { Array(("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + body).utf8) }
        func relation(_ id: Int, _ kind: String, _ target: String) -> String {
            "<Relationship Id=\"rId\(id)\" Type=\"\(relations)/\(kind)\" Target=\"\(target)\"/>"
        }
        func override(_ part: String, _ type: String) -> String { "<Override PartName=\"\(part)\" ContentType=\"\(types)\(type)+xml\"/>" }
        return ZIPWriter.archive([
            (
                "[Content_Types].xml",
                document(
                    "<Types xmlns=\"\(packages)content-types\">"
                        + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                        + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>" + override("/xl/workbook.xml", "sheet.main")
                        + override("/xl/worksheets/sheet1.xml", "worksheet") + override("/xl/styles.xml", "styles") + "</Types>")
            ),
            (
                "_rels/.rels",
                document("<Relationships xmlns=\"\(packages)relationships\">" + relation(1, "officeDocument", "xl/workbook.xml") + "</Relationships>")
            ),
            (
                "xl/workbook.xml",
                document(
                    "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\"><sheets>"
                        + "<sheet name=\"\(XMLText.escaped(name))\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>")
            ),
            (
                "xl/_rels/workbook.xml.rels",
                document(
                    "<Relationships xmlns=\"\(packages)relationships\">" + relation(1, "worksheet", "worksheets/sheet1.xml")
                        + relation(2, "styles", "styles.xml") + "</Relationships>")
            ),
            ("xl/styles.xml", document(styles)), ("xl/worksheets/sheet1.xml", document(sheet(rows))),
        ])
    }

    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    /// Style 1 is bold, for headings and sums.
    private static var styles: String {
        "<styleSheet xmlns=\"\(main)\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
            + "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
            + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
            + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
            + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
            + "<cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
            + "<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs></styleSheet>"
    }

    private static func sheet(_ rows: [[Cell]]) -> String {
        var out = "<worksheet xmlns=\"\(main)\"><sheetViews><sheetView workbookViewId=\"0\">"
        out += "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>"
        for (i, width) in widths(rows).enumerated() { out += "<col min=\"\(i + 1)\" max=\"\(i + 1)\" width=\"\(width)\" customWidth=\"1\"/>" }
        out += "</cols><sheetData>"
        for (row, cells) in rows.enumerated() {
            let style = row == 0 || row == rows.count - 1 ? " s=\"1\"" : ""
            out += "<row r=\"\(row + 1)\">"
            for (column, cell) in cells.enumerated() {
                let place = "r=\"\(ColumnName.letters(column))\(row + 1)\"" + style
                switch cell {
                case .empty: break
                case .number(let number): out += "<c \(place)><v>\(FigureText.text(number))</v></c>"
                case .text(let text): out += "<c \(place) t=\"inlineStr\"><is><t xml:space=\"preserve\">\(XMLText.escaped(text))</t></is></c>"
                }
            }
            out += "</row>"
        }
        return out + "</sheetData></worksheet>"
    }

    /// In letters, as wide as the widest cell but for very long ones.
    private static func widths(_ rows: [[Cell]]) -> [Int] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                let count =
                    switch cell {
                    case .empty: 0
                    case .number(let number): FigureText.text(number).count
                    case .text(let text): text.count
                    }
                if column == widths.count { widths.append(6) }
                widths[column] = min(max(widths[column], count + 2), 48)
            }
        }
        return widths
    }
}
