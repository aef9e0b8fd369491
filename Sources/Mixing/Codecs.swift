import Basics

/// Turns 20 ms of sound into one Opus packet.
public protocol AudioEncoder: AnyObject {
    /// 960 mono samples at 48 kHz; returns the bytes written, nil on failure.
    /// A packet of at most 2 bytes need not be sent (discontinuous transmission, RFC 6716 section 2.1.9).
    func encode(_ samples: UnsafeBufferPointer<Int16>, into packet: UnsafeMutableRawBufferPointer) -> Int?
    /// Forgets the past: the next packet starts a stream of its own.
    func reset()
    /// The loss in percent that in-band forward error correction prepares for; 0 turns it off.
    func expectLoss(percent: Int)
}

/// Turns Opus packets into sound.
public protocol AudioDecoder: AnyObject {
    /// Decodes one packet into up to 5,760 mono samples at 48 kHz; nil packet: concealment of 960 samples;
    /// `forwardErrorCorrection`: the previous, lost packet out of this one. Returns the samples written, nil on failure.
    func decode(_ packet: UnsafeRawBufferPointer?, forwardErrorCorrection: Bool, into samples: UnsafeMutableBufferPointer<Int16>) -> Int?
    /// Forgets the past: the next packet starts a stream of its own.
    func reset()
}

/// Makes audio codecs; the shell hands one to the core.
public protocol AudioCodecProvider: AnyObject {
    /// Nil if the library refuses.
    func makeEncoder(_ bitrate: Bitrate) -> (any AudioEncoder)?
    /// Nil if the library refuses.
    func makeDecoder() -> (any AudioDecoder)?
}

/// A decoded picture: planar YUV 4:2:0, 8 bits.
public struct Picture: Sendable {
    /// Pixels in a row.
    public var width: Int
    /// Rows of pixels.
    public var height: Int
    /// `width × height` luma bytes, then two planes of `(width+1)/2 × (height+1)/2`.
    public var planes: [UInt8]
    /// A picture of its planes, one after the other.
    public init(width: Int, height: Int, planes: [UInt8]) {
        self.width = width
        self.height = height
        self.planes = planes
    }
}

/// Turns whole encoded frames into pictures; slow, so it runs outside the core.
public protocol VideoDecoder: AnyObject {
    /// One whole frame (VP8 frame, or H.264 access unit in Annex B); nil if it gives no picture (yet).
    func decode(_ frame: UnsafeRawBufferPointer) -> Picture?
}
