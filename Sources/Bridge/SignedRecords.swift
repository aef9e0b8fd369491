import Basics
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
                lane == .link ? key == editionKey || key == wordKey || Revocation.isRecordKey(key) : Conference.isProof(lane, key: key, value: value, by: coder)
            }
        }
    }
}

extension Bridge {
    /// Has a signed record kept with what proves it.
    func keepProof(of id: NamespaceID, key: String) {
        guard let proof = control.membership.proof(of: id, key: key), control.proofs.admit(proof) else { return }
        effects.append(.proof(proof))
    }

    func tellTrustNews() {
        for news in control.membership.takeTrustNews() {
            switch news {
            case .unsigned(let writer): effects.append(.log(.unsignedWriter(name(writer))))
            case .forged(let writer, let neighbour): effects.append(.log(.forgedRecord(of: name(writer), by: name(neighbour))))
            }
        }
    }
}

/// How much was kept of each namespace to prove it: a writer that changes its records for ever must not fill others' disks.
struct KeptProofs {
    private var kept: [NamespaceID: (records: Int, bytes: Int)] = [:]
    /// Signed records that were not kept.
    private(set) var refused = 0

    /// As many as a namespace holds at a time, and as many bytes.
    mutating func admit(_ proof: ProvenRecord) -> Bool {
        var count = kept[proof.id] ?? (0, 0)
        guard count.records < GossipLimits.records, count.bytes + proof.value.count <= GossipLimits.namespaceBytes else {
            refused += 1
            return false
        }
        count.records += 1
        count.bytes += proof.value.count
        kept[proof.id] = count
        return true
    }
    /// The meeting left.
    mutating func forget(_ meeting: MeetingID) { kept = kept.filter { $0.key.scope != meeting } }
}
