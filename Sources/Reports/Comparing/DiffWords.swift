import Basics
import Documents
import Topology

/// The sentences of a comparison in both languages.
struct DiffWords {
    let language: Language
    init(_ language: Language) { self.language = language }
    private var vi: Bool { language == .vi }
    private var numbers: PlanWords { PlanWords(language) }

    /// Names in groups, of which the first few are shown.
    struct Names {
        var shown: [String]
        var shownCount: Int
        var count: Int
    }
    private func list(_ names: Names) -> String {
        let more = names.count - names.shownCount
        let text = names.shown.joined(separator: "; ")
        return more == 0 ? text : text + (vi ? "; và \(more) nơi khác" : "; and \(more) more")
    }
    private func joined(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: "; ") + (vi ? " và " : " and ") + last
    }

    func heading(_ olds: [Network], _ new: Network) -> String {
        func text(_ network: Network) -> String { network.name + (network.edition.isEmpty ? "" : " (\(network.edition))") }
        let before = olds.map(text).joined(separator: " + ")
        let (nodes, sites) = (olds.reduce(0) { $0 + $1.count }, olds.reduce(0) { $0 + $1.sites.count })
        return vi
            ? "\(before) → \(text(new)): \(nodes) → \(new.count) nút, \(sites) → \(new.sites.count) điểm cầu"
            : "\(before) → \(text(new)): \(nodes) → \(new.count) nodes, \(sites) → \(new.sites.count) sites"
    }
    var nothing: String { vi ? "- không có gì thay đổi" : "- nothing changes" }

    // MARK: Units

    func merged(_ into: String, _ from: [String]) -> String {
        vi ? "\(into) gồm \(joined(from)) sáp nhập." : "\(into) is made of \(joined(from))."
    }
    func moreMergers(_ n: Int) -> String { vi ? "… và \(n) trường hợp sáp nhập khác (--all)." : "… and \(n) more mergers (--all)." }
    func mergers(_ count: Int, level: String, from: Int) -> String {
        vi
            ? "Cấp \(level): \(count) đơn vị mới do \(from) đơn vị cũ sáp nhập:"
            : "\(count) new units of level \(level) are made of \(from) old ones:"
    }
    var part: String { vi ? " (một phần)" : " (part of it)" }
    func gone(_ level: String, isGone: Bool, _ names: Names) -> String {
        if isGone {
            return vi
                ? "Cấp \(level) không còn, thôi \(names.count) nút: \(list(names))."
                : "The level \(level) is gone with its \(names.count) node\(names.count == 1 ? "" : "s"): \(list(names))."
        }
        return vi
            ? "Thôi \(names.count) nút cấp \(level), không nút mới nào kế thừa: \(list(names))."
            : "Gone without a successor, of level \(level), \(names.count): \(list(names))."
    }
    func hubKept(_ before: String, now: String, wasUnit: Bool) -> String {
        if wasUnit {
            return vi
                ? "\(before) không còn là đơn vị, nút được giữ làm cụm kỹ thuật \(now)."
                : "\(before) is no unit any more; its node stays as the technical hub \(now)."
        }
        return vi ? "Giữ cụm kỹ thuật \(now)." : "The technical hub \(now) stays."
    }
    func added(_ level: String, isHub: Bool, _ names: Names) -> String {
        if isHub { return vi ? "Thêm \(names.count) cụm kỹ thuật: \(list(names))." : "New technical hubs, \(names.count): \(list(names))." }
        return vi
            ? "Thêm \(names.count) nút cấp \(level), không kế thừa nút nào của bản cũ: \(list(names))."
            : "New, of level \(level), continuing nobody of the old plan, \(names.count): \(list(names))."
    }
    func renamed(_ old: String, _ new: String) -> String { vi ? "\(old) đổi tên thành \(new)." : "\(old) is now called \(new)." }
    func moreRenames(_ n: Int) -> String { vi ? "… và \(n) nơi khác đổi tên (--all)." : "… and \(n) more with another name (--all)." }

    // MARK: Lines

    func moved(_ nodes: Names, from: String, isGone: Bool, to: String) -> String {
        let gone = isGone ? (vi ? " (không còn)" : " (gone)") : ""
        return vi
            ? "Chuyển từ \(from)\(gone) sang \(to), \(nodes.count): \(list(nodes))."
            : "From \(from)\(gone) to \(to), \(nodes.count): \(list(nodes))."
    }
    func moreMoves(_ n: Int) -> String { vi ? "… và \(n) nhóm chuyển khác (--all)." : "… and \(n) more groups that move (--all)." }
    func right(_ difference: NetworkDiff.Difference) -> String {
        let none = vi ? "không có" : "nothing"
        let (old, new) = (difference.old.isEmpty ? none : difference.old, difference.new.isEmpty ? none : difference.new)
        return vi ? "Quyền: \(difference.key) từ \(old) thành \(new)." : "Rights: \(difference.key) was \(old), is \(new)."
    }
    func moreRights(_ count: Int) -> String { vi ? "… và \(count) quyền khác (--all)." : "… and \(count) more rights (--all)." }
    func relinked(_ nodes: Names, _ differences: [NetworkDiff.Difference]) -> String {
        vi
            ? "Trung kế thay đổi (\(changes(differences))), \(nodes.count): \(list(nodes))."
            : "Trunks changed (\(changes(differences))), \(nodes.count): \(list(nodes))."
    }
    func moreLines(_ n: Int) -> String { vi ? "… và \(n) nhóm trung kế khác (--all)." : "… and \(n) more groups of trunks (--all)." }
    func refitted(_ node: String, _ differences: [NetworkDiff.Difference]) -> String { "\(node): \(changes(differences))." }
    func refitted(_ nodes: Names) -> String {
        vi
            ? "Địa chỉ, phòng họp hay thiết bị thay đổi ở \(nodes.count) nút: \(list(nodes)) (--all)."
            : "Address, halls or equipment differ at \(nodes.count) nodes: \(list(nodes)) (--all)."
    }
    private func changes(_ differences: [NetworkDiff.Difference]) -> String {
        differences.map { difference in
            let none = vi ? "không" : "none"
            return "\(difference.key) \(difference.old.isEmpty ? none : difference.old) → \(difference.new.isEmpty ? none : difference.new)"
        }.joined(separator: ", ")
    }

    // MARK: Meetings and load

    var meetingsHead: String { vi ? "Nếu thay khi đang họp:" : "While meetings run:" }
    func impact(_ impact: DiffImpact) -> [String] {
        func seconds(_ interval: Interval) -> String { numbers.number(interval.seconds, places: 1) + (vi ? " giây" : " s") }
        var lines: [String] = []
        func say(_ count: Int, _ en: String, _ vietnamese: String) {
            if count > 0 { lines.append(vi ? "\(count) điểm cầu \(vietnamese)" : "\(count) site\(count == 1 ? "" : "s") \(en)") }
        }
        say(impact.untouched.count, "untouched", "không bị ảnh hưởng")
        say(
            impact.reconnecting.count,
            "below a trunk that is dialled anew: among themselves for about \(seconds(DiffImpact.reconnection)), "
                + "with `topology apply` \(seconds(DiffImpact.handover))",
            "ở dưới trung kế phải nối lại: tự họp với nhau khoảng \(seconds(DiffImpact.reconnection)), "
                + "với `topology apply` là \(seconds(DiffImpact.handover))")
        say(
            impact.rejoining.count, "joining anew, since their node changes: within about \(seconds(DiffImpact.rejoining))",
            "vào lại vì nút thay đổi: trong khoảng \(seconds(DiffImpact.rejoining))")
        say(impact.joining.count, "new", "mới")
        say(impact.leaving, "of the old plan gone, or part of another now", "của bản cũ không còn, hoặc đã nhập vào nơi khác")
        return lines
    }

    var loadHead: String { vi ? "Tải khi quán triệt toàn mạng:" : "The load of a quán triệt of all sites:" }
    func load(_ plan: NetworkPlan) -> String {
        let root = numbers.megabits(plan.rootBits)
        let star = numbers.megabits(plan.starRootBits)
        let over = plan.trunks.count { $0?.isOver == true }
        let packets = numbers.number(plan.busiest?.packetsSent ?? 0, places: 0)
        let busiest = plan.busiest.map { plan.network.name(of: $0.slot) } ?? ""
        return vi
            ? "\(plan.network.name): \(plan.network.sites.count) điểm cầu, gốc gửi \(root) Mbit/s (hình sao \(star)), bận nhất \(busiest) "
                + "\(packets) gói/giây, \(over) trung kế quá tải"
            : "\(plan.network.name): \(plan.network.sites.count) sites, the root sends \(root) Mbit/s (as a star \(star)), the busiest is "
                + "\(busiest) with \(packets) packets a second, \(over) trunk\(over == 1 ? "" : "s") over capacity"
    }
}
