import Conference
import SDP

/// Why a page was not let in.
public struct JoinRefusal: Error, Hashable, Sendable {
    public var refusal: Refusal
    /// What is wrong with its offer; nil: that is not the reason.
    public var reason: NegotiationError?
    public init(_ refusal: Refusal, _ reason: NegotiationError? = nil) {
        self.refusal = refusal
        self.reason = reason
    }
}
