import Basics
import Documents
import Topology
import Yams

/// Keys that are read and kept, and that no node follows yet: said at the place of the key, so that nobody counts on them.
enum NotYet {
    /// `audio:` and `video:` of a line.
    static func check(_ reader: MappingReader) {
        for key in ["audio", "video"] {
            guard let place = reader.value(key), let word = place.plainText, ["mix", "none"].contains(word) else { continue }
            reader.file.report(.notYet(key, word), at: place)
        }
    }

    /// `upstream:` with an address: a name alone is for drawings.
    static func checkUpstream(_ value: Node, in file: SourceFile) {
        if let address = value.value("address") { file.report(.upstreamNotYet, at: address) }
    }
}

extension Message {
    static func notYet(_ key: String, _ word: String) -> Message {
        Message(
            .notYet, .warning,
            en: "no node follows '\(key): \(word)' yet: every voice and picture that is wanted crosses the line as it is, and plans count it so",
            vi: "nút chưa làm theo '\(key): \(word)': mọi luồng tiếng, hình được yêu cầu vẫn đi qua đường này nguyên dạng, và kế hoạch tính như vậy")
    }
    static let upstreamNotYet = Message(
        .notYet, .warning, en: "no node connects to 'upstream' yet: it is drawn and listed, and takes part in no meeting and no plan",
        vi: "nút chưa nối với 'upstream': chỉ được vẽ và liệt kê, không tham gia cuộc họp và không vào kế hoạch")
    static let orderNotYet = Message(
        .notYet, .warning, en: "reports are taken in the order of the tree, not in that of this list yet",
        vi: "báo cáo đi theo thứ tự trong cây, chưa theo thứ tự danh sách này")
    static func moreVoices(_ microphones: Int) -> Message {
        Message(
            .moreVoices, .warning,
            en: "a page plays three voices at a time; of \(microphones) open microphones the others are heard by equipment only, and still load every line",
            vi: "trang chỉ phát ba giọng cùng lúc; với \(microphones) micro mở, các giọng còn lại chỉ thiết bị nghe được mà vẫn chiếm mọi đường truyền")
    }
    static func videoLoudspeaker(_ codec: String) -> Message {
        Message(
            .oddEndpoint, en: "a loudspeaker plays sound and takes no '\(codec)'; leave 'codec' out",
            vi: "cụm loa chỉ phát tiếng, không nhận '\(codec)'; hãy bỏ 'codec'")
    }
    static func wrongDirection(_ kind: String, _ direction: String) -> Message {
        Message(
            .oddEndpoint, en: "a \(kind) cannot have 'direction: \(direction)'", vi: "thiết bị '\(kind)' không thể có 'direction: \(direction)'")
    }
    static func unheard(_ id: String) -> Message {
        Message(
            .oddEndpoint, .warning, en: "'\(id)' sends and has no room: what it sends goes to no meeting",
            vi: "'\(id)' gửi mà không thuộc phòng nào: tiếng, hình của nó không vào cuộc họp nào")
    }
    static func mixedAddresses(_ child: String, _ parent: String) -> Message {
        Message(
            .mixedAddresses, en: "'\(child)' and its parent '\(parent)' must both have IPv4 addresses or both IPv6 addresses: the one dials the other",
            vi: "'\(child)' và cấp trên '\(parent)' phải cùng dùng địa chỉ IPv4 hoặc cùng IPv6: nút dưới gọi nút trên")
    }
}
