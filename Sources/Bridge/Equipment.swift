import Basics
import Conference
import Forwarding
import Mixing
import RTP
import Topology

/// Plain RTP equipment of this node: a decoder, an encoder, a loudspeaker cluster, a broadcaster.
///
/// It takes part in whatever meeting its site is in: what it sends may be its hall's microphone or camera (`HallSources.swift`); it hears
/// one mix of the open microphones without its hall's own (`Mixes.swift`), and a picture is forwarded to it as it is. A loudspeaker cluster
/// hears a meeting only while the meeting's view says so. A broadcaster without a room is a site of its own, which a chair gives the floor
/// to (`docs/decisions/loudspeakers-are-silent.md`). RTCP goes both ways
/// on the same address, or on the next port if the device speaks it there (RFC 3550 section 11).
final class Equipment {
    /// A source that sent nothing for so long has left.
    static let silence = Interval.seconds(5)
    /// Between two sender reports to a device (RFC 3550 section 6.2).
    static let reportPause = Interval.seconds(5)
    /// Media from another port than a device's are told once in so long.
    static let otherPause = Interval.seconds(5)

    let declared: Network.Endpoint
    /// Its meeting's dense index while one runs.
    var meeting: Int?
    /// Its place among the mixer's listeners.
    var listener: Int?
    /// What it is shown, for a device that takes pictures.
    var video: AccessSlot?
    /// Its hall's, once it sends.
    var publication: Publication?
    var lastHeard: Instant?
    /// When media from another port of its address were told last.
    var otherToldAt: Instant?
    /// Where its RTCP goes: where its own came from, before that where its media go.
    var control: Address
    /// Loss in percent that it last reported of its mix.
    var reportedLoss = 0
    let ssrc: UInt32
    var sequence: UInt16
    /// Packets and payload bytes of its mix, and the mix's last timestamp and when that was, for sender reports.
    var packets: UInt32 = 0
    var octets: UInt32 = 0
    var lastMix: (timestamp: UInt32, at: Instant)?
    var nextReport = Instant.zero

    init(_ declared: Network.Endpoint, random: inout SeededGenerator) {
        self.declared = declared
        control = declared.address
        ssrc = UInt32.random(in: 1...UInt32.max, using: &random)
        sequence = UInt16.random(in: 0..<0x8000, using: &random)
    }

    /// It hears nothing more of its meeting, and is heard there no more.
    func leaveMeeting() {
        meeting = nil
        listener = nil
        video = nil
        publication = nil
        lastHeard = nil
        lastMix = nil
    }

    /// Where a device without RTCP on its media's port speaks it.
    static func controlPort(_ address: Address) -> Address? {
        var next = address
        guard address.port < .max else { return nil }
        next.port += 1
        return next
    }
}

extension Bridge {
    func makeEquipment() {
        for declared in network.nodes[slot].endpoints {
            media.owners[declared.address] = .equipment(media.equipment.count)
            media.equipment.append(Equipment(declared, random: &random))
        }
        // The next port is a device's too, unless another device is declared there.
        for (e, device) in media.equipment.enumerated() {
            if let control = Equipment.controlPort(device.declared.address), media.owners[control] == nil { media.owners[control] = .equipment(e) }
        }
    }

    /// Media of nobody: perhaps a device sends from another port than it is declared with. One that is heard does not.
    func noteOtherSender(_ from: Address, now: Instant) {
        let suspect = media.equipment.first {
            $0.declared.direction.sends && $0.lastHeard == nil && $0.declared.address.high == from.high && $0.declared.address.low == from.low
        }
        guard let device = suspect, device.otherToldAt.map({ now - $0 >= Equipment.otherPause }) ?? true else { return }
        device.otherToldAt = now
        effects.append(.log(.otherSender(device: device.declared.id, declared: device.declared.address, actual: from)))
    }

    // MARK: What it sends

    func receiveOnEquipment(_ e: Int, _ bytes: UnsafeMutableRawBufferPointer, from: Address, now: Instant) {
        let packet = UnsafeRawBufferPointer(bytes)
        if RTPHeader.isRTCP(packet) { return receiveReports(packet, of: e, from: from, now: now) }
        media.ledger.enter(.source)
        let device = media.equipment[e]
        guard from == device.declared.address else { return media.ledger.drop(.source, .mayNotSend) }
        guard let header = RTPHeader(packet) else { return media.ledger.drop(.source, .malformed) }
        guard device.declared.direction.sends else { return media.ledger.drop(.source, .mayNotSend) }
        guard header.payloadType == device.declared.payloadType else { return media.ledger.drop(.source, .payloadType) }
        guard let m = device.meeting, let site = device.declared.site else { return media.ledger.drop(.source, .noMeeting) }
        if device.lastHeard == nil {
            guard control.conference.policy.reach("equipment", .putOnAir) >= .own else { return media.ledger.drop(.source, .mayNotSend) }
            let hall = media.publications.find(site, media.meetings[m].id)
            device.publication = hall
            sourceCame(.equipment(e), to: hall, now: now)
            pump(now)
        }
        device.lastHeard = now
        if let hall = device.publication { go(on: media.receive(header, device.declared.codec.kind, from: .equipment(e), of: hall, now: now), now: now) }
    }

    /// A device said goodbye, or nothing for ``Equipment/silence``.
    func silence(_ e: Int, now: Instant) {
        let device = media.equipment[e]
        device.lastHeard = nil
        guard let hall = device.publication else { return }
        device.publication = nil
        sourceLeft(.equipment(e), of: hall, now: now)
    }

    func wakeEquipment(now: Instant) {
        for e in media.equipment.indices {
            if let heard = media.equipment[e].lastHeard, now - heard > Equipment.silence { silence(e, now: now) }
            if media.equipment[e].meeting != nil, now >= media.equipment[e].nextReport { report(to: media.equipment[e], now: now) }
        }
    }

    // MARK: Reports

    /// A device's RTCP: its clock, what it lost of what it hears, what it asks for, and its goodbye.
    private func receiveReports(_ bytes: UnsafeRawBufferPointer, of e: Int, from: Address, now: Instant) {
        let device = media.equipment[e]
        device.control = from
        for message in RTCPCompound(bytes) {
            switch message {
            case .senderReport(let report, let blocks):
                device.publication?.receive(report, now: now)
                if let hall = device.publication { noteClocks(of: hall) }
                for block in blocks { receive(block, of: device, now: now) }
            case .receiverReport(_, let blocks):
                for block in blocks { receive(block, of: device, now: now) }
            case .nack(_, let source, let sequences) where source == device.video?.agreement.ssrc:
                for sequence in sequences { resend(sequence, to: device, now: now) }
            case .pictureLoss(_, let source) where source == device.video?.agreement.ssrc || source == 0:
                if let stream = device.video?.selected { media.requestKeyFrame(stream) }
            case .fullIntraRequest:
                if let stream = device.video?.selected { media.requestKeyFrame(stream) }
            case .bye:
                silence(e, now: now)
                pump(now)
            default: break
            }
        }
    }

    private func receive(_ block: ReportBlock, of device: Equipment, now: Instant) {
        device.video?.receive(block, now: now)
        guard block.ssrc == device.ssrc, let listener = device.listener, let m = device.meeting else { return }
        device.reportedLoss = Int(block.fractionLost) * 100 / 256
        media.meetings[m].mixer?.expectLoss(percent: device.reportedLoss, of: listener)
    }

    private func resend(_ sequence: UInt16, to device: Equipment, now: Instant) {
        let slot = media.outbox.reserve()
        guard let length = device.video?.resend(sequence, now: now, into: slot) else { return }
        media.outbox.commit(length, to: device.declared.address)
    }

    /// A sender report of what the device gets: its mix, or the source's clock of its picture.
    private func report(to device: Equipment, now: Instant) {
        device.nextReport = now + Equipment.reportPause
        writeRTCP(to: device) { writer in
            if let mix = device.lastMix, now - mix.at < .seconds(Int64(10)) {
                let rtp = mix.timestamp &+ (now - mix.at).ticks(48_000)
                let report = SenderInformation(
                    ssrc: device.ssrc, ntp: NTP.timestamp(wall(now)), rtp: rtp, packets: device.packets, octets: device.octets)
                _ = writer.senderReport(report)
                _ = writer.sourceDescription(ssrc: device.ssrc, name: Array(network.nodes[slot].index.description.utf8))
            }
            if let current = device.video?.current, let clock = media.streams[current]?.clock {
                _ = device.video?.writeReport(source: clock, now: now, into: &writer)
            }
        }
    }

    /// Compound RTCP in clear.
    func writeRTCP(to device: Equipment, _ body: (inout RTCPWriter) -> Void) {
        let slot = media.outbox.reserve()
        var writer = RTCPWriter(slot)
        body(&writer)
        if writer.count > 0 { media.outbox.commit(writer.count, to: device.control) }
    }
}
