import Basics
import Bridge
import Conference
import Membership
import Topology

// Processes: their starts and ends, as `BridgeService` and a supervisor make them.
extension World {
    /// The supervisor tries again after that when a node did not start.
    static let supervisorPause = Interval.seconds(1)

    /// Starts a node that is dead, with what its disk has.
    func start(_ node: SimulatedNode) {
        guard node.wantsStart, node.bridge == nil else { return }
        guard let slot = node.network.slot(node.index) else {
            node.wantsStart = false
            return findings.tell(now, node.index, "is not in its topology")
        }
        guard let counter = node.disk.beginIncarnation() else {
            findings.count("disk full at a start")
            heap.push(.restart(Int32(node.place)), at: now + World.supervisorPause)
            return
        }
        node.wantsStart = false
        node.life += 1
        node.pausedUntil = nil
        var rules = Rules.all.subtracting(scenario.without)
        if node.lies.contains(.gate) { rules.remove(.gate) }
        let random = chance.fork("life/\(node.name)/\(node.life)")
        var seeds = random.fork("seed")
        node.lyingCoder = lyingCoder(node, random.fork("lies"))
        let boot = node.clock.boot(now)
        let bridge = Bridge(
            Bridge.Configuration(
                network: peopled(node.network), slot: slot, before: node.before.map { peopled($0) },
                security: SimulatedSecurity(node.certificate, agreement: agreement, random: random.fork("security")),
                codecs: SimulatedCodecs(), messageCoder: node.lyingCoder ?? (node.isNewer ? newerCoder : coder) as any MessageCoder,
                recordCoder: node.isNewer ? NewerRecordCoder() : recordCoder,
                identity: RecordIdentity(signer: records.signer(of: node.index), verifier: records), seed: seeds.next(),
                incarnationCounter: rules.contains(.incarnation) ? counter - 1 : 0,
                restored: rules.contains(.requestsKept) ? node.disk.records : [], rules: rules),
            now: boot, wall: node.clock.wall(boot))
        node.bridge = bridge
        node.revision = 0
        for m in meetings.indices { node.revisions[m] = 0 }
        floorChecker.began(node.place)
        node.uplink = bridge.takenUplink
        if node.isNewer { beginNewerRecords(node, random.fork("newer")) }
        if !node.lies.isEmpty { beginLyingRecords(node, random.fork("lying records")) }
        digest.note(now, .start, UInt64(node.place), UInt64(node.life))
        if node.life > 1 {
            findings.tell(now, node.index, "starts, life \(node.life)")
            comeBack(node)
        }
        finish(node, bridge, boot)
        ledger.restarted(node)
    }

    /// The process dies where it stands.
    func crash(_ node: SimulatedNode, losesMemory: Bool) {
        node.wantsStart = false
        guard let bridge = node.bridge else { return }
        countDrops(bridge)
        findings.tell(now, node.index, losesMemory ? "dies and loses its disk" : "dies")
        digest.note(now, .crash, UInt64(node.place), losesMemory ? 1 : 0)
        node.troubledAt = now
        node.disk.crash(now: now)
        ledger.crashed(node, losesMemory: losesMemory)
        attendance.crashed(node, losesMemory: losesMemory, recordCoder)
        votes.crashed(node, losesMemory: losesMemory, recordCoder)
        if losesMemory {
            node.disk.erase()
            byzantine.forgets(node.place)
            node.before = nil
        }
        node.bridge = nil
        node.newerRecords = nil
        node.lyingRecords = nil
        node.wakeAt = nil
        node.pausedUntil = nil
        for slot in node.backlog { pool.remove(slot) }
        node.backlog.removeAll()
        for hall in halls where hall.node == node.place { hall.drop() }
        for m in meetings.indices where node.floors[m] != nil { floorChanged(node, m, to: nil) }
    }

    /// Stands still; a longer pause wins.
    func pause(_ node: SimulatedNode, for time: Interval) {
        guard node.isAlive else { return }
        node.troubledAt = now + time
        node.pausedUntil = max(node.pausedUntil ?? now, now + time)
        findings.tell(now, node.index, "stands still for \(time.milliseconds) ms")
        heap.push(.resume(Int32(node.place)), at: now + time)
    }

    /// Goes on: first what waits in the socket, then what is due, as the event loop does.
    func resume(_ node: SimulatedNode) {
        guard let until = node.pausedUntil, until <= now, let bridge = node.bridge else { return }
        node.pausedUntil = nil
        let waiting = node.backlog
        node.backlog.removeAll(keepingCapacity: true)
        for slot in waiting {
            let datagram = pool[slot]
            let bytes = pool.bytes(slot)
            digest.delivery(now, from: datagram.from, to: datagram.to, UnsafeRawBufferPointer(bytes))
            let boot = node.clock.boot(now)
            bridge.readClocks(now: boot, wall: node.clock.wall(boot))
            bridge.receive(bytes, from: address(of: Int(datagram.from)), now: boot)
            if datagram.frame != 0 { noteGate(node, bridge, datagram, boot) }
            pool.remove(slot)
        }
        let boot = node.clock.boot(now)
        bridge.readClocks(now: boot, wall: node.clock.wall(boot))
        finish(node, bridge, boot)
    }

    /// Effects that are no datagrams.
    func carryOut(_ node: SimulatedNode, _ bridge: Bridge) {
        for effect in bridge.takeEffects() {
            if case .persistIncarnation(let counter) = effect {
                digest.note(now, .incarnation, UInt64(node.place), counter)
                if counter > node.disk.counter {
                    findings.count("incarnation raised")
                    byzantine.raisedIncarnation(node)
                }
            }
            node.disk.take(effect, now: now)
            switch effect {
            case .audit(let row): audited(node, row)
            case .attendance(let row): attendance.take(row, node, now)
            case .log(let line): logged(node, line)
            case .meetingEnded(let id, _):
                digest.note(now, .ended, UInt64(node.place), UInt64(meetings.firstIndex { $0.id == id } ?? 0))
            default: break
            }
        }
    }

    private func logged(_ node: SimulatedNode, _ line: BridgeLog) {
        switch line {
        case .trunkUp(let other):
            digest.note(now, .edge, UInt64(node.place), UInt64(scenario.network.slot(id: other) ?? 0))
            edgeCameUp(node, other)
        case .trunkDown(let other, let reason):
            digest.note(now, .edge, UInt64(node.place), 1 << 32 | UInt64(scenario.network.slot(id: other) ?? 0))
            edgeWentDown(node, other, "\(reason)")
        case .trunkRefused(_, let reason):
            findings.count("trunk refused")
            findings.tell(now, node.index, "refuses a trunk: \(reason)")
        case .legDown(let id, _, let reason): legWentDown(node, id, reason)
        case .legUp, .soundOnly, .otherSender: break
        case .meetingChanged(let id, let crown):
            findings.tell(now, node.index, "\(id): \(crown ? "is crown" : "is attached upward")")
        // All nodes sign here, and none lies.
        case .unsignedWriter(let other): findings.violation("N3", now, "\(node.name) takes a record of \(other) unsigned")
        case .forgedRecord(let other, let by): findings.violation("N3", now, "\(node.name) finds a record of \(other) forged, told by \(by)")
        case .topologyAdopted(let version): findings.tell(now, node.index, "goes over to version \(version) of the topology")
        }
    }
}
