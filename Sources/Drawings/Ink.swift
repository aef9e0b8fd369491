import Topology

extension Drawing.Ink {
    /// As SVG, HTML and Graphviz write colours. The four loads differ in brightness too.
    var color: String {
        switch self {
        case .text: "#111"
        case .faint: "#444"
        case .rule: "#333"
        case .guide: "#9aa0a8"
        case .bus: "#8a8f98"
        case .load(.unknown): "#333"
        case .load(.low): "#1a7f37"
        case .load(.middle): "#a15c00"
        case .load(.high): "#c2410c"
        case .load(.over): "#b00020"
        case .backup: "#1f4fa3"
        case .zone: "#6b21a8"
        case .ground: "#f6f8fa"
        case .zoneGround: "#f7f0fb"
        case .paper: "#fff"
        case .weakness: "#111"
        }
    }
}
