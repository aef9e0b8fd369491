import ArgumentParser
import TopologyFiles

/// `nhipcau topology schema …`
struct TopologySchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of topology and meeting files, for editors.",
        discussion: """
            Example: nhipcau topology schema topology > topology.schema.json
            A file's first line tells an editor: # yaml-language-server: $schema=topology.schema.json
            """)
    @Argument(help: "topology, part (a file that a topology includes) or meeting.") var file: FileSchema = .topology
    @Option(help: "Language of the descriptions: en or vi.") var lang: String?

    mutating func run() throws { print(file.json(try TopologyFilesLanguage.chosen(lang))) }
}

extension FileSchema: ExpressibleByArgument {}
