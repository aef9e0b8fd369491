import Basics

/// A link, or all links of one key, withdrawn before their time.
///
/// A word of this kind is never taken back. It is forgotten when what it withdraws would have been over by itself.
public struct Revocation: Hashable, Sendable {
    /// What is withdrawn.
    public enum Subject: Hashable, Sendable {
        /// One link: the token's site, and the token's own id (`jti`).
        case link(SiteID, id: String)
        /// All links that one key signed, by the key's name (`x5t#S256`).
        case key(String)
    }
    /// Bytes of a token's id or a key's name; both are printable ASCII without space.
    public static let nameLimit = 48
    /// Nothing that is withdrawn lives longer: the life of a key that signs links, and a day.
    public static let longest = Interval.seconds(Int64(401 * 86_400))

    public let subject: Subject
    /// When it may be forgotten.
    public let expires: WallTime

    /// Nil if a name has another form than those of tokens, or is too long.
    public init?(_ subject: Subject, expires: WallTime) {
        let name =
            switch subject {
            case .link(_, let id): id
            case .key(let name): name
            }
        guard (1...Revocation.nameLimit).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if case .link(let site, _) = subject, !(1...Revocation.siteLimit).contains(site.rawValue.utf8.count) { return nil }
        self.subject = subject
        self.expires = expires
    }
    /// Bytes of a site's id.
    static let siteLimit = 200

    /// The pass came by a link that is withdrawn by this.
    public func covers(_ pass: Pass) -> Bool {
        switch subject {
        case .link(let site, let id): pass.site == site && pass.token == id
        case .key(let name): pass.key == name
        }
    }
}

extension Revocation {
    private static let linkPrefix = "revoked."
    private static let keyPrefix = "revoked-key."

    /// The key of a record that says it, in the link lane of the node that withdraws.
    package var recordKey: String {
        switch subject {
        case .link(_, let id): Revocation.linkPrefix + id
        case .key(let name): Revocation.keyPrefix + name
        }
    }
    /// A record with such a key says a revocation.
    package static func isRecordKey(_ key: String) -> Bool { key.hasPrefix(linkPrefix) || key.hasPrefix(keyPrefix) }

    /// The record's value: 1, the expiry (64 bits), the site's id with its length in 8 bits (empty for a key). Bytes behind these belong to
    /// later forms.
    package var recordValue: [UInt8] {
        var writer = ByteWriter([1])
        writer.u64(UInt64(bitPattern: expires.milliseconds))
        var site = ""
        if case .link(let id, _) = subject { site = id.rawValue }
        writer.append([UInt8(site.utf8.count)])
        writer.append(site.utf8)
        return writer.bytes
    }

    /// Reads a record; nil: another form.
    package init?(key: String, value: [UInt8]) {
        let parts: (site: String, expires: WallTime)? = value.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            guard reader.u8() == 1, let expires = reader.u64(), let length = reader.u8(), let site = reader.take(Int(length)),
                let text = String(validating: site, as: UTF8.self)
            else { return nil }
            return (text, WallTime(milliseconds: Int64(bitPattern: expires)))
        }
        guard let (site, expires) = parts else { return nil }
        if key.hasPrefix(Revocation.linkPrefix) {
            self.init(.link(SiteID(site), id: String(key.dropFirst(Revocation.linkPrefix.count))), expires: expires)
        } else if key.hasPrefix(Revocation.keyPrefix) {
            self.init(.key(String(key.dropFirst(Revocation.keyPrefix.count))), expires: expires)
        } else {
            return nil
        }
    }
}

/// A revocation and the node that spoke it.
public struct SpokenRevocation: Hashable, Sendable {
    public var revocation: Revocation
    /// The node in whose namespace it stands.
    public var by: NodeIndex
    public init(_ revocation: Revocation, by node: NodeIndex) {
        self.revocation = revocation
        by = node
    }
}
