import ArgumentParser
import Basics
import Foundation
import Reports
import Sheets
import Topology
import TopologyFiles

extension TopologyCommand {
    /// `nhipcau topology diff`
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what a new plan changes against an old one, or against several that it joins.",
            discussion: """
                Example: nhipcau topology diff topology/soc-trang.yaml topology/hau-giang.yaml topology/can-tho-cum.yaml --mapping merge.csv
                The last file is the new plan. Between editions of unit codes a mapping (CSV with old_code and new_code) says who is who.
                Exit codes: 0 compared, 2 bad input.
                """)
        @Argument(help: "Topology files: one old or several, then the new one.") var files: [String]
        @Option(help: ArgumentHelp("Which units became which: CSV with the columns old_code, new_code and, if known, part.", valueName: "file"))
        var mapping: [String] = []
        @Flag(help: "One JSON object instead of text.") var json = false
        @Flag(help: "Nothing cut short.") var all = false
        @Option(help: "Language of the text: en or vi; default: the network's, else the locale's.") var lang: String?

        mutating func validate() throws {
            if files.count < 2 { throw ValidationError("Give an old and a new topology file.") }
        }

        mutating func run() throws {
            let asked = try TopologyFilesLanguage.chosen(lang)
            var networks: [Network] = []
            for file in files { networks.append(try reading { try TopologyFiles.load(file, language: asked) }) }
            let new = networks.removeLast()
            let language = asked.unlessSaid(lang, of: new)
            var units = UnitMapping()
            for file in mapping {
                let read = try reading { try Sheets.loadMapping(file, into: &units, language: language) }
                if read.skipped > 0 {
                    let note =
                        language == .vi
                        ? "\(file): bỏ qua \(read.skipped) trên \(read.rows) dòng thiếu mã"
                        : "\(file): \(read.skipped) of \(read.rows) rows lack a code and are skipped"
                    FileHandle.standardError.write(Data((note + "\n").utf8))
                }
            }
            if mapping.isEmpty, networks.contains(where: { !$0.edition.isEmpty && !new.edition.isEmpty && $0.edition != new.edition }) {
                let note =
                    language == .vi
                    ? "lưu ý: hai bản danh mục đơn vị khác nhau; không có --mapping thì chỉ so được cùng mã và cùng tên"
                    : "note: the editions of unit codes differ; without --mapping only units with the same code and name are known again"
                FileHandle.standardError.write(Data((note + "\n").utf8))
            }
            let diff = NetworkDiff(networks, new, mapping: units)
            let report = DiffReport(
                diff, oldPlans: networks.map { NetworkPlan($0) }, newPlan: NetworkPlan(new), showsAll: all, language: language)
            print(json ? report.json : report.text)
        }
    }
}
