import Basics
import Conference
import SwiftProtobuf

// FloorMessage ↔ protobuf.

extension PBFloorHop {
    init(_ m: FloorMessage) {
        meeting = m.meeting.rawValue
        session = m.session
        attachNumber = m.attach
        switch m.body {
        case .attach(let epoch, let cleaned, let offered):
            attach = .with {
                $0.epoch = epoch
                $0.cleaned = cleaned.map(PBCleanedLease.init)
                $0.holders = offered.map(PBOfferedHolder.init)
                // For nodes that know of one only.
                if let first = offered.first { $0.offered = PBRequestID(first.request) }
            }
        case .attachAck(let epoch, let leases):
            attachAck = .with {
                $0.epoch = epoch
                $0.leases = leases.map(PBLease.init)
            }
        case .attachWanted: attachWanted = PBAttachWanted()
        case .detach: detach = PBDetach()
        case .raise(let epoch, let offered):
            raise = .with {
                $0.epoch = epoch
                $0.holders = offered.map(PBOfferedHolder.init)
            }
        case .raised(let epoch, let leases):
            raised = .with {
                $0.epoch = epoch
                $0.leases = leases.map(PBLease.init)
            }
        case .offer(let o):
            offer = .with {
                $0.slot = UInt32(o.slot)
                $0.number = o.number
                $0.request = PBRequestID(o.request)
            }
        case .claim(let c):
            claim = .with {
                $0.slot = UInt32(c.slot)
                $0.offer = c.offer
                $0.request = PBRequestID(c.request)
                $0.number = c.number
            }
        case .lease(let l): lease = PBLease(l)
        case .release(let r):
            release = .with {
                $0.slot = UInt32(r.slot)
                $0.name = PBLeaseName(r.name)
                $0.request = PBRequestID(r.request)
                $0.preempted = r.preempted
                $0.claim = r.claim
            }
        case .revoke(let r):
            revoke = .with {
                $0.slot = UInt32(r.slot)
                $0.name = PBLeaseName(r.name)
                $0.request = PBRequestID(r.request)
                $0.preempted = r.preempted
            }
        }
    }
}

extension PBCleanedLease {
    init(_ lease: FloorMessage.CleanedLease) {
        slot = UInt32(lease.slot)
        name = PBLeaseName(lease.name)
        request = PBRequestID(lease.request)
    }
    var value: FloorMessage.CleanedLease? {
        UInt8(exactly: slot).map { FloorMessage.CleanedLease(slot: $0, name: name.value, request: request.value) }
    }
}

extension PBOfferedHolder {
    init(_ holder: FloorMessage.OfferedHolder) {
        request = PBRequestID(holder.request)
        claim = holder.claim
    }
    var value: FloorMessage.OfferedHolder { FloorMessage.OfferedHolder(request: request.value, claim: claim) }
}

extension PBLease {
    init(_ l: FloorMessage.Lease) {
        slot = UInt32(l.slot)
        name = PBLeaseName(l.name)
        request = PBRequestID(l.request)
        claim = l.claim
    }
    var value: FloorMessage.Lease? {
        UInt8(exactly: slot).map { FloorMessage.Lease(slot: $0, name: name.value, request: request.value, claim: claim) }
    }
}

/// All of them, or nil if one has no value.
private func all<Message, Value>(_ messages: [Message], _ value: (Message) -> Value?) -> [Value]? {
    let values = messages.compactMap(value)
    return values.count == messages.count ? values : nil
}

extension FloorMessage {
    init?(_ m: PBFloorHop) {
        guard let body = m.body.flatMap(Body.init) else { return nil }
        self.init(meeting: MeetingID(m.meeting), session: m.session, attach: m.attachNumber, body: body)
    }
}

extension FloorMessage.Body {
    init?(_ body: PBFloorHop.OneOf_Body) {
        func slot(_ raw: UInt32) -> UInt8? { UInt8(exactly: raw) }
        switch body {
        case .attach(let a):
            guard let cleaned = all(a.cleaned, \.value) else { return nil }
            self = .attach(epoch: a.epoch, cleaned: cleaned, offered: a.holders.map(\.value))
        case .attachAck(let a):
            guard let leases = all(a.leases, \.value) else { return nil }
            self = .attachAck(epoch: a.epoch, leases: leases)
        case .attachWanted: self = .attachWanted
        case .detach: self = .detach
        case .raise(let r):
            self = .raise(epoch: r.epoch, offered: r.holders.map(\.value))
        case .raised(let r):
            guard let leases = all(r.leases, \.value) else { return nil }
            self = .raised(epoch: r.epoch, leases: leases)
        case .offer(let o):
            guard let s = slot(o.slot) else { return nil }
            self = .offer(FloorMessage.Offer(slot: s, number: o.number, request: o.request.value))
        case .claim(let c):
            guard let s = slot(c.slot) else { return nil }
            self = .claim(FloorMessage.Claim(slot: s, offer: c.offer, request: c.request.value, number: c.number))
        case .lease(let l):
            guard let lease = l.value else { return nil }
            self = .lease(lease)
        case .release(let r):
            guard let s = slot(r.slot) else { return nil }
            self = .release(
                FloorMessage.Release(
                    slot: s, name: r.name.value, request: r.request.value, preempted: r.preempted, claim: r.claim))
        case .revoke(let r):
            guard let s = slot(r.slot) else { return nil }
            self = .revoke(FloorMessage.Revoke(slot: s, name: r.name.value, request: r.request.value, preempted: r.preempted))
        }
    }
}
