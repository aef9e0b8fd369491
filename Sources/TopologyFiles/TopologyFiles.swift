import Topology

/// Topology and meeting files: YAML to ``Topology`` values, with every problem of a file found in one run.
///
/// In reading order: ``TopologyFiles/check(files:language:checkScenario:)`` (what `nhipcau topology check` does) with its
/// ``CheckReport``, ``TopologyFiles/load(_:language:)`` and ``TopologyFiles/loadMeeting(_:network:language:)`` (one good
/// file or an error), ``Problem`` and ``ProblemCode`` (what can be wrong), `Message` (the sentences, in both
/// languages), `SourceFile` and `MappingReader` (YAML nodes with their places), `TopologyReader`, `TreeChecks`,
/// `MeetingReader`, `Quantity` (numbers with units); `IncludedParts` (a network in several files), `KeyTable` and ``FileSchema``
/// (which keys there are, for readers and editors); ``TopologyFiles/importSheet(_:output:options:language:)`` (planners'
/// sheets), ``TopologyFiles/generate(_:id:name:language:)``, ``TopologyFiles/write(_:language:)`` and
/// ``TopologyFiles/linkBill(_:language:)`` (files and sheets that are made); ``PlanReport``, ``DiffReport`` and ``WhatIfReport`` (what the
/// planner's commands say), with ``Patch`` and ``TopologyFiles/loadMapping(_:into:language:)`` (the files they take).
///
/// May import `Basics`, `Topology` and Yams; reads files, and nothing else of the world.
public enum TopologyFiles {}
