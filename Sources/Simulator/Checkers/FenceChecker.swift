import Basics
import Bridge
import Conference

// S6: no lease takes effect across a changed session. The stand-in's records are readable, so the message that did it can be
// held against the attachment it came over.
extension World {
    /// A home took a lease out of the datagram being looked at.
    func checkFence(_ node: SimulatedNode, _ m: Int, _ lease: FloorSnapshot.Lease, _ old: FloorSnapshot?, _ new: FloorSnapshot?) {
        let bytes = pool.bytes(inspected)
        guard bytes.count > SimulatedSession.recordOverhead, bytes[0] == 23 else { return }
        let payload = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[21..<bytes.count - 16])
        guard let frame = coder.decode(payload) else { return }
        var stale: FloorMessage?
        for hop in frame.hops where hop.payload.first == 1 {
            guard let message = recordCoder.decodeHop(Array(hop.payload.dropFirst())), message.meeting == meetings[m].id,
                case .lease(let word) = message.body, word.name == lease.name, word.request == lease.request
            else { continue }
            let isFenced = [old?.uplink, new?.uplink].contains { $0?.session == message.session && $0?.number == message.attach }
            if isFenced { return }
            stale = message
        }
        guard let stale else { return }
        findings.violation(
            "S6", now, "\(node.name) in \(meetings[m].id): lease \(lease.name) of attachment \(stale.attach) took effect in another one")
    }
}
