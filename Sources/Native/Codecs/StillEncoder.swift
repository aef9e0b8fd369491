import Basics
import CAVCodec
import Mixing

/// Makes small JPEG stills of pictures, for the chair's tree of sites (libswscale and libavcodec's Motion JPEG).
///
/// The picture is fitted into the still's size with its shape kept, so a still may be smaller in one direction.
/// Not for use from two threads at once.
public final class StillEncoder {
    /// The still's largest width in pixels, even.
    public let width: Int
    /// The still's largest height in pixels, even.
    public let height: Int
    /// libavcodec's quantiser, 2 (best) … 31.
    public let quantiser: Int

    private var scaler: OpaquePointer?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var packet: UnsafeMutablePointer<AVPacket>?
    private var context: UnsafeMutablePointer<AVCodecContext>?

    /// Pictures of that size in pixels, made even; the quantiser is brought into 2…31.
    public init(width: Int = 320, height: Int = 180, quantiser: Int = 5) {
        precondition(width >= 16 && height >= 16 && width <= 4_096 && height <= 4_096, "still of \(width)×\(height)")
        self.width = width & ~1
        self.height = height & ~1
        self.quantiser = max(2, min(31, quantiser))
        av_log_set_level(AV_LOG_QUIET)
    }
    deinit {
        sws_freeContext(scaler)
        av_frame_free(&frame)
        av_packet_free(&packet)
        avcodec_free_context(&context)
    }

    /// The JPEG file of a picture; nil if its planes do not fit its size.
    public func encode(_ picture: Picture) -> [UInt8]? {
        guard picture.width > 0, picture.height > 0, picture.width <= 8_192, picture.height <= 8_192 else { return nil }
        let half = ((picture.width + 1) / 2, (picture.height + 1) / 2)
        guard picture.planes.count >= picture.width * picture.height + 2 * half.0 * half.1 else { return nil }
        let size = fit(picture)
        guard prepare(size.width, size.height), let frame, let packet, let context else { return nil }
        scaler = sws_getCachedContext(
            scaler, Int32(picture.width), Int32(picture.height), AV_PIX_FMT_YUV420P, Int32(size.width), Int32(size.height),
            AV_PIX_FMT_YUVJ420P, SWS_AREA, nil, nil, nil)
        guard scaler != nil, av_frame_make_writable(frame) == 0 else { return nil }
        let rows = picture.planes.withUnsafeBufferPointer { planes -> Int32 in
            let start = planes.baseAddress!
            let luma = picture.width * picture.height
            let sources: [UnsafePointer<UInt8>?] = [start, start + luma, start + luma + half.0 * half.1, nil]
            let strides: [Int32] = [Int32(picture.width), Int32(half.0), Int32(half.0), 0]
            let targets: [UnsafeMutablePointer<UInt8>?] = [frame.pointee.data.0, frame.pointee.data.1, frame.pointee.data.2, nil]
            let widths: [Int32] = [frame.pointee.linesize.0, frame.pointee.linesize.1, frame.pointee.linesize.2, 0]
            return sws_scale(scaler, sources, strides, 0, Int32(picture.height), targets, widths)
        }
        guard rows == size.height else { return nil }
        frame.pointee.quality = Int32(quantiser) * FF_QP2LAMBDA
        frame.pointee.pts += 1
        guard avcodec_send_frame(context, frame) == 0, avcodec_receive_packet(context, packet) == 0 else { return nil }
        defer { av_packet_unref(packet) }
        return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
    }

    private func fit(_ picture: Picture) -> (width: Int, height: Int) {
        if picture.width * height > picture.height * width {
            return (width, max(16, (picture.height * width / picture.width) & ~1))
        }
        return (max(16, (picture.width * height / picture.height) & ~1), height)
    }

    private func prepare(_ width: Int, _ height: Int) -> Bool {
        if let context, context.pointee.width == width, context.pointee.height == height { return true }
        avcodec_free_context(&context)
        av_frame_free(&frame)
        if packet == nil { packet = av_packet_alloc() }
        guard let encoder = avcodec_find_encoder(AV_CODEC_ID_MJPEG), let made = avcodec_alloc_context3(encoder) else { return false }
        context = made
        made.pointee.width = Int32(width)
        made.pointee.height = Int32(height)
        made.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        made.pointee.color_range = AVCOL_RANGE_JPEG
        made.pointee.time_base = AVRational(num: 1, den: 25)
        made.pointee.thread_count = 1
        made.pointee.flags |= Int32(AV_CODEC_FLAG_QSCALE)
        made.pointee.global_quality = Int32(quantiser) * FF_QP2LAMBDA
        guard avcodec_open2(made, encoder, nil) == 0, let fresh = av_frame_alloc() else {
            avcodec_free_context(&context)
            return false
        }
        frame = fresh
        fresh.pointee.width = Int32(width)
        fresh.pointee.height = Int32(height)
        fresh.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        fresh.pointee.pts = 0
        guard av_frame_get_buffer(fresh, 0) == 0 else {
            avcodec_free_context(&context)
            return false
        }
        return packet != nil
    }
}
