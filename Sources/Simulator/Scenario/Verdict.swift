import Basics

/// What came of one scenario under one seed.
public struct Verdict: Sendable {
    /// The scenario's name.
    public var scenario: String
    /// With which the same run can be had again.
    public var seed: UInt64
    /// SipHash of the trace: the same in every process.
    public var digest: UInt64
    /// In the order in which they were noticed.
    public var violations: [Violation]
    /// In the order of the scenario.
    public var expectations: [Outcome]
    /// Rare events by name, and how often each came about.
    public var rareEvents: [String: Int]
    /// From the first event to the end.
    public var simulatedTime: Interval
    /// What the report draws; kept only where it was asked for.
    public var trace: Trace?

    /// No rule was broken and no expectation missed.
    public var passed: Bool { violations.isEmpty && expectations.allSatisfy(\.passed) }

    /// What came of a run; nothing was wrong unless it is said.
    public init(
        scenario: String, seed: UInt64, digest: UInt64, violations: [Violation] = [], expectations: [Outcome] = [],
        rareEvents: [String: Int] = [:], simulatedTime: Interval, trace: Trace? = nil
    ) {
        self.scenario = scenario
        self.seed = seed
        self.digest = digest
        self.violations = violations
        self.expectations = expectations
        self.rareEvents = rareEvents
        self.simulatedTime = simulatedTime
        self.trace = trace
    }
}

/// A rule that did not hold.
public struct Violation: Hashable, Sendable {
    /// `S1` to `S7`, `L1` to `L5`, and the media rules `M1` (one copy per trunk), `M2` (nobody hears itself), `M3` (no sound
    /// without an open gate), `M4` (protected zones), `M5` (no loop, nothing sent back), `M6` (only on edges where the meeting is attached),
    /// `B1` to `B4` (what a lying leaf must not achieve),
    /// `N1` (what is due at a node is done when it wakes), `N2` (the same versions are the same records),
    /// `N3` (no record is found forged), `A1` (attendance is known above) and
    /// `V1` (every ballot counts once); all of them in `docs/rules.md`.
    public var rule: String
    /// From the beginning of the run.
    public var at: Interval
    /// A sentence with the nodes concerned.
    public var message: String
    /// Liveness rules say that something did not happen in time.
    public var isLiveness: Bool { rule.hasPrefix("L") }
    /// A rule that did not hold then.
    public init(rule: String, at: Interval, message: String) {
        self.rule = rule
        self.at = at
        self.message = message
    }
}

/// An expectation and what was measured; nil: there was nothing to measure, which is a miss.
public struct Outcome: Hashable, Sendable {
    /// What was wanted.
    public var expectation: Expectation
    /// In the measure's unit: milliseconds, kbit/s or a count.
    public var measured: Double?
    /// Measured, and within the bound.
    public var passed: Bool {
        guard let measured else { return false }
        return expectation.measure.isAtLeast ? measured >= expectation.wanted : measured <= expectation.wanted
    }
    /// What was wanted beside what was measured.
    public init(expectation: Expectation, measured: Double?) {
        self.expectation = expectation
        self.measured = measured
    }
}

/// What a report shows of a run; sampled, not every packet.
public struct Trace: Sendable {
    /// kbit/s of one direction of one trunk in one second of the run.
    public struct Load: Hashable, Sendable {
        /// Which trunk.
        public var trunk: Trunk
        /// From the lower end to the upper one.
        public var isUp: Bool
        /// Whole seconds from the beginning of the run.
        public var second: Int
        /// Mean over that second, with UDP and IPv4 headers.
        public var kbps: Double
        /// The load of a second.
        public init(trunk: Trunk, isUp: Bool, second: Int, kbps: Double) {
            self.trunk = trunk
            self.isUp = isUp
            self.second = second
            self.kbps = kbps
        }
    }
    /// A site's gate was open by a lease from `from` to `until`, under that crown.
    public struct Held: Hashable, Sendable {
        /// Which meeting.
        public var meeting: MeetingID
        /// Whose gate.
        public var site: SiteID
        /// The node that granted it.
        public var crown: NodeIndex
        /// From the beginning of the run, as `until`.
        public var from: Interval
        /// When the gate closed, or the run ended.
        public var until: Interval
        /// A time with the floor.
        public init(meeting: MeetingID, site: SiteID, crown: NodeIndex, from: Interval, until: Interval) {
            self.meeting = meeting
            self.site = site
            self.crown = crown
            self.from = from
            self.until = until
        }
    }
    /// How many different rosters of a meeting the nodes that run held at a time; 1 is agreement.
    public struct Convergence: Hashable, Sendable {
        /// Which meeting.
        public var meeting: MeetingID
        /// From the beginning of the run.
        public var at: Interval
        /// How many differ; 1 is agreement.
        public var rosters: Int
        /// How many nodes ran the meeting.
        public var nodes: Int
        /// How far the nodes agreed at a time.
        public init(meeting: MeetingID, at: Interval, rosters: Int, nodes: Int) {
            self.meeting = meeting
            self.at = at
            self.rosters = rosters
            self.nodes = nodes
        }
    }
    /// A line of the run's story: a fault, a deed, a crown that changed, an edge that fell.
    public struct Line: Hashable, Sendable {
        /// From the beginning of the run.
        public var at: Interval
        /// Where; nil: of the whole network.
        public var node: NodeIndex?
        /// A sentence without the node's name.
        public var text: String
        /// A floor's step: for who looks for a cause, not for the report.
        public var isDetail: Bool
        /// A line of the story.
        public init(at: Interval, node: NodeIndex?, text: String, isDetail: Bool = false) {
            self.at = at
            self.node = node
            self.text = text
            self.isDetail = isDetail
        }
    }
    /// One for each trunk, direction and second.
    public var loads: [Load] = []
    /// In the order in which gates closed.
    public var held: [Held] = []
    /// By time.
    public var convergence: [Convergence] = []
    /// By time.
    public var story: [Line] = []
    /// Nothing yet.
    public init() {}
}
