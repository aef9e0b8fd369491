import Basics
import Conference

/// What the checkers found, the rare events they met, and the story of the run.
final class Findings {
    private(set) var violations: [Violation] = []
    private(set) var dropped = 0
    private let limit: Int
    let keepsStory: Bool
    /// By name.
    private var counts: [String: Int] = [:]
    var trace = Trace()
    private var open: [Trace.Held] = []
    /// Kinds of trouble told already: the same pair of nodes need not be told at every event.
    private var told: Set<String> = []

    init(limit: Int, keepsStory: Bool) {
        self.limit = limit
        self.keepsStory = keepsStory
    }

    /// Notes a violation; one with the same rule and message only once.
    func violation(_ rule: String, _ now: Instant, _ message: String) {
        guard told.insert(rule + message).inserted else { return }
        guard violations.count < limit else {
            dropped += 1
            return
        }
        violations.append(Violation(rule: rule, at: now - .zero, message: message))
        tell(now, nil, "\(rule): \(message)")
    }

    /// A named rare event came about.
    func count(_ name: String, _ times: Int = 1) { if times > 0 { counts[name, default: 0] += times } }
    var rareEvents: [String: Int] { counts }

    /// A line of the story.
    func tell(_ now: Instant, _ node: NodeIndex?, isDetail: Bool = false, _ text: @autoclosure () -> String) {
        guard keepsStory else { return }
        trace.story.append(Trace.Line(at: now - .zero, node: node, text: text(), isDetail: isDetail))
    }

    /// What a direction of a trunk carried in one second.
    func load(_ trunk: Trunk, _ isUp: Bool, _ second: Int64, _ bytes: Int) {
        guard keepsStory else { return }
        trace.loads.append(Trace.Load(trunk: trunk, isUp: isUp, second: Int(second), kbps: Double(bytes) * 8 / 1_000))
    }
}

extension Findings {
    /// A site's gate opened under a lease, changed its lease, or (nil) closed.
    func gate(_ now: Instant, _ meeting: MeetingID, _ site: SiteID, _ lease: LeaseName?) {
        guard keepsStory else { return }
        if let i = open.firstIndex(where: { $0.meeting == meeting && $0.site == site }) {
            if let lease, lease.crown == open[i].crown { return }
            var held = open.remove(at: i)
            held.until = now - .zero
            trace.held.append(held)
        }
        guard let lease else { return }
        open.append(Trace.Held(meeting: meeting, site: site, crown: lease.crown, from: now - .zero, until: now - .zero))
    }

    /// The run is over: what is open ends here.
    func close(_ now: Instant) {
        for var held in open {
            held.until = now - .zero
            trace.held.append(held)
        }
        open.removeAll()
    }
}
