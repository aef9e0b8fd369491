import Documents
import Topology
import Yams

extension TopologyFiles {
    /// The network of a topology file; throws all its problems if it has errors.
    public static func load(_ path: String, language: Language = .en) throws(InvalidFile) -> Network {
        try parse(try text(path, language), file: path, language: language)
    }

    /// The network of a topology file's text; `file` is its name in messages.
    public static func parse(_ text: String, file name: String, language: Language = .en) throws(InvalidFile) -> Network {
        let file = SourceFile(name: name, language: language)
        guard let root = file.parse(text), let network = network(root, in: file) else {
            throw InvalidFile(problems: file.sortedProblems)
        }
        return network
    }

    /// The network that a YAML node holds; nil, and problems in the file, if it has errors.
    package static func network(_ node: Node, in file: SourceFile) -> Network? {
        guard let draft = TopologyReader.read(node, in: file) else { return nil }
        TreeChecks.run(draft, in: file)
        return file.hasErrors ? nil : try? draft.network()
    }

    /// A meeting, its sites resolved against `network` whatever its `topology:` says; throws all its problems.
    public static func loadMeeting(
        _ path: String, network: Network, language: Language = .en
    ) throws(InvalidFile) -> MeetingFile {
        try parseMeeting(try text(path, language), file: path, network: network, language: language)
    }

    /// A meeting from its text; `file` is its name in messages.
    public static func parseMeeting(
        _ text: String, file name: String, network: Network, language: Language = .en
    ) throws(InvalidFile) -> MeetingFile {
        let file = SourceFile(name: name, language: language)
        guard let root = file.parse(text), let reader = MeetingReader(root, network: network, in: file),
            let meeting = reader.read()
        else { throw InvalidFile(problems: file.sortedProblems) }
        return meeting
    }

    /// The network as a topology file with nothing left to defaults; reading it gives an equal network.
    public static func render(_ network: Network) -> String { network.canonical }

    private static func text(_ path: String, _ language: Language) throws(InvalidFile) -> String {
        do {
            return try FileText.read(path)
        } catch {
            let file = SourceFile(name: path, language: language)
            file.report(error.message, line: error.line, column: error.column)
            throw InvalidFile(problems: file.sortedProblems)
        }
    }
}
