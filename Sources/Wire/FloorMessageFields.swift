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
                $0.cleaned = cleaned.map { lease in
                    .with {
                        $0.slot = UInt32(lease.slot)
                        $0.name = PBLeaseName(lease.name)
                        $0.request = PBRequestID(lease.request)
                    }
                }
                if let offered { $0.offered = PBRequestID(offered) }
            }
        case .attachAck(let epoch): attachAck = .with { $0.epoch = epoch }
        case .detach: detach = PBDetach()
        case .raise(let epoch): raise = .with { $0.epoch = epoch }
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
        case .lease(let l):
            lease = .with {
                $0.slot = UInt32(l.slot)
                $0.name = PBLeaseName(l.name)
                $0.request = PBRequestID(l.request)
                $0.claim = l.claim
            }
        case .release(let r):
            release = .with {
                $0.slot = UInt32(r.slot)
                $0.name = PBLeaseName(r.name)
                $0.request = PBRequestID(r.request)
                $0.preempted = r.preempted
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
            var cleaned: [FloorMessage.CleanedLease] = []
            for lease in a.cleaned {
                guard let s = slot(lease.slot) else { return nil }
                cleaned.append(FloorMessage.CleanedLease(slot: s, name: lease.name.value, request: lease.request.value))
            }
            self = .attach(epoch: a.epoch, cleaned: cleaned, offered: a.hasOffered ? a.offered.value : nil)
        case .attachAck(let a): self = .attachAck(epoch: a.epoch)
        case .detach: self = .detach
        case .raise(let r): self = .raise(epoch: r.epoch)
        case .offer(let o):
            guard let s = slot(o.slot) else { return nil }
            self = .offer(FloorMessage.Offer(slot: s, number: o.number, request: o.request.value))
        case .claim(let c):
            guard let s = slot(c.slot) else { return nil }
            self = .claim(FloorMessage.Claim(slot: s, offer: c.offer, request: c.request.value, number: c.number))
        case .lease(let l):
            guard let s = slot(l.slot) else { return nil }
            self = .lease(FloorMessage.Lease(slot: s, name: l.name.value, request: l.request.value, claim: l.claim))
        case .release(let r):
            guard let s = slot(r.slot) else { return nil }
            self = .release(FloorMessage.Release(slot: s, name: r.name.value, request: r.request.value, preempted: r.preempted))
        case .revoke(let r):
            guard let s = slot(r.slot) else { return nil }
            self = .revoke(FloorMessage.Revoke(slot: s, name: r.name.value, request: r.request.value, preempted: r.preempted))
        }
    }
}
