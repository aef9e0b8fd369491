import Basics
import Membership

/// Frames of hellos, acknowledgements, hop messages and sections, coded by hand: the same bytes as protobuf's runtime writes for them.
///
/// A node sends nearly nothing else, so most of what it (and all of what a simulated country) spends on coding is here. Measured in
/// `docs/performance.md`. What has other parts, and bytes in any other form than the one written here, are left to the runtime.
enum SmallFrames {
    /// Whether this file writes the frame.
    static func covers(_ f: GossipFrame) -> Bool {
        f.scopes == nil && f.fragment == nil && f.requests.isEmpty && f.digests.isEmpty && f.leaves.isEmpty
    }

    /// The frame's bytes behind `prefix`; nil if it has other parts.
    static func encode(_ f: GossipFrame, prefix: UInt8) -> [UInt8]? {
        guard covers(f) else { return nil }
        let full = f.hello?.full.map(size) ?? 0
        let hello = f.hello.map { size($0, full: full) } ?? 0
        let ack = f.ack.map(size) ?? 0
        var total = 1 + fixed64(f.session) + varint(f.sequence) + varint(f.base)
        if f.hello != nil { total += nested(hello) }
        if f.ack != nil { total += nested(ack) }
        for hop in f.hops { total += nested(size(hop)) }
        for section in f.sections { total += nested(size(section)) }
        var bytes = [UInt8](repeating: 0, count: total)
        bytes.withUnsafeMutableBytes { buffer in
            var writer = Writer(at: buffer.baseAddress!)
            writer.byte(prefix)
            writer.fixed64(1, f.session)
            writer.varint(2, f.sequence)
            writer.varint(3, f.base)
            if let h = f.hello {
                writer.begin(4, hello)
                writer.fixed64(1, h.remoteSession)
                writer.varint(2, UInt64(h.state.rawValue))
                writer.varint(3, UInt64(h.diagnostic?.rawValue ?? 0))
                writer.varint(4, h.sequence)
                writer.varint(5, h.echo)
                writer.varint(6, UInt64(h.echoDelay))
                writer.varint(7, UInt64(h.spacing))
                if let part = h.full {
                    writer.begin(8, full)
                    writer.write(part)
                }
                writer.varint(9, UInt64(h.use?.rawValue ?? 0))
            }
            if let a = f.ack {
                writer.begin(5, ack)
                writer.varint(1, a.cumulative)
                writer.varint(2, a.bitmap)
            }
            for hop in f.hops {
                writer.begin(7, size(hop))
                writer.varint(1, hop.number)
                if !hop.payload.isEmpty {
                    writer.begin(2, hop.payload.count)
                    writer.bytes(hop.payload)
                }
            }
            for section in f.sections {
                writer.begin(8, size(section))
                writer.write(section)
            }
            let count = writer.at - buffer.baseAddress!
            precondition(count == total, "\(count) bytes written of \(total)")
        }
        return bytes
    }

    // MARK: Sizes

    private static func varintBytes(_ value: UInt64) -> Int { value == 0 ? 1 : (70 - value.leadingZeroBitCount) / 7 }
    private static func varint(_ value: UInt64) -> Int { value == 0 ? 0 : 1 + varintBytes(value) }
    private static func fixed64(_ value: UInt64) -> Int { value == 0 ? 0 : 9 }
    private static func fixed32(_ value: UInt32) -> Int { value == 0 ? 0 : 5 }
    private static func text(_ value: String) -> Int { value.isEmpty ? 0 : nested(value.utf8.count) }
    private static func nested(_ size: Int) -> Int { 1 + varintBytes(UInt64(size)) + size }

    private static func size(_ h: GossipFrame.Hello, full: Int) -> Int {
        let own = fixed64(h.remoteSession) + varint(UInt64(h.state.rawValue)) + varint(UInt64(h.diagnostic?.rawValue ?? 0))
        let numbers = varint(h.sequence) + varint(h.echo) + varint(UInt64(h.echoDelay)) + varint(UInt64(h.spacing))
        return own + numbers + (h.full == nil ? 0 : nested(full)) + varint(UInt64(h.use?.rawValue ?? 0))
    }
    private static func size(_ f: GossipFrame.Hello.Full) -> Int {
        let path = f.path.isEmpty ? 0 : nested(4 * f.path.count)
        let sums = fixed64(f.topologyHash) + fixed64(f.sum) + fixed64(f.sharedScopes)
        return path + sums + varint(f.topologyVersion) + varint(UInt64(bitPattern: f.wall)) + (f.settled ? 2 : 0)
            + varint(UInt64(f.lateness)) + varint(UInt64(f.loss))
    }
    private static func size(_ a: GossipFrame.Ack) -> Int { varint(a.cumulative) + varint(a.bitmap) }
    private static func size(_ h: GossipFrame.Hop) -> Int { varint(h.number) + (h.payload.isEmpty ? 0 : nested(h.payload.count)) }
    private static func size(_ s: GossipFrame.Section) -> Int {
        var total = nested(headSize(s)) + varint(s.from) + varint(s.to &- s.from) + varint(s.reset)
        for record in s.records { total += nested(size(record, from: s.from)) }
        return total
    }
    private static func headSize(_ s: GossipFrame.Section) -> Int {
        let name = fixed32(s.namespace.node.rawValue) + varint(UInt64(s.namespace.lane.rawValue)) + text(s.namespace.scope.rawValue)
        return name + varint(s.incarnation.counter) + fixed32(s.incarnation.nonce)
    }
    private static func size(_ r: GossipFrame.Record, from: UInt64) -> Int {
        let value = r.value.map { $0.isEmpty ? 0 : nested($0.count) } ?? 2
        return text(r.key) + varint(r.version &- from) + value
    }

    /// Writes fields in ascending order; zero values are left out, as proto3 has it.
    private struct Writer {
        var at: UnsafeMutableRawPointer

        mutating func byte(_ value: UInt8) {
            at.storeBytes(of: value, as: UInt8.self)
            at += 1
        }
        mutating func raw(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                byte(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            byte(UInt8(rest))
        }
        mutating func varint(_ field: UInt8, _ value: UInt64) {
            guard value != 0 else { return }
            byte(field << 3)
            raw(value)
        }
        mutating func fixed64(_ field: UInt8, _ value: UInt64) {
            guard value != 0 else { return }
            byte(field << 3 | 1)
            at.storeBytes(of: value.littleEndian, as: UInt64.self)
            at += 8
        }
        mutating func fixed32(_ field: UInt8, _ value: UInt32) {
            guard value != 0 else { return }
            byte(field << 3 | 5)
            at.storeBytes(of: value.littleEndian, as: UInt32.self)
            at += 4
        }
        mutating func text(_ field: UInt8, _ value: String) {
            guard !value.isEmpty else { return }
            begin(field, value.utf8.count)
            for unit in value.utf8 { byte(unit) }
        }
        mutating func begin(_ field: UInt8, _ size: Int) {
            byte(field << 3 | 2)
            raw(UInt64(size))
        }
        mutating func bytes(_ value: [UInt8]) {
            value.withUnsafeBytes { at.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            at += value.count
        }
        mutating func write(_ s: GossipFrame.Section) {
            begin(1, headSize(s))
            fixed32(1, s.namespace.node.rawValue)
            varint(2, UInt64(s.namespace.lane.rawValue))
            text(3, s.namespace.scope.rawValue)
            varint(4, s.incarnation.counter)
            fixed32(5, s.incarnation.nonce)
            varint(2, s.from)
            varint(3, s.to &- s.from)
            varint(4, s.reset)
            for record in s.records {
                begin(5, size(record, from: s.from))
                text(1, record.key)
                varint(2, record.version &- s.from)
                if let value = record.value {
                    if !value.isEmpty {
                        begin(3, value.count)
                        bytes(value)
                    }
                } else {
                    varint(4, 1)
                }
            }
        }
        mutating func write(_ f: GossipFrame.Hello.Full) {
            if !f.path.isEmpty {
                begin(1, 4 * f.path.count)
                for node in f.path {
                    at.storeBytes(of: node.rawValue.littleEndian, as: UInt32.self)
                    at += 4
                }
            }
            varint(2, f.topologyVersion)
            fixed64(3, f.topologyHash)
            varint(4, UInt64(bitPattern: f.wall))
            fixed64(5, f.sum)
            fixed64(6, f.sharedScopes)
            if f.settled { varint(7, 1) }
            varint(8, UInt64(f.lateness))
            varint(9, UInt64(f.loss))
        }
    }
}
