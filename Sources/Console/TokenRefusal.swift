/// Why a token does not open the door. All answer 401.
public enum TokenRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// Signed by us, but its time is over.
    case expired = "token-expired"
    /// Well formed, but of another network, another key or a site that is not here.
    case foreign = "token-foreign"
    /// Signed by us, for another node.
    case elsewhere = "token-elsewhere"
    /// Signed by us, and withdrawn since.
    case revoked = "token-revoked"
    /// Signed by the root key itself, which was done before and is no longer taken.
    case outdated = "token-outdated"
    /// No token at all, or no token of ours.
    case malformed = "token-malformed"
}
