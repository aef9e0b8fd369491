import Basics

/// A signed record with all that proves it: whoever has the authority's certificate can check it years later.
public struct ProvenRecord: Hashable, Sendable {
    public var id: NamespaceID
    /// The life in which the node wrote it.
    public var incarnation: Incarnation
    public var key: String
    public var version: UInt64
    /// As it went out, the signature at its end.
    public var value: [UInt8]
    /// The writer's, in DER.
    public var certificate: [UInt8]

    public init(id: NamespaceID, incarnation: Incarnation, key: String, version: UInt64, value: [UInt8], certificate: [UInt8]) {
        self.id = id
        self.incarnation = incarnation
        self.key = key
        self.version = version
        self.value = value
        self.certificate = certificate
    }

    /// The value without the signature.
    public var body: [UInt8] { Seal.split(value)?.body ?? value }

    /// What came of checking a record.
    public enum Verdict: String, Hashable, Sendable {
        case sound
        /// The certificate is not the authority's, or another node's.
        case untrusted
        /// The node did not sign these very bytes.
        case forged
        /// All holds, but the certificate was not valid when the record was kept.
        case outOfTime = "out-of-time"
    }

    /// Checks it by itself. `kept`: when it was stored, by the storing node's clock.
    public func verdict(by verifier: any RecordVerifier, kept: WallTime) -> Verdict {
        guard let signer = verifier.key(in: certificate, evenExpired: true), signer.node == id.node else { return .untrusted }
        guard let (body, signature) = Seal.split(value),
            signer.made(signature, over: Seal.statement(id, incarnation, key: key, version: version, body: body))
        else { return .forged }
        return (signer.issued...max(signer.issued, signer.expires)).contains(kept.milliseconds) ? .sound : .outOfTime
    }
}

extension Membership {
    /// A record that stands here with its writer's signature, which was checked when it came; nil if it has none.
    public func proof(of id: NamespaceID, key: String) -> ProvenRecord? {
        guard let signing, let slot = store.slot(id) else { return nil }
        let entry = store[slot]
        let (at, found) = entry.find(key)
        guard found, let value = entry.records[at].value, let body = Seal.split(value)?.body, signs(id.lane, key, body) else { return nil }
        let certificate: [UInt8]
        if id.node == node {
            certificate = signing.signer.certificate
        } else {
            guard writers.writer(id.node)?.incarnation == entry.incarnation,
                let life = self.value(node: id.node, lane: .link, key: LifeRecord.key).flatMap({ LifeRecord($0) })
            else { return nil }
            certificate = life.certificate
        }
        return ProvenRecord(
            id: id, incarnation: entry.incarnation, key: key, version: entry.records[at].version, value: value, certificate: certificate)
    }

    /// What became known of writers since this was asked last, for the log: each writer comes once.
    public func takeTrustNews() -> [TrustNews] { writers.takeNews() }
    /// There is some.
    public var hasTrustNews: Bool { !writers.news.isEmpty }
}

/// Something an operator should know of a writer.
public enum TrustNews: Hashable, Sendable {
    /// A record of it was taken that ought to be signed and is not.
    case unsigned(NodeIndex)
    /// A neighbour told something in its name that it did not write.
    case forged(NodeIndex, by: NodeIndex)
}
