import ArgumentParser
import BridgeService
import Console
import Foundation
import Logging

/// `nhipcau node`: one node until SIGTERM or Ctrl-C.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Runs one node of a network.",
        discussion: """
            Example: nhipcau node --topology topology/yen-mo.yaml --id H377 --state /var/lib/nhipcau
            The state folder holds ca.crt, node.crt and node.key (`nhipcau certs issue` writes them) and the node's memory.
            Stops cleanly on SIGTERM and Ctrl-C. Exit codes: 0 stopped, 1 could not start.
            """)
    @Option(help: "The network's topology file.") var topology: String
    @Option(help: "This node's id in it.") var id: String
    @Option(help: "The folder of certificates and archive.") var state: String
    @Option(help: "The folder of meeting files; default: `meetings` beside the topology file.") var meetings: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: LogLevel = .init(.info)
    @Flag(help: "One JSON object per log line.") var logJson = false
    @Option(help: "Language of the log's sentences and of /health: en or vi; default: the network's, else the locale's.") var lang: String?

    mutating func run() async throws {
        let level = logLevel.level
        let language = try lang.map { try TopologyFilesLanguage.chosen($0).console }
        let json = logJson
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, level: level, json: json) }
        let service = try NodeService(.init(topology: topology, id: id, state: state, meetings: meetings, language: language))
        try await service.run()
    }
}

/// A level by its word; another word is bad usage.
struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level
    init(_ level: Logger.Level) { self.level = level }
    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }
    static var allValueStrings: [String] { Logger.Level.allCases.map(\.rawValue) }
    var defaultValueDescription: String { level.rawValue }
}

/// Log lines on standard error: `time level message key=value …`, or one JSON object each.
struct LineLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let json: Bool

    init(label: String, level: Logger.Level, json: Bool) {
        self.label = label
        logLevel = level
        self.json = json
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// One line whatever it holds: names and reasons come from other nodes. Control characters and line ends of Unicode are written
    /// as `\u{…}`, and so is the backslash that begins them.
    static func escaped(_ text: String) -> String {
        func isPlain(_ c: Unicode.Scalar) -> Bool {
            switch c.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: c != "\\"
            }
        }
        if text.unicodeScalars.allSatisfy(isPlain) { return text }
        return text.unicodeScalars.map { isPlain($0) ? String($0) : "\\u{" + String($0.value, radix: 16) + "}" }.joined()
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        let time = LocalTime.now
        var line: String
        if json {
            fields["time"] = time
            fields["level"] = event.level.rawValue
            fields["message"] = "\(event.message)"
            fields["label"] = label
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "\(event.message)"
        } else {
            line = "\(time) \(event.level.rawValue) \(LineLogHandler.escaped("\(event.message)"))"
            for key in fields.keys.sorted() { line += " \(key)=\(LineLogHandler.escaped(fields[key] ?? ""))" }
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
