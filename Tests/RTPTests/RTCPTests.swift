import Basics
import RTP
import Testing

@Suite("RTCP")
struct RTCPTests {
    static let block = ReportBlock(
        ssrc: 5, fractionLost: 64, cumulativeLost: -3, highestSequence: 0x1_0002, jitter: 77, lastReport: 0xAABB_CCDD,
        delaySinceLastReport: 65_536)

    static func compound() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 600)
        let count = bytes.withUnsafeMutableBytes { raw in
            var writer = RTCPWriter(raw)
            writer.senderReport(SenderInformation(ssrc: 1, ntp: 0x0102_0304_0506_0708, rtp: 9, packets: 10, octets: 11), block: block)
            writer.receiverReport(sender: 2)
            for name in ["x", "ab", "abc", "nhip-cau"] { writer.sourceDescription(ssrc: 3, name: Array(name.utf8)) }
            writer.nack(sender: 2, media: 0, [65_530, 65_535, 10, 11, 400])
            writer.pictureLoss(sender: 2, media: 7)
            writer.fullIntraRequest(sender: 2, media: 8, number: 3)
            writer.maximumBitrate(sender: 2, .mbps(4), source: 7)
            writer.application(subtype: 0, ssrc: 2, name: 0x4E43_5453, data: 1_234)
            writer.bye(ssrc: 2)
            return writer.count
        }
        return Array(bytes[..<count])
    }

    @Test("a compound of all kinds is read as it was written")
    func roundTrip() {
        var names: [String] = []
        var seen: [String] = []
        Self.compound().withUnsafeBytes { raw in
            var compound = RTCPCompound(raw)
            while let message = compound.next() {
                switch message {
                case .senderReport(let sender, let blocks):
                    #expect(sender == SenderInformation(ssrc: 1, ntp: 0x0102_0304_0506_0708, rtp: 9, packets: 10, octets: 11))
                    #expect(Array(blocks) == [Self.block])
                    seen.append("SR")
                case .receiverReport(let sender, let blocks):
                    #expect(sender == 2 && blocks.isEmpty)
                    seen.append("RR")
                case .sourceDescription(3, let name): names.append(String(decoding: name, as: UTF8.self))
                case .nack(let sender, let media, let list):
                    #expect(sender == 2 && media == 0)
                    #expect(Array(list) == [65_530, 65_535, 10, 11, 400])
                    seen.append("NACK")
                case .pictureLoss(2, 7): seen.append("PLI")
                case .fullIntraRequest(2, let list):
                    #expect(Array(list) == [8])
                    seen.append("FIR")
                case .maximumBitrate(2, let rate, let list):
                    #expect(rate == .mbps(4) && Array(list) == [7])
                    seen.append("REMB")
                case .application(0, 2, 0x4E43_5453, let data):
                    #expect(Array(data) == [0, 0, 4, 210])
                    seen.append("APP")
                case .bye(let list):
                    #expect(Array(list) == [2])
                    seen.append("BYE")
                default: Issue.record("unexpected \(message)")
                }
            }
            #expect(!compound.malformed)
        }
        #expect(names == ["x", "ab", "abc", "nhip-cau"])
        #expect(seen == ["SR", "RR", "NACK", "PLI", "FIR", "REMB", "APP", "BYE"])
    }

    @Test("a message that does not fit is left out whole")
    func full() {
        var bytes = [UInt8](repeating: 0, count: 36)
        bytes.withUnsafeMutableBytes { raw in
            var writer = RTCPWriter(raw)
            #expect(writer.receiverReport(sender: 1) == true)
            #expect(writer.receiverReport(sender: 1, block: Self.block) == false)
            #expect(writer.count == 8)
            // Eight bytes of head, twelve of NACK header: room for four entries of four bytes.
            #expect(writer.nack(sender: 1, media: 2, [0, 100, 200, 300, 400, 500, 600]) == 4)
            #expect(writer.count == 36)
        }
    }

    @Test("the walk stops at a length that lies")
    func lyingLength() {
        let good = Self.compound()
        let bytes = good + [0x80, 201, 0xFF, 0xFF, 0, 0, 0, 0]
        bytes.withUnsafeBytes { raw in
            var compound = RTCPCompound(raw)
            var count = 0
            while compound.next() != nil { count += 1 }
            #expect(count == 12 && compound.malformed)
        }
    }
}

@Suite("Hostile bytes")
struct HostileBytesTests {
    @Test("random and mutated packets never trap")
    func mutations() {
        var generator = SeededGenerator(seed: 20_240_817)
        let rtp = packet(
            {
                RTPHeader.write(
                    into: $0, payloadType: 96, marker: true, sequence: 1, timestamp: 2, ssrc: 3, audioLevel: (1, 2, false),
                    transportSequence: (2, 9), mid: (3, [65, 66]))
            }, payload: [0x90, 0xF0, 0x80, 0x01, 0x05, 0x40, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 1, 2, 3, 4])
        let corpus = [rtp, RTCPTests.compound(), [0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 1], [0x7C, 0x85, 1, 2, 3]]
        var vp8 = VideoFrameAssembler(codec: .vp8, patience: 16)
        var h264 = VideoFrameAssembler(codec: .h264, patience: 16)
        #if DEBUG
            let rounds = 20_000
        #else
            let rounds = 100_000
        #endif
        var touched = 0
        for round in 0..<rounds {
            var bytes = corpus[round % corpus.count]
            if round % 7 == 0 { bytes = (0..<Int.random(in: 0...64, using: &generator)).map { _ in .random(in: 0...255, using: &generator) } }
            for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
                bytes[.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if round % 3 == 0 { bytes.removeLast(.random(in: 0...bytes.count, using: &generator)) }
            bytes.withUnsafeBytes { raw in
                touched += Self.touch(raw)
                vp8.receive(sequence: .random(in: 0...600, using: &generator), timestamp: UInt32(round / 4), marker: round % 4 == 0, payload: raw)
                h264.receive(sequence: .random(in: 0...600, using: &generator), timestamp: UInt32(round / 4), marker: round % 4 == 0, payload: raw)
            }
            while vp8.nextFrame() != nil {}
            while h264.nextFrame() != nil {}
        }
        #expect(touched > 0)
    }

    /// Reads everything readable.
    static func touch(_ raw: UnsafeRawBufferPointer) -> Int {
        var sum = 0
        if let header = RTPHeader(raw) {
            for id in 0...16 as ClosedRange<UInt8> { sum += header.extensionElement(id: id)?.count ?? 0 }
            sum += header.payloadBytes.count
            sum += Codec.vp8.startsKeyFrame(header.payloadBytes) ? 1 : 0
            sum += Codec.h264.startsKeyFrame(header.payloadBytes) ? 1 : 0
        }
        sum += Codec.h264.startsKeyFrame(raw) ? 1 : 0
        sum += VP8PayloadDescriptor.pictureSize(raw)?.width ?? 0
        sum += H264Payload.nalUnits(raw).count
        for message in RTCPCompound(raw) {
            switch message {
            case .senderReport(_, let blocks), .receiverReport(_, let blocks): for block in blocks { sum &+= Int(block.jitter) }
            case .sourceDescription(_, let name): sum += name.count
            case .bye(let list), .fullIntraRequest(_, let list), .maximumBitrate(_, _, let list): for ssrc in list { sum &+= Int(ssrc) }
            case .nack(_, _, let list): for sequence in list { sum += Int(sequence) }
            case .application(_, _, _, let data): sum += data.count
            case .pictureLoss, .other: break
            }
        }
        return sum & 0xFFFF
    }
}
