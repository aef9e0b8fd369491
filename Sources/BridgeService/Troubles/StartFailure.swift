import Archive
import Basics
import Console
import Foundation
import Glibc
import NIOCore
import Native
import Peer

/// Why a node does not start: the cause and the next step, in the operator's language.
struct StartFailure: Error, CustomStringConvertible {
    let language: Language
    let vi: Sentence
    let en: Sentence

    init(_ language: Language, vi: (String, String), en: (String, String)) {
        self.language = language
        self.vi = Sentence(vi.0, vi.1)
        self.en = Sentence(en.0, en.1)
    }

    var description: String {
        let words = language == .english ? en : vi
        return "\(words.message) \(words.nextStep)"
    }
}

extension StartFailure {
    /// The pages' port is taken, or the address is not this machine's.
    static func pages(_ host: String, _ port: Int, _ error: IOError, _ language: Language) -> StartFailure {
        let reason = String(cString: strerror(error.errnoCode))
        let place = "\(Address.bracketed(host)):\(port)"
        return switch error.errnoCode {
        case EADDRINUSE:
            StartFailure(
                language,
                vi: (
                    "Cổng TCP \(place) của trang đang bị chương trình khác (hoặc nút khác) dùng.",
                    "Dừng chương trình ấy (`ss -ltnp`), hoặc đổi `http:` của nút trong tệp mạng."
                ),
                en: (
                    "Another program (or another node) uses TCP port \(place), which is for the pages.",
                    "Stop it (`ss -ltnp` names it), or change the node's `http:` in the topology."
                ))
        case EADDRNOTAVAIL:
            StartFailure(
                language, vi: ("Máy này không có địa chỉ \(host).", "Kiểm tra `address` của nút trong tệp mạng."),
                en: ("This machine has no address \(host).", "Check the node's `address` in the topology."))
        case EACCES:
            StartFailure(
                language, vi: ("Không có quyền mở cổng TCP \(place).", "Chọn cổng từ 1024 trở lên."),
                en: ("There is no right to open TCP port \(place).", "Choose a port from 1024 on."))
        default:
            StartFailure(
                language, vi: ("Không mở được cổng TCP \(place) (\(reason)).", "Xem nhật ký hệ thống."),
                en: ("TCP port \(place) cannot be opened (\(reason)).", "See the system's log."))
        }
    }

    /// The archive cannot be opened or written.
    static func archive(_ path: String, _ fault: Archive.Fault, _ language: Language) -> StartFailure {
        switch fault {
        case .damaged(let reason):
            StartFailure(
                language,
                vi: (
                    "\(path) bị hỏng (\(reason)).",
                    "Chuyển tệp đi nơi khác rồi khởi động lại: nút bắt đầu với kho lưu trống; điểm danh và biểu quyết cũ nằm trong tệp hỏng hoặc bản sao lưu."
                ),
                en: (
                    "\(path) is damaged (\(reason)).",
                    "Move the file away and start again: the node begins with an empty archive; old attendance and votes are in the damaged file or in a backup."
                ))
        case .full:
            StartFailure(
                language, vi: ("\(path): đĩa đầy.", "Dọn chỗ trên đĩa rồi khởi động lại."),
                en: ("\(path): the disk is full.", "Make room and start again."))
        case .noAccess(let reason):
            StartFailure(
                language, vi: ("\(path) không mở hoặc không ghi được (\(reason)).", "Trao thư mục cho người dùng chạy nút: `chown -R nhipcau THƯ_MỤC`."),
                en: ("\(path) cannot be opened or written (\(reason)).", "Give the folder to the user that runs the node: `chown -R nhipcau FOLDER`."))
        case .other(let reason):
            StartFailure(
                language, vi: ("\(path): không ghi được (\(reason)).", "Kiểm tra đĩa và quyền của thư mục."),
                en: ("\(path): cannot be written (\(reason)).", "Check the disk and the folder's rights."))
        }
    }

    /// The own certificate would be refused by every neighbour.
    static func certificate(_ path: String, _ fault: CertificateFault, _ validity: (from: WallTime, until: WallTime)?, now: WallTime, _ language: Language)
        -> StartFailure
    {
        let (clock, from, until) = (now.local, validity?.from.local ?? "?", validity?.until.local ?? "?")
        return switch fault {
        case .notYetValid:
            StartFailure(
                language,
                vi: (
                    "Theo đồng hồ máy này (\(clock)), chứng thư \(path) chưa có hiệu lực: chỉ từ \(from).",
                    "Đồng hồ máy chậm (pin hết?): đặt giờ bằng NTP rồi khởi động lại."
                ),
                en: (
                    "By this machine's clock (\(clock)) the certificate \(path) is not valid yet: it is from \(from).",
                    "The clock is behind (an empty battery?): set it by NTP and start again."
                ))
        case .expired:
            StartFailure(
                language,
                vi: (
                    "Theo đồng hồ máy này (\(clock)), chứng thư \(path) đã hết hạn lúc \(until).",
                    "Nếu giờ đúng, cấp lại bằng `nhipcau certs issue`; nếu sai, đặt giờ bằng NTP."
                ),
                en: (
                    "By this machine's clock (\(clock)) the certificate \(path) ended at \(until).",
                    "If the clock is right, issue another with `nhipcau certs issue`; else set it by NTP."
                ))
        case .otherAuthority:
            StartFailure(
                language,
                vi: ("Chứng thư \(path) không do ca.crt trong cùng thư mục cấp.", "Chép lại cả ba tệp từ một lần `nhipcau certs issue`."),
                en: ("The certificate \(path) is not of the ca.crt in the same folder.", "Copy all three files of one `nhipcau certs issue` again."))
        case .noNode, .otherNode, .other:
            StartFailure(
                language, vi: ("Chứng thư \(path) không dùng được (\(fault)).", "Cấp lại bằng `nhipcau certs issue`."),
                en: ("The certificate \(path) cannot be used (\(fault)).", "Issue another with `nhipcau certs issue`."))
        }
    }

    /// A file of the state folder.
    static func file(_ problem: StateFolder.Unusable, _ language: Language) -> StartFailure {
        let path = problem.path
        return switch problem.reason {
        case .noFolder:
            StartFailure(
                language, vi: ("Không có thư mục trạng thái \(path).", "Kiểm tra --state; `nhipcau certs issue --out` tạo thư mục này."),
                en: ("There is no state folder \(path).", "Check --state; `nhipcau certs issue --out` makes it."))
        case .missing:
            StartFailure(
                language, vi: ("Thiếu tệp \(path).", "`nhipcau certs issue` ghi tệp này vào thư mục trạng thái."),
                en: ("The file \(path) is missing.", "`nhipcau certs issue` writes it into the state folder."))
        case .forbidden(let owner):
            StartFailure(
                language,
                vi: ("Không có quyền đọc \(path) (chủ tệp: \(owner)).", "Trao tệp cho người dùng chạy nút: `chown nhipcau \(path)`, mode 600."),
                en: ("\(path) cannot be read: it belongs to \(owner).", "Give it to the user that runs the node: `chown nhipcau \(path)`, mode 600."))
        case .unreadable(let reason):
            StartFailure(
                language, vi: ("\(path) không đọc được (\(reason)).", "Kiểm tra đĩa, hoặc cấp lại bằng `nhipcau certs issue`."),
                en: ("\(path) cannot be read (\(reason)).", "Check the disk, or issue it again with `nhipcau certs issue`."))
        }
    }

    /// The media port.
    static func media(_ failure: SocketFailure, _ language: Language) -> StartFailure {
        let place = "\(failure.address)"
        return switch failure.code {
        case EADDRINUSE:
            StartFailure(
                language,
                vi: (
                    "Cổng UDP \(place) đang bị chương trình khác (hoặc nút khác) dùng.",
                    "Dừng chương trình ấy (`ss -lunp`), hoặc đổi `port` của nút trong tệp mạng."
                ),
                en: (
                    "Another program (or another node) uses UDP port \(place).",
                    "Stop it (`ss -lunp` names it), or change the node's `port` in the topology."
                ))
        case EADDRNOTAVAIL:
            StartFailure(
                language, vi: ("Máy này không có địa chỉ \(failure.address.host).", "Kiểm tra `address` của nút trong tệp mạng."),
                en: ("This machine has no address \(failure.address.host).", "Check the node's `address` in the topology."))
        case EACCES:
            StartFailure(
                language, vi: ("Không có quyền mở cổng UDP \(place).", "Chọn cổng từ 1024 trở lên."),
                en: ("There is no right to open UDP port \(place).", "Choose a port from 1024 on."))
        default:
            StartFailure(
                language, vi: ("Không mở được cổng UDP \(place) (\(failure.reason)).", "Xem nhật ký hệ thống."),
                en: ("UDP port \(place) cannot be opened (\(failure.reason)).", "See the system's log."))
        }
    }
}

extension WallTime {
    /// `2026-12-01 16:55:09 +07:00`, in the machine's zone.
    var local: String { LocalTime.text(milliseconds: milliseconds, separator: " ", fraction: false, zoneSpace: true) }
}
