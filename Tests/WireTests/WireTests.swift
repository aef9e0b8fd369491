import Basics
import Conference
import Testing

// What the tests of this module share: values with every field filled, and bytes as a later program writes them.

/// The kinds of records; a new case of `ConferenceRecord` does not compile until it stands here.
enum RecordKind: CaseIterable {
    case link, meeting, request, command, floor, decision, invite, apart, site, stream, attendance, vote, ballot, seat, answer

    init(_ record: ConferenceRecord) {
        switch record {
        case .link: self = .link
        case .meeting: self = .meeting
        case .request: self = .request
        case .command: self = .command
        case .floor: self = .floor
        case .decision: self = .decision
        case .invite: self = .invite
        case .apart: self = .apart
        case .site: self = .site
        case .stream: self = .stream
        case .attendance: self = .attendance
        case .vote: self = .vote
        case .ballot: self = .ballot
        case .seat: self = .seat
        case .answer: self = .answer
        }
    }
}

/// The kinds of floor messages, likewise.
enum HopKind: CaseIterable {
    case attach, attachAck, attachWanted, detach, raise, raised, offer, claim, lease, release, revoke

    init(_ body: FloorMessage.Body) {
        switch body {
        case .attach: self = .attach
        case .attachAck: self = .attachAck
        case .attachWanted: self = .attachWanted
        case .detach: self = .detach
        case .raise: self = .raise
        case .raised: self = .raised
        case .offer: self = .offer
        case .claim: self = .claim
        case .lease: self = .lease
        case .release: self = .release
        case .revoke: self = .revoke
        }
    }
}

enum Protobuf {
    /// A field that no message here has: number 1,999, a varint.
    static let unknown: [UInt8] = [0xF8, 0x7C, 0x05]

    /// The bytes of a message whose first field is a message of its own, with an unknown field behind that one's fields.
    static func withUnknownInside(_ bytes: [UInt8]) -> [UInt8]? {
        guard var at = end(ofVarintAt: 0, bytes), bytes[0] & 7 == 2 else { return nil }
        let tag = bytes[..<at]
        let start = at
        guard let body = end(ofVarintAt: at, bytes) else { return nil }
        at = body
        var length = 0
        for (i, byte) in bytes[start..<body].enumerated() { length |= Int(byte & 0x7F) << (7 * i) }
        guard body + length <= bytes.count else { return nil }
        let inner = Array(bytes[body..<body + length]) + unknown
        return Array(tag) + varint(inner.count) + inner + bytes[(body + length)...]
    }

    private static func end(ofVarintAt start: Int, _ bytes: [UInt8]) -> Int? {
        bytes[start...].firstIndex { $0 < 0x80 }.map { $0 + 1 }
    }
    private static func varint(_ number: Int) -> [UInt8] {
        number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
    }
}

/// The stored properties in which two values of one type are the same, as paths: "definition.title".
func sameFields(_ a: Any, _ b: Any, _ path: String = "") -> [String] {
    let (left, right) = (Mirror(reflecting: a), Mirror(reflecting: b))
    // Values of no fields, lists, and optionals that are there on one side only are compared as they are.
    guard left.displayStyle == .struct || left.displayStyle == .tuple, left.children.count == right.children.count, left.children.count > 1 else {
        return String(describing: a) == String(describing: b) ? [path] : []
    }
    return zip(left.children, right.children).flatMap { sameFields($0.value, $1.value, path + "." + ($0.label ?? "")) }
}
