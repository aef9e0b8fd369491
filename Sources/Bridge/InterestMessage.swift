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
        StreamList(meeting: meeting, flags: audio ? 1 : 0, streams: videos).encode(into: &writer)
    }

    init(meeting: MeetingID, audio: Bool, videos: [StreamID]) {
        self.meeting = meeting
        self.audio = audio
        self.videos = videos
    }

    /// Nil if the bytes are no interest of a version we know.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let list = StreamList(bytes) else { return nil }
        self.init(meeting: list.meeting, audio: list.flags & 1 != 0, videos: list.streams)
    }
}

/// Which voices of a crowded meeting are heard: the crown's word, told down hop by hop whenever it changes.
///
/// Wire form as ``InterestMessage``'s, with the kind byte of its own; flag bit 0 is set, as programs of before expect it.
struct ChoiceMessage: Equatable {
    var meeting: MeetingID
    /// Sorted.
    var voices: [StreamID]

    init(meeting: MeetingID, voices: [StreamID]) {
        self.meeting = meeting
        self.voices = voices.sorted()
    }

    func encode(into writer: inout ByteWriter) { StreamList(meeting: meeting, flags: 1, streams: voices).encode(into: &writer) }

    /// Nil if the bytes are no choice of a version we know.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let list = StreamList(bytes) else { return nil }
        self.init(meeting: list.meeting, voices: list.streams)
    }
}

/// A meeting, eight flags and some of its streams: the body of both messages.
private struct StreamList {
    var meeting: MeetingID
    var flags: UInt8
    var streams: [StreamID]

    init(meeting: MeetingID, flags: UInt8, streams: [StreamID]) {
        self.meeting = meeting
        self.flags = flags
        self.streams = streams
    }

    func encode(into writer: inout ByteWriter) {
        writer.u8(1)
        writer.u8(flags)
        writer.u8(UInt8(clamping: meeting.rawValue.utf8.count))
        writer.append(meeting.rawValue.utf8.prefix(255))
        writer.u8(UInt8(min(streams.count, InterestMessage.maximumVideos)))
        for id in streams.prefix(InterestMessage.maximumVideos) {
            writer.u32(id.node.rawValue)
            writer.u64(id.incarnation)
            writer.u32(id.counter)
        }
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.u8() == 1, let flags = reader.u8(), let length = reader.u8(), (1...48).contains(length),
            let name = reader.take(Int(length)), let text = String(validating: name, as: UTF8.self), let count = reader.u8(),
            count <= InterestMessage.maximumVideos
        else { return nil }
        // Repaired text would be longer than the limit, and could be taken for another meeting's name.
        meeting = MeetingID(text)
        self.flags = flags
        streams = []
        for _ in 0..<count {
            guard let node = reader.u32(), let incarnation = reader.u64(), let counter = reader.u32() else { return nil }
            streams.append(StreamID(node: NodeIndex(rawValue: node), incarnation: incarnation, counter: counter))
        }
    }
}
