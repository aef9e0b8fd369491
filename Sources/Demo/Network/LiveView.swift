import Console
import Foundation
import Glibc

/// The tree as it runs: redrawn in place on a terminal, a few plain lines now and then elsewhere.
struct LiveView {
    private let plan: Plan
    private let output: Int32
    private let isTerminal: Bool
    private var drawn = 0
    private var lastPlain = Date.distantPast

    init(_ plan: Plan, output: Int32) {
        self.plan = plan
        self.output = output
        isTerminal = isatty(output) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Draws what the nodes said last.
    mutating func show(_ statuses: [NodeStatus?], _ stage: Stage, elapsed: Double) async {
        let page = await stage.page
        let present = await stage.present
        let head = heading(page, present: present.count, of: await stage.order.count, statuses, elapsed)
        if isTerminal {
            redraw([head] + tree(statuses, present))
        } else if -lastPlain.timeIntervalSinceNow >= 4 {
            lastPlain = Date()
            write(head + "\n")
            let lines = tree(statuses, present)
            if lines.count <= 40 { write(lines.map { $0 + "\n" }.joined()) }
        }
    }

    private func heading(_ page: PageState?, present: Int, of all: Int, _ statuses: [NodeStatus?], _ elapsed: Double) -> String {
        let up = statuses.count { $0?.trunks.first { $0.direction == "up" && !$0.backup }?.state == "up" }
        let meeting = page?.meeting
        let name = meeting?.speaker.flatMap { site in meeting?.sites.first { $0.id == site }?.name } ?? "–"
        let holds = meeting?.holders.isEmpty == false ? "has the floor" : "chairs"
        let queue = meeting?.queue.map(\.site).joined(separator: ", ") ?? ""
        return "\(Int(elapsed)) s · sites \(present)/\(all) · trunks \(up)/\(plan.network.count - 1) up · \(name) \(holds)"
            + (queue.isEmpty ? "" : " · queue: \(queue)")
    }

    private func tree(_ statuses: [NodeStatus?], _ present: Set<String>) -> [String] {
        plan.network.nodes.indices.map { slot in
            let node = plan.network.nodes[slot]
            let level = plan.network.tree.level(slot)
            let dot = node.rooms.isEmpty ? " " : node.rooms.contains { present.contains($0.id.rawValue) } ? "●" : "○"
            let label = String(repeating: "  ", count: level) + dot + " " + node.name
            guard level > 0 else { return label }
            guard let trunk = statuses[slot]?.trunks.first(where: { $0.direction == "up" && !$0.backup }) else {
                return LiveView.padded(label, 34) + "no answer"
            }
            return LiveView.padded(label, 34) + LiveView.padded(trunk.state, 6) + "↑ " + LiveView.flow(trunk.sent) + "  ↓ " + LiveView.flow(trunk.received)
        }
    }

    private static func flow(_ flow: NodeStatus.Flow) -> String {
        let rate = String(Int(flow.kbps.rounded()))
        return String(repeating: " ", count: max(0, 5 - rate.count)) + rate + " kbit/s (\(flow.audioStreams) audio, \(flow.videoStreams) video)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private mutating func redraw(_ lines: [String]) {
        var size = winsize()
        let known = ioctl(output, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 4 && size.ws_col > 20
        let (rows, columns) = known ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
        var shown = lines
        if shown.count > rows - 1 {
            let left = shown.count - (rows - 2)
            shown = Array(shown.prefix(rows - 2)) + ["… and \(left) more nodes"]
        }
        var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        for line in shown { text += "\u{1B}[2K" + line.prefix(columns - 1) + "\n" }
        text += "\u{1B}[J"
        drawn = shown.count
        write(text)
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
    }
}
