// What forwarding a packet costs, mixing a meeting and keeping a trunk alive: `make bench`. docs/performance.md explains the
// figures.
//
//   Hall                 a whole node with one speaking leg and N listening ones, keys agreed by real handshakes
//   ForwardingBenchmark  one packet in, N out: the whole way on loopback sockets, and each stage by itself
//   MixingBenchmark      three voices for 100 listeners
//   RoomsBenchmark       `--rooms`: N halls on plain RTP at one node, three speaking
//   RoomsLive            `--rooms-live`: the same with the program and a socket for each hall
//   GossipBenchmark      a root and its children with nothing to say
//   GossipField          gossip machines alone on the simulator's lines, for
//   ConvergenceBenchmark `--convergence`: the last node knows, and `--detaches HOURS`: edges that fall without cause
//   SignatureBenchmark   `--signatures`: a signature's time and bytes, and how soon signed records are everywhere
//   AllocationCounter    counts calls of the allocator
//   AllocationCheck      `--allocations` fails if the packet path makes any
//   DatagramSocket       the very file of BridgeService, so that what runs is what is measured

import Basics
import Foundation
import Glibc

var words = Array(CommandLine.arguments.dropFirst())
/// The hours given with an option, which is taken out of the words.
@MainActor func hours(_ option: String) -> Double? {
    guard let at = words.firstIndex(of: option), at + 1 < words.count, let hours = Double(words[at + 1]), hours > 0, hours < 1e6 else { return nil }
    words.removeSubrange(at...at + 1)
    return hours
}
let detachHours = hours("--detaches")
let idleDetachHours = hours("--idle-detaches")
let arguments = Set(words)
let known: Set<String> = ["--json", "--allocations", "--quick", "--forwarding-only", "--convergence", "--rooms", "--rooms-live", "--signatures", "--help"]
guard arguments.isSubset(of: known), !arguments.contains("--help") else {
    print(
        """
        Benchmarks [--json] [--quick]     CPU time of forwarding, mixing and gossip on this machine
        Benchmarks --allocations          fails unless one packet in, 100 legs out allocates nothing
        Benchmarks --forwarding-only      forwarding without mixing and gossip
        Benchmarks --rooms                what 126, 300, 500 and 1,000 halls on plain RTP cost one node
        Benchmarks --rooms-live           the same with the program `nhipcau` beside this one and a socket for each hall: delays and gaps too
        Benchmarks --convergence          how soon the last of 132 and of 3,467 nodes knows a change at 0, 5 and 20 % loss
        Benchmarks --signatures           what signing and checking records costs, in time, bytes and convergence
        Benchmarks --detaches HOURS       edges that fall although their line is there, in so many link-hours at each loss while a meeting runs
        Benchmarks --idle-detaches HOURS  the same while none does
        """)
    exit(arguments.contains("--help") ? 0 : 64)
}

if arguments.contains("--allocations") { exit(try AllocationCheck.run() ? 0 : 1) }

if arguments.contains("--rooms") {
    var report = Report()
    try RoomsBenchmark.run(rooms: arguments.contains("--quick") ? [126, 1_000] : [126, 300, 500, 1_000], into: &report)
    print(arguments.contains("--json") ? report.json : report.text)
    exit(0)
}

if arguments.contains("--rooms-live") {
    var report = Report()
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("nhipcau").path
    try await RoomsLive.run(rooms: arguments.contains("--quick") ? [126, 1_000] : [126, 300, 500, 1_000], program: program, into: &report)
    print(arguments.contains("--json") ? report.json : report.text)
    exit(0)
}

if arguments.contains("--signatures") {
    var report = Report()
    try SignatureBenchmark.run(isQuick: arguments.contains("--quick"), into: &report)
    print(arguments.contains("--json") ? report.json : report.text)
    exit(0)
}

if arguments.contains("--convergence") || detachHours != nil || idleDetachHours != nil {
    var report = Report()
    if arguments.contains("--convergence") { try ConvergenceBenchmark.run(changes: arguments.contains("--quick") ? 100 : 1_000, into: &report) }
    if let idleDetachHours { try DetachBenchmark.run(hours: idleDetachHours, meeting: nil, into: &report) }
    if let detachHours { try DetachBenchmark.run(hours: detachHours, meeting: MeetingID("giao-ban"), into: &report) }
    print(arguments.contains("--json") ? report.json : report.text)
    exit(0)
}

let rounds = arguments.contains("--quick") ? 5 : 21
var report = Report()
try ForwardingBenchmark(legs: 100, payload: 1_100).run(rounds: rounds, into: &report)
if !arguments.contains("--forwarding-only") {
    try MixingBenchmark.run(rounds: rounds, into: &report)
    try GossipBenchmark.run(rounds: max(3, rounds / 4), into: &report)
}
print(arguments.contains("--json") ? report.json : report.text)
