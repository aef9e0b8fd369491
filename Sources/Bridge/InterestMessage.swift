import Basics

/// What one end of a trunk wants from the other in one meeting; sent per hop, whole, whenever it changes.
///
/// Wire form, after the kind byte that marks a bridge's own hop message: version 1, flags (bit 0 audio), length and bytes of the
/// meeting id, count, and for each wanted picture node index (32 bits), incarnation (64) and counter (32). Bytes behind these
/// belong to later versions and are skipped.
struct InterestMessage: Equatable {
    /// Pictures one edge may ask for in one meeting; more are cut off.
    static let maximumVideos = 32

    var meeting: MeetingID
    var audio: Bool
    var videos: [StreamID]

    func encode(into writer: inout ByteWriter) {
        writer.u8(1)
        writer.u8(audio ? 1 : 0)
        writer.u8(UInt8(clamping: meeting.rawValue.utf8.count))
        writer.append(meeting.rawValue.utf8.prefix(255))
        writer.u8(UInt8(min(videos.count, Self.maximumVideos)))
        for id in videos.prefix(Self.maximumVideos) {
            writer.u32(id.node.rawValue)
            writer.u64(id.incarnation)
            writer.u32(id.counter)
        }
    }

    init(meeting: MeetingID, audio: Bool, videos: [StreamID]) {
        self.meeting = meeting
        self.audio = audio
        self.videos = videos
    }

    /// Nil if the bytes are no interest of a version we know.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.u8() == 1, let flags = reader.u8(), let length = reader.u8(), (1...48).contains(length),
            let name = reader.take(Int(length)), let text = String(validating: name, as: UTF8.self), let count = reader.u8(),
            count <= Self.maximumVideos
        else { return nil }
        // Repaired text would be longer than the limit, and could be taken for another meeting's name.
        meeting = MeetingID(text)
        audio = flags & 1 != 0
        videos = []
        for _ in 0..<count {
            guard let node = reader.u32(), let incarnation = reader.u64(), let counter = reader.u32() else { return nil }
            videos.append(StreamID(node: NodeIndex(rawValue: node), incarnation: incarnation, counter: counter))
        }
    }
}
