import Basics
import Topology

extension TopologyFiles {
    /// The bill of links: a CSV sheet with a row for each node and its uplink, and the sums below.
    ///
    /// For spreadsheets: a byte order mark; in Vietnamese semicolons and decimal commas. `importSheet` reads it again.
    public static func linkBill(_ network: Network, language: Language = .en) -> String {
        LinkBill(network: network, language: language).text
    }
}

/// One row for each node in the order of the tree.
struct LinkBill {
    let network: Network
    let language: Language

    private static let columns: [(vi: String, en: String)] = [
        ("TT", "no."), ("Mã điểm cầu", "site_code"), ("Tên điểm cầu", "site_name"), ("Tên đầy đủ", "full_name"), ("Cấp", "level"),
        ("Khối", "bloc"), ("Mã ĐVHC", "unit_code"), ("Bản danh mục ĐVHC", "unit_edition"), ("Điểm cầu cấp trên", "parent_site"),
        ("Tên cấp trên", "parent_name"), ("Điểm cầu cấp trên dự phòng", "backup_parent"), ("Nhà mạng chính", "carrier_main"),
        ("Băng thông lên (Mbps)", "up_mbps"), ("Băng thông xuống (Mbps)", "down_mbps"), ("Độ trễ đo (ms)", "rtt_ms"),
        ("Mất gói đo (%)", "loss_pct"), ("Số liệu giả định", "assumed_figures"), ("Địa chỉ IP nút", "node_ip"), ("Cổng dịch vụ", "node_port"),
        ("Vĩ độ", "lat"), ("Kinh độ", "lon"), ("Trạng thái", "status"),
    ]

    var text: String {
        var out = "\u{FEFF}" + row(Self.columns.map { language == .vi ? $0.vi : $0.en })
        for slot in network.nodes.indices { out += row(cells(slot)) }
        return out + row(sums)
    }

    private func row(_ cells: [String]) -> String { cells.map(quoted).joined(separator: language == .vi ? ";" : ",") + "\r\n" }

    /// RFC 4180, and no cell that a spreadsheet would reckon.
    private func quoted(_ text: String) -> String {
        let cell = FormulaText.protected(text)
        guard cell.contains(where: { "\";,\r\n".contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    private func number(_ value: Double) -> String {
        let text = SheetNumbers.text(value)
        return language == .vi ? text.replacing(".", with: ",") : text
    }
    private func mbps(_ rate: Bitrate) -> String { number(Double(rate.bitsPerSecond) / 1_000_000) }

    private func cells(_ slot: Int) -> [String] {
        let node = network.nodes[slot]
        let link = network.links[slot]
        let parent = network.tree.parent(slot)
        // The root's line is the one to somebody else's bridge.
        let line = link?.line ?? network.upstream?.line
        let backups = (link?.backups ?? []).compactMap { network.node($0)?.id }
        // Measured there and back in sheets, one way in topologies.
        let roundTrip = line.flatMap { $0.latency == .zero ? nil : number(Double($0.latency.nanoseconds) * 2 / 1_000_000) }
        return [
            String(slot + 1), node.id, node.name, network.name(of: slot), node.level, link?.zone ?? "", node.unit ?? "",
            node.unit == nil ? "" : network.edition, parent.map { network.nodes[$0].id } ?? "",
            parent.map { network.name(of: $0) } ?? network.upstream?.name ?? "", backups.joined(separator: "; "), line?.carrier ?? "",
            line.map { mbps($0.up) } ?? "", line.map { mbps($0.down) } ?? "", roundTrip ?? "",
            line.flatMap { $0.lossPerMillion == 0 ? nil : number(Double($0.lossPerMillion) / 10_000) } ?? "",
            line?.assumed == true ? (language == .vi ? "có" : "yes") : "", node.address.host,
            node.address.port == Topology.defaultMediaPort ? "" : String(node.address.port), node.coordinates.map { number($0.latitude) } ?? "",
            node.coordinates.map { number($0.longitude) } ?? "", node.assumed ? (language == .vi ? "dự kiến" : "planned") : "",
        ]
    }

    private var sums: [String] {
        let lines = network.links.compactMap { $0?.line }
        var cells = [String](repeating: "", count: Self.columns.count)
        func put(_ english: String, _ text: String) {
            if let at = Self.columns.firstIndex(where: { $0.en == english }) { cells[at] = text }
        }
        put("site_name", language == .vi ? "Tổng cộng" : "Total")
        put("full_name", language == .vi ? "\(lines.count) đường truyền" : "\(lines.count) links")
        put("up_mbps", mbps(Bitrate(bitsPerSecond: lines.reduce(0) { $0 + $1.up.bitsPerSecond })))
        put("down_mbps", mbps(Bitrate(bitsPerSecond: lines.reduce(0) { $0 + $1.down.bitsPerSecond })))
        put("assumed_figures", String(lines.count { $0.assumed }))
        return cells
    }
}
