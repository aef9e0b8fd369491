import Basics
import Conference
import Wire

/// The floor's messages between neighbours.
enum HopTarget: FuzzTarget {
    private static let coder = ConferenceCoder()

    static func run(_ bytes: UnsafeRawBufferPointer) {
        guard let message = coder.decodeHop(Array(bytes)) else { return }
        guard let same = coder.decodeHop(coder.encode(message)) else { return promise(false, "our own message is refused: \(message)") }
        promise(same == message, "\(message) became \(same)")
    }

    static var seeds: [[UInt8]] {
        let node = NodeIndex(rawValue: 0x1234_5678)
        let request = RequestID(node: node, counter: 1 << 20 | 1)
        let name = LeaseName(epoch: 3, crown: node, sequence: 1)
        let bodies: [FloorMessage.Body] = [
            .attach(epoch: 3, cleaned: [.init(slot: 0, name: name, request: request)], offered: [.init(request: request, claim: 4)]),
            .attach(epoch: 0, cleaned: [], offered: []), .attachWanted, .raised(epoch: 5, leases: []),
            .attachAck(epoch: 4, leases: [.init(slot: 0, name: name, request: request, claim: 4)]), .detach,
            .raise(epoch: 5, offered: [.init(request: request, claim: 1)]), .offer(.init(slot: 0, number: 1, request: request)),
            .claim(.init(slot: 1, offer: 0, request: request, number: 2)),
            .lease(.init(slot: 0, name: name, request: request, claim: 2)),
            .release(.init(slot: 0, name: name, request: request, preempted: true, claim: 4)),
            .revoke(.init(slot: 2, name: name, request: request, preempted: true)),
        ]
        return bodies.map { coder.encode(FloorMessage(meeting: MeetingID("giao-ban"), session: 77, attach: 1, body: $0)) }
    }
}
