import ArgumentParser
import Documents
import Foundation
import Sheets
import TopologyFiles

/// `nhipcau topology sheet …`
struct TopologySheetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Writes a network's bill of links as a sheet (CSV or Excel).",
        discussion: """
            Example: nhipcau topology sheet topology/soc-trang.yaml -o soc-trang.csv --lang vi
            One row for each node and its uplink, with the sums below. In Vietnamese the cells are separated by semicolons and decimals have a
            comma, as spreadsheets there expect it. An output that ends with .xlsx is an Excel workbook. 'topology import' reads both again.
            Exit codes: 0 written, 1 errors in the topology, 2 bad usage.
            """)
    @Argument(help: "The topology file.") var file: String
    @Option(name: .shortAndLong, help: "The sheet to write; without it the standard output.") var output: String?
    @Option(help: "Language of headings and messages: en or vi.") var lang: String?

    mutating func run() async throws {
        let asked = try TopologyFilesLanguage.chosen(lang)
        do {
            let network = try TopologyFiles.load(file, language: asked)
            let language = asked.unlessSaid(lang, of: network)
            let bill = Sheets.linkBill(network, language: language)
            guard let output else { return print(bill, terminator: "") }
            let isWorkbook = output.lowercased().hasSuffix(".xlsx")
            let bytes = isWorkbook ? Sheets.linkBillWorkbook(network, language: language) : Array(bill.utf8)
            try TopologyOutput.write(bytes, to: output, language: language)
        } catch let invalid as InvalidFile {
            FileHandle.standardError.write(Data((invalid.description + "\n").utf8))
            throw ExitCode(1)
        }
    }
}
