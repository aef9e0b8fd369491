import Basics

/// Signs what this node writes, with the key of its own certificate; the shell hands one to the core.
public protocol RecordSigner: AnyObject {
    /// The node's certificate in DER, which the network's authority issued.
    var certificate: [UInt8] { get }
    /// A signature of ``Seal/signatureBytes`` bytes over the statement; nil if the key cannot sign.
    func sign(_ statement: [UInt8]) -> [UInt8]?
}

/// The key of one node, out of its certificate.
public protocol WriterKey: AnyObject {
    /// The node that the certificate is bound to.
    var node: NodeIndex { get }
    /// The beginning of the certificate's validity, in milliseconds since 1970: a later one replaces an earlier one.
    var issued: Int64 { get }
    /// The end of it, likewise.
    var expires: Int64 { get }
    /// Whether this key made the signature over these very bytes.
    func made(_ signature: [UInt8], over statement: [UInt8]) -> Bool
}

/// Believes certificates of the network's authority.
public protocol RecordVerifier: AnyObject {
    /// The key in a node's certificate (DER). Nil if the authority did not issue it, if it is bound to no node, or, unless `evenExpired`, if
    /// it is not valid now.
    func key(in certificate: [UInt8], evenExpired: Bool) -> (any WriterKey)?
}

/// What a node makes of records that ought to be signed and are not.
public enum UnsignedPolicy: String, Hashable, Sendable, CaseIterable {
    /// It takes them from everybody: a node may go back to an older program. A wrong signature is refused all the same.
    case accept
    /// It takes them from writers that never signed in this network, as far as it knows: nodes with an older program.
    case untilSigned = "until-signed"
    /// It takes none.
    case refuse
}

extension Membership {
    /// What a node signs and checks by. Without it nothing is signed, and all is believed.
    public struct Signing {
        public var signer: any RecordSigner
        public var verifier: any RecordVerifier
        /// Whether a record of that lane and key with that value carries authority or proof, so that its writer signs it.
        public var isSigned: (Lane, _ key: String, _ value: [UInt8]) -> Bool

        public init(signer: any RecordSigner, verifier: any RecordVerifier, isSigned: @escaping (Lane, _ key: String, _ value: [UInt8]) -> Bool) {
            self.signer = signer
            self.verifier = verifier
            self.isSigned = isSigned
        }
    }
}

/// The signature at the end of a signed record's value, and what is signed.
///
/// The signature is written as a field of protobuf, number 15 of bytes. So a program that does not know it passes it on, keeps it and reads
/// the record as before (docs/decisions/signed-records.md).
public enum Seal {
    /// ECDSA on P-256: two numbers of 32 bytes.
    public static let signatureBytes = 64
    /// What a signature adds to a value.
    public static let bytes = 2 + signatureBytes
    static let mark: [UInt8] = [15 << 3 | 2, UInt8(signatureBytes)]

    /// Sixty-four spaces keep the statement apart from all that the same key signs in TLS 1.2, where 32 bytes of the other end's choice are
    /// followed by 32 of this node's chance.
    static let prefix = [UInt8](repeating: 0x20, count: 64) + Array("nhipcau record 1\n".utf8)

    private enum Purpose: UInt8 {
        case record = 1
        case life = 2
    }

    /// The value without its signature, and the signature; nil if there is none.
    public static func split(_ value: [UInt8]) -> (body: [UInt8], signature: [UInt8])? {
        let at = value.count - bytes
        guard at >= 0, value[at] == mark[0], value[at + 1] == mark[1] else { return nil }
        return (Array(value[..<at]), Array(value[(at + 2)...]))
    }
    static func join(_ body: [UInt8], _ signature: [UInt8]) -> [UInt8] { body + mark + signature }

    /// What the writer of a record signs: whose it is, where it stands, in which life and as which version, and all of its value.
    public static func statement(_ id: NamespaceID, _ incarnation: Incarnation, key: String, version: UInt64, body: [UInt8]) -> [UInt8] {
        var writer = begin(.record, id.node, incarnation)
        writer.u8(id.lane.rawValue)
        writer.u8(UInt8(truncatingIfNeeded: id.scope.rawValue.utf8.count))
        writer.append(id.scope.rawValue.utf8)
        writer.u8(UInt8(truncatingIfNeeded: key.utf8.count))
        writer.append(key.utf8)
        writer.u64(version)
        writer.u32(UInt32(truncatingIfNeeded: body.count))
        writer.append(body)
        return writer.bytes
    }

    /// What a node signs when it begins a life.
    public static func statement(life incarnation: Incarnation, of node: NodeIndex) -> [UInt8] { begin(.life, node, incarnation).bytes }

    private static func begin(_ purpose: Purpose, _ node: NodeIndex, _ incarnation: Incarnation) -> ByteWriter {
        var writer = ByteWriter(prefix)
        writer.u8(purpose.rawValue)
        writer.u32(node.rawValue)
        writer.u64(incarnation.counter)
        writer.u32(incarnation.nonce)
        return writer
    }
}

/// A node's word that it began a life, with its certificate: the record ``key`` of its link lane, and the proof of a claim about that node.
///
/// Wire form: 1, length of the certificate (16 bits), certificate (DER), signature. Bytes behind these belong to later forms.
public struct LifeRecord: Hashable, Sendable {
    /// Under which it stands in the link lane.
    public static let key = "life"
    /// Bytes of a certificate: one with 32 long names has fewer.
    public static let certificateLimit = 12_288

    public var certificate: [UInt8]
    public var signature: [UInt8]

    public init(certificate: [UInt8], signature: [UInt8]) {
        self.certificate = certificate
        self.signature = signature
    }

    /// Nil for anything that is not of this form.
    public init?(_ bytes: [UInt8]) {
        var found: (certificate: [UInt8], signature: [UInt8])?
        bytes.withUnsafeBytes { all in
            var reader = ByteReader(all)
            guard reader.u8() == 1, let length = reader.u16(), length <= LifeRecord.certificateLimit, let certificate = reader.take(Int(length)),
                let signature = reader.take(Seal.signatureBytes)
            else { return }
            found = (Array(certificate), Array(signature))
        }
        guard let found else { return nil }
        self.init(certificate: found.certificate, signature: found.signature)
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter([1])
        writer.u16(UInt16(truncatingIfNeeded: certificate.count))
        writer.append(certificate)
        writer.append(signature)
        return writer.bytes
    }
}
