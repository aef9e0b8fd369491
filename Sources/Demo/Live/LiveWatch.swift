import Basics
import Console
import Foundation
import NodeClient
import Synchronization

/// What pages said and halls heard during a live run, each with its time on the machine's boot-time clock.
///
/// A page at every node that takes part: what it shows is what people there know, a few milliseconds after the node does.
final class LiveWatch: Sendable {
    /// A page changed.
    struct Page: Sendable {
        var at: Instant
        /// The node's slot.
        var node: Int
        var meeting: MeetingID
        /// Nil: the connection to the node ended.
        var state: PageState?
    }
    /// A hall hears somebody, or nobody, since then.
    struct Sound: Hashable, Sendable {
        var at: Instant
        var site: String
        var meeting: MeetingID
        var isHeard: Bool
    }

    private struct Log {
        var pages: [Page] = []
        var sounds: [Sound] = []
    }
    private let log = Mutex(Log())

    var pages: [Page] { log.withLock { $0.pages } }
    var sounds: [Sound] { log.withLock { $0.sounds } }
    func note(_ sound: Sound) { log.withLock { $0.sounds.append(sound) } }
    private func note(_ page: Page) { log.withLock { $0.pages.append(page) } }

    /// The newest of every node's page of a meeting.
    func latest(_ meeting: MeetingID) -> [Int: PageState] {
        log.withLock { log in
            var result: [Int: PageState] = [:]
            for page in log.pages where page.meeting == meeting { result[page.node] = page.state }
            return result
        }
    }

    /// Follows one node's page of a meeting until it is cancelled, and connects again whenever the node is back.
    func follow(_ client: NodeClient, token: String, node: Int, meeting: MeetingID) async {
        while !Task.isCancelled {
            let page = Mutex<PageState?>(nil)
            try? await client.events("/api/events", token: token) { @Sendable event in
                let at = BotLoop.now()
                let data = Array(event.data.utf8)
                var next = page.withLock { $0 }
                if event.name == "state" { next = try Console.decode(PageState.self, from: data) }
                if event.name == "change" { try next?.apply(Console.decode(PageChange.self, from: data)) }
                if event.name == "state" || event.name == "change" {
                    page.withLock { $0 = next }
                    self.note(Page(at: at, node: node, meeting: meeting, state: next))
                }
                return !Task.isCancelled
            }
            if page.withLock({ $0 }) != nil { note(Page(at: BotLoop.now(), node: node, meeting: meeting, state: nil)) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
