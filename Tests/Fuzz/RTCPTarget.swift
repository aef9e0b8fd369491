import Basics
import RTP

/// Compound RTCP (RFC 3550, 4585, 5104): every part is read to its end, and what our writer knows survives it.
enum RTCPTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        var compound = RTCPCompound(bytes)
        var packets = 0
        while let message = compound.next() {
            packets += 1
            read(message, within: bytes.count)
            writeAgain(message)
        }
        promise(packets <= bytes.count / 4, "\(packets) packets in \(bytes.count) bytes")
        promise(!bytes.isEmpty || !compound.malformed, "nothing is not malformed")
        promise(compound.next() == nil, "the end is the end")
    }

    private static func read(_ message: RTCPMessage, within count: Int) {
        switch message {
        case .senderReport(_, let blocks), .receiverReport(_, let blocks):
            promise(blocks.count <= 31, "\(blocks.count) blocks")
            for block in blocks { promise(abs(Int(block.cumulativeLost)) <= 1 << 23, "lost \(block.cumulativeLost)") }
        case .sourceDescription(_, let name): promise(name.count <= 255 && Array(name).count <= count, "a name of \(name.count) bytes")
        case .bye(let sources): promise(Array(sources).count <= 31, "\(sources.count) left")
        case .nack(_, _, let sequences): promise(Array(sequences).count <= count / 4 * 17, "numbers in a NACK")
        case .fullIntraRequest(_, let sources): promise(Array(sources).count <= count / 8, "sources in a FIR")
        case .maximumBitrate(_, let rate, let sources):
            promise(rate.bitsPerSecond >= 0 && Array(sources).count <= 255, "REMB of \(rate)")
        case .application(let subtype, _, _, let data): promise(subtype < 32 && Array(data).count <= count, "application data")
        case .pictureLoss, .other: break
        }
    }

    private static func writeAgain(_ message: RTCPMessage) {
        withUnsafeTemporaryAllocation(byteCount: 1_200, alignment: 8) { slot in
            var writer = RTCPWriter(slot)
            switch message {
            case .senderReport(let sender, let blocks): _ = writer.senderReport(sender, block: blocks.first)
            case .receiverReport(let sender, let blocks): _ = writer.receiverReport(sender: sender, block: blocks.first)
            case .sourceDescription(let ssrc, let name): _ = writer.sourceDescription(ssrc: ssrc, name: Array(name))
            case .bye(let sources):
                guard let first = sources.first else { return }
                _ = writer.bye(ssrc: first)
            case .nack(let sender, let media, let sequences): _ = writer.nack(sender: sender, media: media, Array(sequences))
            case .pictureLoss(let sender, let media): _ = writer.pictureLoss(sender: sender, media: media)
            case .fullIntraRequest(let sender, let sources):
                guard let first = sources.first else { return }
                _ = writer.fullIntraRequest(sender: sender, media: first, number: 1)
            case .maximumBitrate(let sender, let rate, let sources):
                _ = writer.maximumBitrate(sender: sender, rate, source: sources.first)
            case .application, .other: return
            }
            compare(message, UnsafeRawBufferPointer(rebasing: slot[..<writer.count]))
        }
    }

    private static func compare(_ message: RTCPMessage, _ written: UnsafeRawBufferPointer) {
        var compound = RTCPCompound(written)
        guard let same = compound.next() else { return promise(written.isEmpty, "our own packet is refused") }
        switch (message, same) {
        case (.senderReport(let a, let x), .senderReport(let b, let y)):
            promise(a == b && x.first == y.first, "sender report \(a) \(b)")
        case (.receiverReport(let a, let x), .receiverReport(let b, let y)):
            promise(a == b && x.first == y.first, "receiver report")
        case (.sourceDescription(let a, let x), .sourceDescription(let b, let y)):
            promise(a == b && Array(x).starts(with: Array(y)), "source description")
        case (.bye(let x), .bye(let y)): promise(x.first == y.first, "bye")
        case (.nack(let a, let m, let x), .nack(let b, let n, let y)):
            promise(a == b && m == n && Set(y).isSubset(of: Set(x)), "NACK")
        case (.pictureLoss(let a, let m), .pictureLoss(let b, let n)): promise(a == b && m == n, "PLI")
        case (.fullIntraRequest(let a, let x), .fullIntraRequest(let b, let y)): promise(a == b && x.first == y.first, "FIR")
        case (.maximumBitrate(let a, let r, _), .maximumBitrate(let b, let s, _)):
            promise(a == b && s.bitsPerSecond <= r.bitsPerSecond, "REMB \(r) became \(s)")
        default: promise(false, "\(message) became \(same)")
        }
    }

    static var seeds: [[UInt8]] {
        let block = ReportBlock(
            ssrc: 7, fractionLost: 12, cumulativeLost: -3, highestSequence: 70_000, jitter: 5, lastReport: 1, delaySinceLastReport: 2)
        let sender = SenderInformation(ssrc: 9, ntp: 1 << 40, rtp: 4, packets: 5, octets: 6)
        func written(_ body: (inout RTCPWriter) -> Void) -> [UInt8] {
            var slot = [UInt8](repeating: 0, count: 1_200)
            let length = slot.withUnsafeMutableBytes {
                var writer = RTCPWriter($0)
                body(&writer)
                return writer.count
            }
            return Array(slot[..<length])
        }
        return [
            written { _ = $0.senderReport(sender, block: block) },
            written {
                _ = $0.receiverReport(sender: 1, block: block)
                _ = $0.sourceDescription(ssrc: 1, name: Array("điểm cầu".utf8))
                _ = $0.nack(sender: 1, media: 0, [1, 2, 17, 40, 65_535, 0])
            },
            written { _ = $0.receiverReport(sender: 1) }, written { _ = $0.bye(ssrc: 3) },
            written { _ = $0.pictureLoss(sender: 1, media: 2) }, written { _ = $0.fullIntraRequest(sender: 1, media: 2, number: 3) },
            written { _ = $0.maximumBitrate(sender: 1, Bitrate(bitsPerSecond: 4_000_000), source: 8) },
            written { _ = $0.application(subtype: 1, ssrc: 2, name: 0x5445_5354, data: 6) },
            // Padding, and a type of no meaning.
            [0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4], [0x80, 207, 0, 0],
        ]
    }
}
