import Documents

/// A column that `topology import` knows, by what it holds.
enum SheetColumn: String, CaseIterable, Hashable {
    case code
    case name
    case level
    case bloc
    case unit
    case edition
    case parent
    case backup
    case role
    case room
    case latitude
    case longitude
    case carrier
    case capacity
    case up
    case down
    case share
    case address
    case port
    case roundTrip
    case loss
    case assumed
    case status
    case note
    /// Known to the planner's template, and of no meaning for a topology.
    case other

    /// Headings in both languages; the first two are those of the planner's template.
    var headings: [String] {
        switch self {
        case .code: ["Mã điểm cầu", "site_code", "Mã", "site code", "id"]
        case .name: ["Tên điểm cầu", "site_name", "Tên", "Điểm cầu", "Tên đơn vị", "Đơn vị", "name", "site name", "site"]
        case .level: ["Cấp", "level"]
        case .bloc: ["Khối", "bloc"]
        case .unit: ["Mã ĐVHC", "unit_code", "Mã đơn vị hành chính", "Mã đơn vị", "unit code"]
        case .edition: ["Bản danh mục ĐVHC", "unit_edition", "Bản danh mục", "edition"]
        case .parent: ["Điểm cầu cấp trên", "parent_site", "Cấp trên", "Đơn vị cấp trên", "Trực thuộc", "parent", "parent site", "parent_code"]
        case .backup: ["Điểm cầu cấp trên dự phòng", "backup_parent", "Cấp trên dự phòng", "backup", "backup parent"]
        case .role: ["Vai trò", "role"]
        case .room: ["Phòng họp", "room"]
        case .latitude: ["Vĩ độ", "lat", "latitude"]
        case .longitude: ["Kinh độ", "lon", "lng", "longitude"]
        case .carrier:
            [
                "Nhà mạng chính", "carrier_main", "Nhà mạng", "carrier", "ISP", "Nhà cung cấp", "Nhà cung cấp dịch vụ", "Nhà cung cấp đường truyền",
                "provider",
            ]
        case .capacity: ["Băng thông (Mbps)", "capacity_mbps", "Băng thông", "Tốc độ", "capacity", "bandwidth"] + Self.pairs.map(\.heading)
        case .up: ["Băng thông lên (Mbps)", "up_mbps", "Băng thông lên", "up", "upload"]
        case .down: ["Băng thông xuống (Mbps)", "down_mbps", "Băng thông xuống", "down", "download"]
        case .share: ["Phần dành cho HNTH (Mbps)", "vc_mbps", "Phần dành cho HNTH"]
        case .address: ["Địa chỉ IP nút", "node_ip", "Địa chỉ IP", "ip", "node ip"]
        case .port: ["Cổng dịch vụ", "node_port", "node port"]
        case .roundTrip: ["Độ trễ đo (ms)", "rtt_ms", "Độ trễ đo", "rtt"]
        case .loss: ["Mất gói đo (%)", "loss_pct", "Mất gói đo", "loss"]
        case .assumed: ["Số liệu giả định", "assumed_figures", "Giả định"]
        case .status: ["Trạng thái", "status", "Tình trạng", "Hiện trạng", "state"]
        case .note: ["Ghi chú", "note", "notes", "remarks", "comment"]
        case .other: Self.unused + Self.people
        }
    }

    /// The heading that messages name.
    func heading(_ language: Language) -> String { headings[language == .vi ? 0 : 1] }

    /// Headings of columns that hold both directions, and whether the first is up.
    static let pairs: [(heading: String, upFirst: Bool)] = [
        ("Băng thông lên/xuống (Mbps)", true), ("up/down (Mbps)", true), ("Băng thông xuống/lên (Mbps)", false), ("down/up (Mbps)", false),
    ]

    private static let unused = [
        "TT", "STT", "no.", "no", "#", "Địa chỉ", "address", "Sức chứa (chỗ)", "seats", "Loại đường truyền chính", "link_main_type",
        "Mã kênh / mã thuê bao", "circuit_id", "Nhà mạng dự phòng", "carrier_backup", "Loại đường truyền dự phòng", "link_backup_type",
        "Băng thông dự phòng (Mbps)", "backup_mbps", "VLAN", "Địa chỉ IP WAN", "wan_ip", "Cổng mặc định", "gateway", "DSCP tiếng / hình", "dscp",
        "Thiết bị đầu cuối", "endpoint_model", "Giao thức", "protocols", "Số E.164 / SIP URI", "dial", "Camera", "Micro", "mic",
        "Màn hình (cái / inch)", "display", "Nguồn dự phòng (UPS)", "ups", "Cấp độ ATTT", "security_level", "Được họp mật", "classified_ok",
        "Cán bộ kỹ thuật", "tech_contact", "Điện thoại", "tech_phone", "Đơn vị quản lý", "owner", "Cụm loa", "speaker_clusters",
        "Ngày khảo sát", "surveyed_on", "Ngày nghiệm thu", "accepted_on", "type", "name_en", "slug", "coord_src", "area_km2",
        "Tên đầy đủ", "full_name", "Tên cấp trên", "parent_name",
    ]

    /// Headings that planners have for themselves; they are told to be left out.
    private static let people = [
        "Người phụ trách", "Cán bộ phụ trách", "Phụ trách", "Người liên hệ", "Đầu mối", "Đầu mối liên hệ", "Liên hệ", "SĐT", "Số ĐT", "ĐT", "Số điện thoại",
        "Điện thoại liên hệ", "Di động", "Email", "Thư điện tử", "Zalo", "Chức vụ", "Họ và tên", "Họ tên", "contact", "phone", "mobile", "Giá cước",
        "Cước tháng", "Đơn giá", "Thành tiền", "Hợp đồng", "Số hợp đồng",
    ]
    static let idle: Set<String> = Set(people.map(Spelling.bare))

    /// The column that an unknown heading may have been meant for, by a word in it.
    static func hint(_ heading: String) -> SheetColumn? {
        let bare = " " + Spelling.bare(heading) + " "
        return hints.first { bare.contains(" " + $0.word + " ") }?.column
    }
    private static let hints: [(word: String, column: SheetColumn)] = [
        ("isp", .carrier), ("nha mang", .carrier), ("vien thong", .carrier), ("nha cung cap", .carrier), ("bang thong", .capacity), ("toc do", .capacity),
        ("dung luong", .capacity), ("mbps", .capacity), ("tinh trang", .status), ("hien trang", .status), ("trang thai", .status), ("ip", .address),
        ("vi do", .latitude), ("kinh do", .longitude), ("do tre", .roundTrip), ("ping", .roundTrip), ("mat goi", .loss), ("du phong", .backup),
        ("cap tren", .parent), ("truc thuoc", .parent), ("phong hop", .room), ("hoi truong", .room), ("ma dvhc", .unit), ("ghi chu", .note),
    ]

    /// What a heading means, and whether it is spelt as we spell it.
    static func meaning(_ heading: String) -> (column: SheetColumn, exact: Bool)? {
        if let column = exact[heading] { return (column, true) }
        let bare = Spelling.bare(heading)
        if bare.isEmpty { return nil }
        if let column = loose[bare] { return (column, false) }
        // "Băng thông lên (Mb/s)", "Cấp *": what stands in brackets is a remark.
        let open = heading.prefix { $0 != "(" && $0 != "[" }
        return loose[Spelling.bare(String(open))].map { ($0, false) }
    }

    private static let exact: [String: SheetColumn] = table { $0 }
    private static let loose: [String: SheetColumn] = table { Spelling.bare($0) }
    private static func table(_ key: (String) -> String) -> [String: SheetColumn] {
        var table: [String: SheetColumn] = [:]
        for column in allCases {
            for heading in column.headings where table[key(heading)] == nil { table[key(heading)] = column }
        }
        return table
    }
    /// Every heading there is, for near names.
    static let allHeadings: [String] = allCases.flatMap(\.headings)
}
