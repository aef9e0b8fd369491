import Basics

/// Appends the lines that answer and offer share.
struct SDPText {
    private(set) var text = ""
    /// The c-line's text for the node's address.
    let connection: String

    init(origin: UInt64, address: Address?) {
        let host = address.map { ($0.ipv4 == nil ? "IP6 " : "IP4 ") + $0.host } ?? "IP4 0.0.0.0"
        connection = "c=IN " + host
        line("v=0")
        // 63 bits: some parsers read the number as signed.
        line("o=nhipcau \(origin >> 1) 1 IN " + host)
        line("s=-")
        line("t=0 0")
    }

    mutating func line(_ line: String) {
        text += line
        text += "\r\n"
    }
    mutating func mid(_ mid: String) { if !mid.isEmpty { line("a=mid:" + mid) } }

    mutating func transport(_ local: ICECredentials, fingerprint: [UInt8], setup: DTLSSetup) {
        line("a=ice-ufrag:" + local.username)
        line("a=ice-pwd:" + local.password)
        let hex = fingerprint.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }
        line("a=fingerprint:sha-256 " + hex.joined(separator: ":"))
        line("a=setup:" + setup.rawValue)
    }

    mutating func format(_ slot: MediaSlot, parameters: String?) {
        line("a=rtpmap:\(slot.payloadType) \(slot.codec.rtpmap)")
        if let parameters { line("a=fmtp:\(slot.payloadType) \(parameters)") }
        if slot.nack { line("a=rtcp-fb:\(slot.payloadType) nack") }
        if slot.pictureLoss { line("a=rtcp-fb:\(slot.payloadType) nack pli") }
        if slot.fullIntraRequest { line("a=rtcp-fb:\(slot.payloadType) ccm fir") }
        if slot.remb { line("a=rtcp-fb:\(slot.payloadType) goog-remb") }
    }

    mutating func source(_ slot: MediaSlot, cname: String, stream: String) {
        let track = (slot.kind == .audio ? "audio-" : "video-") + String(slot.index)
        line("a=msid:\(stream) \(track)")
        line("a=ssrc:\(slot.localSSRC) cname:\(cname)")
        line("a=ssrc:\(slot.localSSRC) msid:\(stream) \(track)")
    }

    /// Port 0 and the first format as written (RFC 3264 section 6).
    mutating func reject(_ section: MediaSection) {
        line("m=\(section.media) 0 \(section.transport) \(section.formatList.first ?? "0")")
        line(connection)
        mid(section.mid)
        line("a=inactive")
    }
}
