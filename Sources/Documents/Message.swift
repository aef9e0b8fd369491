/// A problem's sentence in both languages. All sentences of this module stand here and in `MessageTables.swift`: what is
/// wrong, and where it helps, what to write instead.
package struct Message {
    package var code: ProblemCode
    package var severity = Problem.Severity.error
    package var en: String
    package var vi: String

    package init(_ code: ProblemCode, _ severity: Problem.Severity = .error, en: String, vi: String) {
        self.code = code
        self.severity = severity
        self.en = en
        self.vi = vi
    }

    package func text(_ language: Language) -> String { language == .en ? en : vi }

    /// The same with "did you mean …?", if there is a near name.
    package func suggesting(_ near: String?) -> Message {
        guard let near else { return self }
        return Message(code, severity, en: en + "; did you mean '\(near)'?", vi: vi + "; có phải '\(near)' không?")
    }
}

/// What a YAML value is or should be.
package enum Shape {
    case text
    case list
    case mapping
    case nothing
    case flag
    case textOrList
    case number

    package var en: String {
        switch self {
        case .text: "text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .nothing: "empty"
        case .flag: "true or false"
        case .textOrList: "text or a list"
        case .number: "a number"
        }
    }
    package var vi: String {
        switch self {
        case .text: "văn bản"
        case .list: "danh sách"
        case .mapping: "nhóm khóa: giá trị"
        case .nothing: "để trống"
        case .flag: "true hoặc false"
        case .textOrList: "văn bản hoặc danh sách"
        case .number: "số"
        }
    }
}

// MARK: Any file

extension Message {
    package static func unreadable(_ reason: FileText.Reason) -> Message {
        Message(.unreadable, en: "cannot be read: \(reason.en)", vi: "không đọc được: \(reason.vi)")
    }
    package static let tooLarge = Message(
        .unreadable, en: "cannot be read: larger than 16 MiB", vi: "không đọc được: lớn hơn 16 MiB")
    static let notUTF8 = Message(
        .unreadable, en: "this line is not UTF-8; save the file as UTF-8",
        vi: "dòng này không phải UTF-8; hãy lưu tệp dạng UTF-8")
    static func duplicateKey(_ key: String, _ first: Spot) -> Message {
        Message(
            .duplicateKey, en: "key '\(key)' stands already \(first.en), in the same mapping", vi: "khóa '\(key)' đã ghi \(first.vi), trong cùng một nhóm")
    }
    package static let unknownFile = Message(
        .unknownFile, en: "neither a topology (it has no 'nodes:') nor a meeting ('meeting:') nor a scenario ('scenario:')",
        vi: "không phải tệp mạng (thiếu 'nodes:'), tệp cuộc họp ('meeting:') hay kịch bản ('scenario:')")
    package static func unknownKey(_ key: String) -> Message {
        Message(.unknownKey, en: "unknown key '\(key)'", vi: "không có khóa '\(key)'")
    }
    package static func missingKey(_ key: String) -> Message {
        Message(.missingKey, en: "'\(key)' is missing here", vi: "ở đây thiếu '\(key)'")
    }
    package static func wrongType(_ what: String, want: Shape, found: Shape) -> Message {
        Message(
            .wrongType, en: "'\(what)' must be \(want.en), but is \(found.en)",
            vi: "'\(what)' phải là \(want.vi), nhưng đang là \(found.vi)")
    }
    package static func unknownValue(_ value: String, key: String, allowed: [String]) -> Message {
        Message(
            .unknownValue, en: "'\(value)' is not a value of '\(key)'; use \(either(allowed, "or"))",
            vi: "'\(value)' không phải giá trị của '\(key)'; hãy dùng \(either(allowed, "hoặc"))")
    }
    package static func badID(_ id: String) -> Message {
        Message(
            .badID,
            en: "'\(id)' is no id: 1 to 48 of A–Z, a–z, 0–9, '-', '_', '.', beginning with a letter or a digit",
            vi: "'\(id)' không dùng làm mã được: 1 đến 48 ký tự A–Z, a–z, 0–9, '-', '_', '.', bắt đầu bằng chữ hoặc số")
    }
    package static func badNumber(_ value: String, example: String) -> Message {
        Message(
            .badNumber, en: "'\(value)' is not a number; write it like '\(example)'",
            vi: "'\(value)' không phải là số; hãy viết như '\(example)'")
    }
    package static func decimalComma(_ value: String) -> Message {
        let point = value.replacing(",", with: ".")
        return Message(
            .badNumber, en: "'\(value)' has a decimal comma; write '\(point)'", vi: "'\(value)' dùng dấu phẩy thập phân; hãy viết '\(point)'")
    }
    package static func flowComma(_ key: String, _ value: String) -> Message {
        let point = value.replacing(",", with: ".")
        return Message(
            .badNumber, en: "'\(key): \(value)' has a decimal comma, which parts values inside {…} and […]; write '\(point)'",
            vi: "'\(key): \(value)' dùng dấu phẩy thập phân, mà trong {…} và […] dấu phẩy ngăn các giá trị; hãy viết '\(point)'")
    }
    static func quotedTwice(_ text: String, _ bare: String) -> Message {
        Message(
            .unknownValue, en: "the quotation marks in '\(text)' are not those of YAML and belong to the value; write \"\(bare)\"",
            vi: "dấu nháy trong '\(text)' không phải dấu nháy của YAML nên thành một phần giá trị; hãy viết \"\(bare)\"")
    }
    package static func outOfRange(_ value: String, key: String, _ low: String, _ high: String) -> Message {
        Message(
            .badNumber, en: "'\(key)' is \(value), but must lie between \(low) and \(high)",
            vi: "'\(key)' là \(value), nhưng phải từ \(low) đến \(high)")
    }
    static func missingUnit(_ value: String, example: String) -> Message {
        Message(
            .badUnit, en: "'\(value)' has no unit; write it like '\(example)'",
            vi: "'\(value)' thiếu đơn vị; hãy viết như '\(example)'")
    }
    package static func badUnit(_ unit: String, allowed: [String]) -> Message {
        Message(
            .badUnit, en: "'\(unit)' is not a unit here; use \(either(allowed, "or"))",
            vi: "ở đây không dùng đơn vị '\(unit)'; hãy dùng \(either(allowed, "hoặc"))")
    }
    package static func badAddress(_ value: String) -> Message {
        Message(
            .badAddress, en: "'\(value)' is no IP address of a host; write it like '10.37.1.1'",
            vi: "'\(value)' không phải địa chỉ IP của một máy; hãy viết như '10.37.1.1'")
    }
    package static func portInAddress(_ value: String) -> Message {
        Message(
            .badAddress, en: "'\(value)' is an address with a port; put the port into 'port'",
            vi: "'\(value)' là địa chỉ kèm cổng; hãy ghi cổng vào 'port'")
    }
    package static func duplicateID(_ id: String, line: Int) -> Message { duplicateID(id, Spot(line)) }
    package static func duplicateID(_ id: String, _ spot: Spot) -> Message {
        Message(.duplicateID, en: "id '\(id)' is used already \(spot.en)", vi: "mã '\(id)' đã dùng \(spot.vi)")
    }

    package static func either(_ values: [String], _ word: String) -> String {
        let quoted = values.map { "'\($0)'" }
        guard quoted.count > 1 else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " \(word) " + quoted[quoted.count - 1]
    }
}
