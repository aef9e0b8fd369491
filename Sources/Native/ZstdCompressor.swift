import Basics
import CZstd
import Membership

/// Zstandard (RFC 8878) with a dictionary that both ends have, behind ``Compressor``.
///
/// Contexts and the digested dictionary are made once. Frames carry neither size checks nor a dictionary's name, since
/// every byte of a datagram counts; authenticity is DTLS's business. Not for use from two threads at once.
public final class ZstdCompressor: Compressor {
    /// The compression level: further ones gain little on datagrams.
    public static let level: Int32 = 3

    private let encoder: OpaquePointer
    private let decoder: OpaquePointer
    private let encoderDictionary: OpaquePointer?
    private let decoderDictionary: OpaquePointer?
    private var scratch: [UInt8] = []

    /// `dictionary`: as trained by `zstd --train`, or any bytes that resemble the messages; empty for none. `windowLog`: the largest
    /// window that a frame may ask for, as a power of two; more only for frames of a known author.
    public init(dictionary: [UInt8] = [], windowLog: Int32 = 20) {
        guard let encoder = ZSTD_createCCtx(), let decoder = ZSTD_createDCtx() else {
            preconditionFailure("libzstd has no memory for a context")
        }
        self.encoder = encoder
        self.decoder = decoder
        if dictionary.isEmpty {
            encoderDictionary = nil
            decoderDictionary = nil
        } else {
            encoderDictionary = ZSTD_createCDict(dictionary, dictionary.count, ZstdCompressor.level)
            decoderDictionary = ZSTD_createDDict(dictionary, dictionary.count)
            precondition(
                encoderDictionary != nil && decoderDictionary != nil, "libzstd refuses the dictionary of \(dictionary.count) bytes")
        }
        ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, ZstdCompressor.level)
        ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 0)
        ZSTD_CCtx_setParameter(encoder, ZSTD_c_dictIDFlag, 0)
        ZSTD_CCtx_setParameter(encoder, ZSTD_c_contentSizeFlag, 1)
        if let encoderDictionary { ZSTD_CCtx_refCDict(encoder, encoderDictionary) }
        if let decoderDictionary { ZSTD_DCtx_refDDict(decoder, decoderDictionary) }
        // A stranger's frame must not make us reserve megabytes for its window.
        ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, windowLog)
    }
    deinit {
        ZSTD_freeCCtx(encoder)
        ZSTD_freeDCtx(decoder)
        ZSTD_freeCDict(encoderDictionary)
        ZSTD_freeDDict(decoderDictionary)
    }

    /// One frame; nil when it would not be smaller.
    public func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 1 else { return nil }
        // With room for one byte less than the input, libzstd fails where there is nothing to gain.
        let room = bytes.count - 1
        var written = 0
        let result = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            written = ZSTD_compress2(encoder, buffer.baseAddress, room, bytes, bytes.count)
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        return ZSTD_isError(written) == 0 ? result : nil
    }

    /// The content of one frame; nil if it is damaged or holds more than `limit` bytes (at most 16 MiB).
    public func decompress(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]? {
        guard bytes.count > 0, limit > 0, limit <= 1 << 24 else { return nil }
        if scratch.count < limit { scratch = [UInt8](repeating: 0, count: limit) }
        let written = scratch.withUnsafeMutableBytes {
            ZSTD_decompressDCtx(decoder, $0.baseAddress, limit, bytes.baseAddress, bytes.count)
        }
        guard ZSTD_isError(written) == 0, written <= limit else { return nil }
        return Array(scratch[0..<written])
    }
}
