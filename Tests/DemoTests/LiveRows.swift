import Basics
import Foundation
import Membership
import Simulator
import Synchronization
import Testing
import Topology
import TopologyFiles

@testable import Demo

/// Real processes behind the simulator's lines, cut, killed and healed, with figures on standard output (lines that begin with
/// `live:`). `NHIPCAU_LIVE=1` takes more samples: `make live`.
///
/// To each wanted bound what the machine itself was late is added (``Quietness``, ``Bound``), but never so much that another timer of the
/// protocol could have come first. A thorough run on a machine that is too busy for that fails and says so.
@Suite("Live rows", .serialized)
struct LiveRows {
    static let loopback: UInt8 = 220
    /// All samples, not the few that a test run has time for.
    static let isThorough = ProcessInfo.processInfo.environment["NHIPCAU_LIVE"] != nil

    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data("live: \(text)\n".utf8))
    }

    /// A scenario of a network and one meeting, played by hand.
    static func scenario(_ name: String, _ network: Network, meeting: String, links: [Trunk: Impairment] = [:]) throws -> Scenario {
        let file = try TopologyFiles.loadMeeting(DemoTests.topology + "/meetings/\(meeting).yaml", network: network)
        return Scenario(
            name: name, network: network, meetings: [PlannedMeeting(file: file, startsAt: .zero)], links: links, safetyPhase: .seconds(Int64(60)))
    }

    /// A network of the topology folder with each uplink changed.
    static func network(_ name: String, _ change: (Network.Node, inout Network.Link) -> Void) throws -> Network {
        let original = try TopologyFiles.load(DemoTests.topology + "/\(name).yaml")
        let entries = original.nodes.indices.map { slot in
            var entry = Network.Entry(node: original.nodes[slot], link: original.links[slot])
            // Equipment that speaks plain RTP plays no part here, and mixes for it cost a processor's time.
            entry.node.endpoints = []
            if entry.link != nil { change(entry.node, &entry.link!) }
            return entry
        }
        return try Network(
            networkID: original.networkID, name: original.name, version: original.version, edition: original.edition, levels: original.levels,
            upstream: original.upstream, entries: entries)
    }

    /// Runs the network with every node up, the meeting begun and every hall present, and ends it whatever happens.
    static func run(_ scenario: Scenario, _ body: (LiveNetwork, MeetingFile) async throws -> Void) async throws {
        let keep = ProcessInfo.processInfo.environment["NHIPCAU_LIVE_KEEP"].map { "\($0)/\(scenario.name)" }
        let network = try LiveNetwork(
            scenario, seed: 1, loopback: loopback, program: try Proofs.program(), cache: MediaTests.cache, keep: keep)
        let meeting = scenario.meetings[0].file
        do {
            try await network.startNodes()
            try await network.start(meeting)
            for site in meeting.sites { try await network.join(site, meeting) }
            let sites = meeting.sites.count
            try await network.until("every page shows every hall", 60) {
                let pages = network.watch.latest(meeting.id)
                return pages.count == scenario.network.count
                    && pages.values.allSatisfy { $0.meeting?.sites.count { $0.presence == .present } == sites }
            }
            try await body(network, meeting)
        } catch {
            await network.stop()
            throw error
        }
        await network.stop()
    }

    /// The site's request is granted and its voice heard by all others.
    static func speak(_ id: String, _ network: LiveNetwork, _ meeting: MeetingFile) async throws {
        let site = SiteID(id)
        await network.send("POST", "/api/floor/request", site, meeting, Array("{}".utf8))
        network.tell(site, meeting, "talk")
        let others = Set(meeting.sites.map(\.rawValue)).subtracting([site.rawValue])
        try await network.until("everybody hears \(site)", 20) {
            Set(network.watch.sounds.filter(\.isHeard).map(\.site)).isSuperset(of: others)
        }
    }

    /// Waits until a minute has passed since a trunk's last cut: after a second detach within a minute the part below waits 2, 4, … 30 s
    /// before it attaches again, as it should (mesh rule 6), and that is another figure.
    static func calm(after cut: Instant?) async throws {
        guard let cut else { return }
        try await Task.sleep(for: .nanoseconds(max(0, (cut + .seconds(Int64(65)) - BotLoop.now()).nanoseconds)))
    }

    static func holder(_ network: LiveNetwork, _ meeting: MeetingFile, at id: String) -> String? {
        guard let slot = network.plan.network.slot(id: id) else { return nil }
        return network.watch.latest(meeting.id)[slot]?.meeting?.holders.first?.site
    }
}

/// How promptly this machine runs a thread that is due: the node's own promptness is no better.
///
/// It is watched from ``begin()`` on, since nodes and bots that start all at once say nothing about the time after.
final class Quietness: Sendable {
    private let late = Mutex<[Interval]>([])
    private let isBegun = Mutex(false)
    private let isOver = Mutex(false)

    /// Watches from now on; a second call changes nothing.
    func begin() {
        guard
            isBegun.withLock({ begun in
                defer { begun = true }
                return !begun
            })
        else { return }
        let thread = Thread { [self] in
            while !isOver.withLock({ $0 }) {
                let due = BotLoop.now() + .milliseconds(5)
                usleep(5_000)
                let by = BotLoop.now() - due
                late.withLock { $0.append(by) }
            }
        }
        thread.start()
    }

    /// Ends the watch, and says what it saw: how late 99 of 100 wakes came at most.
    func end() -> Interval {
        isOver.withLock { $0 = true }
        let waits = late.withLock { $0 }
        func text(_ p: Double) -> String { Bound.text(Quantile.of(waits, p) ?? .zero) }
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first ?? "?"
        LiveRows.say("a waiting thread woke late by \(text(0.5)) (p50), \(text(0.99)) (p99), \(text(1)) (most); load \(load)")
        return Quantile.of(waits, 0.99) ?? .zero
    }
}

/// A time that is wanted on an idle machine, and how far a busy one may stretch it.
struct Bound {
    /// Between a fault and its figure these wait for a processor one after the other, each once: the line's relay, the node, the stream of
    /// its page, and the reader of that.
    static let waits: Int64 = 4
    /// Milliseconds. Later than this it was not the machine but the protocol's next timer. A cut: the next after a detection time of
    /// 200 to 500 ms is another one; a heal: an unanswered attach is given up after 500 ms, and a line that fell again takes the
    /// detection time to tell; an exchange: sums that stay unequal are looked at again after 5 s.
    static let cut: Int64 = 1_000
    static let heal = 500 + GossipLimits.detection.milliseconds
    static let exchange = GossipLimits.descentPause.milliseconds

    let wanted: Interval
    let most: Interval

    init(_ wanted: Int64, most: Int64) {
        (self.wanted, self.most) = (.milliseconds(wanted), .milliseconds(most))
    }

    static func text(_ time: Interval) -> String { "\((time.seconds * 10_000).rounded() / 10) ms" }

    /// What was wanted and what the machine was late, but never more than the protocol's next timer.
    func asserted(_ late: Interval) -> Interval { min(wanted + late * Bound.waits, most) }

    /// Compares a measured time with that, and says so in one line. A thorough run fails where the machine is too busy to show anything.
    func expect(
        _ name: String, _ time: Interval?, on late: Interval, isThorough: Bool = LiveRows.isThorough,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bound = asserted(late)
        LiveRows.say(
            "\(name): \(Quantile.text(time)), asserted at most \(Bound.text(bound)): \(Bound.text(wanted)) wanted + \(Bound.waits) × "
                + "\(Bound.text(late)), no more than \(Bound.text(most))")
        if isThorough, wanted + late * Bound.waits > most {
            Issue.record(
                "\(name): a machine on which a thread wakes \(Bound.text(late)) late is not quiet enough to show \(Bound.text(wanted))",
                sourceLocation: sourceLocation)
            return
        }
        #expect(try #require(time, sourceLocation: sourceLocation) <= bound, "\(name)", sourceLocation: sourceLocation)
    }
}

/// Measured times with their median, 99th percentile and extremes.
struct Row {
    var name: String
    var times: [Interval]
    var p50: Interval? { Quantile.of(times, 0.5) }
    var p99: Interval? { Quantile.of(times, 0.99) }
    func say() {
        let all = "p50 \(Quantile.text(p50)), p99 \(Quantile.text(p99)), least \(Quantile.text(times.min())), most \(Quantile.text(times.max()))"
        LiveRows.say("\(name): \(all) of \(times.count)")
    }
}
