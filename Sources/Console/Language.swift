/// The languages of pages and sentences.
public enum Language: String, Codable, Hashable, Sendable, CaseIterable {
    /// Tiếng Việt: the default.
    case vietnamese = "vi"
    case english = "en"

    /// Chooses by `?lang=`, then the cookie `lang`, then `Accept-Language` (RFC 9110 section 12.5.4), else Vietnamese.
    ///
    /// Of an `Accept-Language` header the highest weight wins among `vi` and `en`; at equal weight the first named.
    public static func negotiate(query: String?, cookie: String?, acceptLanguage: String?) -> Language {
        if let query, let chosen = Language(rawValue: query) { return chosen }
        if let cookie, let chosen = Language(rawValue: cookie) { return chosen }
        var best: (Language, Double)?
        for part in (acceptLanguage ?? "").prefix(256).split(separator: ",") {
            let fields = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = fields.first, let language = Language(rawValue: String(tag.prefix(2)).lowercased()) else { continue }
            var weight = 1.0
            for field in fields.dropFirst() where field.hasPrefix("q=") { weight = Double(field.dropFirst(2)) ?? 0 }
            if weight > (best?.1 ?? 0) { best = (language, weight) }
        }
        return best?.0 ?? .vietnamese
    }
}
