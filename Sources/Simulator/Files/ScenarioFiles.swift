import Basics
import Documents
import Topology
import Yams

/// Scenario files: YAML to ``Scenario`` and back, with every problem of a file found in one run.
///
/// In reading order: this file (load, parse, render), `ScenarioReader` (a file's parts), `DeedReader` (items of `people:` and
/// `timeline:`) with its `Verb`s, `TrunkReader` (which lines and nodes are meant), `GeneratedTree` (large trees in a few lines),
/// `ScenarioMessages` (the sentences in both languages), `ScenarioWriter`. `docs/simulation.md` describes the format.
public enum ScenarioFiles {
    /// What a file holds.
    public struct Loaded: Hashable, Sendable {
        /// What it plays.
        public var scenario: Scenario
        /// The seed to run it with when nobody names another; a shrunk failure needs its own.
        public var seed: UInt64?
        /// A scenario and the seed that belongs to it.
        public init(scenario: Scenario, seed: UInt64? = nil) {
            self.scenario = scenario
            self.seed = seed
        }
    }

    /// The scenario of a file; throws all problems, also those of files that it names.
    public static func load(_ path: String, language: Language = .en) throws(InvalidFile) -> Loaded {
        let text: String
        do {
            text = try FileText.read(path)
        } catch {
            let file = SourceFile(name: path, language: language)
            file.report(error.message, line: error.line, column: error.column)
            throw InvalidFile(problems: file.sortedProblems)
        }
        return try parse(text, file: path, language: language)
    }

    /// All problems of a file; empty if it can be run.
    public static func check(_ path: String, language: Language = .en) -> [Problem] {
        do {
            _ = try load(path, language: language)
            return []
        } catch {
            return error.problems
        }
    }

    /// The scenario of a file's text; `file` is its name in messages, from whose folder other files are found.
    public static func parse(_ text: String, file name: String, language: Language = .en) throws(InvalidFile) -> Loaded {
        let file = SourceFile(name: name, language: language)
        guard let root = file.parse(text) else { throw InvalidFile(problems: file.sortedProblems) }
        var reader = ScenarioReader(file: file)
        let loaded = reader.read(root)
        let problems = file.sortedProblems + reader.problemsElsewhere
        guard let loaded, !problems.contains(where: { $0.severity == .error }) else { throw InvalidFile(problems: problems) }
        return loaded
    }

    /// The scenario as a file with nothing left to defaults: reading it gives an equal scenario, down to a millionth in shares.
    public static func render(_ scenario: Scenario, seed: UInt64? = nil) -> String {
        ScenarioWriter(scenario: scenario, seed: seed).text
    }

    /// File name without folder and ending.
    static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        for ending in [".yaml", ".yml"] where last.hasSuffix(ending) { return String(last.dropLast(ending.count)) }
        return last
    }
}
