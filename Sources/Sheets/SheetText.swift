import Documents

/// The letters of a sheet, whatever a spreadsheet saved them as.
enum SheetText {
    /// UTF-8 with or without a byte order mark, or UTF-16 with one. Reports what was mended; throws what is no text.
    static func decode(_ bytes: [UInt8], in file: SourceFile) throws(FileText.Failure) -> [Unicode.Scalar] {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw FileText.Failure(message: .workbook, reason: FileText.Reason(.workbook))
        }
        var scalars: [Unicode.Scalar]
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            file.report(.utf16, line: 1, column: 1)
            scalars = try utf16(bytes)
        } else {
            scalars = Array(try FileText.text(bytes).unicodeScalars)
            if scalars.first == "\u{FEFF}" {
                scalars.removeFirst()
                file.report(.byteOrderMark, line: 1, column: 1)
            }
        }
        takeEndMark(&scalars, in: file)
        return scalars
    }

    /// Ctrl-Z, with which DOS and what followed it ended a text.
    private static func takeEndMark(_ scalars: inout [Unicode.Scalar], in file: SourceFile) {
        guard scalars.last == "\u{1A}" else { return }
        while scalars.last == "\u{1A}" { scalars.removeLast() }
        var place = Place()
        for scalar in scalars { place.pass(scalar) }
        file.report(.endMark, line: place.line, column: place.column)
    }

    /// Behind the byte order mark. Half a letter is refused: nobody knows which one it was.
    private static func utf16(_ bytes: [UInt8]) throws(FileText.Failure) -> [Unicode.Scalar] {
        let high = bytes[0] == 0xFE ? 0 : 1
        func unit(_ at: Int) -> UInt32 { UInt32(bytes[at + high]) << 8 | UInt32(bytes[at + 1 - high]) }
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(bytes.count / 2)
        var place = Place()
        func broken() -> FileText.Failure {
            FileText.Failure(message: .brokenUTF16, reason: FileText.Reason(.brokenUTF16), line: place.line, column: place.column)
        }
        var at = 2
        while at < bytes.count {
            guard at + 1 < bytes.count else { throw broken() }
            var value = unit(at)
            at += 2
            if (0xD800..<0xDC00).contains(value) {
                guard at + 1 < bytes.count, (0xDC00..<0xE000).contains(unit(at)) else { throw broken() }
                value = 0x10000 + (value - 0xD800) << 10 + (unit(at) - 0xDC00)
                at += 2
            }
            guard let scalar = Unicode.Scalar(value) else { throw broken() }
            scalars.append(scalar)
            place.pass(scalar)
        }
        return scalars
    }

    /// A line and a column, counted as ``CSVTable`` does.
    private struct Place {
        var line = 1
        var column = 1
        private var wasReturn = false

        mutating func pass(_ scalar: Unicode.Scalar) {
            if scalar == "\n" || scalar == "\r" {
                if !(scalar == "\n" && wasReturn) { line += 1 }
                column = 1
            } else {
                column += 1
            }
            wasReturn = scalar == "\r"
        }
    }
}
