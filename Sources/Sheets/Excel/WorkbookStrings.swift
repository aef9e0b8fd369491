/// The texts that cells of a workbook share.
enum WorkbookStrings {
    static func read(_ xml: [UInt8]) throws -> [String] {
        var scanner = XMLScanner(xml)
        var strings: [String] = []
        var current: String?
        var isText = false
        // What stands below `rPh` tells how a word is pronounced.
        var phonetic = 0
        while let piece = try scanner.next() {
            switch piece {
            case .start("si", _, let isEmpty):
                if isEmpty { strings.append("") } else { current = "" }
            case .end("si"):
                if let done = current { strings.append(done) }
                current = nil
            case .start("rPh", _, false): phonetic += 1
            case .end("rPh"): phonetic = max(0, phonetic - 1)
            case .start("t", _, let isEmpty): isText = !isEmpty && phonetic == 0
            case .end("t"): isText = false
            case .text(let text): if isText { current?.append(text) }
            default: break
            }
            if strings.count > WorkbookLimits.mostCells { throw WorkbookCells.Failure.tooLarge }
        }
        return strings
    }
}
