import Console
import Foundation
import NodeClient
import Topology

/// Lets the floor go round: several halls ask at the same moment, each speaks until everybody heard and saw it, and gives
/// the floor back; the chair gives it where nobody but the chair may.
struct Conductor: Sendable {
    /// A speech lasts at least that long, so that a mark can be found in it twice over.
    static let shortest = 1.8
    /// And at most that long, whoever has not heard it by then.
    static let longest = 6.0
    /// Halls kept waiting, so that there is a queue to see.
    static let waiting = 2

    let stage: Stage
    let meeting: MeetingFile
    /// The site whose hall chairs.
    let chair: String
    let client: NodeClient
    let chairToken: String
    let tell: @Sendable (_ site: String, _ line: String) -> Void

    /// Runs for that many seconds (nil: until cancelled), and then until the last speaker has finished.
    func run(seconds: Double?) async {
        let start = Date()
        func elapsed() -> Double { -start.timeIntervalSinceNow }
        if meeting.kind == .resolutionStudy { return await listen(elapsed, seconds) }
        var turns = order
        var speaking: (site: String, since: Date, told: Bool)?
        var asked: [String: Date] = [:]
        var idleSince = Date()
        var isOver = false
        while !Task.isCancelled {
            let halls = await stage.halls
            if let seconds, elapsed() >= seconds, !isOver, await !stage.speakers.isEmpty || speaking != nil {
                isOver = true
                for site in turns where halls[site]?.place ?? 0 > 0 { tell(site, "withdraw") }
            }
            if let holder = await stage.holder {
                idleSince = Date()
                asked[holder] = nil
                // Whoever follows the last speaker (giao ban invites by itself) is not waited for.
                if isOver, let last = speaking, last.site != holder { return }
                if speaking?.site != holder { speaking = (holder, Date(), false) }
                let spoken = -(speaking?.since.timeIntervalSinceNow ?? 0)
                if spoken >= Conductor.shortest { await stage.spoke(holder) }
                let isHeard = await stage.missing(holder).isEmpty
                if speaking?.told == false, spoken >= Conductor.shortest && isHeard || spoken >= Conductor.longest {
                    speaking?.told = true
                    tell(holder, "withdraw")
                }
            } else {
                speaking = nil
                if isOver { return }
                if -idleSince.timeIntervalSinceNow > 0.7 { await give() }
            }
            if let seconds, elapsed() > seconds + Conductor.longest + 3 { return }
            if !isOver {
                // Those that wait or just asked; a request that came to nothing is made again.
                asked = asked.filter { $0.value.timeIntervalSinceNow > -3 && halls[$0.key]?.place == 0 }
                let inQueue = turns.count { halls[$0]?.place ?? 0 > 0 || asked[$0] != nil }
                // Nobody speaks yet: one more asks, all at the same moment.
                let wanted = min(turns.count - 1, Conductor.waiting + (speaking == nil ? 1 : 0))
                for _ in 0..<max(0, wanted - inQueue) {
                    let next = turns.firstIndex { site in
                        guard let hall = halls[site], asked[site] == nil else { return false }
                        return hall.joined && hall.place == 0 && !hall.holdsFloor
                    }
                    guard let next else { break }
                    let site = turns.remove(at: next)
                    turns.append(site)
                    asked[site] = Date()
                    tell(site, "request")
                }
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Quán triệt: the chair's hall speaks all the time, nobody asks.
    private func listen(_ elapsed: () -> Double, _ seconds: Double?) async {
        while !Task.isCancelled {
            if elapsed() >= Conductor.shortest { await stage.spoke(chair) }
            if let seconds, elapsed() >= seconds {
                let isHeard = await stage.missing(chair).isEmpty
                if isHeard || elapsed() > seconds + Conductor.longest { return }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// One hall gets the floor and keeps it; returns when everybody has heard and seen it, or after 20 s without.
    func hold(_ speaker: String) async {
        let start = Date()
        var asked = Date.distantPast
        while !Task.isCancelled, -start.timeIntervalSinceNow < 20 {
            let holds = meeting.kind == .resolutionStudy ? true : await stage.holder == speaker
            if holds {
                await stage.spoke(speaker)
                if await stage.missing(speaker).isEmpty { return }
            } else if -asked.timeIntervalSinceNow > 3 {
                asked = Date()
                tell(speaker, "request")
            } else if -asked.timeIntervalSinceNow > 0.7, await stage.holder == nil {
                await give()
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The chair gives the floor to the head of the queue, where it is not given by itself.
    private func give() async {
        guard let head = await stage.page?.meeting?.queue.first else { return }
        _ = try? await client.send("POST", "/api/floor/give", token: chairToken, body: Console.json(["site": head.site]))
    }

    /// Everybody but the chair, neighbours in the tree far apart: the first two to ask are of different branches.
    var order: [String] {
        let sites = meeting.sites.map(\.rawValue).filter { $0 != chair }
        let half = (sites.count + 1) / 2
        var result: [String] = []
        for i in 0..<half {
            result.append(sites[i])
            if half + i < sites.count { result.append(sites[half + i]) }
        }
        return result
    }
}
