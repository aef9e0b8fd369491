import Basics
import Conference
import Peer
import RTP
import SDP

/// A site's page in one meeting: the client end of an access leg on the hall's own network, as a browser is.
final class Hall {
    /// One way through the hall's own network, which loses nothing.
    static let networkDelay = Interval.milliseconds(1)
    /// A page that could not join tries again after that.
    static let patience = Interval.seconds(1)

    /// Its place among the halls.
    let number: Int
    /// Its place among the world's endpoints.
    let endpoint: Int32
    let site: SiteID
    /// The meeting's place in the world.
    let meeting: Int
    /// Its node's place.
    let node: Int
    let address: Address
    let outbox = Outbox()
    private let security: SimulatedSecurity
    var random: SeededGenerator
    /// Somebody sits there.
    var wanted = false
    var talks = false
    var talksSince = Instant.zero
    /// Nil while there is no leg.
    private(set) var peer: Peer?
    private(set) var leg: UInt32 = 0
    private(set) var isUp = false
    var wakeAt: Instant?
    /// A join is already planned.
    var joinPlanned = false
    /// A beat of its microphone is planned.
    var speakPlanned = false
    private var sequence: UInt16
    private var ssrc: UInt32 = 0
    /// By frame number modulo its size: number and whether the gate was open when the frame reached its node.
    private var gates = [(number: UInt32, open: Bool)](repeating: (0, false), count: 1_024)
    var ear = HallEar()

    init(
        number: Int, endpoint: Int32, site: SiteID, meeting: Int, node: Int, security: SimulatedSecurity, random: SeededGenerator
    ) {
        self.number = number
        self.endpoint = endpoint
        self.site = site
        self.meeting = meeting
        self.node = node
        self.security = security
        self.random = random
        // RFC 2544's addresses: no topology has them.
        address = Address(ipv4: 0xC612_0000 + UInt32(number), port: 5_004)
        sequence = UInt16.random(in: 0..<0x8000, using: &self.random)
    }

    // MARK: Joining

    /// A new leg's offer; the old one is forgotten.
    func offer(now: Instant) -> String {
        ssrc = UInt32.random(in: 1...UInt32.max / 2, using: &random)
        let made = Peer(
            accessClient: OfferSettings(videoCodecs: [.vp8], audioSSRC: ssrc, videoSSRC: ssrc &+ 1, cname: site.rawValue), security: security,
            now: now)
        peer = made
        isUp = false
        return made.localDescription ?? ""
    }
    func accept(_ answer: String, leg: UInt32, now: Instant) -> Bool {
        self.leg = leg
        do {
            try peer?.accept(answer: SessionDescription(parsing: answer), now: now)
            return true
        } catch {
            peer = nil
            return false
        }
    }
    /// The leg is gone.
    func drop() {
        peer = nil
        isUp = false
        leg = 0
    }

    // MARK: The leg

    var deadline: Instant? { peer?.deadline }
    func wake(now: Instant) {
        peer?.wake(now: now, outbox: outbox)
        drain()
    }
    private func drain() {
        while let event = peer?.nextEvent() {
            switch event {
            case .established: isUp = true
            case .failed, .consentLost:
                drop()
                return
            default: break
            }
        }
    }

    /// A datagram of its node; the frame of sound in it, if it holds one.
    func receive(_ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) -> SpokenFrame? {
        guard let peer else { return nil }
        let received = peer.receive(bytes, from: from, now: now, outbox: outbox)
        if case .control = received { drain() }
        guard case .rtp(let length) = received, let header = RTPHeader(UnsafeRawBufferPointer(rebasing: bytes[..<length])) else { return nil }
        return SpokenFrame(header.payloadBytes)
    }

    // MARK: Speaking

    /// Frames are numbered by the world's clock.
    static func frameNumber(_ now: Instant) -> UInt32 { UInt32(truncatingIfNeeded: now.nanoseconds / SpokenFrame.length.nanoseconds) }

    /// Sends 20 ms of sound; false without a leg.
    func speak(_ lease: LeaseName, now: Instant) -> Bool {
        guard isUp, let peer, let media = peer.media?.slot(.audio, 0), let remote = peer.remote else { return false }
        sequence &+= 1
        let slot = outbox.reserve()
        let level = (media.audioLevelID ?? 1, UInt8(20 + number % 20), true)
        let header = RTPHeader.write(
            into: slot, payloadType: media.payloadType, marker: false, sequence: sequence, timestamp: Hall.frameNumber(now) &* 960,
            ssrc: ssrc, audioLevel: media.audioLevelID == nil ? nil : level)
        let frame = SpokenFrame(hall: UInt16(truncatingIfNeeded: number), number: Hall.frameNumber(now), captured: now, lease: lease)
        frame.write(to: UnsafeMutableRawBufferPointer(rebasing: slot[header...]))
        guard let length = peer.protectRTP(slot, length: header + SpokenFrame.size, headerLength: header) else { return false }
        outbox.commit(length, to: remote)
        return true
    }

    /// The frame reached its node, whose gate was open or not.
    func noteGate(_ frame: UInt32, open: Bool) { gates[Int(frame) % gates.count] = (frame, open) }
    /// Whether the gate was open for the frame; nil if that is no longer known.
    func gate(_ frame: UInt32) -> Bool? {
        let entry = gates[Int(frame) % gates.count]
        return entry.number == frame ? entry.open : nil
    }
}

/// What one hall hears.
struct HallEar {
    /// By hall heard; small, since few speak. Of each the frames of the last five seconds, a place for each number: behind a line whose
    /// queue has just drained, a frame may come seconds after newer ones, and for the first time.
    private var heard: [(hall: UInt16, frames: [UInt32])] = []
    private static let memory = 256
    /// When any voice was heard last, and whose.
    private(set) var lastAt: Instant?
    private(set) var lastHall: UInt16 = 0
    private(set) var frames = 0

    /// Notes a frame; false if it was heard already.
    mutating func note(_ frame: SpokenFrame, now: Instant) -> Bool {
        frames += 1
        lastAt = now
        lastHall = frame.hall
        let place = Int(frame.number) % HallEar.memory
        let mark = frame.number &+ 1
        for i in heard.indices where heard[i].hall == frame.hall {
            let known = heard[i].frames[place]
            heard[i].frames[place] = max(known, mark)
            return known != mark
        }
        var frames = [UInt32](repeating: 0, count: HallEar.memory)
        frames[place] = mark
        heard.append((frame.hall, frames))
        return true
    }
    /// Whoever sits down anew has heard nothing.
    mutating func forget() { self = HallEar() }
}
