import Basics
import Membership

/// What a run needs besides its scenario.
public struct RunOptions: Sendable {
    /// All chance of the run comes from here.
    public var seed: UInt64
    /// Whether ``Verdict/trace`` is wanted; it costs memory.
    public var keepTrace: Bool
    /// Makes the compressor of one node; the caller has the C library.
    public var makeCompressor: @Sendable () -> any Compressor
    /// Violations kept; what comes after them is the same trouble again.
    public var violationLimit: Int

    /// What is not given stays as a plain run has it.
    public init(
        seed: UInt64, keepTrace: Bool = false, violationLimit: Int = 100, makeCompressor: @escaping @Sendable () -> any Compressor
    ) {
        self.seed = seed
        self.keepTrace = keepTrace
        self.violationLimit = violationLimit
        self.makeCompressor = makeCompressor
    }
}

extension Simulator {
    /// Runs a scenario under a seed, from its first event to the end of its liveness phase.
    ///
    /// Pure: the same scenario and seed give the same verdict, digest included, in every process. One run uses one thread;
    /// several may run side by side.
    public static func run(_ scenario: Scenario, _ options: RunOptions) -> Verdict {
        let world = World(scenario, options)
        world.run()
        return world.verdict
    }
}

extension World {
    /// What came of the run.
    var verdict: Verdict {
        findings.close(now)
        for node in nodes { if let bridge = node.bridge { countDrops(bridge) } }
        return Verdict(
            scenario: scenario.name, seed: options.seed, digest: digest.finish(), violations: findings.violations,
            expectations: scenario.expectations.map { measures.outcome($0, self) }, rareEvents: findings.rareEvents,
            simulatedTime: now - .zero, trace: options.keepTrace ? findings.trace : nil)
    }
}
