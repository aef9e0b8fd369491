import Basics
import Documents
import Topology
import TopologyFiles

extension Sheets {
    /// Makes a topology file of a planner's sheet (CSV), and says what it mended and what is wrong; never throws.
    ///
    /// `output` names the file to be written, for the network's id; nothing is written here.
    public static func importSheet(
        _ path: String, output: String? = nil, options: SheetOptions = SheetOptions(), language: Language = .en
    ) -> SheetImport {
        let file = SourceFile(name: path, language: language)
        do {
            return SheetImporter(file: file, output: output, options: options).run(try FileText.bytes(path))
        } catch {
            file.report(error.message, line: error.line, column: error.column)
            return SheetImport(problems: file.sortedProblems, language: language)
        }
    }

    /// As ``importSheet(_:output:options:language:)``, from the sheet's bytes; `name` is its name in messages.
    public static func importSheet(
        bytes: [UInt8], file name: String, output: String? = nil, options: SheetOptions = SheetOptions(), language: Language = .en
    ) -> SheetImport {
        SheetImporter(file: SourceFile(name: name, language: language), output: output, options: options).run(bytes)
    }
}

/// What came of a sheet.
public struct SheetImport: Hashable, Sendable {
    /// What was mended and what is wrong, in the order of the sheet.
    public var problems: [Problem]
    /// The topology file; nil if there are errors.
    public var yaml: String?
    /// Nodes of the network.
    public var nodes = 0
    /// Nodes with an uplink.
    public var trunks = 0
    /// Levels; those beside each other count once.
    public var levels = 0
    /// Somebody else's bridge above the root was among the rows.
    public var hasUpstream = false
    /// What the file rests on.
    public var assumed = Assumptions()
    /// Of messages and summary.
    public var language: Language

    init(problems: [Problem], language: Language) {
        self.problems = problems
        self.language = language
    }

    /// A file can be written.
    public var ok: Bool { yaml != nil }
    private var errors: Int { problems.count { $0.severity == .error } }
    private var mended: Int { problems.count { $0.severity == .mended } }

    /// One line.
    public var summary: String {
        let rest = assumed.text(language)
        switch language {
        case .en:
            if !ok { return "\(count(errors, "error")), \(mended) mended: no file written" }
            return "ok: \(count(nodes, "node")), \(count(trunks, "trunk")), \(count(levels, "level"))" + (hasUpstream ? ", upstream" : "")
                + ", \(mended) mended" + (rest.map { "; assumed: \($0)" } ?? "")
        case .vi:
            if !ok { return "\(errors) lỗi, đã sửa \(mended) chỗ: không ghi tệp" }
            return "đạt: \(nodes) nút, \(trunks) trung kế, \(levels) cấp" + (hasUpstream ? ", có cấp trên ngoài mạng" : "")
                + ", đã sửa \(mended) chỗ" + (rest.map { "; giả định: \($0)" } ?? "")
        }
    }
    private func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }

    /// Errors first, each in a line; then what was mended, by columns; then the summary, without a line break at the end.
    public var text: String { text(quiet: false) }

    /// As ``text``; `quiet` leaves out what was mended.
    public func text(quiet: Bool) -> String {
        let errors = problems.filter { $0.severity != .mended }
        let mends = quiet ? [] : problems.filter { $0.severity == .mended }
        return (ProblemGroups(errors, grouping: [.lostLetters], language).lines + ProblemGroups(mends, language).lines + [summary]).joined(separator: "\n")
    }

    /// One JSON object: `ok`, `nodes`, `trunks`, `levels`, `upstream`, `mended`, `errors`, `assumed`, `problems` as in `check`.
    public var json: String {
        JSONText.object([
            ("ok", .flag(ok)), ("nodes", .count(nodes)), ("trunks", .count(trunks)), ("levels", .count(levels)), ("upstream", .flag(hasUpstream)),
            ("mended", .count(mended)), ("errors", .count(errors)), ("assumed", assumed.json), ("problems", .list(problems.map(\.json))),
        ]).description
    }
}

/// One import: read, hang together, write, check what was written.
struct SheetImporter {
    let file: SourceFile
    let output: String?
    let options: SheetOptions

    func run(_ bytes: [UInt8]) -> SheetImport {
        var result = SheetImport(problems: [], language: file.language)
        var workbook: Workbook?
        do throws(FileText.Failure) {
            workbook = try Workbook(bytes)
            let scalars = if let workbook { Array(workbook.text.unicodeScalars) } else { try SheetText.decode(bytes, in: file) }
            if let reader = SheetReader.read(scalars, in: file) {
                let tree = SheetTree(reader, options: options)
                let network = SheetPlan(tree: tree, reader: reader, options: options, output: output).network
                if !file.hasErrors, let network { check(network, tree, into: &result) }
            }
        } catch {
            file.report(error.message, line: error.line, column: error.column)
        }
        result.problems = workbook?.naming(file.sortedProblems) ?? file.sortedProblems
        if file.hasErrors { result.yaml = nil }
        return result
    }

    /// Reads what was written as `check` would: what it finds is told at the row that it comes from.
    private func check(_ plan: (network: PlannedNetwork, sites: [Int]), _ tree: SheetTree, into result: inout SheetImport) {
        let (text, places) = NetworkWriter.write(plan.network, language: file.language)
        let written = SourceFile(name: output ?? "", language: file.language)
        let draft = written.parse(text).flatMap { TopologyReader.read($0, in: written) }
        if let draft { TreeChecks.run(draft, in: written) }
        for problem in written.sortedProblems where problem.severity == .error {
            let node = places.last { $0.line <= problem.line }?.node ?? 0
            let site = tree.sites[plan.sites[node]]
            let isBackup = [.backupCycle, .backupZone, .backupInOwnSubtree, .backupIsParent, .levelOrder].contains(problem.code)
            let place = (isBackup ? site.cells[.backup] : nil) ?? site.place
            file.report(Message(problem.code, en: problem.message, vi: problem.message), place)
        }
        // Nothing is called written before it was read again.
        guard !file.hasErrors, let draft else { return }
        do {
            _ = try draft.network()
        } catch {
            file.report(.notReadBack("\(error)"), line: 1, column: 1)
            return
        }
        result.yaml = text
        result.nodes = draft.listed
        result.trunks = draft.uplinksListed
        result.levels = Set(draft.levels.map(\.rank)).count
        result.hasUpstream = draft.upstream != nil
        result.assumed = draft.assumed
    }
}
