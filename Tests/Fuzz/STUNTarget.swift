import Basics

@testable import Peer

/// STUN (RFC 8489): what was understood, written by our builder, is understood as the same.
enum STUNTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        _ = Peer.stunUsername(of: bytes)
        guard let message = try? STUNMessage(parsing: bytes) else { return }
        promise(bytes.count % 4 == 0 && bytes.count >= STUNMessage.headerLength, "\(bytes.count) bytes are a message")
        promise(message.unknown.count <= 8 && message.unknown.allSatisfy { $0 < 0x8000 }, "\(message.unknown)")
        if let offset = message.integrityOffset { promise(offset + 24 <= bytes.count, "integrity at \(offset)") }
        if let (receiver, sender) = message.fragments {
            promise(receiver.count + sender.count + 1 == message.username?.count, "fragments fill the user name")
        }
        var builder = STUNBuilder(message.kind, message.transaction)
        if let username = message.username { builder.add(STUNAttribute.username, Array(username)) }
        if let priority = message.priority { builder.add(STUNAttribute.priority, priority) }
        if message.useCandidate { builder.add(STUNAttribute.useCandidate) }
        if let tie = message.controlling { builder.add(STUNAttribute.controlling, tie) }
        if let tie = message.controlled { builder.add(STUNAttribute.controlled, tie) }
        if let mapped = message.mapped { builder.add(mapped: mapped) }
        if let code = message.errorCode { builder.add(errorCode: code) }
        builder.addFingerprint()
        builder.writer.bytes.withUnsafeBytes { again in
            guard let same = try? STUNMessage(parsing: again) else { return promise(false, "our own message is refused") }
            promise(same.kind == message.kind && same.transaction == message.transaction && same.hasFingerprint, "the header")
            promise(same.username.map(Array.init) == message.username.map(Array.init), "the user name")
            promise(same.priority == message.priority && same.useCandidate == message.useCandidate, "the candidate")
            promise(same.controlling == message.controlling && same.controlled == message.controlled, "the role")
            promise(same.mapped == message.mapped && same.errorCode == message.errorCode, "the answer")
        }
    }

    static var seeds: [[UInt8]] {
        let transaction = "2112a442 b7e7a701bc34d686fa87dfae"
        // RFC 5769 sections 2.1 to 2.3.
        let samples = [
            "00010058" + transaction + "80220010 5354554e207465737420636c69656e74 00240004 6e0001ff"
                + "80290008 932ff9b151263b36 00060009 6576746a3a68367659202020"
                + "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf",
            "0101003c" + transaction + "8022000b 7465737420766563746f7220 00200008 0001a147e112a643"
                + "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96",
            "01010048" + transaction + "8022000b 7465737420766563746f7220 00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
                + "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c",
        ]
        let id = STUNTransaction(high: 7, low: 9)
        func built(_ kind: STUNClass, _ body: (inout STUNBuilder) -> Void) -> [UInt8] {
            var builder = STUNBuilder(kind, id)
            body(&builder)
            builder.addFingerprint()
            return builder.writer.bytes
        }
        return samples.map { bytes(hex: $0) } + [
            built(.indication) { _ in },
            built(.request) {
                $0.add(STUNAttribute.username, Array("ours:theirs".utf8))
                $0.add(STUNAttribute.controlling, UInt64(5))
                $0.add(STUNAttribute.useCandidate)
            },
            built(.failure) {
                $0.add(errorCode: 420)
                $0.add(unknown: [0x0030, 0x0031])
            },
        ]
    }
}
