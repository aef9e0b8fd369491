/// Kinds of units as sheets abbreviate them.
enum UnitKind {
    private static let kinds = [
        "h.": "Huyện", "t.": "Tỉnh", "tp.": "Thành phố", "tp": "Thành phố", "tx.": "Thị xã", "tx": "Thị xã", "tt.": "Thị trấn", "tt": "Thị trấn", "x.": "Xã",
        "p.": "Phường", "q.": "Quận", "đk.": "Đặc khu",
    ]

    /// "Huyện Kim Sơn" for "H. Kim Sơn" and "H.Kim Sơn"; another name as it is.
    static func spelledOut(_ name: String) -> String {
        let words = name.split(separator: " ", maxSplits: 1)
        if words.count == 2, let kind = kinds[words[0].lowercased()] { return kind + " " + words[1] }
        guard let dot = name.firstIndex(of: "."), let kind = kinds[name[...dot].lowercased()] else { return name }
        let rest = name[name.index(after: dot)...]
        return rest.first?.isLetter == true ? kind + " " + rest : name
    }
}
