import Basics
import Documents
import Topology

extension Sheets {
    /// The bill of links: a CSV sheet with a row for each node and its uplink, and the sums below.
    ///
    /// For spreadsheets: a byte order mark; in Vietnamese semicolons and decimal commas. `importSheet` reads it again.
    public static func linkBill(_ network: Network, language: Language = .en) -> String {
        LinkBill(network: network, language: language).text
    }

    /// The same bill as an Excel workbook (.xlsx): numbers as numbers, headings fixed.
    public static func linkBillWorkbook(_ network: Network, language: Language = .en) -> [UInt8] {
        let bill = LinkBill(network: network, language: language)
        return WorkbookWriter.file(bill.rows, sheet: language == .vi ? "Đường truyền" : "Links")
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

    /// Headings, a row for each node, the sums.
    var rows: [[WorkbookWriter.Cell]] {
        [Self.columns.map { .text(language == .vi ? $0.vi : $0.en) }] + network.nodes.indices.map(cells) + [sums]
    }

    var text: String { "\u{FEFF}" + rows.map { row($0.map(written)) }.joined() }

    private func written(_ cell: WorkbookWriter.Cell) -> String {
        switch cell {
        case .empty: ""
        case .text(let text): text
        case .number(let number): written(number)
        }
    }

    private func row(_ cells: [String]) -> String { cells.map(quoted).joined(separator: language == .vi ? ";" : ",") + "\r\n" }

    /// RFC 4180, and no cell that a spreadsheet would reckon.
    private func quoted(_ text: String) -> String {
        let cell = FormulaText.protected(text)
        guard cell.contains(where: { "\";,\r\n".contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    private func written(_ value: Double) -> String {
        let text = FigureText.text(value)
        return language == .vi ? text.replacing(".", with: ",") : text
    }
    private func mbps(_ rate: Bitrate) -> WorkbookWriter.Cell { .number(Double(rate.bitsPerSecond) / 1_000_000) }
    private func words(_ text: String?) -> WorkbookWriter.Cell { text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .empty }
    private func number(_ value: Double?) -> WorkbookWriter.Cell { value.map { .number($0) } ?? .empty }
    /// What of the line's figures nobody measured.
    private func assumption(_ line: Network.Line?) -> String {
        guard let line, line.assumed else { return "" }
        if line.assumesCapacity { return language == .vi ? "có" : "yes" }
        return language == .vi ? "độ trễ" : "delay"
    }

    private func cells(_ slot: Int) -> [WorkbookWriter.Cell] {
        let node = network.nodes[slot]
        let link = network.links[slot]
        let parent = network.tree.parent(slot)
        // The root's line is the one to somebody else's bridge.
        let line = link?.line ?? network.upstream?.line
        let backups = (link?.backups ?? []).compactMap { network.node($0)?.id }
        // Measured there and back in sheets, one way in topologies.
        let roundTrip = line.flatMap { $0.latency == .zero ? nil : Double($0.latency.nanoseconds) * 2 / 1_000_000 }
        let loss = line.flatMap { $0.lossPerMillion == 0 ? nil : Double($0.lossPerMillion) / 10_000 }
        return [
            .number(Double(slot + 1)), .text(node.id), .text(node.name), .text(network.name(of: slot)), .text(node.level), words(link?.zone),
            words(node.unit), words(node.unit == nil ? nil : network.edition), words(parent.map { network.nodes[$0].id }),
            words(parent.map { network.name(of: $0) } ?? network.upstream?.name), words(backups.joined(separator: "; ")), words(line?.carrier),
            line.map { mbps($0.up) } ?? .empty, line.map { mbps($0.down) } ?? .empty, number(roundTrip), number(loss), words(assumption(line)),
            .text(node.address.host), node.address.port == Topology.defaultMediaPort ? .empty : .number(Double(node.address.port)),
            number(node.coordinates?.latitude), number(node.coordinates?.longitude),
            words(node.assumed ? (language == .vi ? "dự kiến" : "planned") : nil),
        ]
    }

    private var sums: [WorkbookWriter.Cell] {
        let lines = network.links.compactMap { $0?.line }
        var cells = [WorkbookWriter.Cell](repeating: .empty, count: Self.columns.count)
        func put(_ english: String, _ cell: WorkbookWriter.Cell) {
            if let at = Self.columns.firstIndex(where: { $0.en == english }) { cells[at] = cell }
        }
        put("site_name", .text(language == .vi ? "Tổng cộng" : "Total"))
        put("full_name", .text(language == .vi ? "\(lines.count) đường truyền" : "\(lines.count) links"))
        put("up_mbps", mbps(Bitrate(bitsPerSecond: lines.reduce(0) { $0 + $1.up.bitsPerSecond })))
        put("down_mbps", mbps(Bitrate(bitsPerSecond: lines.reduce(0) { $0 + $1.down.bitsPerSecond })))
        put("assumed_figures", .number(Double(lines.count(where: \.assumed))))
        return cells
    }
}
