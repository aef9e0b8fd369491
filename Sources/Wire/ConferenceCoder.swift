import Basics
import Conference
import SwiftProtobuf

/// Conference's records and floor messages as protobuf.
public struct ConferenceCoder: RecordCoder, Sendable {
    /// It has no state.
    public init() {}

    /// As ``RecordCoder`` says.
    public func encode(_ record: ConferenceRecord) -> [UInt8] { (try? PBValue(record).serializedBytes()) ?? [] }
    /// As ``RecordCoder`` says.
    public func decodeRecord(_ bytes: [UInt8]) -> ConferenceRecord? {
        guard let message = try? PBValue(serializedBytes: bytes, options: ConferenceCoder.options) else { return nil }
        return ConferenceRecord(message)
    }
    /// As ``RecordCoder`` says.
    public func encode(_ message: FloorMessage) -> [UInt8] { (try? PBFloorHop(message).serializedBytes()) ?? [] }
    /// As ``RecordCoder`` says.
    public func decodeHop(_ bytes: [UInt8]) -> FloorMessage? {
        guard let message = try? PBFloorHop(serializedBytes: bytes, options: ConferenceCoder.options) else { return nil }
        return FloorMessage(message)
    }

    private static var options: BinaryDecodingOptions {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 8
        options.discardUnknownFields = true
        return options
    }
}

// MARK: The small parts

extension PBStamp {
    init(_ s: Stamp) {
        milliseconds = s.milliseconds
        counter = s.counter
    }
    var value: Stamp { Stamp(milliseconds: milliseconds, counter: counter) }
}
extension PBRequestID {
    init(_ r: RequestID) {
        node = r.node.rawValue
        counter = r.counter
    }
    var value: RequestID { RequestID(node: NodeIndex(rawValue: node), counter: counter) }
}
extension PBVoteID {
    init(_ v: VoteID) {
        node = v.node.rawValue
        opened = PBStamp(v.opened)
    }
    var value: VoteID { VoteID(node: NodeIndex(rawValue: node), opened: opened.value) }
}
extension PBLeaseName {
    init(_ l: LeaseName) {
        epoch = l.epoch
        crown = l.crown.rawValue
        sequence = l.sequence
    }
    var value: LeaseName { LeaseName(epoch: epoch, crown: NodeIndex(rawValue: crown), sequence: sequence) }
}

/// A number of the wire as a case of an enumeration; nil if there is no such case.
func known<T: RawRepresentable>(_ raw: UInt32) -> T? where T.RawValue == UInt8 { UInt8(exactly: raw).flatMap(T.init(rawValue:)) }
