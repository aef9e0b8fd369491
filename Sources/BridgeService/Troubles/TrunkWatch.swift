import Basics
import Bridge
import Console
import Logging
import Topology

/// Makes troubles of what trunks and neighbours show; belongs to the loop's thread.
///
/// A trunk that falls is told once: when the session ends, gossip loses its edge, and each attempt to dial fails, that is one fall.
final class TrunkWatch {
    /// A declared trunk that has not come up for so long is a trouble.
    static let patience = Interval.seconds(10)
    /// Clocks that differ less are no trouble: tokens and statements between nodes allow for that much.
    static let clockTolerance: Int64 = 20

    private let standing: Standing
    private let troubles: Troubles
    private let logger: Logger
    /// Up now, or were up in this life.
    private var wasUp: Set<String> = []
    private var up: Set<String> = []
    /// Since when a trunk that never came up is declared.
    private var since: [String: Instant] = [:]

    init(standing: Standing, troubles: Troubles, logger: Logger) {
        self.standing = standing
        self.troubles = troubles
        self.logger = logger
    }

    func trunkUp(_ id: String) {
        up.insert(id)
        wasUp.insert(id)
        troubles.clear(.trunk(id))
        logger.notice("trunk up", metadata: ["neighbour": "\(id)"])
    }

    func trunkDown(_ id: String, _ fault: TrunkFault, now: Instant, wall: WallTime) {
        guard let neighbour = neighbour(id) else { return }
        // A backup that is left for the way home is no fall.
        if fault == .edge(.released) {
            up.remove(id)
            logger.notice("trunk left", metadata: ["neighbour": "\(id)", "reason": "\(fault)"])
            return
        }
        if let certificate = fault.certificate {
            up.remove(id)
            return troubles.raise(.theirCertificate(neighbour, certificate), now: now, wall: wall)
        }
        if let certificate = fault.ownCertificate {
            up.remove(id)
            return troubles.raise(.ownCertificate(neighbour, certificate), now: now, wall: wall)
        }
        // An attempt that fails is no further fall; a trunk that never was up is told by `look` after a while.
        guard up.remove(id) != nil else { return }
        troubles.raise(.trunkDown(neighbour, fault), now: now, wall: wall)
    }

    func trunkRefused(_ address: Address, _ refusal: TrunkRefusal, now: Instant, wall: WallTime) {
        // A declared child that fails the handshake is told by its name.
        if case .failed(let fault) = refusal, let child = child(at: address) { return trunkDown(child, fault, now: now, wall: wall) }
        troubles.raise(.stranger(address: address.host, refusal), now: now, wall: wall)
    }

    func otherSender(_ device: String, _ declared: Address, _ actual: Address, now: Instant, wall: WallTime) {
        troubles.raise(.sender(device: device, declared: "\(declared)", actual: "\(actual)"), now: now, wall: wall)
    }

    /// Once a second: what shows by looking alone.
    func look(_ bridge: Bridge, now: Instant, wall: WallTime) {
        let network = standing.now.network
        let ours = (version: UInt64(network.version), hash: network.shortHash)
        var declared: Set<String> = []
        for trunk in bridge.trunkSnapshots(now: now) {
            if trunk.isWarm { troubles.clear(.trunk(trunk.neighbour)) }
            guard !trunk.isBackup, let neighbour = neighbour(trunk.neighbour) else { continue }
            declared.insert(trunk.neighbour)
            lookAtLine(trunk, neighbour, now: now, wall: wall)
            lookAtFile(trunk, neighbour, ours, now: now, wall: wall)
            lookAtClock(trunk, neighbour, now: now, wall: wall)
        }
        for id in Set(since.keys).union(wasUp).subtracting(declared) { forget(id) }
        let shift = bridge.clockShift.milliseconds / 1_000
        // The shift is what is added to the machine's clock.
        if abs(shift) > TrunkWatch.clockTolerance {
            troubles.raise(.ownClock(seconds: -shift), now: now, wall: wall)
        } else {
            troubles.clear(.ownClock)
        }
        troubles.forget(now: now)
    }

    private func lookAtLine(_ trunk: TrunkSnapshot, _ neighbour: Trouble.Neighbour, now: Instant, wall: WallTime) {
        guard !trunk.isUp, !trunk.isWarm, !wasUp.contains(trunk.neighbour) else {
            since[trunk.neighbour] = nil
            return
        }
        guard let begin = since[trunk.neighbour] else {
            since[trunk.neighbour] = now
            return
        }
        if now - begin >= TrunkWatch.patience { troubles.raise(.neverUp(neighbour), now: now, wall: wall) }
    }

    private func lookAtFile(
        _ trunk: TrunkSnapshot, _ neighbour: Trouble.Neighbour, _ ours: (version: UInt64, hash: UInt64), now: Instant, wall: WallTime
    ) {
        // What a neighbour told before it fell may be old.
        guard trunk.topologyVersion != 0, trunk.isUp else { return }
        if trunk.topologyVersion != ours.version {
            troubles.raise(.edition(neighbour, theirs: trunk.topologyVersion, ours: ours.version), now: now, wall: wall)
        } else if trunk.topologyHash != ours.hash {
            troubles.raise(.otherFile(neighbour, version: ours.version), now: now, wall: wall)
        } else {
            troubles.clear(.edition(trunk.neighbour))
        }
    }

    private func lookAtClock(_ trunk: TrunkSnapshot, _ neighbour: Trouble.Neighbour, now: Instant, wall: WallTime) {
        guard let ahead = trunk.clockAhead, trunk.isUp else { return }
        let seconds = ahead.milliseconds / 1_000
        if abs(seconds) > TrunkWatch.clockTolerance {
            troubles.raise(.clock(neighbour, seconds: seconds), now: now, wall: wall)
        } else {
            troubles.clear(.clock(trunk.neighbour))
        }
    }

    private func forget(_ id: String) {
        since[id] = nil
        wasUp.remove(id)
        up.remove(id)
        for key in [Trouble.Key.trunk(id), .clock(id), .edition(id)] { troubles.clear(key) }
    }

    private func neighbour(_ id: String) -> Trouble.Neighbour? {
        let here = standing.now
        guard let there = here.network.slot(id: id) else { return nil }
        let isAbove =
            here.network.tree.parent(here.slot) == there
            || here.network.links[here.slot]?.backups.contains(here.network.nodes[there].index) == true
        return Trouble.Neighbour(id: id, name: here.network.name(of: there), address: "\(here.network.nodes[there].address)", isAbove: isAbove)
    }

    private func child(at address: Address) -> String? {
        let here = standing.now
        return here.network.tree.children(here.slot).first { here.network.nodes[$0].address == address }.map { here.network.nodes[$0].id }
    }
}
