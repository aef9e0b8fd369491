import Documents
import Rights

// The sentences about topologies and meetings; those about any file are in `Message.swift`.

// MARK: Topologies

extension Message {
    package static func duplicateAddress(_ address: String, of other: String, _ spot: Spot) -> Message {
        Message(
            .duplicateAddress, en: "address \(address) belongs already to '\(other)' \(spot.en)",
            vi: "địa chỉ \(address) đã thuộc về '\(other)' \(spot.vi)")
    }
    package static func sameName(_ name: String, _ other: String, _ spot: Spot) -> Message {
        Message(
            .sameName, .warning, en: "the name '\(name)' looks like that of '\(other)' \(spot.en), below the same parent",
            vi: "tên '\(name)' trông giống tên của '\(other)' \(spot.vi), cùng cấp trên")
    }
    package static func nodeIndexCollision(_ id: String, _ other: String, line: Int) -> Message { nodeIndexCollision(id, other, Spot(line)) }
    package static func nodeIndexCollision(_ id: String, _ other: String, _ spot: Spot) -> Message {
        Message(
            .nodeIndexCollision,
            en: "'\(id)' has the same name on the wire as '\(other)' \(spot.en); change one of the two ids a little",
            vi: "'\(id)' trùng tên trên đường truyền với '\(other)' \(spot.vi); hãy sửa nhẹ một trong hai mã")
    }
    static func unreadableInclude(_ path: String, _ reason: FileText.Reason) -> Message {
        Message(.badInclude, en: "included file '\(path)' cannot be read: \(reason.en)", vi: "không đọc được tệp kèm '\(path)': \(reason.vi)")
    }
    static func includedTwice(_ path: String) -> Message {
        Message(.badInclude, en: "'\(path)' is included already", vi: "tệp '\(path)' đã được kèm")
    }
    package static func unknownLevel(_ id: String) -> Message {
        Message(.unknownLevel, en: "there is no level '\(id)'", vi: "không có cấp '\(id)'")
    }
    package static func unknownClass(_ id: String) -> Message {
        Message(.unknownClass, en: "there is no class '\(id)'", vi: "không có loại đường truyền '\(id)'")
    }
    package static func unknownParent(_ id: String) -> Message {
        Message(
            .unknownParent, en: "there is no node '\(id)' to be the parent", vi: "không có nút '\(id)' để làm cấp trên")
    }
    package static func unknownBackup(_ id: String) -> Message {
        Message(
            .unknownBackup, en: "there is no node '\(id)' to be a backup parent",
            vi: "không có nút '\(id)' để làm cấp trên dự phòng")
    }
    package static func unknownRoom(_ id: String, node: String) -> Message {
        Message(
            .unknownRoom, en: "node '\(node)' has no room '\(id)'", vi: "nút '\(node)' không có phòng '\(id)'")
    }
    package static let noNodes = Message(
        .noRoot, en: "a network needs at least one node", vi: "một mạng cần ít nhất một nút")
    package static let noRoot = Message(
        .noRoot, en: "every node has an uplink; the topmost one must have none",
        vi: "nút nào cũng có 'uplink'; nút trên cùng không được có")
    package static func twoRoots(_ id: String, first: String, _ spot: Spot) -> Message {
        Message(
            .twoRoots, en: "'\(id)' has no uplink, but the root is already '\(first)' \(spot.en)",
            vi: "'\(id)' không có 'uplink', nhưng gốc đã là '\(first)' \(spot.vi)")
    }
    package static func cycle(_ ids: [String]) -> Message {
        let way = ids.joined(separator: " → ")
        return Message(.cycle, en: "the uplinks form a cycle: \(way)", vi: "các 'uplink' tạo thành vòng: \(way)")
    }
    package static func levelOrder(_ child: String, _ childLevel: String, under parent: String, _ parentLevel: String) -> Message {
        Message(
            .levelOrder,
            en: "'\(child)' (level '\(childLevel)') cannot hang below '\(parent)' (level '\(parentLevel)'): "
                + "a parent's level comes before its child's in 'levels'",
            vi: "'\(child)' (cấp '\(childLevel)') không thể ở dưới '\(parent)' (cấp '\(parentLevel)'): "
                + "cấp của nút trên phải đứng trước trong 'levels'")
    }
    package static func missingCapacity(_ node: String, _ keys: [String]) -> Message {
        Message(
            .missingCapacity,
            en: "the uplink of '\(node)' has no capacity: give \(either(keys, "and")) here, in its class or in 'defaults'",
            vi: "'uplink' của '\(node)' thiếu dung lượng: hãy ghi \(either(keys, "và")) ở đây, trong loại đường truyền "
                + "hoặc trong 'defaults'")
    }
    static func upstreamCapacity(_ keys: [String]) -> Message {
        Message(
            .missingCapacity, en: "the line upstream lacks \(either(keys, "and"))",
            vi: "đường lên cấp trên thiếu \(either(keys, "và"))")
    }
    package static func assumedNode(_ id: String) -> Message {
        Message(
            .assumedNode, .warning, en: "that '\(id)' takes part is assumed, not confirmed",
            vi: "việc '\(id)' tham gia là giả định, chưa xác nhận")
    }
    package static func thinAccess(_ node: String, uplink: String, access: String) -> Message {
        Message(
            .thinAccess, .warning, en: "the uplink of '\(node)' has \(uplink), but the access line that carries it only \(access)",
            vi: "'uplink' của '\(node)' là \(uplink), nhưng đường truy nhập mang nó chỉ có \(access)")
    }
    static func assumedHere() -> Message {
        Message(
            .assumedCapacity, .warning, en: "this capacity is assumed, not measured",
            vi: "dung lượng này là giả định, chưa đo")
    }
    static func assumedShared(_ trunks: Int) -> Message {
        Message(
            .assumedCapacity, .warning,
            en: "this capacity is assumed, not measured, and \(trunks) trunk\(trunks == 1 ? " uses" : "s use") it",
            vi: "dung lượng này là giả định, chưa đo, và \(trunks) trung kế đang dùng")
    }
    package static func assumedLatency(_ trunks: Int) -> Message {
        Message(
            .assumedLatency, .warning,
            en: "this delay is assumed, not measured, and \(trunks) trunk\(trunks == 1 ? " uses" : "s use") it",
            vi: "độ trễ này là giả định, chưa đo, và \(trunks) trung kế đang dùng")
    }
    static func assumedAddresses(_ nodes: Int) -> Message {
        Message(
            .assumedAddress, .warning,
            en: "these addresses are assumed, not assigned, and \(nodes) node\(nodes == 1 ? " has" : "s have") one of them",
            vi: "dải địa chỉ này là giả định, chưa cấp, và \(nodes) nút đang dùng")
    }
    static func badRange(_ value: String) -> Message {
        Message(
            .badAddress, en: "'\(value)' is no range of IPv4 addresses; write it like '10.94.0.0/16'",
            vi: "'\(value)' không phải dải địa chỉ IPv4; hãy viết như '10.94.0.0/16'")
    }
    static func rangeTooSmall(given: Int, wanted: Int) -> Message {
        Message(
            .badAddress, en: "the range has addresses for \(given) node\(given == 1 ? "" : "s"), but \(wanted) need one; take a larger one",
            vi: "dải chỉ đủ địa chỉ cho \(given) nút, nhưng \(wanted) nút cần; hãy lấy dải lớn hơn")
    }
    package static func backupInOwnSubtree(_ node: String, _ backup: String) -> Message {
        node == backup
            ? Message(
                .backupInOwnSubtree, en: "'\(node)' cannot be its own backup parent",
                vi: "'\(node)' không thể tự làm cấp trên dự phòng của mình")
            : Message(
                .backupInOwnSubtree, en: "backup parent '\(backup)' hangs below '\(node)' itself",
                vi: "cấp trên dự phòng '\(backup)' lại ở dưới chính '\(node)'")
    }
    package static func backupIsParent(_ backup: String) -> Message {
        Message(
            .backupIsParent, en: "backup parent '\(backup)' is the parent already",
            vi: "cấp trên dự phòng '\(backup)' đã là cấp trên")
    }
    package static func backupTwice(_ backup: String) -> Message {
        Message(
            .duplicateID, en: "backup parent '\(backup)' is named twice", vi: "cấp trên dự phòng '\(backup)' ghi hai lần")
    }
    package static func backupCycle(_ ids: [String]) -> Message {
        let way = ids.joined(separator: " → ")
        return Message(
            .backupCycle,
            en: "uplinks and backups can form a cycle: \(way); of two nodes only one may back up on the other",
            vi: "'uplink' và dự phòng có thể tạo thành vòng: \(way); trong hai nút chỉ một nút được dự phòng qua nút kia")
    }
    package static func backupZone(_ node: String, _ zone: String?, _ backup: String, _ other: String?) -> Message {
        func en(_ zone: String?) -> String { zone.map { "in zone '\($0)'" } ?? "in no zone" }
        func vi(_ zone: String?) -> String { zone.map { "trong vùng '\($0)'" } ?? "ngoài mọi vùng" }
        return Message(
            .backupZone,
            en: "'\(node)' is \(en(zone)), backup parent '\(backup)' \(en(other)): a protected zone keeps its own lines",
            vi: "'\(node)' ở \(vi(zone)), cấp trên dự phòng '\(backup)' ở \(vi(other)): vùng bảo vệ chỉ đi đường riêng")
    }
}

// MARK: Rights

extension Message {
    static func unknownRole(_ id: String) -> Message {
        Message(
            .unknownRole, en: "there is no role '\(id)'; a new role says with 'like' which one it is like",
            vi: "không có vai trò '\(id)'; vai trò mới phải ghi 'like' là giống vai trò nào")
    }
    static func noSuchRole(_ id: String, allowed: [String]) -> Message {
        Message(
            .unknownRole, en: "no role can be like '\(id)'; use \(either(allowed, "or"))",
            vi: "không thể lấy '\(id)' làm mẫu; hãy dùng \(either(allowed, "hoặc"))")
    }
    static func likeStandard(_ id: String) -> Message {
        Message(
            .unknownRole, en: "'\(id)' is a standard role and is like no other; leave 'like' out",
            vi: "'\(id)' là vai trò có sẵn, không giống vai trò nào khác; hãy bỏ 'like'")
    }
    static let noMeetings = Message(
        .unknownRole, en: "a role that is bound to meetings names at least one", vi: "vai trò chỉ dùng cho một số cuộc họp phải ghi ít nhất một mã cuộc họp")
    static func neverGranted(_ role: String, _ deed: Deed, _ reach: Reach, _ farthest: Reach) -> Message {
        Message(
            .neverGranted,
            en: "'\(deed.rawValue)' of '\(role)' cannot reach '\(reach.rawValue)', '\(farthest.rawValue)' at most: "
                + "what a site or node says in its own name is nobody else's to say",
            vi: "'\(deed.rawValue)' của '\(role)' không thể có phạm vi '\(reach.rawValue)', nhiều nhất là '\(farthest.rawValue)': "
                + "điều một điểm cầu hay nút nói nhân danh mình thì không ai nói thay được")
    }
}

// MARK: Meetings

extension Message {
    package static let missingTopology = Message(
        .missingTopology, en: "no topology to check this meeting against: name one with 'topology:' or give its file too",
        vi: "không có mạng để kiểm tra cuộc họp này: hãy ghi 'topology:' hoặc đưa thêm tệp mạng")
    static func unknownTopology(_ name: String) -> Message {
        Message(
            .missingTopology, en: "topology '\(name)' is not among the files given",
            vi: "mạng '\(name)' không có trong các tệp đã đưa")
    }
    package static func unreadableTopology(_ path: String, _ reason: FileText.Reason) -> Message {
        Message(
            .missingTopology, en: "topology file '\(path)' cannot be read: \(reason.en)",
            vi: "không đọc được tệp mạng '\(path)': \(reason.vi)")
    }
    package static func notATopology(_ path: String) -> Message {
        Message(
            .missingTopology, en: "'\(path)' is not a topology file", vi: "'\(path)' không phải tệp mạng")
    }
    package static func duplicateMeeting(_ id: String, file: String, line: Int) -> Message {
        Message(
            .duplicateMeeting, en: "meeting '\(id)' is declared already in \(file):\(line)",
            vi: "cuộc họp '\(id)' đã có ở \(file):\(line)")
    }
    package static func unknownKind(_ kind: String, allowed: [String]) -> Message {
        Message(
            .unknownKind, en: "there is no kind of meeting '\(kind)'; use \(either(allowed, "or"))",
            vi: "không có loại cuộc họp '\(kind)'; hãy dùng \(either(allowed, "hoặc"))")
    }
    package static func unknownSite(_ id: String) -> Message {
        Message(.unknownSite, en: "there is no site or node '\(id)'", vi: "không có điểm cầu hay nút '\(id)'")
    }
    package static func unknownChair(_ id: String) -> Message {
        Message(
            .unknownChair, en: "there is no site '\(id)' to take the chair", vi: "không có điểm cầu '\(id)' để chủ trì")
    }
    static func chairNeedsRoom(_ id: String, rooms: [String]) -> Message {
        rooms.isEmpty
            ? Message(
                .unknownChair, en: "node '\(id)' has no room to take the chair in",
                vi: "nút '\(id)' không có phòng họp để chủ trì")
            : Message(
                .unknownChair, en: "node '\(id)' has several rooms; write \(either(rooms, "or"))",
                vi: "nút '\(id)' có nhiều phòng; hãy ghi \(either(rooms, "hoặc"))")
    }
    static func chairTwice(_ id: String) -> Message {
        Message(.duplicateID, en: "chair '\(id)' is named twice", vi: "chủ trì '\(id)' ghi hai lần")
    }
    package static func unknownUnit(_ code: String) -> Message {
        Message(
            .unknownUnit, en: "no node has the unit code '\(code)'", vi: "không nút nào có mã đơn vị '\(code)'")
    }
    package static let noSites = Message(
        .noSites, en: "no site of the network is meant by this", vi: "không điểm cầu nào của mạng được chọn ở đây")
    static func floorTooLarge(_ floor: Int, microphones: Int) -> Message {
        Message(
            .badFloor, en: "'floor' is \(floor), but only \(microphones) microphones may be open ('microphones')",
            vi: "'floor' là \(floor), nhưng chỉ được mở \(microphones) micro ('microphones')")
    }
    static func floorOfOne(_ floor: Int, kind: String) -> Message {
        Message(
            .badFloor, en: "'floor' is \(floor), but a meeting of kind '\(kind)' has one speaker at a time",
            vi: "'floor' là \(floor), nhưng cuộc họp loại '\(kind)' mỗi lúc chỉ một người phát biểu")
    }
}
