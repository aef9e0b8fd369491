import Basics
import Foundation
import Glibc
import NodeClient

/// A hall without people: joins over the real leg, speaks when it has the floor, and says whom it heard and saw.
///
/// Standard input takes lines: `request` (ask for the floor), `withdraw` (give it back), `speak` and `mute` (its own
/// microphone switch), `talk` and `quiet` (whether anybody says something into it), `count` (what arrived since the last
/// `count`), `quit`. Standard output gives a line of JSON
/// for everything that happened (``BotEvent``).
public enum Bot {
    /// Runs until `quit` or the end of standard input. 0: ended as told; 1: could not begin.
    public static func run(_ options: BotOptions) async throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        guard let text = try? String(contentsOfFile: options.sites, encoding: .utf8) else {
            BotEvent(.error, message: "\(options.sites): cannot be read").emit()
            return 1
        }
        let marks = SiteMarks(text: text)
        guard let own = marks.entry(options.site) else {
            BotEvent(.error, message: "\(options.sites): has no line for \(options.site)").emit()
            return 1
        }
        let clips: BotLeg.Clips
        do {
            let media = SiteMedia(.init(name: own.name, index: own.index), at: options.rates, cache: options.media)
            clips = BotLeg.Clips(sound: try media.clip(.opus), vp8: try media.clip(.vp8), h264: try media.clip(.h264))
        } catch {
            BotEvent(.error, message: "\(error)").emit()
            return 1
        }
        let (news, teller) = AsyncStream.makeStream(of: BotLeg.News.self)
        let highest = marks.entries.map(\.index).max() ?? 0
        let loop = try BotLoop(clips: clips, sites: highest + 1, soundOnly: options.soundOnly || options.cameraOff) { teller.yield($0) }
        let hall = BotHall(options, marks: marks, loop: loop)
        let commands = lines()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await hall.watch() }
            group.addTask { for await item in news { await hall.take(item) } }
            group.addTask { await hall.keepJoined() }
            group.addTask {
                for await line in commands {
                    if line == "quit" { return }
                    await hall.obey(line)
                }
            }
            // The commands end first, unless the process is cancelled: all others go on for ever.
            await group.next()
            group.cancelAll()
            loop.stop()
            teller.finish()
        }
        return 0
    }

    /// Lines of standard input; the end of the stream is the end of whoever started us.
    private static func lines() -> AsyncStream<String> {
        AsyncStream { sink in
            let reader = Thread {
                while let line = readLine() { sink.yield(line) }
                sink.finish()
            }
            reader.name = "commands"
            reader.start()
        }
    }
}
