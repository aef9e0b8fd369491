import Basics
import RTP

/// RTP headers (RFC 3550) and both forms of header extensions (RFC 8285), with audio level and transport-wide sequence.
enum RTPTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        let sealed = RTPHeader(bytes, encrypted: true)
        guard let header = RTPHeader(bytes) else { return }
        promise(sealed?.headerLength == header.headerLength, "padding has nothing to do with the header")
        promise(header.headerLength >= 12 && header.payload.lowerBound == header.headerLength, "the header ends where the payload begins")
        promise(header.payload.upperBound <= bytes.count && header.payloadBytes.count == header.payload.count, "\(header.payload)")
        for id in [UInt8](0...16) + [255] {
            if let element = header.extensionElement(id: id) {
                promise(id != 0 && element.count <= 255, "\(element.count) bytes under id \(id)")
                if let start = element.baseAddress, let packet = bytes.baseAddress {
                    promise(start >= packet + 16 && start + element.count <= packet + header.headerLength, "the element lies in the header")
                }
            }
            if let level = header.audioLevel(id: id) { promise(level.level <= 127, "\(level)") }
            _ = header.transportSequence(id: id)
        }
        writeAgain(header)
    }

    private static func writeAgain(_ header: RTPHeader) {
        let level = header.audioLevel(id: 1).map { (id: UInt8(1), level: $0.level, voice: $0.voice) }
        let sequence = header.transportSequence(id: 2).map { (id: UInt8(2), value: $0) }
        let name = header.extensionElement(id: 4).flatMap { (1...16).contains($0.count) ? (id: UInt8(4), value: Array($0)) : nil }
        withUnsafeTemporaryAllocation(byteCount: RTPHeader.longestWritten, alignment: 1) { slot in
            let length = RTPHeader.write(
                into: slot, payloadType: header.payloadType, marker: header.marker, sequence: header.sequence, timestamp: header.timestamp,
                ssrc: header.ssrc, audioLevel: level, transportSequence: sequence, mid: name)
            guard let same = RTPHeader(UnsafeRawBufferPointer(rebasing: slot[..<length])) else {
                return promise(false, "our own header is refused")
            }
            promise(same.payloadType == header.payloadType && same.marker == header.marker, "type and marker")
            promise(same.sequence == header.sequence && same.timestamp == header.timestamp && same.ssrc == header.ssrc, "numbers")
            promise(same.headerLength == length && same.payload.isEmpty, "the length")
            promise(same.audioLevel(id: 1)?.level == level?.level && same.audioLevel(id: 1)?.voice == level?.voice, "the audio level")
            promise(same.transportSequence(id: 2) == sequence?.value, "the transport-wide sequence")
            promise(same.extensionElement(id: 4).map(Array.init) == name?.value, "the MID")
        }
    }

    static var seeds: [[UInt8]] {
        func written(_ level: UInt8?, _ sequence: UInt16?, _ mid: String?, id: UInt8 = 4, payload: Int = 20) -> [UInt8] {
            var slot = [UInt8](repeating: 0, count: RTPHeader.longestWritten)
            let length = slot.withUnsafeMutableBytes {
                RTPHeader.write(
                    into: $0, payloadType: 111, marker: sequence == nil, sequence: 65_535, timestamp: 960, ssrc: 0x1234_5678,
                    audioLevel: level.map { (1, $0, $0 < 60) }, transportSequence: sequence.map { (2, $0) },
                    mid: mid.map { (id, Array($0.utf8)) })
            }
            return slot[..<length] + (0..<payload).map { UInt8($0) }
        }
        let plain = written(nil, nil, nil)
        return [
            plain, written(40, nil, nil), written(127, 9, nil), written(0, 65_535, "0"), written(3, 4, "audio", id: 20),
            written(nil, 1, "a-long-media-id.", payload: 1), [plain[0] | 0x20] + plain[1...] + [0, 0, 3],
            [0x82] + plain[1..<12] + [0, 0, 0, 1, 0, 0, 0, 2, 9, 9],
            // Id 15 stops; zero bytes are padding.
            [0x90] + plain[1..<12] + [0xBE, 0xDE, 0, 2, 0, 0, 0x10, 0x55, 0xF0, 0x10, 0x66, 0, 1],
            [0x90] + plain[1..<12] + [0x10, 0x0F, 0, 1, 1, 0, 2, 0, 1],
        ]
    }
}
