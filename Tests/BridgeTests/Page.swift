import Basics
import Native
import Peer
import RTP
import SDP
import Testing

/// A hall's or watcher's end of an access leg, without browser or codecs: it sends numbered packets and notes what comes.
final class Page {
    /// One packet that arrived, by the node's slot.
    struct Arrival {
        let kind: MediaKind
        let slot: Int
        let sequence: UInt16
        /// The last four bytes of the payload: who made it.
        let mark: UInt32
    }

    let site: String
    let number: UInt32
    let address: Address
    let peer: Peer
    let outbox = Outbox()
    private let node: Address
    private(set) var leg: UInt32 = 0
    private(set) var isUp = false
    private(set) var arrivals: [Arrival] = []
    /// Key frames the node asked for, of our picture.
    private(set) var keyFrameRequests = 0
    private var audioSequence: UInt16 = 100
    private var videoSequence: UInt16 = 200
    private var frames: UInt32 = 0

    init(number: UInt32, site: String, node: Address, now: Instant) throws {
        self.number = number
        self.site = site
        self.node = node
        address = Address(ipv4: 0x0A63_0000 + number, port: 5_004)
        peer = Peer(
            accessClient: OfferSettings(audioSSRC: 0x1000 + number * 2, videoSSRC: 0x1001 + number * 2, cname: site),
            security: try OpenSSLSecurity.ephemeral(clock: { Lab.wall }), now: now)
    }

    /// What every packet of ours carries.
    var mark: UInt32 { 0xAB00_0000 | number }
    var offer: String { peer.localDescription ?? "" }

    func accept(_ answer: String, leg: UInt32, _ now: Instant) throws {
        self.leg = leg
        try peer.accept(answer: SessionDescription(parsing: answer), now: now)
    }

    func wake(_ now: Instant) {
        if let deadline = peer.deadline, deadline <= now { peer.wake(now: now, outbox: outbox) }
        drain()
    }

    private func drain() {
        while let event = peer.nextEvent() { if case .established = event { isUp = true } }
    }

    func receive(_ bytes: inout [UInt8], from: Address, _ now: Instant) {
        bytes.withUnsafeMutableBytes { bytes in
            switch peer.receive(bytes, from: from, now: now, outbox: outbox) {
            case .rtp(let length): note(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
            case .rtcp(let length):
                for message in RTCPCompound(UnsafeRawBufferPointer(rebasing: bytes[..<length])) {
                    if case .pictureLoss(_, let media) = message, media == peer.media?.slot(.video, 0)?.localSSRC { keyFrameRequests += 1 }
                }
            case .control, .dropped: break
            }
        }
        drain()
    }

    private func note(_ packet: UnsafeRawBufferPointer) {
        guard let header = RTPHeader(packet), let media = peer.media?.slots.first(where: { $0.remoteSSRCs.contains(header.ssrc) }) else {
            return
        }
        if media.kind == .audio, payloads != nil { payloads?.append(Array(header.payloadBytes)) }
        let mark = header.payloadBytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        arrivals.append(Arrival(kind: media.kind, slot: media.index, sequence: header.sequence, mark: mark))
    }

    func forget() { arrivals = [] }

    /// The payloads of sound that came since the last time, for a decoder.
    private var payloads: [[UInt8]]?
    func keepPayloads() { payloads = payloads ?? [] }
    func takePayloads() -> [[UInt8]] {
        defer { payloads = [] }
        return payloads ?? []
    }
    func forgetKeyFrameRequests() { keyFrameRequests = 0 }
    /// How many packets of a page's arrived in that slot.
    func count(_ kind: MediaKind, _ slot: Int, of page: Page) -> Int {
        arrivals.count { $0.kind == kind && $0.slot == slot && $0.mark == page.mark }
    }
    func count(of page: Page) -> Int { arrivals.count { $0.mark == page.mark } }

    // MARK: Sending

    /// 20 ms of "sound".
    func sendAudio() {
        audioSequence &+= 1
        send(.audio, audioSequence, UInt32(audioSequence) &* 960, [UInt8](repeating: 0x78, count: 60))
    }
    /// The pair of our clock and the sound's (RFC 3550 section 6.4.1).
    func sendReport(_ now: Instant) {
        guard let media = peer.media?.slot(.audio, 0), let remote = peer.remote else { return }
        let slot = outbox.reserve()
        var writer = RTCPWriter(slot)
        let seconds = UInt64(now.nanoseconds / 1_000_000_000) + 1
        _ = writer.senderReport(
            SenderInformation(ssrc: media.localSSRC, ntp: seconds << 32, rtp: UInt32(audioSequence) &* 960, packets: 1, octets: 60))
        if let length = peer.protectRTCP(slot, length: writer.count) { outbox.commit(length, to: remote) }
    }
    /// 20 ms of sound out of a real encoder.
    func sendAudio(_ packet: [UInt8]) {
        audioSequence &+= 1
        send(.audio, audioSequence, UInt32(audioSequence) &* 960, packet, marked: false)
    }

    /// One "picture" of two packets; a VP8 payload descriptor (RFC 7741 section 4.2) and the frame's first byte.
    func sendFrame(key: Bool) {
        frames &+= 1
        for part in 0..<2 {
            videoSequence &+= 1
            let descriptor: UInt8 = part == 0 ? 0x10 : 0
            send(
                .video, videoSequence, frames &* 3_000, [descriptor, key ? 0 : 1, 0, 0, 0x9D, 0x01, 0x2A] + [UInt8](repeating: 7, count: 900),
                marker: part == 1)
        }
    }

    private func send(_ kind: MediaKind, _ sequence: UInt16, _ timestamp: UInt32, _ payload: [UInt8], marker: Bool = false, marked: Bool = true) {
        guard let media = peer.media?.slot(kind, 0), let remote = peer.remote else { return }
        let slot = outbox.reserve()
        let header = RTPHeader.write(
            into: slot, payloadType: media.payloadType, marker: marker, sequence: sequence, timestamp: timestamp, ssrc: media.localSSRC,
            audioLevel: kind == .audio ? media.audioLevelID.map { ($0, 20, true) } : nil)
        let end = (0..<4).map { UInt8(truncatingIfNeeded: mark >> UInt32(24 - 8 * $0)) }
        let body = marked ? payload + end : payload
        UnsafeMutableRawBufferPointer(rebasing: slot[header..<header + body.count]).copyBytes(from: body)
        if let length = peer.protectRTP(slot, length: header + body.count, headerLength: header) { outbox.commit(length, to: remote) }
    }

    /// Asks for a key frame of the picture in that slot.
    func askKeyFrame(_ index: Int = 0) {
        guard let media = peer.media?.slot(.video, index), let ssrc = media.remoteSSRCs.first, let remote = peer.remote else { return }
        let slot = outbox.reserve()
        var writer = RTCPWriter(slot)
        writer.receiverReport(sender: media.localSSRC)
        _ = writer.pictureLoss(sender: media.localSSRC, media: ssrc)
        if let length = peer.protectRTCP(slot, length: writer.count) { outbox.commit(length, to: remote) }
    }
}
