import Basics
import Native
import Simulator
import Topology
import TopologyFiles
import Wire

/// A run of the small three-level network that tests share: one meeting of all, everybody joins, one asks and talks.
struct Drill {
    static let meeting = MeetingID("hop-ba-cap")
    static let chair = SiteID("ninh-binh")
    static let network: Network = {
        let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        do { return try TopologyFiles.load("/" + here + "/topology/three-levels.yaml") } catch { preconditionFailure("\(error)") }
    }()

    var scenario: Scenario

    /// Yên Mỹ asks at 5 s and talks from then on.
    init(_ name: String, kind: MeetingFile.Kind = .discussion, sites: [SiteID] = network.sites, safety: Int64 = 12, liveness: Int64 = 5) {
        let file = MeetingFile(id: Self.meeting, title: "Họp ba cấp", kind: kind, chairs: [Self.chair], sites: sites)
        scenario = Scenario(
            name: name, network: Self.network, meetings: [PlannedMeeting(file: file, startsAt: .seconds(Int64(2)))],
            safetyPhase: .seconds(safety), livenessPhase: .seconds(liveness))
        for site in sites { at(3_000, .join(site, Self.meeting)) }
        at(5_000, .request(SiteID("yen-my"), Self.meeting, .normal))
        at(5_000, .talk(SiteID("yen-my"), Self.meeting, true))
    }

    static func node(_ id: String) -> NodeIndex { NodeIndex(of: id) }
    static func trunk(_ lower: String, _ upper: String) -> Trunk { Trunk(lower: node(lower), upper: node(upper)) }

    mutating func at(_ milliseconds: Int64, _ event: Event) {
        let timed = TimedEvent(at: .milliseconds(milliseconds), event: event)
        let place = scenario.timeline.firstIndex { $0.at > timed.at } ?? scenario.timeline.count
        scenario.timeline.insert(timed, at: place)
    }
    mutating func expect(_ measure: Expectation.Measure, _ wanted: Double) {
        scenario.expectations.append(Expectation(measure: measure, wanted: wanted))
    }

    func run(seed: UInt64 = 1, trace: Bool = false) -> Verdict {
        Simulator.run(
            scenario, RunOptions(seed: seed, keepTrace: trace) { ZstdCompressor(dictionary: GossipDictionary.bytes) })
    }
}
