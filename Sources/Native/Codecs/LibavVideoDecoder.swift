import Basics
import CAVCodec
import Mixing

/// libavcodec behind ``VideoDecoder``: VP8 frames or H.264 access units (Annex B) into pictures.
///
/// One thread, no logging, and damaged frames are shown as far as they go. Not for use from two threads at once.
public final class LibavVideoDecoder: VideoDecoder {
    /// Pictures beyond this width or height are refused: a stranger chooses them.
    public static let largestSide = 4_096
    /// Bytes of the largest frame taken.
    public static let largestFrame = 4_000_000

    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var input: [UInt8] = []

    /// Nil for codecs without pictures, and where libavcodec lacks the decoder.
    public init?(_ codec: Codec) {
        av_log_set_level(AV_LOG_QUIET)
        let id: AVCodecID
        switch codec {
        case .opus: return nil
        case .vp8: id = AV_CODEC_ID_VP8
        case .h264: id = AV_CODEC_ID_H264
        }
        guard let decoder = avcodec_find_decoder(id), let context = avcodec_alloc_context3(decoder) else { return nil }
        self.context = context
        context.pointee.thread_count = 1
        context.pointee.err_recognition = 0
        context.pointee.flags |= Int32(AV_CODEC_FLAG_LOW_DELAY)
        context.pointee.flags2 |= Int32(AV_CODEC_FLAG2_SHOW_ALL)
        context.pointee.max_pixels = Int64(LibavVideoDecoder.largestSide * LibavVideoDecoder.largestSide)
        packet = av_packet_alloc()
        frame = av_frame_alloc()
        guard packet != nil, frame != nil, avcodec_open2(context, decoder, nil) == 0 else { return nil }
    }
    deinit {
        avcodec_free_context(&context)
        av_packet_free(&packet)
        av_frame_free(&frame)
    }

    /// Forgets what came before, as at a switch of the source; a key frame must follow.
    public func reset() { avcodec_flush_buffers(context) }

    /// The picture of one whole frame; nil if it gives none, is damaged beyond showing, or larger than our limits.
    public func decode(_ bytes: UnsafeRawBufferPointer) -> Picture? {
        guard let context, let packet, let frame, bytes.count > 0, bytes.count <= LibavVideoDecoder.largestFrame else { return nil }
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: bytes)
        // libavcodec reads in words: zeros must follow.
        for _ in 0..<AV_INPUT_BUFFER_PADDING_SIZE { input.append(0) }
        let sent = input.withUnsafeMutableBufferPointer { buffer -> Int32 in
            packet.pointee.data = buffer.baseAddress
            packet.pointee.size = Int32(bytes.count)
            // The packet holds no reference, so the decoder copies what it keeps.
            return avcodec_send_packet(context, packet)
        }
        packet.pointee.data = nil
        packet.pointee.size = 0
        guard sent >= 0 || nc_av_is_again(sent) != 0 else { return nil }
        var picture: Picture?
        while avcodec_receive_frame(context, frame) >= 0 {
            picture = LibavVideoDecoder.picture(frame)
            av_frame_unref(frame)
        }
        return picture
    }

    /// Copies a frame's planes; nil for other formats than planar 4:2:0 with 8 bits.
    private static func picture(_ frame: UnsafeMutablePointer<AVFrame>) -> Picture? {
        let width = Int(frame.pointee.width)
        let height = Int(frame.pointee.height)
        let format = frame.pointee.format
        guard format == AV_PIX_FMT_YUV420P.rawValue || format == AV_PIX_FMT_YUVJ420P.rawValue, width > 0, height > 0,
            width <= largestSide, height <= largestSide
        else { return nil }
        let size = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, Int32(width), Int32(height), 1)
        guard size > 0 else { return nil }
        let planes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            count = 0
            let data = frame.pointee.data
            let strides = frame.pointee.linesize
            let sources =
                [(data.0, Int(strides.0), width, height)] + [
                    (data.1, Int(strides.1), (width + 1) / 2, (height + 1) / 2), (data.2, Int(strides.2), (width + 1) / 2, (height + 1) / 2),
                ]
            for (source, stride, columns, rows) in sources {
                for row in 0..<rows {
                    let into = buffer.baseAddress! + count
                    if let source {
                        into.initialize(from: source + row * stride, count: columns)
                    } else {
                        into.initialize(repeating: 128, count: columns)
                    }
                    count += columns
                }
            }
        }
        return Picture(width: width, height: height, planes: planes)
    }
}
