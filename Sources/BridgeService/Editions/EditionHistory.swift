import Foundation
import Logging
import Topology

/// Which editions of the topology a node ran, in its state folder: a node that starts with another than it ran last knows by it on which
/// uplinks nodes may still hang that did not go over yet (`docs/applying.md`).
struct EditionHistory {
    private let state: StateFolder

    init(_ state: StateFolder) { self.state = state }

    /// This one runs from now on; what ran until now becomes the one before. Throws if the folder cannot be written.
    func note(_ network: Network) throws {
        let text = network.canonical
        let last = try? String(contentsOfFile: state.running, encoding: .utf8)
        guard last != text else { return }
        if let last { try write(last, to: state.before) }
        try write(text, to: state.running)
    }

    /// The same; a folder that cannot be written costs what nodes write that hang elsewhere than this edition says, no more.
    func note(_ network: Network, _ logger: Logger) {
        do { try note(network) } catch {
            logger.error("what runs was not noted", metadata: ["folder": "\(state.path)", "error": "\(error)"])
        }
    }

    /// The edition that ran before this one; nil if none did, or it cannot be read any more.
    func before(_ network: Network) -> Network? {
        guard let text = try? String(contentsOfFile: state.before, encoding: .utf8), let before = try? EditionRefusal.read(text),
            before.networkID == network.networkID, before.version < network.version
        else { return nil }
        return before
    }

    private func write(_ text: String, to file: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic) }
}
