/// A whole network on one machine: every node a process of its own, a chair, and a bot in every hall of a meeting.
///
/// In reading order: ``DemoOptions`` and ``Demo/run(_:)`` (the order of things), `Network/` (what the demo prepares and
/// starts: `Plan`, `DemoFolder`, `Children`, `NodeWatch`, `Conductor`, `LoadMeter`, `LiveView`, ``DemoReport``), ``BotOptions`` and
/// ``Bot`` (one hall's microphone, camera, ears and eyes over the real leg: `BotLeg` is the machine, `BotLoop` its
/// socket and clock, `MeetingWatch` its page events), `Media/` (clips of a constant rate with marks, and how marks are found again), `Live/` (a scenario
/// of the simulator with real processes: `LivePlan`, `LinkRelay`,
/// `LiveNetwork`, `LiveWatch`, `LiveMeasures`, `LiveRun`, ``LiveComparison``).
///
/// A shell: it may use clocks, sockets, processes and everything, of the simulator its scenarios
/// and its model of a line. It talks to nodes only as a page does:
/// HTTP, server-sent events, ICE, DTLS and SRTP.
public enum Demo {}
