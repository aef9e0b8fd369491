import Basics
import Bridge
import Console
import Foundation
import Logging
import Native
import Topology

/// Looks at editions of the topology that are handed to this node, keeps those it takes, and tells the bridge (`docs/applying.md`).
///
/// Reading a file of thousands of nodes takes a while: it happens on a queue of its own, never on the loop's thread.
final class Editions: @unchecked Sendable {
    private let standing: Standing
    private let state: StateFolder
    private let seal: SealedFile
    private let logger: Logger
    private let queue = DispatchQueue(label: "editions")
    /// What runs came by an apply, and not from the file named at the start; 0: no. Belongs to the queue.
    private var applied: UInt32 = 0
    /// The loop that owns the bridge; set before anything is handed over.
    var loop: EventLoop?

    init(standing: Standing, state: StateFolder, authority: String, logger: Logger) throws {
        self.standing = standing
        self.state = state
        self.logger = logger
        seal = try SealedFile(authority: authority)
    }

    /// The edition that the state folder keeps, if it may take the file's place.
    static func kept(in state: StateFolder, insteadOf network: Network, id: String, logger: Logger) -> Network? {
        guard let bytes = FileManager.default.contents(atPath: state.edition), let authority = try? state.text(state.authority),
            let seal = try? SealedFile(authority: authority)
        else { return nil }
        do throws(EditionRefusal) {
            let kept = try EditionRefusal.read(EditionRefusal.open([UInt8](bytes), with: seal))
            guard kept.networkID == network.networkID, kept.version > network.version, kept.slot(id: id) != nil else { return nil }
            return kept
        } catch {
            logger.warning("\(state.edition) is passed over", metadata: ["reason": "\(error.text(inEnglish: true))"])
            return nil
        }
    }

    /// What runs came by an apply of before the restart: it is said again, and handed out again where that was done here.
    func start() {
        guard let bytes = FileManager.default.contents(atPath: state.edition), let text = try? EditionRefusal.open([UInt8](bytes), with: seal),
            EditionRefusal.version(of: text) == standing.now.network.version
        else { return }
        let version = standing.now.network.version
        queue.async { [self] in applied = version }
        let isOrigin = FileManager.default.fileExists(atPath: state.handed)
        loop?.submit { bridge, now in
            if isOrigin { bridge.hand(out: [UInt8](bytes), now: now) }
            bridge.say(EditionWord(version: version, running: version, state: .runs), now: now)
        }
    }

    /// Somebody handed an edition to this node: it is looked at, taken, and given to all others.
    ///
    /// `withRestarts`: nodes that must be started again for it may refuse.
    func handedOver(_ sealed: [UInt8], withRestarts: Bool) async -> Result<Network, EditionRefusal> {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: take(sealed, isOrigin: true, withRestarts: withRestarts)) }
        }
    }

    /// An edition came by gossip.
    func arrived(_ sealed: [UInt8]) { queue.async { [self] in _ = take(sealed, isOrigin: false, withRestarts: true) } }

    // MARK: On the queue

    private func take(_ sealed: [UInt8], isOrigin: Bool, withRestarts: Bool) -> Result<Network, EditionRefusal> {
        let running = standing.now
        let offered: Network
        let text: String
        do throws(EditionRefusal) { text = try EditionRefusal.open(sealed, with: seal) } catch {
            // Whoever has no key of this network is not answered in the records of all nodes.
            if !isOrigin { logger.warning("topology refused", metadata: ["reason": "\(error.text(inEnglish: true))"]) }
            return .failure(error)
        }
        do throws(EditionRefusal) { offered = try EditionRefusal.read(text) } catch {
            if !isOrigin { refuse(error, version: EditionRefusal.version(of: text)) }
            return .failure(error)
        }
        // The same once more, by another way or after a restart.
        if offered == running.network {
            if !isOrigin { tell(.runs, version: offered.version, nil) }
            return isOrigin ? .failure(.obstacles([.notHigher(running: offered.version, offered: offered.version)])) : .success(offered)
        }
        let transition = NetworkTransition(from: running.network, to: offered)
        var obstacles = transition.obstacles(for: running.node.id, in: offered)
        if isOrigin, obstacles.isEmpty { obstacles = transition.obstacles.filter { !(withRestarts && $0.endsWithRestart) } }
        guard obstacles.isEmpty else {
            let refusal = EditionRefusal.obstacles(obstacles)
            // One that was handed out before what runs now is no news.
            if case .notHigher(let mine, let theirs)? = obstacles.first, theirs < mine, applied == mine { return .failure(refusal) }
            let waits = !isOrigin && obstacles.allSatisfy(\.endsWithRestart) && keep(sealed, isOrigin: false)
            if !isOrigin { refuse(refusal, version: offered.version, waits: waits) }
            return .failure(refusal)
        }
        guard let slot = offered.slot(id: running.node.id) else { return .failure(.obstacles([.absent(running.node.id)])) }
        if keep(sealed, isOrigin: isOrigin) { EditionHistory(state).note(offered, logger) }
        let next = Standing.Edition(offered, slot: slot)
        let done = DispatchSemaphore(value: 0)
        loop?.submit { [standing, logger] bridge, now in
            defer { done.signal() }
            // First the neighbours hear of it on the edges there are.
            if isOrigin { bridge.hand(out: sealed, now: now) } else { bridge.takeBackEdition(now: now) }
            do throws(NetworkTransition.Obstacle) {
                try bridge.adopt(offered, now: now)
                standing.change(to: next)
                bridge.say(EditionWord(version: offered.version, running: offered.version, state: .runs), now: now)
            } catch {
                logger.error("topology not taken", metadata: ["reason": "\(error.text(.en))"])
            }
        }
        // A loop that was stopped runs no job any more.
        _ = done.wait(timeout: .now() + 10)
        applied = offered.version
        return .success(offered)
    }

    private func refuse(_ refusal: EditionRefusal, version: UInt32, waits: Bool = false) {
        logger.warning("topology refused", metadata: ["version": "\(version)", "reason": "\(refusal.text(inEnglish: true))"])
        tell(waits ? .waits : .refused, version: version, refusal)
    }

    private func tell(_ state: EditionWord.State, version: UInt32, _ refusal: EditionRefusal?) {
        let said = EditionWord(
            version: version, running: standing.now.network.version, state: state, vietnamese: refusal?.text(inEnglish: false) ?? "",
            english: refusal?.text(inEnglish: true) ?? "")
        loop?.submit { bridge, now in bridge.say(said, now: now) }
    }

    /// Writes the sealed file beside the node's certificates, whole or not at all.
    private func keep(_ sealed: [UInt8], isOrigin: Bool) -> Bool {
        do {
            try Data(sealed).write(to: URL(fileURLWithPath: state.edition), options: .atomic)
            if isOrigin {
                try Data().write(to: URL(fileURLWithPath: state.handed))
            } else if FileManager.default.fileExists(atPath: state.handed) {
                try FileManager.default.removeItem(atPath: state.handed)
            }
            return true
        } catch {
            logger.error("the topology was not stored; it is gone at the next start", metadata: ["file": "\(state.edition)", "error": "\(error)"])
            return false
        }
    }
}
