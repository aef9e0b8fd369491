import Documents

/// Coordinates as maps and receivers show them: degrees, minutes and seconds.
enum SheetDegrees {
    private static var form: Regex<(Substring, Substring, Substring, Substring?, Substring?, Substring)> {
        #/([NSEWBĐT]?)\s*(\d{1,3}(?:[.,]\d+)?)\s*[°º˚]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['’′]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|”|″|''|’’)\s*)?([NSEWBĐT]?)/#
    }

    /// `20°06'41.8"N`, `N 20° 6.69'`, `106°01’19” Đ`, `20.13°`; nil for anything else. South and west are negative.
    static func read(_ text: String) -> Double? {
        guard let found = text.uppercased().wholeMatch(of: form)?.output, found.1.isEmpty || found.5.isEmpty else { return nil }
        func number(_ part: Substring?) -> Double? { part.flatMap { Double($0.replacing(",", with: ".")) } }
        guard let degrees = number(found.2) else { return nil }
        let minutes = number(found.3) ?? 0
        let seconds = number(found.4) ?? 0
        guard minutes < 60, seconds < 60, found.3 == nil && found.4 == nil || degrees == degrees.rounded() else { return nil }
        let value = degrees + minutes / 60 + seconds / 3_600
        // "N" is north on maps; in Vietnamese it could be short for south, where nothing of this country lies.
        let isNegative = ["S", "W", "T"].contains(String(found.1.isEmpty ? found.5 : found.1))
        // Six decimals are a decimetre.
        return ((isNegative ? -value : value) * 1e6).rounded() / 1e6
    }
}

extension Message {
    static func degrees(_ text: String, _ mended: String) -> Message {
        Message(
            .numberForm, .mended, en: "'\(text)' is in degrees, minutes and seconds; read as \(mended)",
            vi: "'\(text)' ghi bằng độ, phút, giây; đọc là \(mended)")
    }
}
