import Basics

/// The constant rates at which a hall's clips are encoded: those of the meeting's file, which its plan counts with too.
public struct MediaRates: Hashable, Sendable {
    /// Of Opus packets.
    public var audio: Bitrate
    /// Of encoded pictures.
    public var video: Bitrate

    /// Small pictures, unless a meeting asks for others.
    public init(audio: Bitrate = .kbps(32), video: Bitrate = .kbps(300)) {
        self.audio = audio
        self.video = video
    }
}
