import Documents

// The sentences about scenarios, in both languages; those about any file, topologies and meetings are in `TopologyFiles`.

extension Message {
    static func unreadableMeeting(_ path: String, _ reason: FileText.Reason) -> Message {
        Message(
            .unknownMeeting, en: "meeting file '\(path)' cannot be read: \(reason.en)",
            vi: "không đọc được tệp cuộc họp '\(path)': \(reason.vi)")
    }
    static func unknownMeeting(_ id: String) -> Message {
        Message(
            .unknownMeeting, en: "there is no meeting '\(id)' in this scenario", vi: "kịch bản này không có cuộc họp '\(id)'")
    }
    static func whichMeeting(_ count: Int) -> Message {
        count == 0
            ? Message(
                .unknownMeeting, en: "this needs a meeting, but the scenario has none: declare it under 'meetings'",
                vi: "ở đây cần cuộc họp, nhưng kịch bản chưa có: hãy khai báo trong 'meetings'")
            : Message(
                .unknownMeeting, en: "the scenario has \(count) meetings: say which one with 'meeting'",
                vi: "kịch bản có \(count) cuộc họp: hãy ghi rõ bằng 'meeting'")
    }
    static func unknownNode(_ id: String) -> Message {
        Message(.unknownNode, en: "there is no node '\(id)'", vi: "không có nút '\(id)'")
    }
    static func noNodes() -> Message {
        Message(.unknownNode, en: "no node of the network is meant by this", vi: "không nút nào của mạng được chọn ở đây")
    }
    static func noUplink(_ id: String) -> Message {
        Message(.unknownTrunk, en: "'\(id)' is the root: it has no uplink", vi: "'\(id)' là gốc: không có đường lên")
    }
    static func unknownTrunk(_ lower: String, to upper: String) -> Message {
        Message(
            .unknownTrunk, en: "'\(upper)' is neither the parent of '\(lower)' nor one of its backup parents",
            vi: "'\(upper)' không phải cấp trên của '\(lower)', cũng không phải cấp trên dự phòng")
    }
    static func notNeighbours(_ a: String, _ b: String) -> Message {
        Message(
            .unknownTrunk, en: "there is no line between '\(a)' and '\(b)'", vi: "không có đường truyền giữa '\(a)' và '\(b)'")
    }
    static func notInMeeting(_ site: String, _ meeting: String) -> Message {
        Message(
            .notInMeeting, en: "'\(site)' is no site of meeting '\(meeting)'", vi: "'\(site)' không phải điểm cầu của cuộc họp '\(meeting)'")
    }
    static func nobodyMeant(_ meeting: String) -> Message {
        Message(
            .notInMeeting, en: "no site of meeting '\(meeting)' is meant by this", vi: "không điểm cầu nào của cuộc họp '\(meeting)' được chọn ở đây")
    }
    static func notAChair(_ site: String, _ meeting: String) -> Message {
        Message(
            .notInMeeting, en: "'\(site)' does not take the chair of meeting '\(meeting)'", vi: "'\(site)' không chủ trì cuộc họp '\(meeting)'")
    }
    static func notALeaf(_ id: String) -> Message {
        Message(
            .unknownNode, en: "'\(id)' has nodes below it: only a node without any may lie here",
            vi: "'\(id)' còn có nút bên dưới: ở đây chỉ nút không có cấp dưới mới được nói dối")
    }
    static func noDeed(_ examples: [String]) -> Message {
        Message(
            .noDeed, en: "this says when, but not what happens; begin it with a deed such as \(either(examples, "or"))",
            vi: "ở đây có thời điểm nhưng không có việc gì; hãy bắt đầu bằng một việc như \(either(examples, "hoặc"))")
    }
    static func twoDeeds(_ first: String, _ second: String) -> Message {
        Message(
            .twoDeeds, en: "'\(first)' and '\(second)' are two deeds; give each an item of its own",
            vi: "'\(first)' và '\(second)' là hai việc; hãy ghi mỗi việc một mục")
    }
    static func faultTooLate(_ verb: String, safety: String) -> Message {
        Message(
            .badTime, en: "'\(verb)' comes after the safety phase, which ends at \(safety): nothing is broken afterwards",
            vi: "'\(verb)' xảy ra sau giai đoạn an toàn, kết thúc lúc \(safety): sau đó không gây lỗi nữa")
    }
    static func afterTheEnd(_ verb: String, end: String) -> Message {
        Message(
            .badTime, en: "'\(verb)' comes after the end of the run at \(end)", vi: "'\(verb)' xảy ra sau khi lượt chạy kết thúc lúc \(end)")
    }
    static func startsAfterTheEnd(_ meeting: String, end: String) -> Message {
        Message(
            .badTime, en: "meeting '\(meeting)' starts after the end of the run at \(end)",
            vi: "cuộc họp '\(meeting)' bắt đầu sau khi lượt chạy kết thúc lúc \(end)")
    }
    static let badCore = Message(
        .badCore, en: "the nodes of 'core' are not connected: every two must reach each other over lines between them",
        vi: "các nút trong 'core' không nối liền: hai nút bất kỳ phải tới được nhau qua đường truyền giữa chúng")
    static func countOrEach() -> Message {
        Message(
            .missingKey, en: "a generated level needs 'count' (nodes in all) or 'each' (nodes below every node above), one of the two",
            vi: "cấp được tạo cần 'count' (tổng số nút) hoặc 'each' (số nút dưới mỗi nút trên), chọn một")
    }
}
