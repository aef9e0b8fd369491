import COpenSSL
import CZstd

/// A text signed by the network's authority, on its way to every node: `NCF1`, the signature (R and S, 32 bytes each), and the text
/// compressed with zstd.
///
/// Signed are a fixed prefix, which no token begins with, and the compressed bytes: nothing is unpacked before the signature holds.
public struct SealedFile: Sendable {
    /// Bytes of a sealed file; the 11,367 units of the whole country take a quarter of it.
    public static let limit = 1 << 20
    /// Bytes of the text.
    public static let textLimit = 1 << 24
    static let mark = Array("NCF1".utf8)
    static let prefix = Array("nhipcau topology 1\n".utf8)
    private static let head = mark.count + 64

    private let certificate: Certificate

    /// Why a sealed file is not opened.
    public enum Problem: String, Error, Hashable, Sendable {
        /// No sealed file, or one of a later form.
        case malformed
        /// Larger than ``limit``, or its text than ``textLimit``.
        case tooLarge
        /// Not signed by this network's authority.
        case badSignature
    }

    /// `authority`: the network's CA certificate in PEM format.
    public init(authority: String) throws(SecurityProblem) { certificate = try Certificate(pem: authority) }

    /// The text, once the signature holds.
    public func open(_ bytes: [UInt8]) throws(Problem) -> String {
        guard bytes.count <= SealedFile.limit else { throw .tooLarge }
        guard bytes.count > SealedFile.head, Array(bytes.prefix(SealedFile.mark.count)) == SealedFile.mark else { throw .malformed }
        let signature = Array(bytes[SealedFile.mark.count..<SealedFile.head])
        let packed = Array(bytes[SealedFile.head...])
        guard let key = X509_get0_pubkey(certificate.x509), ES256.verify(signature, of: SealedFile.prefix + packed, key: key) else {
            throw .badSignature
        }
        let size = packed.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size <= UInt64(SealedFile.textLimit) else { throw size > UInt64(Int64.max) ? .malformed : .tooLarge }
        let unpacked = packed.withUnsafeBytes { ZstdCompressor(windowLog: 24).decompress($0, limit: max(1, Int(size))) }
        guard let unpacked, let text = String(validating: unpacked, as: UTF8.self) else { throw .malformed }
        return text
    }
}

extension CertificateAuthority {
    /// Signs a text for every node of the network.
    public func seal(_ text: String) throws(SecurityProblem) -> [UInt8] {
        guard text.utf8.count <= SealedFile.textLimit, let packed = ZstdCompressor(windowLog: 24).compress(Array(text.utf8)),
            packed.count <= SealedFile.limit - 128
        else { throw .library("packing \(text.utf8.count) bytes") }
        return try SealedFile.mark + ES256.sign(SealedFile.prefix + packed, key: key.pkey) + packed
    }
}
