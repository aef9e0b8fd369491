import ArgumentParser
import Foundation
import Sheets
import TopologyFiles

/// `nhipcau topology generate …`
struct TopologyGenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Makes a topology file of a given shape, or of a list of administrative units.",
        discussion: """
            Example: nhipcau topology generate --levels tinh:1,huyen:11,xa:10 -o tinh.yaml
                     nhipcau topology generate --units units_2025.csv --edition 2025-07 -o ca-nuoc.yaml
            --levels says how many nodes stand below each node of the level above. --units takes a CSV list with the columns code, name,
            level and parent_code, and hangs all units without a parent below one root (--root). Lines and addresses are supposed.
            Exit codes: 0 written, 1 errors in the list and no file, 2 bad usage.
            """)
    @Option(help: "Levels from the top down, each with its number below one above: tinh:1,huyen:11,xa:10.") var levels: String?
    @Option(help: "A list of administrative units (CSV).") var units: String?
    @Option(help: "Id and name of the node above all units without a parent.") var root = "TW=Trung ương"
    @Option(name: .shortAndLong, help: "The topology file to write; without it the standard output.") var output: String?
    @Option(help: "The network's id; without it the output's name.") var id: String?
    @Option(help: "The network's name.") var name: String?
    @Option(help: "The edition of the unit codes: 2021-11, 2025-03, 2025-07, 2026-04.") var edition: String?
    @Option(help: "Language of the messages and of the file's remarks: en or vi.") var lang: String?

    func validate() throws {
        if (levels == nil) == (units == nil) { throw ValidationError("Give either --levels or --units.") }
    }

    mutating func run() async throws {
        let language = try TopologyFilesLanguage.chosen(lang)
        if let units { return try list(units, language) }
        let shape: TreeShape
        do {
            shape = try TreeShape(levels ?? "", language: language)
        } catch {
            throw ValidationError(error.description)
        }
        let id = id ?? Sheets.networkID(of: output ?? "") ?? "generated"
        try deliver(TopologyFiles.generate(shape, id: id, name: name ?? id, language: language), nil, language)
    }

    private func list(_ units: String, _ language: TopologyFilesLanguage) throws {
        let parts = root.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ValidationError("--root is ID=NAME, such as TW=\"Trung ương\".") }
        let options = SheetOptions(id: id, name: name, edition: edition, root: SheetOptions.Root(id: parts[0], name: parts[1]))
        let result = Sheets.importSheet(units, output: output, options: options, language: language)
        guard let yaml = result.yaml else {
            print(result.text)
            throw ExitCode(1)
        }
        try deliver(yaml, result.text, language)
    }

    private func deliver(_ yaml: String, _ report: String?, _ language: TopologyFilesLanguage) throws {
        if let output {
            try TopologyOutput.write(yaml, to: output, language: language)
            if let report { print(report) }
        } else {
            print(yaml, terminator: "")
            if let report { FileHandle.standardError.write(Data((report + "\n").utf8)) }
        }
    }
}
