import ArgumentParser
import Foundation
import Sheets

/// `nhipcau topology import …`
struct TopologyImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a topology file of a planner's sheet (CSV or Excel).",
        discussion: """
            Example: nhipcau topology import soc_trang.csv -o topology/soc-trang.yaml --edition 2021-11
            Columns may be in any order, with Vietnamese or English headings; docs/sheets.md lists them. What is plain is mended and
            told as SHEET.csv:LINE:COL: mended[code]: CELL: …, what is wrong as SHEET.csv:LINE:COL: error[code]: CELL: …, all in one run: errors
            first, then what was mended by columns, four and more of a kind in one line. CELL is the spreadsheet's name, F65; of a workbook
            the place is SHEET.xlsx:F65.
            Without -o the file goes to the standard output, and what there is to say to the standard error.
            Exit codes: 0 written, 1 errors and no file, 2 bad usage.
            """)
    @Argument(help: "The sheet: CSV, or an Excel workbook (.xlsx), whose first sheet is read.") var sheet: String
    @Option(name: .shortAndLong, help: "The topology file to write.") var output: String?
    @Option(help: "The network's id; without it the output's name.") var id: String?
    @Option(help: "The network's name; without it that of the topmost site.") var name: String?
    @Option(help: "The edition of the unit codes, where the sheet does not say it: 2021-11, 2025-03, 2025-07, 2026-04.") var edition: String?
    @Flag(help: "One JSON object instead of lines.") var json = false
    @Flag(help: "Errors and the summary alone, without what was mended.") var quiet = false
    @Option(help: "Language of the messages and of the file's remarks: en or vi.") var lang: String?

    mutating func run() async throws {
        let language = try TopologyFilesLanguage.chosen(lang)
        let options = SheetOptions(id: id, name: name, edition: edition)
        let result = Sheets.importSheet(sheet, output: output, options: options, language: language)
        let report = (json ? result.json : result.text(quiet: quiet)) + "\n"
        guard let yaml = result.yaml else {
            print(report, terminator: "")
            throw ExitCode(1)
        }
        if let output {
            try TopologyOutput.write(yaml, to: output, language: language)
            print(report, terminator: "")
        } else {
            print(yaml, terminator: "")
            FileHandle.standardError.write(Data(report.utf8))
        }
    }
}

/// Writes what a planner's commands make.
enum TopologyOutput {
    /// Replaces the file as a whole, or says why not.
    static func write(_ text: String, to path: String, language: TopologyFilesLanguage) throws {
        try write(Array(text.utf8), to: path, language: language)
    }

    /// As ``write(_:to:language:)``, of bytes.
    static func write(_ bytes: [UInt8], to path: String, language: TopologyFilesLanguage) throws {
        // Written beside it first: whoever reads the file meanwhile reads the old one or the new one.
        let draft = path + ".new"
        if let handle = fopen(draft, "wb") {
            let written = fwrite(bytes, 1, bytes.count, handle)
            if fclose(handle) == 0, written == bytes.count, rename(draft, path) == 0 { return }
        }
        let reason = String(cString: strerror(errno))
        remove(draft)
        let says = language == .vi ? "\(path): không ghi được: \(reason)" : "\(path): cannot be written: \(reason)"
        FileHandle.standardError.write(Data((says + "\n").utf8))
        throw ExitCode(1)
    }
}
