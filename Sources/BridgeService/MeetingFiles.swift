import Basics
import Conference
import Console
import Documents
import Foundation
import Logging
import Synchronization
import Topology
import TopologyFiles

/// The meeting files beside a node: read again when one of them, or the topology, changed; a broken one is a ``Trouble``.
///
/// Files of other networks may lie in the same folder; they are passed over.
final class MeetingFiles: Sendable {
    /// Files read at most, the first by name; further ones are told in the log.
    static let limit = 512
    /// How often the folder is looked at while nobody asks.
    static let pause: Duration = .seconds(5)

    private struct Stamp: Hashable {
        var name: String
        var modified: Date
        var size: Int
    }
    private struct State {
        var stamps: [Stamp]?
        var hash: [UInt8] = []
        var definitions: [MeetingDefinition] = []
    }
    private let folder: String
    private let topology: String
    private let standing: Standing
    private let troubles: Troubles
    private let logger: Logger
    private let state = Mutex(State())

    init(folder: String, topology: String, standing: Standing, troubles: Troubles, logger: Logger) {
        self.folder = folder
        self.topology = topology
        self.standing = standing
        self.troubles = troubles
        self.logger = logger
    }

    /// The meetings of all files that belong to the network that runs now.
    func now() -> [MeetingDefinition] {
        let network = standing.now.network
        let stamps = look()
        return state.withLock { state in
            if state.stamps == stamps, state.hash == network.hash { return state.definitions }
            if state.stamps?.count != stamps.count, stamps.count == MeetingFiles.limit {
                logger.warning("more meeting files than are read", metadata: ["folder": "\(folder)", "read": "\(MeetingFiles.limit)"])
            }
            state.stamps = stamps
            state.hash = network.hash
            state.definitions = read(stamps.map(\.name), network)
            return state.definitions
        }
    }

    private func look() -> [Stamp] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
        return names.prefix(MeetingFiles.limit).map { name in
            let about = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return Stamp(name: name, modified: about?[.modificationDate] as? Date ?? .distantPast, size: about?[.size] as? Int ?? -1)
        }
    }

    private func read(_ names: [String], _ network: Network) -> [MeetingDefinition] {
        var broken: Set<String> = []
        var found: [MeetingDefinition] = []
        for name in names {
            do throws(InvalidFile) {
                found.append(MeetingDefinition(try TopologyFiles.loadMeeting(folder + "/" + name, network: network, language: FileLanguage(troubles.language))))
            } catch {
                guard isOurs(name, error) else {
                    logger.debug("a meeting file of another network", metadata: ["file": "\(name)"])
                    continue
                }
                broken.insert(name)
                let first = error.problems.first { $0.severity == .error }
                let line = troubles.language == .english ? "line" : "dòng"
                troubles.raise(
                    .meetingFile(name, first.map { "\(line) \($0.line): \($0.message)." } ?? "?"), now: EventLoop.now(), wall: EventLoop.wall())
            }
        }
        for name in troubles.meetingFiles where !broken.contains(name) { troubles.clear(.meetingFile(name)) }
        return found
    }

    /// A file whose sites are unknown here, and that names another topology which lies there, is another network's.
    private func isOurs(_ name: String, _ error: InvalidFile) -> Bool {
        let errors = error.problems.filter { $0.severity == .error }
        guard !errors.isEmpty, errors.allSatisfy({ $0.code.rawValue.hasPrefix("unknown") }) else { return true }
        guard let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("topology:") })
        else { return true }
        let said = line.dropFirst("topology:".count).prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces.union(.init(charactersIn: "\"'")))
        let path = URL(fileURLWithPath: folder).appendingPathComponent(said).standardizedFileURL.path
        return path == URL(fileURLWithPath: topology).standardizedFileURL.path || !FileManager.default.fileExists(atPath: path)
    }
}
