import ArgumentParser
import Drawings
import Foundation
import Topology
import TopologyFiles

extension TopologyCommand {
    /// `nhipcau topology draw`
    struct Draw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws a network: a sheet to print and sign, a page to zoom and search, or Graphviz.",
            discussion: """
                Example: nhipcau topology draw topology/soc-trang.yaml -o soc-trang.svg --meeting topology/meetings/soc-trang.yaml
                The output's extension names the format: .pdf (mail, print), .svg (print), .html (zoom, search), .dot (Graphviz).
                Without a meeting all sites meet in a quán triệt from the root.
                Exit codes: 0 drawn, 1 too large for the paper or not written, 2 bad input.
                """)
        @Argument(help: "A topology file (YAML).") var file: String
        @Option(name: .shortAndLong, help: "The drawing: x.pdf, x.svg, x.html or x.dot.") var output: String
        @OptionGroup var load: LoadOptions
        @Flag(help: "Capacities alone, no planned load.") var noLoad = false
        @Option(help: "a4, a3, a2, a1 or a0; the smallest from a3 up that holds everything if left out.") var paper: String?
        @Option(help: "auto, tree or map. auto: a map if most nodes have coordinates.") var layout = SheetLayout.Arrangement.automatic
        @Option(help: "The date in the title block, dd/mm/yyyy; today if left out, '' to write it by hand.") var date: String?
        @Option(help: "Who issues the drawing, above the title block; as the topology's 'agency' says if left out.") var agency: String?
        @Option(help: "The drawing's number.") var number = ""
        @Option(help: ArgumentHelp("A row of the table of revisions. May be repeated.", valueName: "mark;dd/mm/yyyy;what;who")) var revision: [String] = []
        @Option(help: ArgumentHelp("Who drew it; room to write it by hand if left out.", valueName: "office;name")) var drawn = ""
        @Option(help: ArgumentHelp("Who checked it.", valueName: "office;name")) var checked = ""
        @Option(help: ArgumentHelp("Who approves it.", valueName: "office;name")) var approved = ""
        @Option(help: "Language of the drawing: vi or en; the network's own if left out.") var lang: String?

        mutating func run() throws {
            let asked = try TopologyFilesLanguage.chosen(lang)
            let network = try reading { try TopologyFiles.load(file, language: asked) }
            let language = asked.unlessSaid(lang, of: network)
            do {
                var options = DrawingOptions(
                    language: language, date: try date.map(Drawings.drawingDate) ?? Self.today(),
                    meetings: try load.meetings(in: network, language), showsLoad: !noLoad,
                    paper: try Drawings.paper(paper), arrangement: layout)
                options.agency = agency
                options.number = number
                options.revisions = try revision.map { try DrawingOptions.Revision($0) }
                options.signers = try [drawn, checked, approved].map { try DrawingOptions.Signer($0) }
                try Drawings.draw(network, into: output, options: options)
            } catch let error as DrawingProblem {
                FileHandle.standardError.write(Data((error.message(language) + "\n").utf8))
                throw ExitCode(error.isUsage ? 2 : 1)
            }
        }

        private static func today() -> String {
            let day = Calendar(identifier: .gregorian).dateComponents([.day, .month, .year], from: Date())
            func padded(_ number: Int?, _ width: Int) -> String {
                let digits = String(number ?? 0)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            return padded(day.day, 2) + "/" + padded(day.month, 2) + "/" + padded(day.year, 4)
        }
    }
}

extension SheetLayout.Arrangement: ExpressibleByArgument {}
