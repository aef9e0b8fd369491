import Foundation
import Glibc

/// One line of a bot's standard output, for whoever started it.
struct BotEvent: Codable, Hashable, Sendable {
    enum Kind: String, Codable, Sendable {
        /// The leg carries media.
        case joined
        /// The leg ended; the bot joins again by itself.
        case left
        case granted
        case released
        /// `place` in the queue; 0: no longer in it.
        case queue
        /// `site` was heard, or seen, for the first time.
        case heard
        case saw
        /// Somebody's sound is decoded again since `at`, or none since then.
        case sound
        case silence
        /// `sound` arrived since it was asked last.
        case counted
        /// `message` says what went wrong.
        case error
    }
    var event: Kind
    var site: String?
    var place: Int?
    var message: String?
    /// Nanoseconds of the machine's boot-time clock.
    var at: Int64?
    var sound: SoundCount?

    init(_ event: Kind, site: String? = nil, place: Int? = nil, message: String? = nil, at: Int64? = nil, sound: SoundCount? = nil) {
        self.event = event
        self.site = site
        self.place = place
        self.message = message
        self.at = at
        self.sound = sound
    }

    /// Writes the line at once, whole.
    func emit() {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return }
        let line = [UInt8](data) + [10]
        _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }

    /// Reads a line back; nil if it is none.
    init?(line: some StringProtocol) {
        guard let event = try? JSONDecoder().decode(BotEvent.self, from: Data(line.utf8)) else { return nil }
        self = event
    }
}
