import Basics
import Documents
import Topology

/// The sentences of a plan in both languages: numbers with a comma and a point in Vietnamese, the other way round in English.
struct PlanWords {
    let language: Language
    init(_ language: Language) { self.language = language }
    private var vi: Bool { language == .vi }

    // MARK: Numbers

    /// With so many places.
    func number(_ value: Double, places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let whole = Int64((abs(value) * scale).rounded())
        let (front, back) = whole.quotientAndRemainder(dividingBy: Int64(scale))
        var digits = String(front)
        var grouped = ""
        while digits.count > 3 {
            grouped = (vi ? "." : ",") + digits.suffix(3) + grouped
            digits.removeLast(3)
        }
        let fraction = String(back)
        let tail = places == 0 ? "" : (vi ? "," : ".") + String(repeating: "0", count: places - fraction.count) + fraction
        return (value < 0 && whole > 0 ? "-" : "") + digits + grouped + tail
    }
    func megabits(_ bits: Double) -> String { number(bits / 1_000_000, places: 2) }
    func percent(_ share: Double) -> String { number(share * 100, places: 0) + " %" }
    private func mbps(_ bits: Double) -> String { megabits(bits) + " Mbit/s" }
    private func kbps(_ rate: Bitrate) -> String { number(rate.kbps, places: 0) + " kbit/s" }

    // MARK: Heading

    func network(_ name: String, nodes: Int, trunks: Int) -> String {
        vi ? "\(name): \(nodes) nút, \(trunks) trung kế" : "\(name): \(nodes) nodes, \(trunks) trunks"
    }
    func meeting(_ meeting: MeetingDemand, chair: String, speakers: [String]) -> String {
        let who: String
        if !speakers.isEmpty {
            who = (vi ? "phát biểu: " : "speaking: ") + speakers.joined(separator: "; ")
        } else if meeting.isOpen {
            who = vi ? "ai cũng có thể phát biểu" : "anybody may speak"
        } else {
            who = vi ? "chủ trì phát biểu" : "the chair speaks"
        }
        let picture = meeting.videoRate.map { kbps($0) }
        let rates =
            vi
            ? "tiếng \(kbps(meeting.audioRate)), hình \(picture ?? "không có")"
            : "\(kbps(meeting.audioRate)) a voice, " + (picture.map { $0 + " a picture" } ?? "no pictures")
        return vi
            ? "\(meeting.title) (\(meeting.id), \(meeting.kind.rawValue)): \(meeting.sites.count) điểm cầu, chủ trì \(chair); \(who); \(rates)"
            : "\(meeting.title) (\(meeting.id), \(meeting.kind.rawValue)): \(meeting.sites.count) sites, chair \(chair); \(who); \(rates)"
    }
    func assumed(_ trunks: Int) -> String {
        vi
            ? "Lưu ý: dung lượng của \(trunks) trung kế là giả định, chưa đo; kết quả dựa trên giả định đó."
            : "Note: the capacity of \(trunks) trunk\(trunks == 1 ? " is" : "s is") assumed, not measured; the result rests on that."
    }
    func assumedDelays(_ trunks: Int) -> String {
        vi
            ? "Lưu ý: độ trễ của \(trunks) trung kế là giả định, chưa đo; chỉ quãng xa nhất dựa trên giả định đó."
            : "Note: the delay of \(trunks) trunk\(trunks == 1 ? " is" : "s is") assumed, not measured; only the farthest way rests on that."
    }
    func checkCode(_ code: String) -> String { (vi ? "Mã kiểm tra: " : "Check code: ") + code }
    func assumedNodes(_ nodes: Int) -> String {
        vi
            ? "Lưu ý: \(nodes) nút là giả định, chưa xác nhận tham gia."
            : "Note: that \(nodes) node\(nodes == 1 ? " takes" : "s take") part is assumed, not confirmed."
    }
    var modesIgnored: String {
        vi
            ? "Lưu ý: nút chưa làm theo 'audio: mix' và 'video: mix/none' của 'uplink'; ở đây tính đủ mọi luồng."
            : "Note: nodes do not follow 'audio: mix' and 'video: mix/none' of uplinks yet; everything is counted in full."
    }

    var upstreamIgnored: String {
        vi
            ? "Lưu ý: nút chưa nối với 'upstream'; đường ấy không có trong kế hoạch."
            : "Note: no node connects to 'upstream' yet; that line is not in this plan."
    }
    /// What stands under "would drop" is a suggestion for people.
    var overIsNotShaped: String {
        vi
            ? "Lưu ý: khi vượt dung lượng, nút chưa tự bỏ luồng nào; tiếng và hình cùng bị trễ, mất gói."
            : "Note: where a trunk is over its capacity nodes drop no stream by themselves yet; voices and pictures are late and lost together."
    }

    // MARK: Trunks

    var trunkHeads: [String] {
        vi
            ? ["TRUNG KẾ LÊN CẤP TRÊN CỦA", "LÊN: luồng", "Mbit/s", "tải", "", "XUỐNG: luồng", "Mbit/s", "tải", ""]
            : ["TRUNK ABOVE", "UP: streams", "Mbit/s", "load", "", "DOWN: streams", "Mbit/s", "load", ""]
    }
    func level(_ name: String, _ trunks: Int) -> String {
        vi ? "cấp \(name): \(trunks) trung kế, nặng nhất" : "level \(name): \(trunks) trunks, the most loaded"
    }
    func equal(_ names: [String], level: String) -> String {
        vi ? "cấp \(level): \(names.count) trung kế như nhau: \(first(names))" : "level \(level): \(names.count) trunks alike: \(first(names))"
    }
    func moreTrunks(_ count: Int) -> String { vi ? "… và \(count) trung kế sát hoặc quá tải nữa" : "… and \(count) more that are tight or over" }
    var tight: String { vi ? "△ sát" : "△ tight" }
    func over(_ rungs: [String], _ isHopeless: Bool) -> String {
        let list = rungs.joined(separator: ", ")
        let mark = vi ? "✕ quá tải" : "✕ over"
        if rungs.isEmpty { return mark }
        let tail = isHopeless ? (vi ? ", vẫn không đủ" : ", still too much") : ""
        return mark + (vi ? ", phải bỏ: " : ", would drop: ") + list + tail
    }
    func rung(_ part: DroppedPart, several: Bool) -> String {
        let name =
            switch part.kind {
            case .stills: vi ? "ảnh các điểm cầu" : "stills of the halls"
            case .returnPicture: vi ? "hình gửi riêng cho người phát biểu" : "the picture that the speaker sees"
            case .speakerPicture: vi ? "hình người phát biểu" : "the speaker's picture"
            case .voices: vi ? "các tiếng ngoài tiếng thứ nhất" : "voices beyond the first"
            }
        return several ? name + " (\(part.meeting))" : name
    }

    // MARK: Shared lines

    var accessHeads: [String] {
        vi
            ? ["ĐƯỜNG TRUY NHẬP CHUNG CỦA", "ĐI: Mbit/s", "dung lượng", "VỀ: Mbit/s", "dung lượng", ""]
            : ["ACCESS LINE OF", "OUT: Mbit/s", "capacity", "IN: Mbit/s", "capacity", ""]
    }
    func access(_ name: String, _ load: AccessLoad) -> [String] {
        let mark = load.isOver ? over([], false) : load.isTight ? tight : ""
        return [name, megabits(load.upBits), short(load.line.up), megabits(load.downBits), short(load.line.down), mark]
    }

    // MARK: The whole

    func root(_ id: String, tree: Double, star: Double, mesh: Double, copies: Int) -> String {
        vi
            ? "Gốc \(id) gửi xuống \(mbps(tree)); nếu nối hình sao tới từng điểm cầu: \(mbps(star)). Nối đôi một: điểm phát biểu gửi "
                + "\(copies) bản, \(mbps(mesh)); ở đây 1 bản thay vì \(copies)."
            : "The root \(id) sends \(mbps(tree)); as a star to every site \(mbps(star)). As a full mesh the speaker's hall would send "
                + "\(copies) copies, \(mbps(mesh)): here 1 copy instead of \(copies)."
    }
    func farthest(from: String, to: String, delay: Interval, hops: Int) -> String {
        let ms = number(delay.seconds * 1_000, places: 1)
        return vi
            ? "Xa nhất từ \(from): \(to), \(ms) ms một chiều qua \(hops) trung kế."
            : "Farthest from \(from): \(to), \(ms) ms one way over \(hops) trunk\(hops == 1 ? "" : "s")."
    }
    func busiest(_ name: String, _ load: NodeLoad) -> String {
        let packets = number(load.packetsSent, places: 0)
        let cpu = number(load.cores * 100, places: 1)
        return vi
            ? "Nút bận nhất: \(name), gửi \(packets) gói/giây, khoảng \(cpu) % của một lõi CPU."
            : "Busiest node: \(name), \(packets) packets sent a second, about \(cpu) % of one core."
    }

    // MARK: Failures

    func failed(_ name: String) -> String { vi ? "Nếu hỏng \(name):" : "If \(name) fails:" }
    func lost(_ names: [String]) -> String {
        if names.isEmpty { return vi ? "  không mất điểm cầu nào" : "  no site is lost" }
        return vi ? "  mất \(names.count) điểm cầu: \(names.joined(separator: "; "))" : "  \(names.count) lost: \(names.joined(separator: "; "))"
    }
    func rehomed(_ node: String, _ to: String) -> String { vi ? "  \(node) chuyển sang \(to)" : "  \(node) re-homes to \(to)" }
    func overloaded(_ child: String, _ parent: String, _ load: DirectionLoad) -> String {
        let share = percent(load.share)
        return vi ? "  quá tải: \(child) – \(parent), \(share)" : "  overloaded: \(child) – \(parent), \(share)"
    }
    func failures(_ count: Int, clean: Int) -> String {
        vi
            ? "Thử hỏng từng thứ (\(count) trường hợp; \(clean) chỉ mất nhiều nhất một điểm cầu); nặng nhất:"
            : "What fails, one at a time (\(count) cases; \(clean) lose one site at most); the worst:"
    }
    var failureHeads: [String] { vi ? ["HỎNG", "TÊN", "MẤT", "CHUYỂN", "QUÁ TẢI"] : ["FAILED", "NAME", "LOST", "RE-HOMED", "OVERLOADED"] }
    func failedName(_ failed: NetworkFailure, _ network: Network) -> String {
        switch failed {
        case .carrier(let name):
            vi ? "mọi đường của \(name)" : "every line of \(name)"
        case .node(0): network.nodes[0].name + (vi ? " (gốc)" : " (the root)")
        case .node(let slot): network.name(of: slot)
        case .trunk(let slot): (vi ? "trung kế của " : "trunk above ") + network.name(of: slot)
        }
    }
    func carrierFailed(lines: Int, backups: Int) -> String {
        let note =
            backups == 0
            ? ""
            : vi
                ? "; \(backups) đường dự phòng không tính, vì tệp không ghi nhà mạng của đường dự phòng"
                : "; \(backups) backup\(backups == 1 ? " does" : "s do") not count, since the file does not say whose line they take"
        return (vi ? "  đứt \(lines) đường cùng lúc" : "  \(lines) line\(lines == 1 ? "" : "s") cut at once") + note
    }
    func moreFailures(_ count: Int, atMost: Int) -> String {
        vi ? "… và \(count) trường hợp nữa, mỗi trường hợp mất nhiều nhất \(atMost) điểm cầu" : "… and \(count) more, \(sites(atMost)) lost at most"
    }
    func smallFailures(_ count: Int) -> String {
        vi
            ? "… và \(count) trường hợp, mỗi trường hợp mất nhiều nhất một điểm cầu (xem hết: --all)"
            : "… and \(count) that lose one site at most (see all: --all)"
    }
    /// The first three, for a list whose number is told.
    private func first(_ items: [String]) -> String { items.prefix(3).joined(separator: ", ") + (items.count > 3 ? ", …" : "") }
    func few(_ items: [String]) -> String {
        items.count <= 3 ? items.joined(separator: ", ") : items.prefix(3).joined(separator: ", ") + " … (\(items.count))"
    }

    // MARK: Advice

    func missing(_ trunks: Int, _ rates: (up: Double, down: Double)) -> String {
        vi
            ? "  \(trunks) trung kế quá tải, tổng cộng thiếu \(mbps(rates.up)) chiều lên và \(mbps(rates.down)) chiều xuống"
            : "  \(trunks) trunk\(trunks == 1 ? "" : "s") over capacity, together \(mbps(rates.up)) short upward and \(mbps(rates.down)) downward"
    }
    private func sites(_ count: Int) -> String { "\(count) site\(count == 1 ? "" : "s")" }
    var adviceHead: String { vi ? "Nên đầu tư trước:" : "What helps most:" }
    func advice(_ advice: PlanAdvice, _ network: Network) -> String {
        let name = network.name(of: advice.slot)
        switch advice.kind {
        case .standby:
            return vi
                ? "  nút dự phòng thay \(name): giữ \(advice.sites) điểm cầu khi nút này hỏng"
                : "  a standby node for \(name): keeps \(sites(advice.sites)) when it fails"
        case .secondLine:
            return vi
                ? "  đường thứ hai (backup) cho \(name): giữ \(advice.sites) điểm cầu khi đứt đường chính"
                : "  a second line (backup) for \(name): keeps \(sites(advice.sites)) when its line is cut"
        case .access:
            return vi
                ? "  nâng đường truy nhập của \(name): \(steps(advice)), cho \(advice.sites) điểm cầu"
                : "  a wider access line for \(name): \(steps(advice)), for \(sites(advice.sites))"
        case .thicker:
            if advice.slots.count > 1 { return thicker(advice, network) }
            return vi
                ? "  nâng trung kế của \(name): \(steps(advice)), cho \(advice.sites) điểm cầu"
                : "  a thicker trunk above \(name): \(steps(advice)), for \(sites(advice.sites))"
        }
    }

    /// Many trunks that want the same: their number, one step, the sum, the first names.
    private func thicker(_ advice: PlanAdvice, _ network: Network) -> String {
        let level = network.level(id: network.nodes[advice.slot].level)?.name ?? network.nodes[advice.slot].level
        let names = first(advice.slots.map { network.nodes[$0].name })
        return vi
            ? "  \(advice.slots.count) đường cấp \(level.prefix(1).lowercased() + level.dropFirst()): \(steps(advice)), tổng \(sums(advice)) (\(names))"
            : "  \(advice.slots.count) trunks of level \(level): \(steps(advice)), together \(sums(advice)) (\(names))"
    }

    /// "8 → 10 Mbit/s" where both directions want the same, else "xuống 8 → 10 Mbit/s".
    private func steps(_ advice: PlanAdvice) -> String {
        guard let now = advice.present else { return "" }
        func step(_ from: Bitrate, _ to: Bitrate) -> String { short(from) + " → " + short(to) + " Mbit/s" }
        if let up = advice.up, up == advice.down, now.up == now.down { return step(now.up, up) }
        return [advice.up.map { (vi ? "lên " : "up ") + step(now.up, $0) }, advice.down.map { (vi ? "xuống " : "down ") + step(now.down, $0) }]
            .compactMap { $0 }.joined(separator: ", ")
    }
    private func sums(_ advice: PlanAdvice) -> String {
        let added = advice.added
        if added.up == added.down || min(added.up, added.down).bitsPerSecond == 0 { return "+" + short(max(added.up, added.down)) + " Mbit/s" }
        return [(added.up, vi ? " chiều lên" : " upward"), (added.down, vi ? " chiều xuống" : " downward")]
            .filter { $0.0.bitsPerSecond > 0 }.map { "+" + short($0.0) + " Mbit/s" + $0.1 }.joined(separator: ", ")
    }
    /// Mbit/s with as many places as it has, two at most.
    private func short(_ rate: Bitrate) -> String {
        let places = rate.bitsPerSecond % 1_000_000 == 0 ? 0 : rate.bitsPerSecond % 100_000 == 0 ? 1 : 2
        return number(rate.kbps / 1_000, places: places)
    }

    func verdict(ok: Bool, over: Int, access: Int, failing: Int, assumed: Int) -> String {
        if ok { return (vi ? "đạt: mọi trung kế đủ dung lượng" : "ok: every trunk suffices") + tail(assumed) }
        var parts: [String] = []
        if over > 0 { parts.append(vi ? "\(over) trung kế quá tải" : "\(over) trunk\(over == 1 ? "" : "s") over capacity") }
        if access > 0 { parts.append(vi ? "\(access) đường truy nhập quá tải" : "\(access) access line\(access == 1 ? "" : "s") over capacity") }
        if failing > 0 {
            parts.append(vi ? "\(failing) sự cố làm quá tải trung kế khác" : "\(failing) failure\(failing == 1 ? " overloads" : "s overload") other trunks")
        }
        return (vi ? "không đạt: " : "not ok: ") + parts.joined(separator: ", ") + tail(assumed)
    }
    private func tail(_ assumed: Int) -> String { assumed == 0 ? "" : vi ? " (theo số liệu giả định)" : " (on assumed figures)" }
}
