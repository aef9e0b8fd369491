/// Topology and meeting files: YAML to ``Topology`` values and back, with every problem of a file found in one run.
///
/// In reading order: ``TopologyFiles/check(files:language:checkScenario:)`` (what `nhipcau topology check` does) with its
/// ``CheckReport``, ``TopologyFiles/load(_:language:)`` and ``TopologyFiles/loadMeeting(_:network:language:)`` (one good
/// file or an error), `TopologyKeys` and ``FileSchema`` (which keys there are, for readers and editors), `TopologyReader`, `TreeChecks`,
/// `MeetingReader`, `MessageTables.swift` (their sentences); `IncludedParts` (a network in several files); ``Patch`` (changes beside a
/// file); `ObstacleWords.swift` (why a running network does not take a new edition); ``TopologyFiles/write(_:language:)`` and ``TopologyFiles/generate(_:id:name:language:)`` (files that are made).
///
/// May import `Basics`, `Topology`, `Documents` and Yams.
public enum TopologyFiles {}
