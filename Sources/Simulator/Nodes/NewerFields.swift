/// Protobuf fields that no program of today knows, put behind those of a message and of the messages in it.
///
/// The numbers are far above those of the schemas, and stay unused there.
struct NewerFields {
    /// Where messages lie in a message, by the number of their field.
    private let parts: [UInt64: NewerFields]
    /// What this message gets behind its own fields.
    private let added: [UInt8]

    private init(_ parts: [UInt64: NewerFields] = [:], added: [UInt8] = NewerFields.few) {
        self.parts = parts
        self.added = added
    }

    /// Field 100, a number: 1. Field 101, bytes: "n".
    private static let few: [UInt8] = [0xA0, 0x06, 1, 0xAA, 0x06, 1, 0x6E]
    /// The same of all four wire types: 102 of 32 bits, 103 of 64, and 104, a message in which field 1 is 300.
    private static let many: [UInt8] =
        few + [0xB5, 0x06, 1, 2, 3, 4] + [0xB9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8] + [0xC2, 0x06, 3, 0x08, 0xAC, 0x02]

    private static let plain = NewerFields()

    /// A frame of gossip (`gossip.proto`).
    static let frame: NewerFields = {
        let held = NewerFields([1: plain])
        let section = NewerFields([1: plain, 5: plain])
        return NewerFields(
            [
                4: NewerFields([8: plain]), 5: plain, 6: plain, 7: plain, 8: section, 9: NewerFields([1: plain]), 10: held, 11: plain,
                12: NewerFields([3: held]),
            ], added: many)
    }()

    /// The value of a record (`conference.proto`).
    static let record: NewerFields = {
        let request = NewerFields([1: plain, 2: plain, 5: plain])
        let grant = NewerFields([2: plain, 3: plain, 6: plain])
        let floor = NewerFields([1: plain, 5: grant, 8: plain, 10: NewerFields([2: plain])])
        let decision = NewerFields([1: plain, 2: plain])
        let site = NewerFields([1: plain, 8: plain])
        return NewerFields([
            1: plain, 2: NewerFields([1: plain, 2: plain]), 3: request, 4: NewerFields([1: plain, 2: plain]), 5: floor, 6: decision,
            7: NewerFields([1: plain]), 8: site, 9: plain, 10: NewerFields([1: plain]), 11: NewerFields([1: plain, 3: plain]),
            12: NewerFields([1: NewerFields([2: plain]), 2: plain]), 13: NewerFields([1: NewerFields([2: plain])]),
            14: NewerFields([1: plain, 4: plain]), 15: NewerFields([1: plain, 3: plain]),
        ])
    }()

    /// A floor message (`conference.proto`).
    static let floorHop: NewerFields = {
        let lease = NewerFields([2: plain, 3: plain])
        let holder = NewerFields([1: plain])
        let leases = NewerFields([2: lease])
        return NewerFields([
            4: NewerFields([2: lease, 3: plain, 4: holder]), 5: leases, 6: plain, 7: NewerFields([2: holder]), 8: NewerFields([3: plain]),
            9: NewerFields([3: plain]), 10: lease, 11: lease, 12: lease, 13: leases, 14: plain,
        ])
    }()

    /// The message with these fields added everywhere.
    func added(to message: [UInt8]) -> [UInt8] { added(to: message[...]) }

    private func added(to message: ArraySlice<UInt8>) -> [UInt8] {
        var (result, at) = ([UInt8](), message.startIndex)
        result.reserveCapacity(message.count + added.count)
        func varint() -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while true {
                let byte = message[at]
                at += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
        }
        while at < message.endIndex {
            let start = at
            let tag = varint()
            switch tag & 7 {
            case 0: _ = varint()
            case 1: at += 8
            case 5: at += 4
            case 2:
                let behindTag = at
                let count = Int(varint())
                let content = message[at..<at + count]
                at += count
                guard let part = parts[tag >> 3] else { break }
                let larger = part.added(to: content)
                result += message[start..<behindTag]
                NewerFields.append(UInt64(larger.count), to: &result)
                result += larger
                continue
            default: preconditionFailure("our own coder wrote wire type \(tag & 7)")
            }
            result += message[start..<at]
        }
        return result + added
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
