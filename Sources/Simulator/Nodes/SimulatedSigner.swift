import Basics
import Membership

/// Stands for the keys that the authority certified: each node's is a hash that only the node's signer and this authority's verifier know.
///
/// Certificates and signatures have the sizes of real ones and look as random, so that lines carry what they would carry.
public final class SimulatedRecordAuthority: RecordVerifier {
    /// A node's certificate with two names, in bytes.
    public static let certificateBytes = 540
    private let secret: UInt64
    /// Made when they are first asked for: all nodes that know a key share it.
    private var made: [NodeIndex: (certificate: [UInt8], key: Key)] = [:]

    /// `secret`: differs from one network to another.
    public init(secret: UInt64) { self.secret = secret }

    /// The signer of a node.
    public func signer(of node: NodeIndex) -> any RecordSigner { Signer(self, node) }

    /// As ``RecordVerifier`` says.
    public func key(in certificate: [UInt8], evenExpired: Bool) -> (any WriterKey)? {
        guard certificate.count == SimulatedRecordAuthority.certificateBytes else { return nil }
        let node = NodeIndex(rawValue: certificate.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        let real = credential(of: node)
        return real.certificate == certificate ? real.key : nil
    }

    private func credential(of node: NodeIndex) -> (certificate: [UInt8], key: Key) {
        if let known = made[node] { return known }
        let fresh = (certificate: certificate(of: node), key: Key(node, key(of: node)))
        made[node] = fresh
        return fresh
    }

    private func key(of node: NodeIndex) -> UInt64 { FastHash.hash(UInt64(node.rawValue), key: secret) }

    private func certificate(of node: NodeIndex) -> [UInt8] {
        let seed = FastHash.hash(UInt64(node.rawValue), key: secret ^ 0x6365_7274)
        let name = (0..<4).map { UInt8(truncatingIfNeeded: node.rawValue >> (24 - 8 * UInt32($0))) }
        return name + SimulatedRecordAuthority.bytes(SimulatedRecordAuthority.certificateBytes - 4, seed)
    }

    fileprivate static func bytes(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 8)
        var part: UInt64 = 0
        while result.count < count {
            part += 1
            let word = FastHash.hash(part, key: seed)
            for shift in 0..<8 as Range<UInt64> { result.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        }
        result.removeLast(result.count - count)
        return result
    }
    fileprivate static func signature(_ statement: [UInt8], _ key: UInt64) -> [UInt8] {
        bytes(Seal.signatureBytes, statement.withUnsafeBytes { FastHash.hash($0, key: key) })
    }

    private final class Signer: RecordSigner {
        let certificate: [UInt8]
        private let key: UInt64
        init(_ authority: SimulatedRecordAuthority, _ node: NodeIndex) {
            certificate = authority.credential(of: node).certificate
            key = authority.key(of: node)
        }
        func sign(_ statement: [UInt8]) -> [UInt8]? { SimulatedRecordAuthority.signature(statement, key) }
    }

    private final class Key: WriterKey {
        let node: NodeIndex
        let issued: Int64 = 0
        let expires = Int64.max
        private let key: UInt64
        init(_ node: NodeIndex, _ key: UInt64) { (self.node, self.key) = (node, key) }
        func made(_ signature: [UInt8], over statement: [UInt8]) -> Bool { SimulatedRecordAuthority.signature(statement, key) == signature }
    }
}
