import Documents

/// Levels that sheets name in many words; any other word is a level of its own.
package struct KnownLevel {
    package var id: String
    /// As people say it.
    package var name: String
    /// Of usual trees; where a sheet has no column of parents, rows hang below the nearest row above with a smaller one.
    package var order: Int
    /// Digits of its unit codes; nil if it is no administrative unit.
    package var digits: Int?
    /// In front of ids made from unit codes.
    package var letter: String?
    package var technical = false
    /// Without marks.
    package var words: [String]

    package static let known: [KnownLevel] = [
        KnownLevel(id: "tw", name: "Trung ương", order: 0, words: ["tw", "trung uong", "central", "country"]),
        KnownLevel(
            id: "tinh", name: "Tỉnh", order: 1, digits: 2, letter: "T",
            words: ["tinh", "tinh thanh pho", "thanh pho truc thuoc trung uong", "tp truc thuoc tw", "province", "city"]),
        KnownLevel(
            id: "cum", name: "Cụm kỹ thuật", order: 2, technical: true,
            words: ["cum", "cum ky thuat", "diem tap trung", "hub", "technical hub"]),
        KnownLevel(
            id: "huyen", name: "Huyện", order: 3, digits: 3, letter: "H",
            words: ["huyen", "quan", "thi xa", "quan huyen", "huyen thi xa", "huyen thi xa thanh pho", "quan huyen thi xa", "district"]),
        KnownLevel(id: "so-nganh", name: "Sở, ngành", order: 3, words: ["so nganh", "so", "nganh", "ban nganh", "department"]),
        KnownLevel(
            id: "dang-uy", name: "Đảng ủy trực thuộc", order: 3, words: ["dang uy", "dang uy truc thuoc", "dang bo", "party committee"]),
        KnownLevel(
            id: "xa", name: "Xã", order: 4, digits: 5, letter: "X",
            words: ["xa", "phuong", "thi tran", "dac khu", "xa phuong", "xa phuong thi tran", "commune", "ward"]),
        KnownLevel(id: "thon", name: "Thôn", order: 5, words: ["thon", "ap", "to dan pho", "khu pho", "hamlet"]),
    ]

    /// The level that a word means; nil if it is none of the known ones.
    package static func meaning(_ word: String) -> KnownLevel? {
        var bare = Spelling.bare(word)
        // "Cấp xã".
        if bare.hasPrefix("cap ") { bare.removeFirst(4) }
        return known.first { $0.words.contains(bare) }
    }
    package static func named(_ id: String) -> KnownLevel? { known.first { $0.id == id } }
    /// Every word for a level, for near names.
    package static let allWords: [String] = known.flatMap(\.words)
    /// By the number of digits of a unit code that kept its zeros.
    package static func digits(_ count: Int) -> KnownLevel? { known.first { $0.digits == count } }
}
