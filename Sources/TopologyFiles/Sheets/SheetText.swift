/// The letters of a sheet, whatever a spreadsheet saved them as.
enum SheetText {
    /// UTF-8 with or without a byte order mark, or UTF-16 with one. Reports what was mended; throws what is no text.
    static func decode(_ bytes: [UInt8], in file: SourceFile) throws(FileText.Failure) -> [Unicode.Scalar] {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw FileText.Failure(message: .workbook, reason: Message.workbook.en)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            file.report(.utf16, line: 1, column: 1)
            let high = bytes[0] == 0xFE ? 0 : 1
            let units = stride(from: 2, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + 1 - high]) }
            return Array(String(decoding: units, as: UTF16.self).unicodeScalars)
        }
        var scalars = Array(try FileText.text(bytes).unicodeScalars)
        if scalars.first == "\u{FEFF}" {
            scalars.removeFirst()
            file.report(.byteOrderMark, line: 1, column: 1)
        }
        return scalars
    }
}
