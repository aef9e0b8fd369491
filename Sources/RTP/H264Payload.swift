/// What an H.264 RTP payload holds (RFC 6184 section 5.2: single NAL units, STAP-A, FU-A; packetization-mode 1).
public enum H264Payload {
    /// The kinds of NAL units that begin in a payload.
    public struct Contents: OptionSet, Sendable {
        /// One bit for each kind.
        public let rawValue: UInt8
        /// From the bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A sequence parameter set (type 7).
        public static let sequenceParameters = Contents(rawValue: 1)
        /// A picture parameter set (type 8).
        public static let pictureParameters = Contents(rawValue: 2)
        /// A slice of an IDR picture (type 5).
        public static let instantRefresh = Contents(rawValue: 4)
        /// Any other NAL unit.
        public static let other = Contents(rawValue: 8)
        /// Parameter sets stand before the IDR picture in the same access unit; some encoders send them only once.
        public var startsKeyFrame: Bool { !isDisjoint(with: [.sequenceParameters, .instantRefresh]) }

        init(type: UInt8) {
            switch type {
            case 7: self = .sequenceParameters
            case 8: self = .pictureParameters
            case 5: self = .instantRefresh
            default: self = .other
            }
        }
    }

    /// What begins in this payload; empty for a later fragment or malformed bytes.
    public static func contents(_ payload: UnsafeRawBufferPointer) -> Contents {
        guard let first = payload.first else { return [] }
        switch first & 0x1F {
        case 1...23: return Contents(type: first & 0x1F)
        case 24:
            var result: Contents = []
            var at = 1
            while at + 3 <= payload.count {
                let size = Int(payload.big16(at))
                guard size > 0, at + 2 + size <= payload.count else { break }
                result.insert(Contents(type: payload[at + 2] & 0x1F))
                at += 2 + size
            }
            return result
        case 28:
            guard payload.count > 2, payload[1] & 0x80 != 0 else { return [] }
            return Contents(type: payload[1] & 0x1F)
        default: return []
        }
    }

    /// Appends the NAL units of one payload to an access unit in Annex B form; a later fragment continues the last one.
    /// False if the payload is malformed or of a kind that packetization-mode 1 does not have.
    public static func appendAnnexB(_ payload: UnsafeRawBufferPointer, to unit: inout [UInt8]) -> Bool {
        guard let first = payload.first else { return false }
        switch first & 0x1F {
        case 1...23:
            unit.append(contentsOf: startCode)
            unit.append(contentsOf: payload)
            return true
        case 24:
            // An aggregate of nothing would make a frame without bytes, which a decoder takes for the end.
            guard payload.count > 1 else { return false }
            var at = 1
            while at < payload.count {
                guard at + 3 <= payload.count else { return false }
                let size = Int(payload.big16(at))
                guard size > 0, at + 2 + size <= payload.count else { return false }
                unit.append(contentsOf: startCode)
                unit.append(contentsOf: payload.part(at + 2, size))
                at += 2 + size
            }
            return true
        case 28:
            guard payload.count > 2 else { return false }
            if payload[1] & 0x80 != 0 {
                unit.append(contentsOf: startCode)
                unit.append(first & 0xE0 | payload[1] & 0x1F)
            }
            unit.append(contentsOf: payload.part(2, payload.count - 2))
            return true
        default: return false
        }
    }
    private static let startCode: [UInt8] = [0, 0, 0, 1]

    /// The NAL units of an access unit in Annex B form (ITU-T H.264 annex B), without start codes and trailing zeros.
    public static func nalUnits(_ unit: UnsafeRawBufferPointer) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var begin: Int?
        var i = 0
        func close(_ end: Int) {
            guard let begin else { return }
            var end = end
            while end > begin, unit[end - 1] == 0 { end -= 1 }
            if end > begin { result.append(begin..<end) }
        }
        while i + 3 <= unit.count {
            if unit[i + 2] > 1 {
                i += 3
            } else if unit[i] == 0, unit[i + 1] == 0, unit[i + 2] == 1 {
                close(i)
                begin = i + 3
                i += 3
            } else {
                i += 1
            }
        }
        close(unit.count)
        return result
    }
}
