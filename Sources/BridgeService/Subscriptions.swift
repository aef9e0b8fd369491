import Basics
import Bridge
import Conference
import Console

/// Pages that want to see their meeting change; belongs to the loop's thread.
///
/// Each page gets whole snapshots through a stream that keeps only the newest; the HTTP side sends it the difference.
final class Subscriptions {
    private struct Page {
        let id: UInt64
        let pass: Pass
        let sink: AsyncStream<MeetingUpdate>.Continuation
        var last: MeetingUpdate?
    }
    private var pages: [Page] = []
    private var lastID: UInt64 = 0
    private var nextTick = Instant.zero
    private var isOver = false

    func add(_ pass: Pass, _ sink: AsyncStream<MeetingUpdate>.Continuation, _ bridge: Bridge, now: Instant) -> UInt64 {
        lastID += 1
        if isOver { sink.finish() }
        pages.append(Page(id: lastID, pass: pass, sink: sink))
        tell(pages.count - 1, bridge, now: now)
        return lastID
    }

    func remove(_ id: UInt64) { pages.removeAll { $0.id == id } }

    /// The node stops.
    func end() {
        isOver = true
        for page in pages { page.sink.finish() }
    }

    /// The meeting changed: whoever shows it, or waits for one, is told.
    func changed(_ bridge: Bridge, now: Instant) {
        for i in pages.indices { tell(i, bridge, now: now) }
    }

    /// Once a second the state of the line.
    func tick(_ bridge: Bridge, now: Instant) {
        guard now >= nextTick else { return }
        nextTick = now + .seconds(1)
        changed(bridge, now: now)
    }

    private func tell(_ i: Int, _ bridge: Bridge, now: Instant) {
        let update = MeetingUpdate(
            clock: bridge.wall(now), incarnation: bridge.incarnation, uplink: bridge.uplinkQuality, view: bridge.meeting(of: pages[i].pass))
        if let last = pages[i].last, last.view == update.view, last.uplink == update.uplink, last.incarnation == update.incarnation { return }
        pages[i].last = update
        pages[i].sink.yield(update)
    }
}

extension Bridge {
    /// The trunk to the parent in one word; nil at the root.
    var uplinkQuality: LineQuality? {
        guard let uplink else { return nil }
        if !uplink.isUp { return .cut }
        return uplink.loss > 0.05 ? .unstable : .clear
    }
}
