import Basics
import Conference
import Testing

@testable import Bridge

@Suite("What each page receives")
struct LayoutPolicyTests {
    static let sites = ["a", "b", "c", "d", "e"].map { SiteID($0) }

    static func stream(_ site: String, _ kind: MediaKind) -> StreamRecord {
        let number = UInt32(site.utf8.first!) * 2 + (kind == .audio ? 0 : 1)
        return StreamRecord(
            id: StreamID(node: NodeIndex(rawValue: number), incarnation: 1, counter: 1), ssrc: number, kind: kind,
            codec: kind == .audio ? .opus : .vp8, site: SiteID(site))
    }
    static func id(_ text: String) -> StreamID? {
        text == "-" ? nil : stream(String(text.prefix(1)), text.last == "v" ? .video : .audio).id
    }

    static func view(chair: String?, speaker: String?, previous: String?, open: String) -> MeetingView {
        var view = MeetingView(
            definition: MeetingDefinition(id: MeetingID("m"), title: "", kind: .discussion, chairs: [SiteID("a")], sites: sites))
        view.actingChair = chair.map { SiteID($0) }
        view.speaker = speaker.map { SiteID($0) }
        view.previousSpeaker = previous.map { SiteID($0) }
        view.sites = sites.map {
            SiteView(id: $0, presence: .present, muted: false, microphoneOpen: open.contains($0.rawValue), hasVideo: true, headCount: nil)
        }
        return view
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var site: String, chair: String?, speaker: String?, previous: String?, open: String
        var audio: [String], video: [String]
        var testDescription: String { "\(site), chair \(chair ?? "-"), speaker \(speaker ?? "-"), open \(open)" }
    }

    static let rows = [
        Row(site: "c", chair: "a", speaker: "b", previous: nil, open: "ab", audio: ["b", "a", "-"], video: ["bv", "-"]),
        Row(site: "b", chair: "a", speaker: "b", previous: nil, open: "ab", audio: ["-", "a", "-"], video: ["-", "av"]),
        Row(site: "a", chair: "a", speaker: "b", previous: "c", open: "ab", audio: ["b", "-", "-"], video: ["bv", "-"]),
        Row(site: "a", chair: "a", speaker: "a", previous: "c", open: "a", audio: ["-", "-", "-"], video: ["-", "cv"]),
        Row(site: "a", chair: "a", speaker: "a", previous: nil, open: "a", audio: ["-", "-", "-"], video: ["-", "-"]),
        Row(site: "a", chair: "a", speaker: "a", previous: "a", open: "a", audio: ["-", "-", "-"], video: ["-", "-"]),
        Row(site: "e", chair: "a", speaker: "b", previous: nil, open: "abc", audio: ["b", "a", "c"], video: ["bv", "-"]),
        Row(site: "e", chair: "a", speaker: "b", previous: nil, open: "abcd", audio: ["b", "a", "c"], video: ["bv", "-"]),
        Row(site: "e", chair: nil, speaker: nil, previous: nil, open: "", audio: ["-", "-", "-"], video: ["-", "-"]),
        Row(site: "b", chair: nil, speaker: "b", previous: nil, open: "b", audio: ["-", "-", "-"], video: ["-", "-"]),
    ]

    @Test("speaker, chair and further voices have their slots, and nobody has itself", arguments: rows)
    func layout(_ row: Row) {
        let streams = Self.sites.flatMap { [Self.stream($0.rawValue, .audio), Self.stream($0.rawValue, .video)] }
        let view = Self.view(chair: row.chair, speaker: row.speaker, previous: row.previous, open: row.open)
        let layout = LayoutPolicy.layout(for: SiteID(row.site), view: view, streams: streams, previous: .init())
        #expect(layout.audio == row.audio.map(Self.id))
        #expect(layout.video == row.video.map(Self.id))
    }

    @Test("a further voice keeps its slot when another goes, and the latest stream of a site counts")
    func steady() {
        var streams = Self.sites.flatMap { [Self.stream($0.rawValue, .audio), Self.stream($0.rawValue, .video)] }
        let both = LayoutPolicy.layout(
            for: SiteID("e"), view: Self.view(chair: "a", speaker: "b", previous: nil, open: "abc"), streams: streams, previous: .init())
        let one = LayoutPolicy.layout(
            for: SiteID("e"), view: Self.view(chair: "a", speaker: "b", previous: nil, open: "bc"), streams: streams, previous: both)
        #expect(one.audio == [Self.id("b"), nil, Self.id("c")])
        let newer = StreamRecord(
            id: StreamID(node: NodeIndex(rawValue: 9), incarnation: 2, counter: 1), ssrc: 77, kind: .audio, codec: .opus, site: SiteID("b"))
        streams.append(newer)
        let again = LayoutPolicy.layout(
            for: SiteID("e"), view: Self.view(chair: "a", speaker: "b", previous: nil, open: "bc"), streams: streams, previous: one)
        #expect(again.audio == [newer.id, nil, Self.id("c")])
    }
}

@Suite("What neighbours tell each other they want")
struct InterestMessageTests {
    static func videos(_ count: Int) -> [StreamID] {
        (0..<count).map { StreamID(node: NodeIndex(rawValue: UInt32($0) &* 2_654_435_761), incarnation: .max - UInt64($0), counter: UInt32($0)) }
    }

    @Test("an interest is read as it was written", arguments: [0, 1, 2, 31, 32])
    func roundTrip(_ count: Int) {
        for audio in [true, false] {
            let message = InterestMessage(meeting: MeetingID("giao-ban-2025.11"), audio: audio, videos: Self.videos(count))
            var writer = ByteWriter()
            message.encode(into: &writer)
            #expect(writer.bytes.withUnsafeBytes { InterestMessage($0) } == message)
            writer.append([1, 2, 3])
            #expect(writer.bytes.withUnsafeBytes { InterestMessage($0) } == message, "a later version's bytes are skipped")
        }
    }

    @Test("more pictures than the limit are cut off")
    func limit() {
        var writer = ByteWriter()
        InterestMessage(meeting: MeetingID("m"), audio: true, videos: Self.videos(40)).encode(into: &writer)
        #expect(writer.bytes.withUnsafeBytes { InterestMessage($0) }?.videos == Self.videos(32))
    }

    @Test("a meeting's name that is no UTF-8 is refused, not repaired")
    func brokenName() {
        let bytes: [UInt8] = [1, 1, 3, 0x61, 0xFF, 0x62, 0]
        #expect(bytes.withUnsafeBytes { InterestMessage($0) } == nil)
    }

    @Test("no cut-off and no random bytes trap, and what is read is within the limits")
    func randomBytes() {
        var writer = ByteWriter()
        InterestMessage(meeting: MeetingID("hop"), audio: true, videos: Self.videos(5)).encode(into: &writer)
        for length in 0..<writer.bytes.count { #expect(writer.bytes[..<length].withUnsafeBytes { InterestMessage($0) } == nil) }
        var random = SeededGenerator(seed: 77)
        for _ in 0..<50_000 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            if Bool.random(using: &random), !bytes.isEmpty { bytes[0] = 1 }
            guard let message = bytes.withUnsafeBytes({ InterestMessage($0) }) else { continue }
            #expect(message.videos.count <= InterestMessage.maximumVideos)
        }
    }
}
