import Documents

/// Recognises the foot of a sheet: place and date, who made it and who signs, "(Ký, ghi rõ họ tên)", names.
///
/// It begins with a row that says so; rows below that tell neither code nor level nor parent belong to it.
struct SheetFoot {
    private var rows: (first: Int, last: Int)?

    /// True if the row belongs to a foot. `texts` are its tidy cells.
    mutating func takes(_ texts: [String], at start: Cell) -> Bool {
        guard rows != nil || texts.contains(where: Self.begins) else { return false }
        rows = (rows?.first ?? start.line, start.line)
        return true
    }

    /// The lines of the foot that ends here, if there is one.
    mutating func end() -> (first: Int, last: Int)? {
        defer { rows = nil }
        return rows
    }

    private static let words: Set<String> = [
        "nguoi lap", "nguoi lap bieu", "nguoi lap bang", "nguoi lap danh sach", "nguoi tong hop", "can bo lap bieu", "lap bieu", "nguoi kiem tra",
        "nguoi duyet", "nguoi phe duyet", "phe duyet", "truong phong", "pho truong phong", "giam doc", "pho giam doc", "chu tich", "pho chu tich",
        "chanh van phong",
        "pho chanh van phong", "thu truong don vi", "thu truong co quan", "lanh dao don vi", "ke toan", "ke toan truong", "noi nhan", "ky ten",
        "ky ghi ro ho ten", "ky ten dong dau", "ky ten va dong dau", "ky dong dau", "da ky", "xac nhan cua don vi", "xac nhan", "prepared by",
        "checked by", "approved by", "signature", "signed",
    ]

    private static func begins(_ text: String) -> Bool {
        let bare = Spelling.bare(text)
        let openings = ["kt chu tich", "tm ubnd", "tm uy ban", "tl chu tich", "tuq chu tich", "noi nhan "]
        if words.contains(bare) || openings.contains(where: bare.hasPrefix) { return true }
        // "Ninh Bình, ngày 12 tháng 11 năm 2021", also with dots for the day.
        guard bare.contains("ngay"), bare.contains("thang"), bare.contains("nam") else { return false }
        let words = bare.split(separator: " ")
        guard let day = words.firstIndex(of: "ngay"), let month = words[day...].firstIndex(of: "thang"),
            let year = words[month...].firstIndex(of: "nam")
        else { return false }
        return month - day <= 2 && year - month <= 2 && words.count - year <= 2
    }
}
