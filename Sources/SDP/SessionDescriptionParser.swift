import Basics

extension SessionDescription {
    /// Reads an SDP of a stranger: unknown lines and attributes are passed over, bad values of known ones are errors
    /// only where nothing sensible could follow. Lines may end in CRLF or LF.
    public init(parsing text: String) throws(NegotiationError) {
        guard text.utf8.count <= SessionDescription.maximumLength else { throw .tooLarge }
        self.init(sections: [], bundle: [], iceLite: false, username: nil, password: nil, fingerprints: [], setup: nil)
        var started = false
        let lines = text.utf8.split(separator: 0x0A, maxSplits: SessionDescription.maximumLines + 1, omittingEmptySubsequences: false)
        // The last line's end begins an empty one.
        guard lines.count <= SessionDescription.maximumLines + 1 else { throw .tooLarge }
        for (number, raw) in lines.enumerated() {
            let line = (raw.last == 0x0D ? raw.dropLast() : raw)
            if line.isEmpty { continue }
            let rest = line.dropFirst(2)
            guard line.count >= 2, line.dropFirst().first == 0x3D, let type = line.first,
                let value = Substring(rest).validated
            else { throw .malformed(line: number + 1, "expected TYPE=VALUE") }
            if !started {
                guard type == UInt8(ascii: "v"), value == "0" else { throw .malformed(line: number + 1, "expected v=0") }
                started = true
                continue
            }
            switch type {
            case UInt8(ascii: "m"):
                guard sections.count < SessionDescription.maximumSections,
                    value.utf8.count(where: { $0 == 0x20 }) < SessionDescription.maximumItems + 3
                else { throw .tooLarge }
                guard let section = MediaSection(mLine: value, defaults: self) else {
                    throw .malformed(line: number + 1, "m-line")
                }
                sections.append(section)
            case UInt8(ascii: "a"):
                let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                let content = parts.count == 2 ? parts[1] : ""
                let understood =
                    sections.isEmpty
                    ? take(sessionAttribute: name, content)
                    : sections[sections.count - 1].take(attribute: name, content)
                if !understood { throw .malformed(line: number + 1, "a=" + name) }
            default: break
            }
        }
        guard started else { throw .malformed(line: 1, "empty") }
    }

    private mutating func take(sessionAttribute name: String, _ value: Substring) -> Bool {
        // The direction of every m-line that has none of its own (RFC 8866 section 6.7).
        if let said = MediaDirection(rawValue: name) {
            direction = said
            return true
        }
        switch name {
        case "group":
            let words = value.split(separator: " ")
            if words.first == "BUNDLE", bundle.isEmpty {
                bundle = words.dropFirst().prefix(SessionDescription.maximumSections).map(String.init)
            }
        case "ice-lite": iceLite = true
        case "ice-ufrag": username = String(value)
        case "ice-pwd": password = String(value)
        case "fingerprint": return fingerprints.addFingerprint(value)
        case "setup":
            guard let parsed = DTLSSetup(rawValue: value.trimmed()) else { return false }
            setup = parsed
        default: break
        }
        return true
    }

    /// The ICE credentials of a section, its own or the session's.
    func credentials(_ section: MediaSection) -> ICECredentials? {
        guard let username = section.username ?? username, let password = section.password ?? password,
            (4...256).contains(username.utf8.count), (22...256).contains(password.utf8.count),
            username.isICEText, password.isICEText
        else { return nil }
        return ICECredentials(username: username, password: password)
    }
    /// SHA-256 fingerprints of a section, its own or the session's.
    func fingerprints(_ section: MediaSection) -> [[UInt8]] {
        section.fingerprints.isEmpty ? fingerprints : section.fingerprints
    }
    func setup(_ section: MediaSection) -> DTLSSetup? { section.setup ?? setup }
}

extension MediaSection {
    /// `audio 9 UDP/TLS/RTP/SAVPF 111 63`
    fileprivate init?(mLine: Substring, defaults: SessionDescription) {
        let words = mLine.split(separator: " ")
        guard words.count >= 4, let port = Int(words[1].prefix { $0 != "/" }), (0...65_535).contains(port) else {
            return nil
        }
        self.init(
            media: String(words[0]), port: port, transport: String(words[2]), formatList: words.dropFirst(3).map(String.init),
            mid: "", direction: defaults.direction, formats: [], feedback: [], extensions: [], rtcpMux: false, reducedSize: false, ssrcs: [],
            streamID: nil, candidate: nil, username: nil, password: nil, fingerprints: [], setup: nil)
        for word in words.dropFirst(3) {
            guard let type = UInt8(word), type < 128, !formats.contains(where: { $0.payloadType == type }) else { continue }
            formats.append(
                PayloadFormat(payloadType: type, name: "", clockRate: 0, channels: 1, parameters: "", feedback: []))
        }
    }

    /// False only for a known attribute whose value is nonsense.
    fileprivate mutating func take(attribute name: String, _ value: Substring) -> Bool {
        if let direction = MediaDirection(rawValue: name) {
            self.direction = direction
            return true
        }
        switch name {
        case "mid":
            mid = value.trimmed()
            return mid.isToken && mid.utf8.count <= 32
        case "rtpmap": return take(rtpmap: value)
        case "fmtp": return withFormat(value) { format, rest in format.parameters = String(rest.prefix(512)) }
        case "rtcp-fb": return take(feedback: value)
        case "extmap": return take(extmap: value)
        case "rtcp-mux": rtcpMux = true
        case "rtcp-rsize": reducedSize = true
        case "ice-ufrag": username = String(value)
        case "ice-pwd": password = String(value)
        case "fingerprint": return fingerprints.addFingerprint(value)
        case "setup":
            guard let parsed = DTLSSetup(rawValue: value.trimmed()) else { return false }
            setup = parsed
        case "ssrc":
            guard let ssrc = UInt32(value.prefix { $0 != " " }) else { return false }
            if !ssrcs.contains(ssrc), ssrcs.count < SessionDescription.maximumItems { ssrcs.append(ssrc) }
        case "msid": streamID = streamID ?? value.split(separator: " ").first.map(String.init)
        case "candidate": take(candidate: value)
        default: break
        }
        return true
    }

    /// `111 opus/48000/2`
    private mutating func take(rtpmap value: Substring) -> Bool {
        withFormat(value) { format, rest in
            let parts = rest.split(separator: "/")
            guard parts.count >= 2, let clock = Int(parts[1].trimmed()), clock > 0, format.name.isEmpty else { return }
            format.name = parts[0].lowercased()
            format.clockRate = clock
            format.channels = parts.count > 2 ? Int(parts[2].trimmed()) ?? 1 : 1
        }
    }

    /// `96 nack pli` or `* nack`
    private mutating func take(feedback value: Substring) -> Bool {
        if value.first == "*" {
            feedback.formUnion(FeedbackKinds(value.dropFirst()))
            return true
        }
        return withFormat(value) { format, rest in format.feedback.formUnion(FeedbackKinds(rest)) }
    }

    /// `2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level`
    private mutating func take(extmap value: Substring) -> Bool {
        let words = value.split(separator: " ")
        guard words.count >= 2 else { return false }
        let parts = words[0].split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let id = Int(first), (1...65_535).contains(id) else { return false }
        var direction = MediaDirection.sendrecv
        if parts.count == 2 {
            guard let written = MediaDirection(rawValue: String(parts[1])) else { return false }
            direction = written
        }
        if extensions.count < SessionDescription.maximumItems {
            extensions.append(HeaderExtension(id: id, direction: direction, uri: String(words[1])))
        }
        return true
    }

    /// `1 1 udp 2130706431 192.0.2.1 40000 typ host`; anything else is passed over.
    private mutating func take(candidate value: Substring) {
        let words = value.split(separator: " ")
        guard candidate == nil, words.count >= 8, words[1] == "1", words[2].lowercased() == "udp",
            let port = UInt16(words[5]), port != 0, words[7] == "host"
        else { return }
        candidate = Address(String(words[4]), port: port)
    }

    /// Runs `body` on the format whose payload type starts the value; lines about unlisted types are passed over.
    private mutating func withFormat(_ value: Substring, _ body: (inout PayloadFormat, Substring) -> Void) -> Bool {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let type = UInt8(first) else { return false }
        if let index = formats.firstIndex(where: { $0.payloadType == type }) {
            body(&formats[index], parts.count == 2 ? parts[1] : "")
        }
        return true
    }
}

extension FeedbackKinds {
    /// What stands behind the payload type of an rtcp-fb line; nothing for a kind we do not know.
    fileprivate init(_ value: Substring) {
        switch value.utf8.count > 32 ? "" : value.trimmed().lowercased() {
        case "nack": self = .nack
        case "nack pli": self = .pictureLoss
        case "ccm fir": self = .fullIntraRequest
        case "goog-remb": self = .remb
        default: self = []
        }
    }
}

extension [[UInt8]] {
    /// `sha-256 7E:B3:…`; other hashes are passed over, a broken SHA-256 is an error.
    fileprivate mutating func addFingerprint(_ value: Substring) -> Bool {
        let words = value.split(separator: " ")
        guard words.count == 2 else { return false }
        guard words[0].lowercased() == "sha-256" else { return true }
        let pairs = words[1].split(separator: ":", omittingEmptySubsequences: false)
        guard pairs.count == 32 else { return false }
        var bytes: [UInt8] = []
        for pair in pairs {
            guard pair.utf8.count == 2, let byte = UInt8(pair, radix: 16) else { return false }
            bytes.append(byte)
        }
        if count < SessionDescription.maximumItems, !contains(bytes) { append(bytes) }
        return true
    }
}

extension Substring {
    /// The text if it has no control characters: what we write back into an answer must not hold a line break.
    fileprivate var validated: Substring? { utf8.contains { $0 < 0x20 && $0 != 0x09 } ? nil : self }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    func trimmed() -> String {
        var part = self[...]
        while let first = part.first, first == " " || first == "\t" { part = part.dropFirst() }
        while let last = part.last, last == " " || last == "\t" { part = part.dropLast() }
        return String(part)
    }
    /// token of RFC 8866 section 9, as far as a mid needs it.
    var isToken: Bool {
        utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]".utf8.contains($0) }
    }
    /// ice-char of RFC 8839 section 5.1; `=` and `-` are seen in the wild.
    var isICEText: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case 0x2B, 0x2D, 0x2F, 0x3D, 0x5F: true
            default: false
            }
        }
    }
}
