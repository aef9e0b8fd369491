/// A whole network in one process, from a seed: the node that runs in production on virtual links and a virtual clock.
///
/// In reading order: ``Scenario`` (what happens: a network, meetings, people, faults, expectations), `World` (virtual time, links
/// and nodes), `Workload` (halls that join, ask and talk), `Checkers` (S1 to S7 and L1 to L5, outside the nodes), ``Verdict``
/// (what came of it), then `Swarm` (scenarios drawn from a seed), `Shrinking` (a failing one made small), `Files` (YAML) and
/// `Report` (a page to look at). `docs/simulation.md` is the page to read first.
///
/// Imports `Bridge`, `Wire`, `TopologyFiles` and what stands below them. No clock, no entropy: the same seed gives the same
/// digest in every process. Compression comes from the caller, who has the C library.
public enum Simulator {}
