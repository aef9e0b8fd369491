/// Trunks beside their plan, as lines for people.
enum LoadTable {
    /// So many trunks are listed; of more only those that are farthest off.
    static let longest = 40

    static func lines(_ report: DemoReport) -> [String] {
        guard let loads = report.loads else { return [] }
        let all = report.trunks.filter { $0.up.load != nil || $0.down.load != nil }
        let shown = all.count <= longest ? all : Array(all.sorted { off($0) > off($1) }.prefix(longest / 2))
        let width = shown.map { "\($0.child) – \($0.parent)".count }.max() ?? 0
        var lines = ["kbit/s on the line over \(loads.seconds) s while \(loads.speaker) speaks: live, planned, difference"]
        for trunk in shown {
            let name = "\(trunk.child) – \(trunk.parent)"
            lines.append(name + String(repeating: " ", count: width - name.count) + "  ↑ " + cells(trunk.up.load) + "   ↓ " + cells(trunk.down.load))
        }
        if shown.count < all.count { lines.append("… and \(all.count - shown.count) trunks that are nearer to their plan") }
        lines.append("\(loads.directions) directions, together \(loads.kbps) kbit/s, planned \(loads.plannedKbps); farthest apart \(loads.farthestPercent) %")
        return lines
    }

    private static func off(_ trunk: DemoReport.Trunk) -> Double {
        max(abs(trunk.up.load?.differencePercent ?? 0), abs(trunk.down.load?.differencePercent ?? 0))
    }

    private static func cells(_ load: DemoReport.Load?) -> String {
        guard let load else { return "no answer" }
        let sign = load.differencePercent > 0 ? "+" : ""
        return padded("\(load.receivedKbps)", 8) + padded("\(load.plannedKbps)", 8) + padded(sign + "\(load.differencePercent) %", 8)
    }

    private static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.count)) + text }
}
