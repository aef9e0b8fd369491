import Basics
import Conference
import Topology

/// What happens in one run: all that a seed and a file decide before the first event.
public struct Scenario: Hashable, Sendable {
    /// File name without ending, or `swarm`.
    public var name: String
    /// One sentence for people.
    public var title: String
    /// The network as every node loads it at first.
    public var network: Network
    /// Meetings that people start.
    public var meetings: [PlannedMeeting]
    /// Faults and people's deeds, by time; equal times keep their order.
    public var timeline: [TimedEvent]
    /// How each trunk behaves before a fault changes it; a trunk that is not listed follows its line in the topology.
    public var links: [Trunk: Impairment]
    /// Length of the safety phase, from the first event on.
    public var safetyPhase: Interval
    /// Then the core is healed and observed for so long: nothing new is broken, people ask on.
    public var livenessPhase: Interval
    /// The nodes that are healed for the liveness phase; nil: all. They are connected.
    public var core: [NodeIndex]?
    /// What must have been measured at the end.
    public var expectations: [Expectation]
    /// Rules of the node that are left out: a deliberately broken variant, which a checker must notice.
    public var without: Rules

    /// A scenario of its parts; without more, a quiet network.
    public init(
        name: String, title: String = "", network: Network, meetings: [PlannedMeeting] = [], timeline: [TimedEvent] = [],
        links: [Trunk: Impairment] = [:], safetyPhase: Interval, livenessPhase: Interval = .seconds(10), core: [NodeIndex]? = nil,
        expectations: [Expectation] = [], without: Rules = []
    ) {
        self.name = name
        self.title = title
        self.network = network
        self.meetings = meetings
        self.timeline = timeline
        self.links = links
        self.safetyPhase = safetyPhase
        self.livenessPhase = livenessPhase
        self.core = core
        self.expectations = expectations
        self.without = without
    }
}

extension Scenario {
    /// The nodes that lie at some time. The rules ask nothing of what they do.
    public var liars: Set<NodeIndex> {
        Set(timeline.compactMap { if case .byzantine(let node, let lies) = $0.event, !lies.isEmpty { node } else { nil } })
    }
}

/// A declared or backup edge by its two ends.
public struct Trunk: Hashable, Sendable {
    /// The end that dials.
    public var lower: NodeIndex
    /// The end that is dialled.
    public var upper: NodeIndex
    /// The trunk between two nodes.
    public init(lower: NodeIndex, upper: NodeIndex) {
        self.lower = lower
        self.upper = upper
    }
}

/// A meeting and when its first chair starts it.
public struct PlannedMeeting: Hashable, Sendable {
    /// The meeting itself, as in its file.
    public var file: MeetingFile
    /// From the beginning of the run.
    public var startsAt: Interval
    /// A meeting that is started then.
    public init(file: MeetingFile, startsAt: Interval) {
        self.file = file
        self.startsAt = startsAt
    }
}

/// How one direction of a link treats datagrams.
public struct Impairment: Hashable, Sendable {
    /// Bits per second that pass; the rest waits in the queue.
    public var rate: Bitrate
    /// One way, without queueing.
    public var delay: Interval
    /// Spread of the delay, uniform around it.
    public var jitter: Interval
    /// Two-state loss (Gilbert 1960, Elliott 1963).
    public var loss: BurstLoss
    /// Share of datagrams that arrive twice, 0 to 1.
    public var duplicate: Double
    /// Share that is overtaken, 0 to 1.
    public var reorder: Double
    /// Share of which a byte arrives changed, 0 to 1.
    public var corrupt: Double
    /// Bytes that wait for the line; more are dropped at the tail.
    public var queue: Int
    /// What is not given does no harm; 64 KB wait.
    public init(
        rate: Bitrate, delay: Interval, jitter: Interval = .zero, loss: BurstLoss = BurstLoss(share: 0), duplicate: Double = 0,
        reorder: Double = 0, corrupt: Double = 0, queue: Int = 64_000
    ) {
        self.rate = rate
        self.delay = delay
        self.jitter = jitter
        self.loss = loss
        self.duplicate = duplicate
        self.reorder = reorder
        self.corrupt = corrupt
        self.queue = queue
    }
}

/// A share of datagrams lost, singly or in bursts.
public struct BurstLoss: Hashable, Sendable {
    /// Lost in the long run, 0 to 1.
    public var share: Double
    /// Mean length of a burst in time; zero: each datagram by itself.
    public var burst: Interval
    /// A share of datagrams, in bursts of that mean length.
    public init(share: Double, burst: Interval = .zero) {
        self.share = share
        self.burst = burst
    }
}

/// Something that happens at a time, counted from the start.
public struct TimedEvent: Hashable, Sendable {
    /// From the beginning of the run.
    public var at: Interval
    /// What happens then.
    public var event: Event
    /// An event at a time.
    public init(at: Interval, event: Event) {
        self.at = at
        self.event = event
    }
}

/// Faults and deeds.
public enum Event: Hashable, Sendable {
    // The lines.
    /// Nothing passes in either direction.
    case cut(Trunk)
    /// Nothing from the first to the second; the other direction goes on.
    case cutOneWay(from: NodeIndex, to: NodeIndex)
    /// Takes back cuts in both directions; impairments stay.
    case mend(Trunk)
    /// From now on the trunk behaves so, in both directions.
    case impair(Trunk, Impairment)

    // The nodes.
    /// Dies; with its memory (disk) or without.
    case crash(NodeIndex, losesMemory: Bool)
    /// Starts again, with the memory that its crash left it.
    case restart(NodeIndex)
    /// Stands still (a stopped process, a sleeping machine), then goes on with what has arrived.
    case pause(NodeIndex, Interval)
    /// Every datagram and every wake waits so long before it is handled; zero: as before.
    case slow(NodeIndex, Interval)
    /// Its clocks run so much faster, in millionths.
    case drift(NodeIndex, Int)
    /// Its wall clock jumps.
    case stepClock(NodeIndex, Interval)
    /// Writes to its disk fail, or no longer.
    case diskFull(NodeIndex, Bool)
    /// Its certificate is not accepted any more by new handshakes, or is again.
    case certificateExpired(NodeIndex, Bool)
    /// It goes over to another edition of the topology file while it runs; where that is forbidden it is started again, and one that is
    /// dead loads it at its next start.
    case loadTopology(NodeIndex, Network)
    /// Is upgraded: it starts again, with its memory, and from then on sends what a later program may; one that is dead does at its next
    /// start.
    case newerProgram(NodeIndex)
    /// Its program is replaced by one that tells these lies; by an honest one, if there are none.
    case byzantine(NodeIndex, Set<Lie>)

    // The people.
    /// The hall joins.
    case join(SiteID, MeetingID)
    /// The hall leaves.
    case leave(SiteID, MeetingID)
    /// People speak into the microphone, or no longer, whether it is open or not.
    case talk(SiteID, MeetingID, Bool)
    /// Asks for the floor.
    case request(SiteID, MeetingID, RequestPriority)
    /// Takes the request back, or gives the floor back.
    case withdraw(SiteID, MeetingID)
    /// Mutes the microphone at the hall, or no longer.
    case mute(SiteID, MeetingID, Bool)
    /// The chair gives the floor to a site.
    case give(chair: SiteID, MeetingID, to: SiteID)
    /// The chair takes the floor from a site.
    case revoke(chair: SiteID, MeetingID, from: SiteID)
    /// The chair mutes all other sites.
    case muteAll(chair: SiteID, MeetingID)
    /// The chair ends the meeting.
    case end(chair: SiteID, MeetingID)
    /// The chair puts a question to the vote, which is the vote's name from then on.
    case openVote(chair: SiteID, MeetingID, String)
    /// The chair closes it.
    case closeVote(chair: SiteID, MeetingID, String)
    /// The hall's heads are counted.
    case cast(SiteID, MeetingID, Ballot, on: String)
    /// The node goes on with its part of the meeting by itself ("tách họp riêng"), until it rejoins ("nhập lại").
    case breakAway(NodeIndex, MeetingID)
    /// Its part is one with the rest again.
    case rejoin(NodeIndex, MeetingID)
}

/// What must hold at the end, besides safety and liveness: a measure and its bound.
public struct Expectation: Hashable, Sendable {
    /// What is measured.
    public var measure: Measure
    /// Milliseconds, kbit/s or a count, as the measure says.
    public var wanted: Double
    /// A measure and its bound, in the measure's unit.
    public init(measure: Measure, wanted: Double) {
        self.measure = measure
        self.wanted = wanted
    }

    /// What can be measured over a run; `rawValue` is its name in files and results.
    public enum Measure: String, Hashable, Sendable, CaseIterable {
        /// Milliseconds from a roster change until the last reachable node knows it, at most.
        case rosterEverywhereWithin = "roster_everywhere_within"
        /// Most copies of one stream seen on one trunk in one direction.
        case oneCopyPerTrunk = "one_copy_per_trunk"
        /// kbit/s in any second on any trunk and direction, at most.
        case maxTrunkRate = "max_trunk_kbps"
        /// Milliseconds without the speaker's sound after a cut or crash at any hall that still hears a speaker, at most.
        case gapAfterCut = "gap_after_cut"
        /// Milliseconds from a cut until both sides have a crown of their own, at most.
        case partMeetsWithin = "part_meets_within"
        /// Milliseconds from mouth to ear, at most (99th percentile).
        case mouthToEar = "mouth_to_ear"
        /// Requests that left neither by grant, denial nor their owner's will, at most.
        case requestsLost = "no_request_lost"
        /// Ballots that a home accepted and a node of the core does not count at the end, at most.
        case ballotsLost = "no_ballot_lost"
        /// Ballots that every node of the core counts at the end, at least.
        case ballots = "ballots_counted_at_least"
        /// Milliseconds from a heal until one crown and one holder are left, at most.
        case healedWithin = "healed_within"
        /// Milliseconds from the end of a fault until a waiting request is granted, at most.
        case grantedWithin = "granted_within"
        /// Requests granted, at least.
        case grants = "grants_at_least"
        /// Sound frames heard, at least.
        case heard = "frames_heard_at_least"
        /// Edges that went down although nothing was cut, at most.
        case falseDetaches = "false_detaches"
        /// Times a node took a backup parent, at least.
        case rehomings = "rehomings_at_least"

        /// The bound is a least value.
        public var isAtLeast: Bool { rawValue.hasSuffix("_at_least") }
    }
}
