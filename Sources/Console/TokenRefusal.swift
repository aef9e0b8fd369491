/// Why a token does not open the door. All three answer 401.
public enum TokenRefusal: String, Error, Hashable, Sendable, CaseIterable {
    /// Signed by us, but its time is over.
    case expired = "token-expired"
    /// Well formed, but of another network, another key or a site that is not here.
    case foreign = "token-foreign"
    /// No token at all, or no token of ours.
    case malformed = "token-malformed"
}
