import Basics
import Documents
import Topology

/// The words of a sheet, in one language.
struct DrawingWords {
    let language: Language

    private func pick(_ en: String, _ vi: String) -> String { language == .en ? en : vi }

    // MARK: Numbers

    /// Mbit/s with at most two digits after the point, or comma.
    func megabits(_ bits: Double) -> String {
        let hundredths = bits < 9_995_000 ? Int((bits / 10_000).rounded()) : Int((bits / 100_000).rounded()) * 10
        var digits = String(hundredths % 100)
        if digits.count < 2 { digits = "0" + digits }
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(hundredths / 100)" + (digits.isEmpty ? "" : pick(".", ",") + digits)
    }

    /// What stands at a trunk.
    func figures(_ line: Network.Line, _ load: TrunkLoad?) -> String {
        let star = line.assumesCapacity ? "*" : ""
        let (up, down) = (megabits(Double(line.up.bitsPerSecond)), megabits(Double(line.down.bitsPerSecond)))
        guard let load else { return (line.up == line.down ? up : "↓\(down) ↑\(up)") + " Mbit/s" + star }
        let (sent, received) = (megabits(load.up.bits), megabits(load.down.bits))
        return line.up == line.down ? "↓\(received) ↑\(sent) / \(up)\(star)" : "↓\(received)/\(down) ↑\(sent)/\(up)\(star)"
    }

    func sites(_ count: Int) -> String { pick(count == 1 ? "1 site" : "\(count) sites", "\(count) điểm cầu") }
    func loudspeakers(_ count: Int) -> String {
        pick(count == 1 ? "1 loudspeaker cluster" : "\(count) loudspeaker clusters", "\(count) cụm loa")
    }

    // MARK: Nodes

    func upstream(_ name: String) -> String { pick("above it: ", "Cấp trên: ") + name }
    func backup(_ names: [String]) -> String { pick("Backup: ", "Dự phòng: ") + names.joined(separator: "; ") }
    /// A zone by what its id says, else by the node at which it begins.
    func zone(_ id: String, begins node: String) -> String {
        let known = [
            "cong-an": pick("Police", "Công an"), "quan-su": pick("Military", "Quân sự"), "bien-phong": pick("Border guard", "Biên phòng"),
            "dang": pick("Party", "Đảng"), "co-yeu": pick("Cipher", "Cơ yếu"),
        ]
        return pick("Protected zone: ", "Vùng bảo vệ: ") + (known[id] ?? node)
    }
    /// The line that all trunks of a node share.
    func access(_ line: Network.Access, _ load: AccessLoad?) -> String {
        func rate(_ rate: Bitrate) -> String { megabits(Double(rate.bitsPerSecond)) }
        let name = pick("Access line: ", "Đường truy nhập chung: ")
        guard let load else { return name + (line.up == line.down ? rate(line.up) : "↓\(rate(line.down)) ↑\(rate(line.up))") + " Mbit/s" }
        let (up, down) = (megabits(load.upBits), megabits(load.downBits))
        let mark = load.isOver ? pick(", over capacity", ", quá tải") : load.isTight ? pick(", tight", ", chật") : ""
        return name + (line.up == line.down ? "↓\(down) ↑\(up) / \(rate(line.up))" : "↓\(down)/\(rate(line.down)) ↑\(up)/\(rate(line.up))") + mark
    }
    /// Figures that several nodes of a level share.
    func common(_ level: String, _ count: Int, _ figures: String) -> String { "\(level) (\(count)): \(figures)" }
    var commonSample: String { pick("Xã (9):", "Xã (9):") }
    var commonMeaning: String { pick("figures of nine rows, said once for them", "số liệu của 9 dòng, ghi một lần") }
    func continued(_ name: String) -> String { name + pick(" (continued)", " (tiếp theo)") }
    func direct(_ name: String) -> String { pick("Directly below ", "Nối thẳng về ") + name }
    func trunk(_ parent: String, _ figures: String) -> String { pick("to ", "lên ") + parent + ": " + figures }
    var noHall: String { pick("no hall", "không có điểm cầu") }

    // MARK: The sheet

    func title(_ network: String) -> String { pick("Conference network: ", "Sơ đồ mạng hội nghị trực tuyến: ") + network }
    func planned(_ occasion: String) -> String { pick("Load planned for: ", "Tải theo kế hoạch: ") + occasion }
    var everybody: String { pick("quán triệt of all sites from the root", "quán triệt toàn mạng từ nút gốc") }
    /// A meeting's title, with its kind before it unless the title begins so.
    func meeting(_ kind: MeetingFile.Kind, _ title: String) -> String {
        let word =
            switch kind {
            case .resolutionStudy: "Quán triệt"
            case .briefing: "Giao ban"
            case .discussion: "Họp"
            case .training: "Tập huấn"
            }
        return title.hasPrefix(word) ? title : word + ": " + title
    }
    var capacityOnly: String { pick("Capacities of the trunks; no load planned", "Dung lượng các trung kế; chưa tính tải") }
    var legend: String { pick("Legend", "Chú giải") }

    func band(_ band: LoadBand) -> String {
        switch band {
        case .unknown: pick("trunk, no load planned", "trung kế, chưa tính tải")
        case .low: pick("trunk, at most 50 % full", "trung kế, tải đến 50 %")
        case .middle: pick("50 to 80 %: one bar", "tải 50–80 %: một vạch")
        case .high: pick("80 to 100 %: two bars", "tải 80–100 %: hai vạch")
        case .over: pick("over capacity: cross", "quá tải: dấu chéo")
        }
    }
    var bus: String { pick("shared by the trunks of one node", "thanh nối các trung kế của một nút") }
    var backupLine: String { pick("backup uplink", "đường dự phòng") }
    var zoneFrame: String { pick("protected zone: carries no others' media", "vùng bảo vệ: không mang luồng của nơi khác") }
    var siteSymbol: String { pick("node with a hall (site)", "nút có điểm cầu") }
    var hubSymbol: String { pick("node without a hall", "nút kỹ thuật, không có điểm cầu") }
    var weakness: String { pick("weak point, see beside", "điểm yếu, xem bên cạnh") }
    var arrows: String { pick("load down, load up / capacity, Mbit/s", "tải xuống, tải lên / dung lượng, Mbit/s") }
    var star: String { pick("assumed, not measured or confirmed", "giả định, chưa đo hoặc chưa xác nhận") }

    // MARK: Weak points

    var weakPoints: String { pick("Weak points", "Điểm yếu") }
    func weakRoot(_ name: String, node: Int) -> String {
        name + pick(": if the root fails, \(sites(node)) are cut off", ": hỏng nút gốc mất \(sites(node))")
    }
    func weak(_ name: String, trunk: Int, node: Int, hasBackup: Bool) -> String {
        if trunk == node {
            return name + pick(": if its trunk or it fails, \(sites(node)) are cut off", ": đứt trung kế hoặc hỏng nút mất \(sites(node))")
        }
        if trunk > 0 {
            return name
                + pick(": its trunk cuts \(sites(trunk)) off, the node \(sites(node))", ": đứt trung kế mất \(sites(trunk)), hỏng nút mất \(sites(node))")
        }
        let backup = hasBackup ? pick("; its trunk has a backup", "; trung kế có dự phòng") : ""
        return name + pick(": if it fails, \(sites(node)) are cut off", ": hỏng nút mất \(sites(node))") + backup
    }
    var noWeakness: String {
        pick("No single loss cuts more than one site off.", "Không sự cố đơn lẻ nào làm mất quá một điểm cầu.")
    }
    func moreWeak(_ count: Int, atLeast: Int) -> String {
        pick("\(count) more cut off between 2 and \(sites(atLeast)) each.", "Còn \(count) chỗ nữa, mỗi chỗ mất từ 2 đến \(sites(atLeast)).")
    }
    var partsGoOn: String {
        pick("Cut off: from the largest part; those cut off go on among themselves.", "Mất: tách khỏi phần lớn nhất; phần tách ra vẫn họp với nhau.")
    }

    // MARK: The title block

    var unit: String { pick("Unit", "Đơn vị") }
    var meeting: String { pick("Load of", "Tải của") }
    var date: String { pick("Date", "Ngày") }
    var version: String { pick("Version", "Phiên bản") }
    var edition: String { pick("Unit codes", "Mã đơn vị") }
    var totals: String { pick("Total", "Tổng số") }
    func totals(nodes: Int, sites count: Int, trunks: Int) -> String {
        pick("\(nodes) nodes, \(sites(count)), \(trunks) trunks", "\(nodes) nút, \(sites(count)), \(trunks) trung kế")
    }
    var load: String { pick("Load", "Tải") }
    func load(root: Double, over: Int, tight: Int) -> String {
        var parts = [pick("the root sends \(megabits(root)) Mbit/s", "nút gốc gửi \(megabits(root)) Mbit/s")]
        if over > 0 { parts.append(pick("\(over) trunks over capacity", "\(over) trung kế quá tải")) }
        if tight > 0 { parts.append(pick("\(tight) tight", "\(tight) trung kế chật")) }
        return parts.joined(separator: "; ")
    }
    var levels: String { pick("Levels", "Các cấp") }
    var assumed: String { pick("Assumed", "Giả định") }
    var fingerprint: String { pick("Check code", "Mã kiểm tra") }
    var ratesLabel: String { pick("Rates", "Tốc độ") }
    /// What the loads of one meeting were reckoned with.
    func rates(_ meeting: MeetingDemand, speakers: [String]) -> String {
        func rate(_ rate: Bitrate) -> String {
            rate.bitsPerSecond < 1_000_000
                ? plain(rate.kbps) + " kbit/s" : plain(rate.kbps / 1_000) + " Mbit/s"
        }
        var parts = [pick("voice ", "tiếng ") + rate(meeting.audioRate)]
        parts.append(meeting.videoRate.map { pick("picture ", "hình ") + rate($0) } ?? pick("no pictures", "không có hình"))
        if !speakers.isEmpty { parts.append(pick("speaking: ", "phát biểu: ") + speakers.joined(separator: "; ")) }
        if meeting.chairIsMuted { parts.append(pick("chair muted", "chủ trì tắt mic")) }
        if !meeting.showsStills, meeting.videoRate != nil { parts.append(pick("no stills", "không có ảnh điểm cầu")) }
        return parts.joined(separator: ", ")
    }
    /// With at most three digits after the point, or comma.
    private func plain(_ value: Double) -> String {
        let text = FigureText.text(value)
        return language == .vi ? text.replacing(".", with: ",") : text
    }
    var above: String { pick("Above", "Cấp trên") }
    var agency: String { pick("Agency", "Cơ quan") }
    var drawingName: String { pick("Drawing", "Tên bản vẽ") }
    var revisionHeads: [String] { language == .en ? ["Revision", "Date", "What", "Who"] : ["Lần sửa", "Ngày", "Nội dung sửa", "Người sửa"] }
    var signatureHeads: [String] { language == .en ? ["", "Office, name", "Signature", "Date"] : ["", "Chức vụ, họ tên", "Chữ ký", "Ngày"] }
    var seal: String { pick("(seal)", "(đóng dấu)") }
    var number: String { pick("Drawing no.", "Số bản vẽ") }
    var sheet: String { pick("Sheet", "Tờ") }
    var scale: String { pick("Scale", "Tỷ lệ") }
    var noScale: String { pick("none", "không tỷ lệ") }
    var signatures: [String] { language == .en ? ["Drawn", "Checked", "Approved"] : ["Người lập", "Người kiểm tra", "Người phê duyệt"] }
    var paper: String { pick("Paper", "Khổ giấy") }

    // MARK: Maps and pages

    var hoangSa: String { pick("Hoàng Sa Islands (Đà Nẵng)", "Quần đảo Hoàng Sa (TP. Đà Nẵng)") }
    var truongSa: String { pick("Trường Sa Islands (Khánh Hòa)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)") }
    var mapNote: String {
        pick("North is up. Places as in the file; numbers as in the list.", "Phía trên là hướng bắc. Vị trí theo tệp; số như trong danh sách.")
    }
    var search: String { pick("Search a site", "Tìm điểm cầu") }
    var fit: String { pick("Whole sheet", "Toàn bộ") }
    var print: String { pick("Print", "In") }
    var found: String { pick("found", "kết quả") }
    var pageHelp: String {
        pick("Drag to move, wheel or + − to zoom, Enter for the next find.", "Kéo để di chuyển, lăn chuột hoặc + − để phóng, Enter để đến kết quả tiếp.")
    }
}
