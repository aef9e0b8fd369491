import Documents
import Sheets

/// A small clean sheet, made up, of which tests change one thing.
struct Sheet {
    var head = ["Mã điểm cầu", "Tên điểm cầu", "Cấp", "Mã ĐVHC", "Điểm cầu cấp trên", "Băng thông (Mbps)", "Địa chỉ IP nút", "Vĩ độ", "Kinh độ"]
    var rows = [
        ["T37", "UBND tỉnh Ninh Bình", "tinh", "37", "", "20", "10.37.0.1", "20.25", "105.97"],
        ["H377", "UBND huyện Yên Mô", "huyen", "377", "T37", "20", "10.37.1.1", "20.16", "106.01"],
        ["X14740", "UBND xã Yên Mỹ", "xa", "14740", "H377", "8", "10.37.1.11", "20.11", "106.02"],
        ["X14725", "UBND xã Yên Thắng", "xa", "14725", "H377", "8", "10.37.1.12", "20.13", "106.03"],
    ]

    enum Column: Int {
        case code, name, level, unit, parent, capacity, address, latitude, longitude
    }

    subscript(row: Int, column: Column) -> String {
        get { rows[row][column.rawValue] }
        set { rows[row][column.rawValue] = newValue }
    }

    /// RFC 4180.
    static func cell(_ text: String) -> String {
        text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    var text: String { ([head] + rows).map { $0.map(Self.cell).joined(separator: ",") }.joined(separator: "\r\n") + "\r\n" }
    func imported(language: Language = .en) -> SheetImport { Self.importing(Array(text.utf8), language: language) }

    static func importing(_ bytes: [UInt8], language: Language = .en) -> SheetImport {
        Sheets.importSheet(bytes: bytes, file: "s", output: "s.yaml", options: SheetOptions(edition: "2021-11"), language: language)
    }
}

extension SheetImport {
    /// `CELL severity[code]` of each problem, and its line where it has no cell.
    var told: [String] { problems.map { "\($0.cell?.name ?? String($0.line)) \($0.severity.rawValue)[\($0.code.rawValue)]" } }
    var messages: [String] { problems.map(\.message) }
}
