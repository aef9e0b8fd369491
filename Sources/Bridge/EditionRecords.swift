import Basics
import Membership
import Topology

/// What a node says of an edition of the topology that was handed to it.
public struct EditionWord: Hashable, Sendable {
    /// What the node made of the edition.
    public enum State: UInt8, Hashable, Sendable {
        /// The node runs the edition.
        case runs = 1
        /// The node refused the edition and stays on its old one.
        case refused = 2
        /// The node keeps the edition for its next start.
        case waits = 3
    }
    /// The edition spoken of.
    public var version: UInt32
    /// The edition that runs there.
    public var running: UInt32
    public var state: State
    /// Why, in Vietnamese and in English; empty where it runs.
    public var vietnamese: String
    /// Each is cut to 300 bytes on its way.
    public var english: String

    /// The longest reason in each language, in bytes.
    static let reasonLimit = 300

    public init(version: UInt32, running: UInt32, state: State, vietnamese: String = "", english: String = "") {
        self.version = version
        self.running = running
        self.state = state
        self.vietnamese = vietnamese
        self.english = english
    }

    /// Wire form: 1, state, version, the version that runs (32 bits each), and both reasons, each with its length in 16 bits. Bytes
    /// behind these belong to later forms.
    var bytes: [UInt8] {
        var writer = ByteWriter([1, state.rawValue])
        writer.u32(version)
        writer.u32(running)
        for reason in [vietnamese, english] {
            var text = reason
            while text.utf8.count > EditionWord.reasonLimit { text.removeLast() }
            writer.u16(UInt16(text.utf8.count))
            writer.append(text.utf8)
        }
        return writer.bytes
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.u8() == 1, let state = reader.u8().flatMap(State.init), let version = reader.u32(), let running = reader.u32() else { return nil }
        var reasons: [String] = []
        for _ in 0..<2 {
            guard let length = reader.u16(), length <= EditionWord.reasonLimit, let text = reader.take(Int(length)) else { return nil }
            reasons.append(String(validating: text, as: UTF8.self) ?? "")
        }
        self.init(version: version, running: running, state: state, vietnamese: reasons[0], english: reasons[1])
    }
}

// Editions on their way: a sealed file in the link lane of the node that handed it over, in parts, and every node's word about it.
//
//   edition.0 … edition.n   the file's parts
//   edition                 1, number of parts, length (32 bits), SHA-256: written last, so whoever reads it has the parts
//   edition.word            an ``EditionWord``
extension Bridge {
    /// Bytes of a sealed file: what says that it is longer is not put together.
    static let editionLimit = 1 << 20
    /// Bytes of one part.
    static let partSize = 48_000
    static let editionKey = "edition"
    static let wordKey = "edition.word"

    /// Hands a sealed file to every node: gossip spreads and repairs it.
    public func hand(out sealed: [UInt8], now: Instant) {
        let parts = (sealed.count + Bridge.partSize - 1) / Bridge.partSize
        precondition((1...255).contains(parts), "\(sealed.count) bytes")
        for part in 0..<parts {
            let piece = Array(sealed[part * Bridge.partSize..<min(sealed.count, (part + 1) * Bridge.partSize)])
            setLink("\(Bridge.editionKey).\(part)", piece, now: now)
        }
        var head = ByteWriter([1, UInt8(parts)])
        head.u32(UInt32(sealed.count))
        head.append(SHA256.digest(sealed))
        setLink(Bridge.editionKey, head.bytes, now: now)
        pump(now)
    }

    /// Takes back the edition that this node handed out, since another node's file runs.
    public func takeBackEdition(now: Instant) {
        for (key, _) in control.membership.records(node: control.edition.node, lane: .link) {
            guard key == Bridge.editionKey || (key.hasPrefix(Bridge.editionKey + ".") && key != Bridge.wordKey) else { continue }
            control.membership.set(.link, key: key, value: nil, now: now, into: &control.membershipEffects)
        }
        pump(now)
    }

    /// Says what became of an edition here; every node can read it.
    public func say(_ word: EditionWord, now: Instant) {
        setLink(Bridge.wordKey, word.bytes, now: now)
        pump(now)
    }

    /// The last word of each node of this network, in the order of the tree; nil: none yet.
    public var editionWords: [(node: String, word: EditionWord?)] {
        network.nodes.map { node in
            let bytes = control.membership.value(node: node.index, lane: .link, key: Bridge.wordKey)
            return (node.id, bytes.flatMap { $0.withUnsafeBytes { EditionWord($0) } })
        }
    }

    private func setLink(_ key: String, _ value: [UInt8], now: Instant) {
        control.membership.set(.link, key: key, value: value, now: now, into: &control.membershipEffects)
    }

    /// A record of the link lane came: is it a whole edition?
    func noteEdition(_ node: NodeIndex, key: String) {
        guard key == Bridge.editionKey, node != control.edition.node,
            let head = control.membership.value(node: node, lane: .link, key: Bridge.editionKey)
        else { return }
        guard head.count >= 38, head[0] == 1 else { return }
        let length = head[2..<6].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Bridge.editionLimit, Int(head[1]) == (length + Bridge.partSize - 1) / Bridge.partSize else { return }
        var sealed: [UInt8] = []
        for part in 0..<Int(head[1]) {
            guard let piece = control.membership.value(node: node, lane: .link, key: "\(Bridge.editionKey).\(part)") else { return }
            sealed += piece
        }
        guard sealed.count == length, SHA256.digest(sealed).elementsEqual(head[6..<38]) else { return }
        effects.append(.edition(sealed))
    }
}
