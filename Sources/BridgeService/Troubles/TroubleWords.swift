import Basics
import Bridge
import Console
import Logging
import Membership
import Peer

extension Trouble {
    /// The cause, and what to do.
    func sentence(_ language: Language) -> Sentence {
        let (vi, en) = sentences
        return language == .english ? en : vi
    }

    private var sentences: (vi: Sentence, en: Sentence) {
        switch self {
        case .trunkDown(let neighbour, let fault): down(neighbour, fault)
        case .neverUp(let neighbour):
            (
                Sentence(
                    "Chưa nối được với \(neighbour.vi) tại \(neighbour.address) từ khi khởi động.",
                    neighbour.isAbove
                        ? "Kiểm tra nút ấy có đang chạy, địa chỉ trong tệp mạng, và tường lửa có cho UDP tới địa chỉ ấy."
                        : "Kiểm tra nút ấy có đang chạy, địa chỉ của nút này trong tệp mạng của nó, và tường lửa."),
                Sentence(
                    "No trunk to \(neighbour.en) at \(neighbour.address) since the start.",
                    neighbour.isAbove
                        ? "Check that it runs, its address in the topology, and that firewalls let UDP reach that address."
                        : "Check that it runs, this node's address in its topology, and firewalls.")
            )
        case .theirCertificate(let neighbour, let fault): theirs(neighbour, fault)
        case .ownCertificate(let neighbour, let fault): ours(neighbour, fault)
        case .stranger(let address, let refusal):
            (
                Sentence(
                    "\(address) muốn nối như một nút mạng và bị từ chối: \(refusal.vietnamese).",
                    "Nếu là nút của mạng: đưa nút vào tệp mạng mới nhất, cấp chứng thư bằng `nhipcau certs issue`; nếu không, tìm máy ấy."),
                Sentence(
                    "\(address) dialled as a node and was turned away: \(refusal).",
                    "If it is a node of this network, declare it in the newest topology and issue it with `nhipcau certs issue`; else find that machine.")
            )
        case .clock(let neighbour, let seconds):
            (
                Sentence(
                    "Đồng hồ của \(neighbour.vi) \(seconds > 0 ? "nhanh" : "chậm") \(span(seconds, .vietnamese)) so với nút này.",
                    "Đặt lại giờ bằng NTP ở máy sai; đường dẫn và chứng thư được xét theo đồng hồ."),
                Sentence(
                    "The clock of \(neighbour.en) is \(span(seconds, .english)) \(seconds > 0 ? "ahead of" : "behind") this node's.",
                    "Set the wrong one by NTP; links and certificates go by the clock.")
            )
        case .ownClock(let seconds):
            (
                Sentence(
                    "Đồng hồ máy này \(seconds > 0 ? "nhanh" : "chậm") \(span(seconds, .vietnamese)); nút theo giờ của cấp trên.",
                    "Đặt lại giờ máy bằng NTP (timedatectl); kiểm tra pin đồng hồ."),
                Sentence(
                    "This machine's clock is \(span(seconds, .english)) \(seconds > 0 ? "ahead" : "behind"); the node goes by its parent's.",
                    "Set it by NTP (timedatectl), and check the clock's battery.")
            )
        case .edition, .otherFile: editions
        case .certificateEnds, .archive, .meetingFile, .sender: own
        }
    }

    private var editions: (vi: Sentence, en: Sentence) {
        guard case .edition(let neighbour, let theirs, let ours) = self else {
            guard case .otherFile(let neighbour, let version) = self else { return (Sentence("", ""), Sentence("", "")) }
            return (
                Sentence("\(neighbour.vi.capitalizedFirst) chạy một tệp mạng khác cùng số bản \(version).", "Nâng `version:` của tệp đúng rồi áp dụng lại."),
                Sentence(
                    "\(neighbour.en.capitalizedFirst) runs another topology with the same version \(version).",
                    "Raise `version:` of the right file and apply it.")
            )
        }
        let isOlder = theirs < ours
        return (
            Sentence(
                "\(neighbour.vi.capitalizedFirst) chạy tệp mạng bản \(theirs), nút này chạy bản \(ours).",
                isOlder ? "Áp dụng bản mới ở nút ấy: `nhipcau topology apply`." : "Nút này dùng bản cũ: `nhipcau topology apply` bản mới."),
            Sentence(
                "\(neighbour.en.capitalizedFirst) runs version \(theirs) of the topology, this node version \(ours).",
                isOlder ? "Apply the newer one there: `nhipcau topology apply`." : "This node is behind: `nhipcau topology apply` the newer one.")
        )
    }

    private var own: (vi: Sentence, en: Sentence) {
        switch self {
        case .certificateEnds(let days):
            (
                Sentence("Chứng thư của nút này hết hạn sau \(days) ngày.", "Cấp lại bằng `nhipcau certs issue` rồi khởi động lại nút."),
                Sentence("This node's certificate ends in \(days) days.", "Issue another with `nhipcau certs issue` and restart the node.")
            )
        case .archive(let reason, let isFull):
            (
                Sentence(
                    isFull ? "Đĩa đầy: điểm danh và biểu quyết chưa ghi được." : "Kho lưu của nút không ghi được (\(reason)).",
                    isFull
                        ? "Dọn chỗ trên đĩa trước khi khởi động lại nút; nút giữ các dòng trong bộ nhớ và thử lại mỗi giây."
                        : "Kiểm tra đĩa và quyền của thư mục; nút giữ các dòng trong bộ nhớ và thử lại mỗi giây."),
                Sentence(
                    isFull ? "The disk is full: attendance and votes are not written." : "The archive takes no rows (\(reason)).",
                    isFull
                        ? "Make room before the node is restarted; rows wait in memory and are tried again every second."
                        : "Check the disk and the folder's rights; rows wait in memory and are tried again every second.")
            )
        case .meetingFile(let name, let problem):
            (
                Sentence("Tệp cuộc họp \(name) không đọc được: \(problem)", "Sửa tệp; nút tự đọc lại. Kiểm tra bằng `nhipcau topology check`."),
                Sentence(
                    "The meeting file \(name) cannot be read: \(problem)",
                    "Mend it; the node reads it again by itself. Check with `nhipcau topology check`.")
            )
        case .sender(let device, let declared, let actual):
            (
                Sentence(
                    "Thiết bị \(device) khai \(declared), nhưng tiếng hoặc hình đến từ \(actual).",
                    "Cho thiết bị gửi từ cổng đã khai, hoặc sửa `address`/`port` của nó trong tệp mạng."),
                Sentence(
                    "Device \(device) is declared at \(declared), but media come from \(actual).",
                    "Let it send from the declared port, or change its `address`/`port` in the topology.")
            )
        default: (Sentence("", ""), Sentence("", ""))
        }
    }

    private func down(_ neighbour: Neighbour, _ fault: TrunkFault) -> (vi: Sentence, en: Sentence) {
        let (vi, en): (String, String) =
            switch fault {
            case .session(.session(.closedByPeer)): ("nút ấy đã dừng hoặc khởi động lại", "it stopped or restarts")
            case .edge(.silent), .edge(.noEcho): ("không còn nghe thấy gì từ nút ấy", "nothing is heard from it")
            case .edge(.neighbourDown): ("nút ấy không còn nghe thấy nút này", "it does not hear this node")
            case .edge(.sessionChanged), .unanswered: ("nút ấy khởi động lại", "it restarts")
            case .edge(.loop): ("đường lên vòng lại chính nút này", "its way up leads through this node")
            case .edge(.released): ("nút này chuyển sang đường lên khác", "this node took another uplink")
            case .session(.session(.timeout)), .session(.connectTimeout), .edge(.lost): ("nút ấy không trả lời", "it does not answer")
            default: ("\(fault)", "\(fault)")
            }
        return (
            Sentence(
                "Mất trung kế với \(neighbour.vi): \(vi).",
                neighbour.isAbove
                    ? "Nút tự điều hành phần mình và tự nối lại; kiểm tra đường truyền tới \(neighbour.address)."
                    : "Tự nối lại khi có đường; kiểm tra nút ấy và đường truyền."),
            Sentence(
                "The trunk to \(neighbour.en) is down: \(en).",
                neighbour.isAbove
                    ? "The node goes on by itself and dials again; check the line to \(neighbour.address)."
                    : "It comes back by itself; check that node and the line.")
        )
    }

    private func theirs(_ neighbour: Neighbour, _ fault: CertificateFault) -> (vi: Sentence, en: Sentence) {
        let name = (vi: neighbour.vi, en: neighbour.en)
        switch fault {
        case .otherAuthority:
            return (
                Sentence(
                    "Chứng thư của \(name.vi) do CA khác cấp, không phải CA của mạng này.",
                    "Xem nút nào trong hai nút sai CA; cấp lại bằng ca.key của mạng: `nhipcau certs issue --id \(neighbour.id)`."),
                Sentence(
                    "The certificate of \(name.en) is of another authority than this network's.",
                    "See which of the two nodes has the wrong one, and issue it with the network's ca.key: `nhipcau certs issue --id \(neighbour.id)`.")
            )
        case .expired:
            return (
                Sentence(
                    "Chứng thư của \(name.vi) đã hết hạn theo đồng hồ của nút này.",
                    "Kiểm tra đồng hồ hai máy; nếu đúng, cấp lại: `nhipcau certs issue --id \(neighbour.id)`."),
                Sentence(
                    "The certificate of \(name.en) is over by this node's clock.",
                    "Check both clocks; if they are right, issue another: `nhipcau certs issue --id \(neighbour.id)`.")
            )
        case .notYetValid:
            return (
                Sentence("Chứng thư của \(name.vi) chưa tới ngày hiệu lực theo đồng hồ của nút này.", "Đồng hồ máy này có lẽ chậm: đặt giờ bằng NTP."),
                Sentence("The certificate of \(name.en) is not valid yet by this node's clock.", "This machine's clock is probably behind: set it by NTP.")
            )
        case .otherNode(let node, let expected):
            return (
                Sentence(
                    "Ở địa chỉ của \(name.vi) là nút '\(node)', không phải '\(expected)'.",
                    "Kiểm tra địa chỉ trong tệp mạng, hoặc thư mục trạng thái của nút ấy."),
                Sentence(
                    "Node '\(node)' answers at the address of \(name.en), not '\(expected)'.",
                    "Check the address in the topology, or that node's state folder.")
            )
        case .noNode, .other:
            return (
                Sentence("Chứng thư của \(name.vi) không dùng được (\(fault)).", "Cấp lại: `nhipcau certs issue --id \(neighbour.id)`."),
                Sentence("The certificate of \(name.en) cannot be used (\(fault)).", "Issue another: `nhipcau certs issue --id \(neighbour.id)`.")
            )
        }
    }

    private func ours(_ neighbour: Neighbour, _ fault: CertificateFault) -> (vi: Sentence, en: Sentence) {
        let (vi, en): (String, String) =
            switch fault {
            case .otherAuthority: ("nút ấy theo CA khác", "it trusts another authority")
            case .expired: ("theo đồng hồ nút ấy, chứng thư đã hết hạn", "by its clock the certificate is over")
            case .notYetValid: ("nút ấy coi chứng thư chưa hiệu lực hoặc không hợp lệ", "it takes the certificate for not yet valid, or for a bad one")
            default: ("\(fault)", "\(fault)")
            }
        return (
            Sentence(
                "\(neighbour.vi.capitalizedFirst) không nhận chứng thư của nút này: \(vi).",
                "Kiểm tra ca.crt và đồng hồ ở cả hai nút; cấp lại bằng `nhipcau certs issue` nếu cần."),
            Sentence(
                "\(neighbour.en.capitalizedFirst) does not accept this node's certificate: \(en).",
                "Check ca.crt and the clock at both nodes; issue again with `nhipcau certs issue` if need be.")
        )
    }

    private func span(_ seconds: Int64, _ language: Language) -> String {
        let size = Double(seconds.magnitude)
        let (value, vi, en): (Double, String, String) =
            size < 120
            ? (size, "giây", "s")
            : size < 7_200
                ? (size / 60, "phút", "min")
                : size < 172_800 ? (size / 3_600, "giờ", "h") : (size / 86_400, "ngày", "days")
        return "\(Int(value.rounded())) \(language == .english ? en : vi)"
    }
}

extension Trouble {
    /// What happened, in the words that programs look for in a log.
    var event: String {
        switch self {
        case .trunkDown, .theirCertificate, .ownCertificate: "trunk down"
        case .neverUp: "trunk never came up"
        case .stranger: "trunk refused"
        case .clock, .ownClock: "clock differs"
        case .edition, .otherFile: "another topology"
        case .certificateEnds: "certificate ends soon"
        case .archive: "the archive takes no rows"
        case .meetingFile: "meeting file left out"
        case .sender: "media from another address"
        }
    }

    /// What a log line carries beside the sentence.
    var metadata: Logger.Metadata {
        switch self {
        case .trunkDown(let neighbour, let fault): ["neighbour": "\(neighbour.id)", "reason": "\(fault)"]
        case .theirCertificate(let neighbour, let fault): ["neighbour": "\(neighbour.id)", "reason": "\(fault)"]
        case .ownCertificate(let neighbour, let fault): ["neighbour": "\(neighbour.id)", "reason": "own certificate refused there: \(fault)"]
        case .neverUp(let neighbour): ["neighbour": "\(neighbour.id)"]
        case .stranger(let address, let refusal): ["address": "\(address)", "reason": "\(refusal)"]
        case .clock(let neighbour, let seconds): ["neighbour": "\(neighbour.id)", "seconds": "\(seconds)"]
        case .ownClock(let seconds): ["seconds": "\(seconds)"]
        case .edition(let neighbour, let theirs, let ours): ["neighbour": "\(neighbour.id)", "theirs": "\(theirs)", "ours": "\(ours)"]
        case .otherFile(let neighbour, let version): ["neighbour": "\(neighbour.id)", "theirs": "\(version)", "ours": "\(version)"]
        case .certificateEnds(let days): ["days": "\(days)"]
        case .archive(let reason, _): ["error": "\(reason)"]
        case .meetingFile(let name, let problem): ["file": "\(name)", "error": "\(problem)"]
        case .sender(let device, let declared, let actual): ["device": "\(device)", "declared": "\(declared)", "actual": "\(actual)"]
        }
    }
}

extension TrunkRefusal {
    var vietnamese: String {
        switch self {
        case .noChild(let id): "'\(id)' không phải nút cấp dưới của nút này"
        case .noNode: "chứng thư không phải của nút mạng"
        case .failed(let fault):
            fault.certificate == .otherAuthority
                ? "chứng thư do CA khác cấp"
                : fault.certificate == .expired ? "chứng thư đã hết hạn" : "\(fault)"
        }
    }
}

extension Trouble.Neighbour {
    fileprivate var vi: String { "\(isAbove ? "nút cấp trên" : "nút cấp dưới") \(name) (\(id))" }
    fileprivate var en: String { "the \(isAbove ? "parent" : "child") \(name) (\(id))" }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
