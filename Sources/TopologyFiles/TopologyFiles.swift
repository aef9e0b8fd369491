import Topology

/// Topology and meeting files: YAML to ``Topology`` values, with every problem of a file found in one run.
///
/// In reading order: ``TopologyFiles/check(files:language:checkScenario:)`` (what `nhipcau topology check` does) with its
/// ``CheckReport``, ``TopologyFiles/load(_:language:)`` and ``TopologyFiles/loadMeeting(_:network:language:)`` (one good
/// file or an error), ``Problem`` and ``ProblemCode`` (what can be wrong), `Message` (the sentences, in both
/// languages), `SourceFile` and `MappingReader` (YAML nodes with their places), `TopologyReader`, `TreeChecks`,
/// `MeetingReader`, `Quantity` (numbers with units).
///
/// May import `Basics`, `Topology` and Yams; reads files, and nothing else of the world.
public enum TopologyFiles {}
