import Membership
import Peer

/// Why a trunk is not up.
public enum TrunkFault: Hashable, Sendable, CustomStringConvertible {
    /// The secure session ended or did not come about.
    case session(PeerFailure)
    /// What gossip saw.
    case edge(EdgeDownReason)
    /// The neighbour finished the handshake and sent no hello within 3 s.
    case unanswered

    /// In a few English words, for a log.
    public var description: String {
        switch self {
        case .session(.session(.closedByPeer)): "closed"
        case .session(.session(.timeout)), .session(.connectTimeout): "handshake timeout"
        case .session(.session(.untrustedCertificate(let fault))): "\(fault)"
        case .session(.session(.refusedCertificate(let fault))): "own certificate refused there: \(fault)"
        case .session(.session(.handshake(let reason))): "handshake: \(reason)"
        case .session(.wrongIdentity): "certificate of another node"
        case .session(let failure): "\(failure)"
        case .edge(let reason): "\(reason)"
        case .unanswered: "unanswered"
        }
    }

    /// What is wrong with the neighbour's certificate, if that is the reason.
    public var certificate: CertificateFault? {
        if case .session(.session(.untrustedCertificate(let fault))) = self { fault } else { nil }
    }
    /// What the neighbour does not like in this node's certificate, if that is the reason.
    public var ownCertificate: CertificateFault? {
        if case .session(.session(.refusedCertificate(let fault))) = self { fault } else { nil }
    }
}

/// Why a node that dialled was turned away.
public enum TrunkRefusal: Hashable, Sendable, CustomStringConvertible {
    /// The certificate is good, but its node is neither child nor backup child of this one.
    case noChild(String)
    /// The certificate is bound to no node.
    case noNode
    /// The handshake failed.
    case failed(TrunkFault)

    /// In a few English words, for a log.
    public var description: String {
        switch self {
        case .noChild(let id): "\(id) is no child of this node"
        case .noNode: "no certificate of a node"
        case .failed(let fault): "\(fault)"
        }
    }
}
