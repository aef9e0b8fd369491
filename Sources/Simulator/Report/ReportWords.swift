import Basics
import Documents
import Foundation

/// The report's words in both languages, and its numbers: Vietnamese writes a decimal comma.
struct ReportWords {
    let language: Language

    private func say(_ en: String, _ vi: String) -> String { language == .en ? en : vi }

    var passed: String { say("passed", "đạt") }
    var failed: String { say("failed", "không đạt") }
    var seed: String { say("seed", "hạt giống") }
    var digest: String { say("digest", "mã vết") }
    var simulated: String { say("simulated", "mô phỏng") }
    var nodes: String { say("nodes", "nút") }
    var sites: String { say("sites", "điểm cầu") }
    var meetings: String { say("Meetings", "Cuộc họp") }
    var leftOut: String { say("rules left out", "quy tắc bị bỏ") }
    var expectations: String { say("Expectations", "Kỳ vọng") }
    var measure: String { say("measure", "chỉ số") }
    var wanted: String { say("wanted", "cần") }
    var measured: String { say("measured", "đo được") }
    var nothingMeasured: String { say("nothing to measure", "không có gì để đo") }
    var atMost: String { say("at most", "tối đa") }
    var atLeast: String { say("at least", "tối thiểu") }
    var violations: String { say("Violations", "Vi phạm") }
    var noViolations: String { say("No rule was broken.", "Không quy tắc nào bị vi phạm.") }
    var tree: String { say("The tree, and who is where", "Cây mạng và các điểm cầu") }
    var chair: String { say("chair", "chủ trì") }
    var faults: String { say("Faults over time", "Sự cố theo thời gian") }
    var noFaults: String { say("Nothing was broken in this run.", "Lượt chạy này không có sự cố.") }
    var safety: String { say("safety phase", "giai đoạn an toàn") }
    var liveness: String { say("liveness phase", "giai đoạn phục hồi") }
    var floor: String { say("Who held the floor, in which part", "Ai phát biểu, ở phần nào của mạng") }
    var floorLegend: String {
        say("One lane for each crown: the node that gave the floor in its part.", "Mỗi dải là một nút điều hành: nút cấp quyền phát biểu trong phần của nó.")
    }
    var nobody: String { say("Nobody held the floor.", "Chưa ai được phát biểu.") }
    var rosters: String { say("Agreement on the roster", "Mức thống nhất danh sách điểm cầu") }
    var rostersLegend: String {
        say(
            "Different rosters among the nodes that run the meeting; 1 is agreement.",
            "Số danh sách khác nhau giữa các nút đang chạy cuộc họp; 1 là thống nhất."
        )
    }
    var load: String { say("Load per trunk", "Tải từng trung kế") }
    var loadLegend: String {
        say("kbit/s in each second, the busiest trunks first; dashed: capacity.", "kbit/s trong từng giây, trung kế bận nhất trước; nét đứt: dung lượng.")
    }
    var up: String { say("up", "lên") }
    var down: String { say("down", "xuống") }
    var peak: String { say("peak", "cao nhất") }
    var rare: String { say("Rare events", "Sự kiện hiếm") }
    var story: String { say("What happened", "Diễn biến") }
    var notKept: String { say("Not recorded in this run.", "Lượt chạy này không ghi lại.") }
    func more(_ count: Int) -> String { say("and \(count) more", "và \(count) mục nữa") }
    func below(_ count: Int) -> String { say("\(count) nodes below", "\(count) nút bên dưới") }

    func fault(_ event: Event) -> String {
        switch event {
        case .cut: say("cut", "đứt")
        case .cutOneWay: say("cut one way", "đứt một chiều")
        case .impair: say("impaired", "suy giảm")
        case .crash(_, let forgets): forgets ? say("crashed, memory lost", "hỏng, mất bộ nhớ") : say("crashed", "hỏng")
        case .pause: say("paused", "treo")
        case .slow: say("slow", "chậm")
        case .drift: say("clock drifts", "đồng hồ lệch dần")
        case .stepClock: say("clock jumps", "đồng hồ nhảy")
        case .diskFull: say("disk full", "đầy đĩa")
        case .certificateExpired: say("certificate expired", "chứng thư hết hạn")
        case .loadTopology: say("new topology", "tệp mạng mới")
        case .newerProgram: say("newer program", "chương trình mới hơn")
        case .byzantine(_, let lies): lies.isEmpty ? say("honest again", "trở lại đúng đắn") : say("lies", "nói dối")
        default: ""
        }
    }

    func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        let text = rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
        return language == .vi ? text.replacingOccurrences(of: ".", with: ",") : text
    }

    func time(_ time: Interval) -> String { number(time.seconds) + " s" }

    /// To the hundredth of a second.
    func moment(_ time: Interval) -> String {
        let hundredths = (time.nanoseconds + 5_000_000) / 10_000_000
        let digits = String(hundredths % 100)
        return "\(hundredths / 100)\(language == .vi ? "," : ".")\(digits.count < 2 ? "0" : "")\(digits) s"
    }

    /// A measure's value with its unit.
    func value(_ value: Double, of measure: Expectation.Measure) -> String {
        switch measure.unit {
        case .milliseconds: number(value) + " ms"
        case .kilobits: number(value) + " kbit/s"
        case .count: number(value)
        }
    }
}

/// Colours that people with weak colour sight tell apart (Okabe and Ito 2008), and what each stands for by position.
enum Palette {
    static let colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a6a00", "#6f4fa0"]
    static func colour(_ i: Int) -> String { colours[i % colours.count] }
    static let fault = "#c0392b"
}
