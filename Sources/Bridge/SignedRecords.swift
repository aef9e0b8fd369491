import Conference
import Membership

/// What a node signs its records with, and believes others' by.
public struct RecordIdentity {
    public var signer: any RecordSigner
    public var verifier: any RecordVerifier

    public init(signer: any RecordSigner, verifier: any RecordVerifier) {
        self.signer = signer
        self.verifier = verifier
    }
}

// Which records carry authority or proof: those of `Conference` that it names, and what a node says of editions of the topology.
extension Bridge {
    static func signing(_ configuration: Configuration) -> Membership.Signing? {
        let coder = configuration.recordCoder
        return configuration.identity.map { identity in
            Membership.Signing(signer: identity.signer, verifier: identity.verifier) { lane, key, value in
                // An edition's parts are hashed in its head, and sealed by the authority.
                lane == .link ? key == editionKey || key == wordKey : Conference.isProof(lane, key: key, value: value, by: coder)
            }
        }
    }
}
