import Basics
import Console
import Documents
import Native
import Topology
import TopologyFiles

/// Why a node does not take an edition of the topology, in words.
enum EditionRefusal: Error, Hashable, Sendable {
    case seal(SealedFile.Problem)
    /// The checks' first message, in both languages, and how many more there are.
    case unreadable(vi: String, en: String, more: Int)
    case obstacles([NetworkTransition.Obstacle])

    /// For the HTTP API and logs.
    var code: String {
        switch self {
        case .seal(.badSignature): "bad-signature"
        case .seal(.malformed): "bad-file"
        case .seal(.tooLarge): "too-large"
        case .unreadable: "bad-topology"
        case .obstacles(let list): list.first?.code ?? "refused"
        }
    }

    func text(inEnglish en: Bool) -> String {
        switch self {
        case .seal(.badSignature):
            return en
                ? "The file is not signed by this network's authority; sign it with the ca.key that made this network's certificates."
                : "Tệp không được ký bằng khóa của mạng này; hãy ký bằng ca.key đã cấp chứng thư cho mạng."
        case .seal(.malformed):
            return en
                ? "This is no signed topology; hand it over with `nhipcau topology apply`."
                : "Không phải tệp cấu hình đã ký; hãy dùng `nhipcau topology apply`."
        case .seal(.tooLarge): return en ? "The file is too large." : "Tệp quá lớn."
        case .unreadable(let first, let english, let more):
            let rest = more == 0 ? "" : en ? " (and \(more) more)" : " (và \(more) lỗi nữa)"
            return (en ? "This node does not understand the file: \(english)" : "Nút này không hiểu tệp: \(first)") + rest
        case .obstacles(let list): return list.map { $0.text(en ? .en : .vi) }.joined(separator: " ")
        }
    }
}

extension EditionRefusal {
    /// The text of a sealed file.
    static func open(_ sealed: [UInt8], with seal: SealedFile) throws(EditionRefusal) -> String {
        do throws(SealedFile.Problem) { return try seal.open(sealed) } catch { throw .seal(error) }
    }

    /// The network in a text, by the checks of `topology check`.
    static func read(_ text: String) throws(EditionRefusal) -> Network {
        do throws(InvalidFile) { return try TopologyFiles.parse(text, file: "topology") } catch {
            let english = error.problems.filter { $0.severity == .error }
            var vietnamese = english
            do throws(InvalidFile) { _ = try TopologyFiles.parse(text, file: "topology", language: .vi) } catch {
                vietnamese = error.problems.filter { $0.severity == .error }
            }
            func words(_ problem: Problem?, _ line: String) -> String { problem.map { "\(line) \($0.line): \($0.message)" } ?? "?" }
            throw .unreadable(vi: words(vietnamese.first, "dòng"), en: words(english.first, "line"), more: max(0, english.count - 1))
        }
    }

    /// The version that a text names, whether it can be read or not; 0: none.
    static func version(of text: String) -> UInt32 {
        for line in text.split(separator: "\n").prefix(8) where line.hasPrefix("version: ") { return UInt32(line.dropFirst(9)) ?? 0 }
        return 0
    }
}

extension EditionProblem {
    init(_ refusal: EditionRefusal) {
        self.init(
            code: refusal.code, vietnamese: refusal.text(inEnglish: false), english: refusal.text(inEnglish: true),
            isConflict: refusal.code == "version-not-higher")
    }
}
