import Basics

/// The keys under which records are written: printable ASCII of at most 64 bytes.
enum RecordKey: Hashable {
    case link(NodeIndex)
    case meeting
    case request(UInt64)
    case command(Stamp)
    case floor
    case apart
    case decision(RequestID)
    case invite(String)
    case seat(String)
    case answer(String)
    case site(String)
    case attendance(String)
    case vote(Stamp)
    case ballot(VoteID, room: String)
    case stream(incarnation: UInt64, counter: UInt32)

    var text: String {
        switch self {
        case .link(let node): "link/\(node)"
        case .meeting: "meeting"
        case .request(let counter): "request/\(counter)"
        case .command(let stamp): "command/\(stamp)"
        case .floor: "floor"
        case .apart: "apart"
        case .decision(let id): "decision/\(id)"
        case .invite(let name): "invite/\(name)"
        case .seat(let name): "seat/\(name)"
        case .answer(let name): "answer/\(name)"
        case .site(let name): "site/\(name)"
        case .attendance(let name): "attendance/\(name)"
        case .vote(let stamp): "vote/\(stamp)"
        case .ballot(let vote, let room): "ballot/\(vote)/\(room)"
        case .stream(let incarnation, let counter): "stream/\(incarnation).\(counter)"
        }
    }

    init?(_ text: String) {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            switch text {
            case "meeting": self = .meeting
            case "floor": self = .floor
            case "apart": self = .apart
            default: return nil
            }
            return
        }
        let rest = text[text.utf8.index(after: slash)...]
        switch text[..<slash] {
        case "link":
            guard let node = RecordKey.node(rest) else { return nil }
            self = .link(node)
        case "request":
            guard let counter = UInt64(rest) else { return nil }
            self = .request(counter)
        case "command":
            guard let stamp = Stamp(rest) else { return nil }
            self = .command(stamp)
        case "decision":
            guard let (a, b) = RecordKey.pair(rest, "-"), let node = RecordKey.node(a), let n = UInt64(b) else { return nil }
            self = .decision(RequestID(node: node, counter: n))
        case "invite": self = .invite(String(rest))
        case "seat": self = .seat(String(rest))
        case "answer": self = .answer(String(rest))
        case "site": self = .site(String(rest))
        case "attendance": self = .attendance(String(rest))
        case "vote":
            guard let stamp = Stamp(rest) else { return nil }
            self = .vote(stamp)
        case "ballot":
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")), let vote = VoteID(rest[..<slash]) else { return nil }
            self = .ballot(vote, room: String(rest[rest.utf8.index(after: slash)...]))
        case "stream":
            guard let (a, b) = RecordKey.pair(rest, "."), let i = UInt64(a), let n = UInt32(b) else { return nil }
            self = .stream(incarnation: i, counter: n)
        default: return nil
        }
    }

    /// A site's name in a key: its id if that fits, else a fingerprint.
    static func name(_ site: SiteID) -> String {
        let bytes = site.rawValue.utf8
        if bytes.count <= 48, !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return site.rawValue }
        return "~" + SHA256.digest(Array(bytes)).prefix(16).map { String($0, radix: 16) }.joined(separator: "-").prefix(46)
    }

    /// A site's name in a key of its own home, which is known: what tells it from the home's other sites, if that fits beside a vote's name.
    static func room(_ site: SiteID) -> String {
        let bytes = site.rawValue.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return "" }
        let room = bytes[bytes.index(after: slash)...]
        if room.count <= 18, room.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "~") }) { return String(decoding: room, as: UTF8.self) }
        return "~" + SHA256.digest(Array(room)).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func node(_ text: Substring) -> NodeIndex? {
        text.utf8.count == 8 ? UInt32(text, radix: 16).map(NodeIndex.init(rawValue:)) : nil
    }
    private static func pair(_ text: Substring, _ separator: Character) -> (Substring, Substring)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

extension Conference {
    /// A record under this key has a meaning here.
    package static func reads(key: String) -> Bool { RecordKey(key) != nil }
}
