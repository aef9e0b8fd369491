import Basics
import Conference
import Topology

/// Writes a scenario as a file with nothing left to defaults.
struct ScenarioWriter {
    let scenario: Scenario
    let seed: UInt64?

    var text: String {
        var out = ""
        if let seed { out += "# nhipcau simulate \(scenario.name).yaml --seed \(seed)\n" }
        out += "scenario: \(Network.quoted(scenario.title))\n"
        if let seed { out += "seed: \(seed)\n" }
        out += "safety: \(text(scenario.safetyPhase))\nliveness: \(text(scenario.livenessPhase))\n"
        if let core = scenario.core { out += "core: [\(core.map(id).joined(separator: ", "))]\n" }
        let left = Rules.named.filter { scenario.without.contains($0.rule) }.map(\.name)
        if !left.isEmpty { out += "without: [\(left.joined(separator: ", "))]\n" }
        if !scenario.expectations.isEmpty {
            out += "expect:\n"
            for expectation in scenario.expectations { out += "  \(expectation.measure.rawValue): \(bound(expectation))\n" }
        }
        if !scenario.meetings.isEmpty {
            out += "meetings:\n"
            for meeting in scenario.meetings { out += write(meeting) }
        }
        if !scenario.links.isEmpty {
            out += "links:\n"
            for trunk in scenario.sortedTrunks { out += "  - {trunk: \(write(trunk)), \(write(scenario.links[trunk]!))}\n" }
        }
        if !scenario.timeline.isEmpty {
            out += "timeline:\n"
            for event in scenario.timeline { out += write(event) }
        }
        return out + "topology:\n" + indented(scenario.network.canonical, by: 2)
    }

    private func indented(_ text: String, by count: Int) -> String {
        let margin = String(repeating: " ", count: count)
        return text.split(separator: "\n").map { margin + $0 + "\n" }.joined()
    }

    private func text(_ time: Interval) -> String { time.text }

    private func id(_ index: NodeIndex) -> String { scenario.network.node(index)?.id ?? index.description }

    private func bound(_ expectation: Expectation) -> String {
        switch expectation.measure.unit {
        case .milliseconds: text(Interval(nanoseconds: Int64((expectation.wanted * 1e6).rounded())))
        case .kilobits: Network.text(Bitrate(bitsPerSecond: Int64((expectation.wanted * 1_000).rounded())))
        case .count: String(Int(expectation.wanted))
        }
    }

    private func write(_ planned: PlannedMeeting) -> String {
        let meeting = planned.file
        let sites = meeting.sites == scenario.network.sites ? "all" : list(meeting.sites.map(\.rawValue))
        return """
              - meeting: \(meeting.id)
                starts: \(text(planned.startsAt))
                title: \(Network.quoted(meeting.title))
                kind: \(meeting.kind.rawValue)
                chairs: \(list(meeting.chairs.map(\.rawValue)))
                sites: \(sites)
                codec: \(meeting.codec)
                microphones: \(meeting.openMicrophones)
                floor: \(meeting.floorSize)
                audio: \(Network.text(meeting.audioRate))
                video: \(Network.text(meeting.videoRate))
                loudspeakers: \(meeting.loudspeakers)

            """
    }

    private func write(_ timed: TimedEvent) -> String {
        if case .loadTopology(let node, let network) = timed.event {
            return "  - at: \(text(timed.at))\n    load-topology: \(id(node))\n    topology:\n" + indented(network.canonical, by: 6)
        }
        return "  - {at: \(text(timed.at)), \(write(timed.event))}\n"
    }

    private func list(_ texts: [String]) -> String { "[\(texts.joined(separator: ", "))]" }

    private func write(_ trunk: Trunk) -> String { "{id: \(id(trunk.lower)), to: \(id(trunk.upper))}" }

    private func write(_ impairment: Impairment) -> String {
        func share(_ value: Double) -> String { Network.percent(Int((value * 1_000_000).rounded())) }
        return "rate: \(Network.text(impairment.rate)), delay: \(text(impairment.delay)), jitter: \(text(impairment.jitter)), "
            + "loss: \(share(impairment.loss.share)), burst: \(text(impairment.loss.burst)), duplicate: \(share(impairment.duplicate)), "
            + "reorder: \(share(impairment.reorder)), corrupt: \(share(impairment.corrupt)), queue: \(impairment.queue)"
    }

    private func write(_ event: Event) -> String {
        switch event {
        case .cut(let trunk): "cut: \(write(trunk))"
        case .cutOneWay(let from, let to): "cut-one-way: {from: \(id(from)), to: \(id(to))}"
        case .mend(let trunk): "mend: \(write(trunk))"
        case .impair(let trunk, let impairment): "impair: \(write(trunk)), \(write(impairment))"
        case .crash(let node, let losesMemory): "crash: \(id(node)), memory: \(losesMemory ? "lost" : "kept")"
        case .restart(let node): "restart: \(id(node))"
        case .pause(let node, let length): "pause: \(id(node)), for: \(text(length))"
        case .slow(let node, let by): "slow: \(id(node)), by: \(text(by))"
        case .drift(let node, let ppm): "drift: \(id(node)), ppm: \(ppm)"
        case .stepClock(let node, let by): "step-clock: \(id(node)), by: \(signed(by))"
        case .diskFull(let node, let isFull): "\(isFull ? "disk-full" : "disk-free"): \(id(node))"
        case .certificateExpired(let node, let isExpired): "\(isExpired ? "certificate-expired" : "certificate-renewed"): \(id(node))"
        case .loadTopology(let node, _): "load-topology: \(id(node))"
        case .newerProgram(let node): "newer-program: \(id(node))"
        case .byzantine(let node, let lies):
            lies.isEmpty ? "honest: \(id(node))" : "byzantine: \(id(node)), lies: \(list(Lie.allCases.filter(lies.contains).map(\.rawValue)))"
        case .join(let site, let meeting): "join: \(site), meeting: \(meeting)"
        case .leave(let site, let meeting): "leave: \(site), meeting: \(meeting)"
        case .talk(let site, let meeting, let isTalking): "\(isTalking ? "talk" : "quiet"): \(site), meeting: \(meeting)"
        case .request(let site, let meeting, let priority): "request: \(site), meeting: \(meeting), priority: \(priority)"
        case .withdraw(let site, let meeting): "withdraw: \(site), meeting: \(meeting)"
        case .mute(let site, let meeting, let isMuted): "\(isMuted ? "mute" : "unmute"): \(site), meeting: \(meeting)"
        case .give(let chair, let meeting, let site): "give: \(site), meeting: \(meeting), by: \(chair)"
        case .revoke(let chair, let meeting, let site): "revoke: \(site), meeting: \(meeting), by: \(chair)"
        case .muteAll(let chair, let meeting): "mute-all: \(meeting), by: \(chair)"
        case .end(let chair, let meeting): "end: \(meeting), by: \(chair)"
        case .openVote(let chair, let meeting, let question): "open-vote: \(Network.quoted(question)), meeting: \(meeting), by: \(chair)"
        case .closeVote(let chair, let meeting, let question): "close-vote: \(Network.quoted(question)), meeting: \(meeting), by: \(chair)"
        case .cast(let site, let meeting, let ballot, let question):
            "cast: \(site), meeting: \(meeting), vote: \(Network.quoted(question)), agree: \(ballot.agree), disagree: \(ballot.disagree), "
                + "abstain: \(ballot.abstain)"
        case .breakAway(let node, let meeting): "break-away: \(id(node)), meeting: \(meeting)"
        case .rejoin(let node, let meeting): "rejoin: \(id(node)), meeting: \(meeting)"
        }
    }

    private func signed(_ time: Interval) -> String {
        time < .zero ? "-" + text(Interval.zero - time) : text(time)
    }
}

extension Interval {
    /// As files write it.
    var text: String { nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000) s" : Network.text(self) }
}
