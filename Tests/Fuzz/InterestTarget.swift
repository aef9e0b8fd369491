import Basics

@testable import Bridge

/// What one end of a trunk wants from the other.
enum InterestTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        guard let message = InterestMessage(bytes) else { return }
        promise(message.videos.count <= InterestMessage.maximumVideos, "\(message.videos.count) pictures")
        var writer = ByteWriter()
        message.encode(into: &writer)
        writer.bytes.withUnsafeBytes {
            promise(InterestMessage($0) == message, "\(message) came back changed")
        }
    }

    static var seeds: [[UInt8]] {
        func written(_ meeting: String, _ audio: Bool, _ pictures: Int) -> [UInt8] {
            var writer = ByteWriter()
            let videos = (0..<pictures).map { StreamID(node: NodeIndex(rawValue: UInt32($0)), incarnation: 3, counter: UInt32($0 * 7)) }
            InterestMessage(meeting: MeetingID(meeting), audio: audio, videos: videos).encode(into: &writer)
            return writer.bytes
        }
        return [
            written("giao-ban", true, 0), written("giao-ban", false, 1), written("họp-xã", true, 3),
            written(String(repeating: "m", count: 48), true, 32), written("m", true, 0) + [1, 2, 3],
        ]
    }
}
