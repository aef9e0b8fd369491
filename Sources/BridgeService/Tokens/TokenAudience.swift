import Topology

/// Who takes a token (`aud`): one node, or a node and all below it.
public enum TokenAudience: Hashable, Sendable {
    /// The node of that id: `yen-my`.
    case node(String)
    /// The node of that id and every node below it: `reach:yen-mo`.
    case reach(String)

    private static let reachPrefix = "reach:"

    /// As a token says it; nil: nobody can be meant.
    public init?(_ text: String) {
        if text.hasPrefix(TokenAudience.reachPrefix) {
            self = .reach(String(text.dropFirst(TokenAudience.reachPrefix.count)))
        } else {
            self = .node(text)
        }
        // No node's id has a colon.
        if id.isEmpty || id.contains(":") { return nil }
    }

    /// As a token says it.
    public var text: String {
        switch self {
        case .node(let id): id
        case .reach(let id): TokenAudience.reachPrefix + id
        }
    }

    private var id: String {
        switch self {
        case .node(let id), .reach(let id): id
        }
    }

    /// The node in that slot takes the token.
    func includes(_ slot: Int, of network: Network) -> Bool {
        guard let named = network.slot(id: id) else { return false }
        switch self {
        case .node: return named == slot
        case .reach: return network.isAtOrAbove(named, slot)
        }
    }
}

extension Network {
    /// The node in the first slot is the other, or stands above it.
    func isAtOrAbove(_ upper: Int, _ lower: Int) -> Bool { tree.contains(upper, lower) }
}
