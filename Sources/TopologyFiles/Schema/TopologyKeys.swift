import Basics
import Documents
import Topology

/// The keys of topology files, mapping by mapping.
enum TopologyKeys {
    /// A line's figures; also those of a class.
    static let line = KeyTable([
        .may("capacity", .quantity(.capacity), "Capacity both ways: 10 Mbit/s", "Băng thông hai chiều: 10 Mbit/s"),
        .may("up", .quantity(.capacity), "Capacity from child to parent", "Băng thông từ cấp dưới lên cấp trên"),
        .may("down", .quantity(.capacity), "Capacity from parent to child", "Băng thông từ cấp trên xuống cấp dưới"),
        .may("latency", .quantity(.time), "One way: 5 ms", "Độ trễ một chiều: 5 ms"),
        .may("loss", .quantity(.share), "Packets lost: 0.5 %", "Tỷ lệ mất gói: 0.5 %"),
        .may("carrier", .text, "Who runs the line", "Nhà mạng"),
        .may("audio", .choice(Network.AudioMode.allCases.map(\.rawValue)), "How voices cross the line", "Cách chuyển tiếng qua đường truyền"),
        .may("video", .choice(Network.VideoMode.allCases.map(\.rawValue)), "How pictures cross the line", "Cách chuyển hình qua đường truyền"),
        .may(
            "assumed", .either([.flag, .choice(["capacity", "latency"])]), "true: nobody has measured these figures; capacity or latency: that one",
            "true: số liệu giả định, chưa đo; capacity hoặc latency: chỉ số liệu đó"),
    ])

    static let upstream =
        KeyTable([
            .may("name", .text, "Who is there", "Tên cấp trên ngoài mạng"),
            .may("address", .address, "IP address without a port", "Địa chỉ IP, không kèm cổng"),
            .may("port", .port, "Media port (UDP)", "Cổng truyền hình, tiếng (UDP)"),
        ]) + line.without("audio", "video")

    static let level = KeyTable([
        .must("id", .id, "As nodes name it", "Mã cấp, dùng ở các nút"),
        .may("name", .text, "As people say it", "Tên cấp"),
        .may("beside", .id, "Another level whose rank it shares", "Cấp ngang hàng"),
        .may("technical", .flag, "true: a hub, no administrative unit", "true: cụm kỹ thuật, không phải đơn vị hành chính"),
        .may("class", .id, "Class of its lines", "Loại đường truyền của cấp này"),
    ])

    static let defaults =
        KeyTable([
            .may("port", .port, "Media port (UDP)", "Cổng truyền hình, tiếng (UDP)"),
            .may("http", .port, "Port of pages and API (TCP)", "Cổng trang web và API (TCP)"),
            .may("secure", .flag, "false: pages without TLS", "false: trang web không dùng TLS"),
            .may("class", .id, "Class of lines whose level and uplink name none", "Loại đường truyền khi không ghi gì khác"),
            .may("classes", .named(.mapping(line)), "What is supposed of a class of lines", "Số liệu giả định theo loại đường truyền"),
            .may("addresses", .addressRange, "Where nodes without an address get one: 10.94.0.0/16", "Dải địa chỉ cho nút chưa có: 10.94.0.0/16"),
        ]) + line

    static let uplink =
        KeyTable([
            .must("to", .id, "The parent", "Nút cấp trên"),
            .may("class", .id, "One of 'classes'", "Loại đường truyền"),
            .may("backup", .some(.id), "Parents to turn to, in this order", "Cấp trên dự phòng, theo thứ tự"),
            .may("zone", .id, "A protected zone begins here", "Vùng bảo vệ bắt đầu từ đây"),
        ]) + line

    static let room = KeyTable([
        .may("id", .id, "Required where there are several", "Mã phòng, bắt buộc khi có nhiều phòng"),
        .may("name", .text, "As people call it", "Tên phòng"),
    ])

    static let endpoint = KeyTable([
        .must("id", .id, "Unique within the node", "Mã thiết bị, duy nhất trong nút"),
        .may("name", .text, "For people", "Tên thiết bị"),
        .must("kind", .choice(Network.Endpoint.Kind.allCases.map(\.rawValue)), "What stands there", "Loại thiết bị"),
        .must("address", .address, "IP address, or a group's where it only receives", "Địa chỉ IP, hoặc multicast nếu chỉ nhận"),
        .must("port", .port, "RTP port (UDP)", "Cổng RTP (UDP)"),
        .may("payload", .integer(0...127), "RTP payload type", "Kiểu tải RTP"),
        .may("codec", .choice(HallReader.CodecName.allCases.map(\.rawValue)), "Of its one stream", "Bộ mã của luồng"),
        .may("direction", .choice(Network.Endpoint.Direction.allCases.map(\.rawValue)), "Seen from the endpoint", "Chiều, nhìn từ thiết bị"),
        .may("room", .id, "The room it stands in; none for no room", "Phòng đặt thiết bị; none nếu không thuộc phòng nào"),
    ])

    static let access = KeyTable([
        .must("up", .quantity(.capacity), "Capacity away from the node", "Băng thông từ nút đi"),
        .must("down", .quantity(.capacity), "Capacity towards the node", "Băng thông về nút"),
    ])

    static let node = KeyTable([
        .must("id", .id, "Unique in the network", "Mã nút, duy nhất trong mạng"),
        .must("level", .id, "One of 'levels'", "Một trong các cấp"),
        .may("name", .text, "In full, with its kind of unit", "Tên đầy đủ, có loại đơn vị"),
        .may("unit", .text, "Code of the administrative unit, quoted", "Mã đơn vị hành chính, trong dấu nháy"),
        .may("within", .text, "Follows the name instead of the parent's", "Ghi sau tên thay cho tên cấp trên"),
        .may("address", .address, "IP address without a port", "Địa chỉ IP, không kèm cổng"),
        .may("port", .port, "Media port (UDP)", "Cổng truyền hình, tiếng (UDP)"),
        .may("http", .port, "Port of pages and API (TCP)", "Cổng trang web và API (TCP)"),
        .may("secure", .flag, "false: pages without TLS", "false: trang web không dùng TLS"),
        .may("at", .coordinates, "[latitude, longitude] in degrees", "[vĩ độ, kinh độ] theo độ"),
        .may("uplink", .either([.id, .mapping(uplink)]), "The parent; absent at the root", "Nút cấp trên; gốc thì không có"),
        .may(
            "access", .either([.quantity(.capacity), .mapping(access)]), "Capacity of the one line that all its trunks share: 50 Mbit/s",
            "Băng thông của đường truy nhập mà mọi trung kế của nút dùng chung: 50 Mbit/s"),
        .may("rooms", .list(.mapping(room)), "Each a site; [] for none", "Mỗi phòng là một điểm cầu; [] nếu không có"),
        .may("endpoints", .list(.mapping(endpoint)), "Equipment that speaks plain RTP", "Thiết bị dùng RTP thường"),
        .may("assumed", .flag, "true: nobody has confirmed that it takes part", "true: chưa ai xác nhận tham gia"),
    ])

    static let topology = KeyTable(
        [
            .must("network", .id, "The network's id", "Mã mạng"),
            .may("name", .text, "What people call it", "Tên mạng"),
            .must("version", .integer(1...Int(UInt32.max)), "Counted up with each change", "Tăng thêm một sau mỗi lần sửa"),
            .may("edition", .text, "Edition of the unit codes: \"2025-07\"", "Bản danh mục của mã đơn vị: \"2025-07\""),
            .may("agency", .text, "Who issues the drawings", "Cơ quan ban hành bản vẽ"),
            .may("lang", .choice(Language.allCases.map(\.rawValue)), "Language of the drawings", "Ngôn ngữ của bản vẽ"),
            .may("upstream", .either([.text, .mapping(upstream)]), "Somebody else's bridge above the root", "Cấp trên ngoài mạng"),
            .must("levels", .list(.mapping(level)), "From the top down", "Các cấp, từ trên xuống"),
            .may("policy", .mapping(PolicyKeys.policy), "Who may do what, where it differs from the standard", "Ai được làm gì, chỗ nào khác mặc định"),
            .may("classes", .named(.mapping(line)), "Kinds of lines", "Các loại đường truyền"),
            .may("defaults", .mapping(defaults), "What holds where nothing else is said", "Giá trị dùng khi không ghi gì khác"),
            .may("nodes", .list(.mapping(node)), "The nodes; their order is that of siblings", "Các nút; thứ tự là thứ tự anh em"),
            .may("include", .some(.text), "Files with more nodes, as paths from here", "Các tệp chứa thêm nút, đường dẫn từ tệp này"),
        ], oneOf: ["nodes", "include"])

    /// A file that a topology includes.
    static let part = KeyTable([.must("nodes", .list(.mapping(node)), "The nodes of this part", "Các nút của phần này")])
}

/// The keys of meeting files.
enum MeetingKeys {
    static let selection = KeyTable([
        .may("id", .text, "A site, or a node with all its rooms", "Một điểm cầu, hoặc nút với mọi phòng"),
        .may("level", .id, "All of a level", "Mọi điểm của một cấp"),
        .may("unit", .text, "Code of a unit: its nodes and all below them", "Mã đơn vị: các nút của nó và bên dưới"),
        .may("subtree", .id, "A node and all below it", "Một nút và mọi nút bên dưới"),
    ])
    private static let sites = ValueForm.either([.text, .mapping(selection), .list(.either([.text, .mapping(selection)]))])

    static let meeting = KeyTable([
        .must("meeting", .id, "The meeting's id", "Mã cuộc họp"),
        .may("topology", .text, "A path from here, or a network's id", "Đường dẫn từ tệp này, hoặc mã mạng"),
        .must("title", .text, "What people call it", "Tên cuộc họp"),
        .must("kind", .choice(MeetingFile.Kind.allCases.map(\.rawValue)), "Sets the floor's policy", "Loại cuộc họp"),
        .must("chairs", .some(.text), "In the order in which they act", "Chủ trì, theo thứ tự"),
        .must("sites", sites, "all, or a list", "all, hoặc một danh sách"),
        .may("except", sites, "Sites that are left out", "Các điểm không dự"),
        .may("codec", .choice(MeetingReader.VideoCodec.allCases.map(\.rawValue)), "One for the whole meeting", "Một bộ mã cho cả cuộc họp"),
        .may("microphones", .integer(1...8), "Open microphones at most", "Số micro được mở nhiều nhất"),
        .may("floor", .integer(1...8), "How many hold the floor at once", "Số người phát biểu cùng lúc"),
        .may("audio", .quantity(.capacity), "Rate of one voice", "Tốc độ một luồng tiếng"),
        .may("video", .quantity(.capacity), "Rate of one picture", "Tốc độ một luồng hình"),
        .may("loudspeakers", .flag, "Loudspeaker clusters play it from its start on", "Cụm loa phát ngay từ đầu cuộc họp"),
    ])
}
