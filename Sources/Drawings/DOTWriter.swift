import Topology

/// A network in Graphviz's language: one node for each node, solid edges for trunks, dashed ones for backups, a cluster for
/// each protected zone. Colours and widths tell the load as on a sheet.
struct DOTWriter {
    private let network: Network
    private let captions: [NodeCaption]
    private let sheet: SheetCaption

    init(_ network: Network, _ content: SheetContent) {
        self.network = network
        captions = content.captions
        sheet = content.sheet
    }

    /// The whole file.
    var file: String {
        var out = "digraph \(quoted(network.networkID)) {\n"
        out += "  graph [rankdir=LR, labelloc=t, fontname=\"Arial\", label=\(quoted(sheet.title + "\n" + sheet.subtitle))];\n"
        out += "  node [shape=box, style=\"rounded,filled\", fillcolor=\"\(Drawing.Ink.ground.color)\", fontname=\"Arial\"];\n"
        out += "  edge [dir=none, fontname=\"Arial\", fontsize=10];\n"
        write(0, indent: "  ", into: &out)
        for slot in captions.indices.dropFirst() { writeEdges(slot, into: &out) }
        return out + "}\n"
    }

    /// A node with all below it, zones as clusters around their part.
    private func write(_ slot: Int, indent: String, into out: inout String) {
        let caption = captions[slot]
        var inner = indent
        if let zone = caption.zone {
            out += "\(indent)subgraph \(quoted("cluster_" + network.nodes[slot].id)) {\n"
            inner += "  "
            out += "\(inner)label=\(quoted(zone)); style=dashed; color=\"\(Drawing.Ink.zone.color)\";\n"
        }
        let lines = [network.name(of: slot), caption.note] + caption.rooms
        let hub = caption.symbol == .hub ? ", shape=ellipse, style=filled" : ""
        out += "\(inner)\(quoted(network.nodes[slot].id)) [label=\(quoted(lines.joined(separator: "\n")))\(hub)];\n"
        for child in network.tree.children(slot) { write(child, indent: inner, into: &out) }
        if caption.zone != nil { out += "\(indent)}\n" }
    }

    private func writeEdges(_ slot: Int, into out: inout String) {
        guard let parent = network.tree.parent(slot) else { return }
        let caption = captions[slot]
        let id = quoted(network.nodes[slot].id)
        let width = [LoadBand.unknown: 1, .low: 1, .middle: 2, .high: 3, .over: 5][caption.band] ?? 1
        out += "  \(quoted(network.nodes[parent].id)) -> \(id) [label=\(quoted(caption.figures)), penwidth=\(width), "
        out += "color=\"\(Drawing.Ink.load(caption.band).color)\"];\n"
        for backup in caption.backups {
            out += "  \(quoted(network.nodes[backup].id)) -> \(id) [style=dashed, constraint=false, color=\"\(Drawing.Ink.backup.color)\"];\n"
        }
    }

    /// A double-quoted string; `\n` is Graphviz's own line break.
    private func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
