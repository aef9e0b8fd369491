/// `GET /api/tokens/revoked`: the withdrawn links that a node goes by.
public struct RevocationList: Codable, Hashable, Sendable {
    /// One of them.
    public struct Entry: Codable, Hashable, Sendable {
        /// The link's site; nil: all links of a key.
        public var site: String?
        /// The link's own id (`jti`).
        public var id: String?
        /// The key's name.
        public var key: String?
        /// Milliseconds since 1970: the link would be over then, and is forgotten.
        public var expires: Int64
        /// The node that withdrew it.
        public var by: String

        /// All fields.
        public init(site: String?, id: String?, key: String?, expires: Int64, by: String) {
            self.site = site
            self.id = id
            self.key = key
            self.expires = expires
            self.by = by
        }
    }
    public var revoked: [Entry]

    /// All fields.
    public init(revoked: [Entry]) { self.revoked = revoked }
}
