import ArgumentParser
import Basics
import Foundation
import Native
import Simulator
import Wire

/// `nhipcau simulate`
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Runs a whole network from a seed on a virtual clock, and checks it.",
        discussion: """
            Examples:
              nhipcau simulate simulations                                every file in it
              nhipcau simulate simulations/cut-in-cut.yaml --seed 7 --report report
              nhipcau simulate simulations/cut-in-cut.yaml --live         with real processes too
              nhipcau simulate --swarm --nodes 14 --seeds 200 --shrink failing
            Seeds count from --seed; without it the first is the file's own or drawn, and printed.
            Exit codes: 0 passed, 1 expectation missed, 2 bad input, 3 safety violated, 4 liveness violated.
            """)
    @Argument(help: "Scenario files, or folders of them.") var scenarios: [String] = []
    @Option(help: "The first seed.") var seed: UInt64?
    @Option(help: "How many seeds for each scenario.") var seeds: Int = 1
    @Flag(help: "Scenarios drawn from the seeds, too.") var swarm = false
    @Option(help: "How many nodes a drawn scenario has.") var nodes: Int = 14
    @Flag(help: "With --swarm: one leaf of each network lies.") var liars = false
    @Option(help: "With --swarm: every node leaves this rule out; what notices it is named.") var without: [String] = []
    @Option(help: "Runs side by side; default: one for each core.") var jobs: Int?
    @Flag(help: "One JSON array, an object for each run.") var json = false
    @Option(help: "Write a page for each scenario into this folder.") var report: String?
    @Flag(help: "Tell what happened, moment by moment, of each scenario's first seed.") var story = false
    @Option(help: "Make failing runs small and write them into this folder as scenario files.") var shrink: String?
    @Flag(help: "Play each with real processes on this machine as well, and print both.") var live = false
    @Option(help: "With --live: nodes get addresses 127.N.x.y.") var loopback: UInt8 = 79
    @Option(help: "With --live: nodes run this program until newer-program makes them run our own.") var olderProgram: String?
    @Option(help: "With --live: leave topologies, states and logs in this folder.") var keep: String?
    @Option(help: "Language of messages and pages: en or vi.") var lang: String?

    mutating func run() async throws {
        guard !scenarios.isEmpty || swarm else { throw ValidationError("name scenario files or folders, or give --swarm") }
        guard seeds >= 1 else { throw ValidationError("--seeds is a number from 1 on") }
        guard 2...20_000 ~= nodes else { throw ValidationError("--nodes is a number from 2 to 20000") }
        guard 1...254 ~= loopback else { throw ValidationError("--loopback is a number from 1 to 254") }
        let rules = Dictionary(Rules.named.map { ($0.name, $0.rule) }, uniquingKeysWith: { a, _ in a })
        if let unknown = without.first(where: { rules[$0] == nil }) {
            throw ValidationError("there is no rule '\(unknown)'; the rules are \(Rules.named.map(\.name).joined(separator: ", "))")
        }
        guard !liars || swarm else { throw ValidationError("--liars goes with --swarm; a scenario file says it by itself") }
        guard without.isEmpty || swarm else { throw ValidationError("--without goes with --swarm; a scenario file says it by itself") }
        guard jobs.map({ $0 >= 1 }) ?? true else { throw ValidationError("--jobs is a number from 1 on") }
        try checkLive()
        let language = try TopologyFilesLanguage.chosen(lang)
        let work = try load(language)
        if live { return try await LiveSimulation.run(work, json: json, loopback: loopback, older: olderProgram, keep: keep) }
        let progress = Ticker(total: work.count, isShown: !json && isatty(STDERR_FILENO) == 1)
        var sweep = Sweep(language: language)
        let keepTraces = report != nil || story
        var failed: [Work] = []
        var firsts: [String: Work] = [:]
        await InOrder.run(work, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount) { item in
            // Only the first of a scenario's seeds is drawn, unless a later one fails.
            item.run(keepTrace: keepTraces && item.isFirst)
        } finished: { item, run in
            progress.clear()
            if story, !json { tell(run.verdict.trace?.story ?? [], of: item.drawn) }
            let text = sweep.add(run.withoutTrace)
            if !json { print(text) }
            progress.show(sweep.runs.count)
            let isFirstFailure = !run.verdict.passed && firsts[item.page]?.isFailure != true
            if !run.verdict.passed { failed.append(item) }
            if item.isFirst || isFirstFailure {
                var item = item
                item.isFailure = !run.verdict.passed
                item.verdict = run.verdict
                firsts[item.page] = item
            }
        }
        progress.clear()
        if json { print(sweep.json) } else if sweep.runs.count > 1 { print(sweep.summary) }
        if let report { try writePages(firsts.values.sorted { $0.page < $1.page }, into: report, language) }
        if let shrink { try shrinkAll(failed, into: shrink) }
        if sweep.exitCode != 0 { throw ExitCode(sweep.exitCode) }
    }

    /// What goes with real processes only, and what does not.
    private func checkLive() throws {
        guard live else {
            guard keep == nil else { throw ValidationError("--keep goes with --live") }
            guard olderProgram == nil else { throw ValidationError("--older-program goes with --live") }
            return
        }
        if let olderProgram, !FileManager.default.isExecutableFile(atPath: olderProgram) {
            throw ValidationError("--older-program \(olderProgram): there is no program")
        }
        let others = [
            ("--swarm", swarm), ("--seeds", seeds > 1), ("--jobs", jobs != nil), ("--report", report != nil), ("--story", story),
            ("--shrink", shrink != nil),
        ].filter(\.1).map(\.0)
        guard others.isEmpty else {
            throw ValidationError(
                "\(others.joined(separator: ", ")): not with --live, which plays each scenario once, under its first seed; run them without --live")
        }
    }

    // MARK: What is run

    /// All runs in their order; prints every problem of every file and ends with 2 if there is one.
    private func load(_ language: TopologyFilesLanguage) throws -> [Work] {
        var problems: [String] = []
        var loaded: [ScenarioFiles.Loaded] = []
        for path in try scenarios.flatMap(files) {
            do {
                loaded.append(try ScenarioFiles.load(path, language: language))
            } catch {
                problems.append(error.description)
            }
        }
        guard problems.isEmpty else {
            FileHandle.standardError.write(Data((problems.joined(separator: "\n") + "\n").utf8))
            throw ExitCode(2)
        }
        // 32 bits: JSON readers keep every digit (up to 53), and people type it.
        let drawn = UInt64.random(in: 1..<1 << 32)
        var work: [Work] = []
        for item in loaded {
            let first = seed ?? item.seed ?? drawn
            work += (0..<seeds).map { Work(scenario: item.scenario, nodes: 0, seed: first &+ UInt64($0), isFirst: $0 == 0) }
        }
        if swarm {
            let left = Rules.named.filter { without.contains($0.name) }.reduce(into: Rules()) { $0.insert($1.rule) }
            work += (0..<seeds).map { Work(scenario: nil, nodes: nodes, seed: (seed ?? drawn) &+ UInt64($0), isFirst: $0 == 0, without: left, liars: liars) }
        }
        return work
    }

    private func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") }.sorted()
        guard !names.isEmpty else { throw ValidationError("there is no scenario file (*.yaml) in \(path)") }
        return names.map { (path.hasSuffix("/") ? path : path + "/") + $0 }
    }

    // MARK: What is written

    private func tell(_ story: [Trace.Line], of scenario: Scenario) {
        for line in story {
            let milliseconds = String(line.at.milliseconds)
            let at = String(repeating: " ", count: max(0, 7 - milliseconds.count)) + milliseconds
            print(at, "ms", line.node.flatMap { scenario.network.node($0)?.id } ?? "-", line.text)
        }
    }

    private func writePages(_ items: [Work], into folder: String, _ language: TopologyFilesLanguage) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for item in items {
            guard var verdict = item.verdict else { continue }
            // The same seed gives the same run, so it can be drawn afterwards.
            if verdict.trace == nil { verdict = item.run(keepTrace: true).verdict }
            let page = Report.html(item.drawn, verdict, language: language)
            try page.write(toFile: folder + "/" + item.page + ".html", atomically: true, encoding: .utf8)
        }
    }

    /// The first failures of each rule; the others are most likely the same trouble.
    private func shrinkAll(_ failed: [Work], into folder: String) throws {
        var rules: Set<String> = []
        for item in failed {
            let scenario = item.drawn
            guard let rule = item.run(keepTrace: false).verdict.violations.first?.rule, rules.insert(scenario.name + rule).inserted else { continue }
            let result = Shrinking.shrink(scenario) { item.with($0).run(keepTrace: false).verdict.violations.contains { $0.rule == rule } }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = "\(folder)/\(scenario.name)-\(item.seed).yaml"
            var small = result.scenario
            small.name = "\(scenario.name)-\(item.seed)"
            try ScenarioFiles.render(small, seed: item.seed).write(toFile: path, atomically: true, encoding: .utf8)
            let size = "\(small.network.count) nodes, \(small.timeline.count) events"
            FileHandle.standardError.write(Data("\(rule): \(path) (\(size), \(result.runs) runs\(result.isMinimal ? "" : ", not minimal"))\n".utf8))
        }
    }

    /// One scenario under one seed.
    struct Work: Sendable {
        /// Nil: to be drawn.
        var scenario: Scenario?
        var nodes: Int
        var seed: UInt64
        var isFirst: Bool
        var isFailure = false
        var verdict: Verdict?
        /// Of a drawn scenario.
        var without = Rules()
        var liars = false

        var drawn: Scenario {
            if let scenario { return scenario }
            var drawn = Swarm.draw(seed: seed, nodes: nodes, liars: liars)
            drawn.without = without
            return drawn
        }
        /// File name of its page, without ending.
        var page: String { scenario?.name ?? "swarm" }

        func with(_ other: Scenario) -> Work {
            var copy = self
            copy.scenario = other
            return copy
        }

        func run(keepTrace: Bool) -> Sweep.Run {
            let scenario = drawn
            let clock = ContinuousClock()
            let start = clock.now
            let verdict = Simulator.run(
                scenario, RunOptions(seed: seed, keepTrace: keepTrace, makeCompressor: { ZstdCompressor(dictionary: GossipDictionary.bytes) }))
            let wall = start.duration(to: clock.now)
            return Sweep.Run(
                verdict: verdict, wallSeconds: Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18,
                note: self.scenario == nil ? Swarm.describe(scenario) : nil)
        }
    }
}

extension Sweep.Run {
    var withoutTrace: Sweep.Run {
        var copy = self
        copy.verdict.trace = nil
        return copy
    }
}

/// Work done side by side whose results come in the order of the work.
enum InOrder {
    static func run<Item: Sendable, Result: Sendable>(
        _ items: [Item], jobs: Int, _ work: @escaping @Sendable (Item) -> Result, finished: (Item, Result) -> Void
    ) async {
        await withTaskGroup(of: (Int, Result).self) { group in
            var next = 0
            var done = 0
            var waiting: [Int: Result] = [:]
            func start() {
                guard next < items.count else { return }
                let (index, item) = (next, items[next])
                next += 1
                group.addTask { (index, work(item)) }
            }
            for _ in 0..<jobs { start() }
            while let (index, result) = await group.next() {
                waiting[index] = result
                start()
                while let result = waiting.removeValue(forKey: done) {
                    finished(items[done], result)
                    done += 1
                }
            }
        }
    }
}

/// `12/200` on a terminal, and nothing elsewhere.
struct Ticker {
    let total: Int
    let isShown: Bool

    func show(_ done: Int) {
        guard isShown, done < total else { return }
        FileHandle.standardError.write(Data("\r\(done)/\(total)".utf8))
    }

    func clear() {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
