import Basics
import Documents
import Topology
import Yams

/// Changes that a planner keeps beside a topology file.
///
/// ```yaml
/// patch: yen-mo                                            # the network that it is for
/// changes:
///   - {move: X14740, to: T37}
///   - {cut: X14725}
///   - {capacity: X14701, up: 20 Mbit/s, down: 20 Mbit/s}
/// ```
public struct Patch: Hashable, Sendable {
    /// The id of the network that it was made for.
    public var networkID: String
    /// Made one after the other.
    public var changes: [NetworkChange]
    public init(networkID: String, changes: [NetworkChange]) {
        self.networkID = networkID
        self.changes = changes
    }

    /// The file's text.
    public var text: String {
        var out = "patch: \(networkID)\nchanges:\n"
        for change in changes {
            switch change {
            case .move(let node, let to): out += "  - {move: \(node), to: \(to)}\n"
            case .cut(let node): out += "  - {cut: \(node)}\n"
            case .capacity(let node, let up, let down):
                out += "  - {capacity: \(node)"
                if let up { out += ", up: \(Network.text(up))" }
                if let down { out += ", down: \(Network.text(down))" }
                out += "}\n"
            }
        }
        return out
    }
}

extension TopologyFiles {
    /// The changes of a patch file; throws all its problems.
    public static func loadPatch(_ path: String, for network: Network, language: Language = .en) throws(InvalidFile) -> Patch {
        let file = SourceFile(name: path, language: language)
        do {
            return try parsePatch(try FileText.read(path), file: path, for: network, language: language)
        } catch let error as FileText.Failure {
            file.report(error.message, line: error.line, column: error.column)
            throw InvalidFile(problems: file.sortedProblems)
        } catch let error as InvalidFile {
            throw error
        } catch {
            throw InvalidFile(problems: file.sortedProblems)
        }
    }

    /// The changes of a patch from its text; `file` is its name in messages.
    public static func parsePatch(
        _ text: String, file name: String, for network: Network, language: Language = .en
    ) throws(InvalidFile) -> Patch {
        let file = SourceFile(name: name, language: language)
        if let root = file.parse(text), let reader = MappingReader(root, what: "patch", keys: ["patch", "changes"], in: file) {
            for key in ["patch", "changes"] { reader.require(key) }
            if let id = reader.id("patch"), let place = reader.value("patch"), id != network.networkID {
                file.report(.unknownTopology(id), at: place, meaning: id, among: [network.networkID])
            }
            let changes = (reader.list("changes") ?? []).compactMap { change($0, network, file) }
            if !file.hasErrors { return Patch(networkID: network.networkID, changes: changes) }
        }
        throw InvalidFile(problems: file.sortedProblems)
    }

    private static func change(_ item: Node, _ network: Network, _ file: SourceFile) -> NetworkChange? {
        guard let reader = MappingReader(item, what: "change", keys: ["move", "to", "cut", "capacity", "up", "down"], in: file) else { return nil }
        if reader.has("move") {
            reader.require("to")
            guard let node = reader.id("move"), let to = reader.id("to") else { return nil }
            return .move(node: node, to: to)
        }
        if reader.has("cut") { return reader.id("cut").map { .cut(node: $0) } }
        guard reader.has("capacity") else {
            file.report(.missingKey("move"), at: item)
            return nil
        }
        if !reader.has("up"), !reader.has("down") { file.report(.missingKey("up"), at: item) }
        let (up, down) = (reader.bitrate("up"), reader.bitrate("down"))
        return reader.id("capacity").map { .capacity(node: $0, up: up, down: down) }
    }

    /// The network with these changes; throws what a topology file with them would be told, or what keeps a change from being made.
    public static func change(_ network: Network, by changes: [NetworkChange], language: Language = .en) throws -> Network {
        let changed: Network
        do {
            changed = try network.changed(by: changes)
        } catch {
            var near: String?
            if case .unknownNode(let id) = error { near = TopologyFiles.near(id, in: network) }
            throw UnmadeChange(problem: error, language: language, near: near)
        }
        // The checks of a file look at backups and zones as well.
        return try parse(changed.canonical, file: network.networkID, language: language)
    }
}

/// Why a change cannot be made, in words.
public struct UnmadeChange: Error, CustomStringConvertible {
    /// The reason.
    public var problem: ChangeProblem
    /// Of the words.
    public var language: Language
    /// The node that was probably meant, quoted.
    public var near: String?
    /// The nodes that may have been meant.
    public var candidates: [String]
    public init(problem: ChangeProblem, language: Language, near: String? = nil, candidates: [String] = []) {
        self.problem = problem
        self.language = language
        self.near = near
        self.candidates = candidates
    }

    /// One sentence.
    public var description: String {
        let vi = language == .vi
        switch problem {
        case .unknownNode(let word) where !candidates.isEmpty:
            let some = Array(candidates.prefix(5))
            let more = candidates.count > 5 ? ", …" : ""
            return vi
                ? "'\(Letters.shown(word))' có thể là \(Message.either(some, "hoặc"))\(more); hãy ghi mã"
                : "'\(Letters.shown(word))' may be \(Message.either(some, "or"))\(more); write the id"
        case .unknownNode(let word):
            let hint = near.map { vi ? "; có phải \($0) không?" : "; did you mean \($0)?" } ?? ""
            return (vi ? "không có nút '\(Letters.shown(word))'" : "there is no node '\(Letters.shown(word))'") + hint
        case .isRoot(let id): return vi ? "'\(id)' là gốc, không có trung kế lên trên" : "'\(id)' is the root and has no trunk above it"
        case .isParent(let node, let parent): return vi ? "'\(node)' đã ở dưới '\(parent)'" : "'\(node)' hangs below '\(parent)' already"
        case .inOwnSubtree(let node, let parent):
            return vi ? "'\(parent)' ở dưới chính '\(node)'" : "'\(parent)' hangs below '\(node)' itself"
        case .levelOrder(let node, let parent):
            return vi
                ? "'\(node)' không thể ở dưới '\(parent)': cấp của nút trên phải đứng trước trong 'levels'"
                : "'\(node)' cannot hang below '\(parent)': a parent's level comes before its child's in 'levels'"
        case .backupLevel(let node, let backup):
            return vi
                ? "'\(node)' sẽ ở dưới nút dự phòng '\(backup)' cùng cấp, tệp mạng không cho phép lâu dài; xem lúc đứt bằng 'plan --fail'"
                : "'\(node)' would hang below its backup '\(backup)' of the same level, which no file allows for good; 'plan --fail' shows it while cut"
        }
    }
}
