import Documents
import Topology

extension NetworkTransition.Obstacle {
    /// As in messages and answers of the API.
    public var code: String {
        switch self {
        case .otherNetwork: "other-network"
        case .notHigher: "version-not-higher"
        case .circle: "circle"
        case .address: "address-changed"
        case .equipment: "equipment-changed"
        case .absent: "not-in-file"
        }
    }

    /// What is in the way, and what to do about it.
    public func text(_ language: Language) -> String {
        let en = language == .en
        switch self {
        case .otherNetwork(let running, let offered):
            return en
                ? "The file is of network '\(offered)', this one is '\(running)'."
                : "Tệp là của mạng '\(offered)', còn mạng này là '\(running)'."
        case .notHigher(let running, let offered):
            return en
                ? "version: \(offered) is not higher than \(running), which runs; give the file a higher one."
                : "version: \(offered) không cao hơn bản đang chạy (\(running)); hãy tăng số bản trong tệp."
        case .circle(let nodes):
            let names = nodes.prefix(6).joined(separator: ", ") + (nodes.count > 6 ? ", …" : "")
            return en
                ? "Old and new uplinks of \(names) make a circle; do it with two files, one after the other."
                : "Đường lên cũ và mới của \(names) tạo thành vòng; hãy làm bằng hai tệp, lần lượt."
        case .address(let node):
            return en
                ? "\(node): its address, port or `secure` changes; start that node again with the new file."
                : "\(node): đổi địa chỉ, cổng hoặc `secure`; hãy khởi động lại nút đó với tệp mới."
        case .equipment(let node):
            return en
                ? "\(node): its plain RTP equipment changes; start that node again with the new file."
                : "\(node): đổi thiết bị RTP; hãy khởi động lại nút đó với tệp mới."
        case .absent(let node):
            return en
                ? "\(node) is not in the file; it goes on alone until it is stopped."
                : "\(node) không có trong tệp; nút chạy riêng cho đến khi được dừng."
        }
    }
}
