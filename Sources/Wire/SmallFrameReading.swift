import Basics
import Membership

/// Reads what ``SmallFrames`` writes: known fields, each once, in ascending order. Nil for anything else, which need not be
/// wrong: the runtime judges it.
struct SmallFrameReader {
    private var at: UnsafeRawPointer
    private var end: UnsafeRawPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; it holds no frame of ours either way.
        at = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        end = at + bytes.count
    }

    private var isAtEnd: Bool { at >= end }
    private var left: Int { end - at }

    private mutating func varint() -> UInt64? {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while at < end, shift < 64 {
            let byte = at.load(as: UInt8.self)
            at += 1
            // The tenth byte holds one bit.
            if shift == 63, byte > 1 { return nil }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        return nil
    }
    private mutating func fixed64() -> UInt64? {
        guard left >= 8 else { return nil }
        defer { at += 8 }
        return UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
    }
    private mutating func fixed32() -> UInt32? {
        guard left >= 4 else { return nil }
        defer { at += 4 }
        return UInt32(littleEndian: at.loadUnaligned(as: UInt32.self))
    }
    /// The next length-delimited field as text of at most so many bytes.
    private mutating func text(limit: Int) -> String? {
        guard let part = nested(), part.left <= limit else { return nil }
        return String(validating: UnsafeRawBufferPointer(start: part.at, count: part.left), as: UTF8.self)
    }
    private mutating func u32() -> UInt32? { varint().flatMap { UInt32(exactly: $0) } }
    /// A reader of the next length-delimited field; this one goes on behind it.
    private mutating func nested() -> SmallFrameReader? {
        guard let length = varint(), length <= UInt64(left) else { return nil }
        defer { at += Int(length) }
        return SmallFrameReader(UnsafeRawBufferPointer(start: at, count: Int(length)))
    }
    /// The next field's tag byte; nil if it is not above the last one or takes more than a byte.
    private mutating func tag(after last: inout UInt8, repeated: ClosedRange<UInt8> = 0...0) -> UInt8? {
        let tag = at.load(as: UInt8.self)
        guard tag < 0x80, tag >> 3 > last >> 3 || tag == last && repeated.contains(tag) else { return nil }
        at += 1
        last = tag
        return tag
    }

    mutating func frame() -> GossipFrame? {
        var frame = GossipFrame(session: 0)
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last, repeated: 0x3A...0x42) {
            case 0x09:
                guard let session = fixed64() else { return nil }
                frame.session = session
            case 0x10:
                guard let sequence = varint() else { return nil }
                frame.sequence = sequence
            case 0x18:
                guard let base = varint() else { return nil }
                frame.base = base
            case 0x22:
                guard var part = nested(), let hello = part.hello() else { return nil }
                frame.hello = hello
            case 0x2A:
                guard var part = nested(), let ack = part.ack() else { return nil }
                frame.ack = ack
            case 0x3A:
                guard var part = nested(), let hop = part.hop() else { return nil }
                frame.hops.append(hop)
            case 0x42:
                guard var part = nested(), let section = part.section() else { return nil }
                frame.sections.append(section)
            default: return nil
            }
        }
        return frame
    }

    private mutating func hello() -> GossipFrame.Hello? {
        var hello = GossipFrame.Hello(
            remoteSession: 0, state: .down, diagnostic: nil, sequence: 0, echo: 0, echoDelay: 0, spacing: 0, full: nil)
        var hasState = false
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x09:
                guard let session = fixed64() else { return nil }
                hello.remoteSession = session
            case 0x10:
                guard let state = u32().flatMap({ UInt8(exactly: $0) }).flatMap(EdgeState.init(rawValue:)) else { return nil }
                hello.state = state
                hasState = true
            case 0x18:
                guard let diagnostic = u32() else { return nil }
                hello.diagnostic = UInt8(exactly: diagnostic).flatMap(EdgeDownReason.init(rawValue:))
            case 0x20:
                guard let sequence = varint() else { return nil }
                hello.sequence = sequence
            case 0x28:
                guard let echo = varint() else { return nil }
                hello.echo = echo
            case 0x30:
                guard let delay = u32() else { return nil }
                hello.echoDelay = delay
            case 0x38:
                guard let spacing = u32() else { return nil }
                hello.spacing = spacing
            case 0x42:
                guard var part = nested(), let full = part.full() else { return nil }
                hello.full = full
            case 0x48:
                guard let use = u32() else { return nil }
                hello.use = UInt8(exactly: use).flatMap(UplinkUse.init(rawValue:))
            default: return nil
            }
        }
        guard hasState, hello.sequence > 0 else { return nil }
        return hello
    }

    private mutating func full() -> GossipFrame.Hello.Full? {
        var full = GossipFrame.Hello.Full(
            path: [], topologyVersion: 0, topologyHash: 0, wall: 0, sum: 0, sharedScopes: 0, settled: false, lateness: 0, loss: 0)
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x0A:
                guard let part = nested(), part.left % 4 == 0, part.left / 4 <= GossipLimits.path else { return nil }
                for i in 0..<part.left / 4 {
                    full.path.append(NodeIndex(rawValue: UInt32(littleEndian: part.at.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))))
                }
            case 0x10:
                guard let version = varint() else { return nil }
                full.topologyVersion = version
            case 0x19:
                guard let hash = fixed64() else { return nil }
                full.topologyHash = hash
            case 0x20:
                guard let wall = varint() else { return nil }
                full.wall = Int64(bitPattern: wall)
            case 0x29:
                guard let sum = fixed64() else { return nil }
                full.sum = sum
            case 0x31:
                guard let scopes = fixed64() else { return nil }
                full.sharedScopes = scopes
            case 0x38:
                guard let settled = varint(), settled <= 1 else { return nil }
                full.settled = settled == 1
            case 0x40:
                guard let lateness = u32() else { return nil }
                full.lateness = lateness
            case 0x48:
                guard let loss = u32() else { return nil }
                full.loss = loss
            default: return nil
            }
        }
        return full
    }

    private mutating func ack() -> GossipFrame.Ack? {
        var ack = GossipFrame.Ack(cumulative: 0, bitmap: 0)
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x08:
                guard let cumulative = varint() else { return nil }
                ack.cumulative = cumulative
            case 0x10:
                guard let bitmap = varint() else { return nil }
                ack.bitmap = bitmap
            default: return nil
            }
        }
        return ack
    }

    private mutating func hop() -> GossipFrame.Hop? {
        var hop = GossipFrame.Hop(number: 0, payload: [])
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x08:
                guard let number = varint() else { return nil }
                hop.number = number
            case 0x12:
                guard let part = nested() else { return nil }
                hop.payload = Array(UnsafeRawBufferPointer(start: part.at, count: part.left))
            default: return nil
            }
        }
        return hop
    }

    private mutating func section() -> GossipFrame.Section? {
        var (namespace, incarnation) = (NamespaceID?.none, Incarnation(counter: 0, nonce: 0))
        var (from, above, reset): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var records: [GossipFrame.Record] = []
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last, repeated: 0x2A...0x2A) {
            case 0x0A:
                guard var part = nested(), let head = part.head() else { return nil }
                (namespace, incarnation) = head
            case 0x10:
                guard let version = varint() else { return nil }
                from = version
            case 0x18:
                guard let version = varint() else { return nil }
                above = version
            case 0x20:
                guard let version = varint() else { return nil }
                reset = version
            case 0x2A:
                guard var part = nested(), let record = part.record(from: from) else { return nil }
                records.append(record)
            default: return nil
            }
        }
        let (to, overflow) = from.addingReportingOverflow(above)
        guard let namespace, !overflow else { return nil }
        return GossipFrame.Section(namespace: namespace, incarnation: incarnation, from: from, to: to, reset: reset, records: records)
    }

    private mutating func head() -> (NamespaceID, Incarnation)? {
        var (node, lane, scope): (UInt32, Lane?, String) = (0, nil, "")
        var incarnation = Incarnation(counter: 0, nonce: 0)
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x0D:
                guard let index = fixed32() else { return nil }
                node = index
            case 0x10:
                guard let number = u32() else { return nil }
                lane = UInt8(exactly: number).flatMap(Lane.init(rawValue:))
            case 0x1A:
                guard let text = text(limit: GossipLimits.scope) else { return nil }
                scope = text
            case 0x20:
                guard let counter = varint() else { return nil }
                incarnation.counter = counter
            case 0x2D:
                guard let nonce = fixed32() else { return nil }
                incarnation.nonce = nonce
            default: return nil
            }
        }
        guard let lane, (lane == .link) == scope.isEmpty else { return nil }
        return (NamespaceID(node: NodeIndex(rawValue: node), lane: lane, scope: MeetingID(scope)), incarnation)
    }

    private mutating func record(from: UInt64) -> GossipFrame.Record? {
        var record = GossipFrame.Record(key: "", version: from, value: [])
        var last: UInt8 = 0
        while !isAtEnd {
            switch tag(after: &last) {
            case 0x0A:
                guard let key = text(limit: GossipLimits.key) else { return nil }
                record.key = key
            case 0x10:
                guard let above = varint() else { return nil }
                let (version, overflow) = from.addingReportingOverflow(above)
                guard !overflow else { return nil }
                record.version = version
            case 0x1A:
                guard let part = nested() else { return nil }
                record.value = Array(UnsafeRawBufferPointer(start: part.at, count: part.left))
            case 0x20:
                guard let tombstone = varint(), tombstone <= 1 else { return nil }
                if tombstone == 1 { record.value = nil }
            default: return nil
            }
        }
        return record
    }
}
