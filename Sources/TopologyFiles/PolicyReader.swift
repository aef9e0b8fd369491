import Documents
import Rights
import Yams

/// Reads the `policy:` part of a topology: what differs from the standard rights.
struct PolicyReader {
    private let file: SourceFile
    private var policy = Policy.standard
    private var places: [String: Node] = [:]

    static func read(_ value: Node, in file: SourceFile) -> Policy {
        var reader = PolicyReader(file: file)
        reader.readAll(value)
        return reader.policy
    }

    private init(file: SourceFile) { self.file = file }

    private mutating func readAll(_ value: Node) {
        guard let top = MappingReader(value, what: "policy", table: PolicyKeys.policy, in: file) else { return }
        if let accept = top.choice("accept", Policy.Accept.self) { policy.accept = accept }
        for item in top.list("roles") ?? [] { readRole(item) }
    }

    private mutating func readRole(_ item: Node) {
        guard let reader = MappingReader(item, what: "role", table: PolicyKeys.role, in: file) else { return }
        reader.require("id")
        guard let id = reader.id("id"), let place = reader.value("id") else { return }
        if let other = places[id] { return file.report(.duplicateID(id, line: other.place.line), at: place) }
        places[id] = place
        guard var role = base(of: id, at: place, reader) else { return }
        if let meetings = readMeetings(reader) { role.meetings = meetings }
        if let value = reader.value("rights"), let rights = MappingReader(value, what: "rights", table: PolicyKeys.rights, in: file) {
            for deed in Deed.allCases { readRight(deed, rights, &role) }
        }
        policy.set(role)
    }

    /// The role as it is without this item: a standard one, or one like a standard one.
    private func base(of id: String, at place: Node, _ reader: MappingReader) -> RoleRights? {
        let linked = Policy.standardIDs.filter { Policy.standard.role($0)?.hasLinks == true }
        if let known = Policy.standard.role(id) {
            if let like = reader.value("like") { file.report(.likeStandard(id), at: like) }
            return known
        }
        guard let like = reader.text("like"), let likePlace = reader.value("like") else {
            if !reader.has("like") { file.report(.unknownRole(id), at: place, meaning: id, among: Policy.standardIDs) }
            return nil
        }
        guard linked.contains(like), let model = Policy.standard.role(like) else {
            file.report(.noSuchRole(like, allowed: linked), at: likePlace, meaning: like, among: linked)
            return nil
        }
        return RoleRights(id: id, kind: model.kind, reaches: model.reaches)
    }

    private func readMeetings(_ reader: MappingReader) -> [String]? {
        guard reader.has("meetings") else { return nil }
        let ids = reader.texts("meetings").compactMap { MappingReader.id($0.text, at: $0.node, in: file) }
        if ids.isEmpty, let place = reader.value("meetings") { file.report(.noMeetings, at: place) }
        return Array(Set(ids)).sorted()
    }

    private func readRight(_ deed: Deed, _ rights: MappingReader, _ role: inout RoleRights) {
        guard let reach = rights.choice(deed.rawValue, Reach.self), let place = rights.value(deed.rawValue) else { return }
        let farthest = role.farthest(deed)
        guard reach <= farthest else { return file.report(.neverGranted(role.id, deed, reach, farthest), at: place) }
        role.set(deed, reach)
    }
}

extension RoleRights {
    /// Somebody can have a link of it.
    fileprivate var hasLinks: Bool { kind != .anyone && kind != .equipment }

    /// The farthest that a file may give it.
    fileprivate func farthest(_ deed: Deed) -> Reach {
        switch kind {
        // Without a link nobody is known, so nothing but a reading without names is given.
        case .anyone: deed == .readMetrics ? deed.farthest : .none
        case .equipment: deed == .putOnAir ? deed.farthest : .none
        case .viewer: deed == .putOnAir ? .none : deed.farthest
        case .room, .chair, .operator: deed.farthest
        }
    }
}

/// The keys of `policy:`.
enum PolicyKeys {
    static let rights = KeyTable(
        Deed.allCases.map { deed in
            .may(deed.rawValue, .choice(Reach.allCases.filter { $0 <= deed.farthest }.map(\.rawValue)), deed.about.en, deed.about.vi)
        })

    static let role = KeyTable([
        .must("id", .id, "A standard role, or a new one", "Vai trò có sẵn, hoặc vai trò mới"),
        .may(
            "like", .choice(["room", "chair", "secretary", "viewer", "operator", "technician"]),
            "The role that a new one is like", "Vai trò mới giống vai trò nào"),
        .may("meetings", .some(.id), "Its meetings alone", "Chỉ trong các cuộc họp này"),
        .may("rights", .mapping(rights), "How far each deed reaches, where it differs", "Phạm vi của từng việc, chỗ nào khác"),
    ])

    static let policy = KeyTable([
        .may(
            "accept", .choice(Policy.Accept.allCases.map(\.rawValue)), "Whom a meeting brings in without asking",
            "Cuộc họp đưa điểm cầu nào vào mà không cần hỏi"),
        .may("roles", .list(.mapping(role)), "Roles that differ from the standard ones, or are new", "Các vai trò khác mặc định, hoặc mới"),
    ])
}

extension Deed {
    /// For editors.
    fileprivate var about: (en: String, vi: String) {
        switch self {
        case .join: ("Joins, hears and sees", "Vào họp, nghe và xem")
        case .putOnAir: ("Sends voice and picture", "Phát tiếng và hình")
        case .requestFloor: ("Asks for the floor, gives it back", "Xin phát biểu, trả lại lượt")
        case .muteSelf: ("Mutes its own microphone", "Tắt micro của mình")
        case .headCount: ("Says how many sit in the hall", "Báo sĩ số")
        case .castBallot: ("Casts the hall's ballot", "Bỏ phiếu của điểm cầu")
        case .breakAway: ("Takes the node out of a meeting, and back", "Tách họp riêng, nhập lại")
        case .answer: ("Answers an invitation", "Trả lời lời mời họp")
        case .giveFloor: ("Gives the floor", "Cho phát biểu")
        case .revokeFloor: ("Takes the floor, denies a request", "Dừng phát biểu, từ chối")
        case .emergency: ("Interrupts the speaker", "Chen ngang khẩn cấp")
        case .muteAll: ("Mutes all sites", "Tắt micro tất cả")
        case .playLoudspeakers: ("Lets loudspeaker clusters play, or silences them", "Cho cụm loa phát, hoặc tắt loa")
        case .openVote: ("Puts a question to the vote", "Mở biểu quyết")
        case .closeVote: ("Closes a vote", "Kết thúc biểu quyết")
        case .goOn: ("Goes on after the end above", "Họp tiếp khi cấp trên đã kết thúc")
        case .end: ("Ends a meeting", "Kết thúc cuộc họp")
        case .redefine: ("Writes a running meeting anew", "Sửa cuộc họp đang diễn ra")
        case .addSite: ("Calls a site into a running meeting", "Thêm điểm cầu vào cuộc họp")
        case .removeSite: ("Takes a site out of a running meeting", "Đưa điểm cầu ra khỏi cuộc họp")
        case .convene: ("Starts meetings, and brings these sites in", "Mở cuộc họp và đưa các điểm cầu này vào")
        case .invite: ("Asks these sites to come", "Mời các điểm cầu này")
        case .readEvents: ("Follows a meeting's events", "Theo dõi diễn biến cuộc họp")
        case .readMeetings: ("Lists meetings", "Xem danh sách cuộc họp")
        case .readNetwork: ("Sees the tree of nodes and sites", "Xem cây mạng")
        case .readStills: ("Sees the sites' stills", "Xem ảnh các điểm cầu")
        case .readStatus: ("Reads a node's status", "Xem trạng thái nút")
        case .readMetrics: ("Reads a node's metrics", "Xem số đo của nút")
        case .readEdition: ("Reads the topology that runs", "Xem tệp mạng đang chạy")
        case .applyEdition: ("Gives the network another topology", "Áp dụng tệp mạng mới")
        case .revokeLink: ("Withdraws links", "Thu hồi đường dẫn")
        }
    }
}
