import Basics
import Conference
import Wire

/// S6: no lease takes effect across a changed session. The stand-in's records are readable, so the message that did it can be held against
/// the attachment it came over.
struct FenceChecker {
    let sight: Sight
    let findings: Findings
    let coder: SharingCoder
    let recordCoder: ConferenceCoder

    /// A home took a lease out of the datagram being looked at.
    func check(_ lease: FloorSnapshot.Lease, in change: FloorChange) {
        guard let bytes = sight.input, bytes.count > SimulatedSession.recordOverhead, bytes[0] == 23 else { return }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[21..<bytes.count - 16])
        guard let frame = coder.decode(payload) else { return }
        let meeting = sight.meetings[change.meeting].id
        var stale: FloorMessage?
        for hop in frame.hops where hop.payload.first == 1 {
            guard let message = recordCoder.decodeHop(Array(hop.payload.dropFirst())), message.meeting == meeting,
                case .lease(let word) = message.body, word.name == lease.name, word.request == lease.request
            else { continue }
            let isFenced = [change.old?.uplink, change.new?.uplink].contains { $0?.session == message.session && $0?.number == message.attach }
            if isFenced { return }
            stale = message
        }
        guard let stale else { return }
        findings.violation(
            "S6", sight.now, "\(change.node.name) in \(meeting): lease \(lease.name) of attachment \(stale.attach) took effect in another one")
    }
}
