// What forwarding a packet costs, mixing a meeting and keeping a trunk alive: `make bench`. docs/performance.md explains the
// figures.
//
//   Hall                 a whole node with one speaking leg and N listening ones, keys agreed by real handshakes
//   ForwardingBenchmark  one packet in, N out: the whole way on loopback sockets, and each stage by itself
//   MixingBenchmark      three voices for 100 listeners
//   GossipBenchmark      a root and its children with nothing to say
//   AllocationCounter    counts calls of the allocator
//   AllocationCheck      `--allocations` fails if the packet path makes any
//   DatagramSocket       the very file of BridgeService, so that what runs is what is measured

import Glibc

let arguments = Set(CommandLine.arguments.dropFirst())
let known: Set<String> = ["--json", "--allocations", "--quick", "--forwarding-only", "--help"]
guard arguments.isSubset(of: known), !arguments.contains("--help") else {
    print(
        """
        Benchmarks [--json] [--quick]     CPU time of forwarding, mixing and gossip on this machine
        Benchmarks --allocations          fails unless one packet in, 100 legs out allocates nothing
        Benchmarks --forwarding-only      forwarding without mixing and gossip
        """)
    exit(arguments.contains("--help") ? 0 : 64)
}

if arguments.contains("--allocations") { exit(try AllocationCheck.run() ? 0 : 1) }

let rounds = arguments.contains("--quick") ? 5 : 21
var report = Report()
try ForwardingBenchmark(legs: 100, payload: 1_100).run(rounds: rounds, into: &report)
if !arguments.contains("--forwarding-only") {
    try MixingBenchmark.run(rounds: rounds, into: &report)
    try GossipBenchmark.run(rounds: max(3, rounds / 4), into: &report)
}
print(arguments.contains("--json") ? report.json : report.text)
