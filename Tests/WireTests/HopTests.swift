import Basics
import Conference
import Testing

@testable import Wire

@Suite("Messages of the floor as bytes") struct HopTests {
    private let coder = ConferenceCoder()

    private static let request = RequestID(node: NodeIndex(rawValue: 0x1234_5678), counter: 1 << 40 | 1)
    private static let name = LeaseName(epoch: 3, crown: NodeIndex(rawValue: 9), sequence: 6)
    private static let noRequest = RequestID(node: NodeIndex(rawValue: 0), counter: 0)
    private static let noName = LeaseName(epoch: 0, crown: NodeIndex(rawValue: 0), sequence: 0)

    static let full: [FloorMessage.Body] = [
        .attach(
            epoch: 3, cleaned: [.init(slot: 255, name: name, request: request), .init(slot: 0, name: noName, request: noRequest)],
            offered: [.init(request: request, claim: .max), .init(request: noRequest, claim: 0)]),
        .attachAck(epoch: 4, leases: [.init(slot: 1, name: name, request: request, claim: 4)]), .attachWanted, .detach,
        .raise(epoch: 5, offered: [.init(request: request, claim: 1)]),
        .raised(epoch: 5, leases: [.init(slot: 1, name: name, request: request, claim: 4)]),
        .offer(.init(slot: 2, number: 1, request: request)), .claim(.init(slot: 1, offer: 7, request: request, number: 2)),
        .lease(.init(slot: 3, name: name, request: request, claim: 2)),
        .release(.init(slot: 1, name: name, request: request, preempted: true, claim: 4)),
        .revoke(.init(slot: 2, name: name, request: request, preempted: true)),
    ]
    static let bare: [FloorMessage.Body] = [
        .attach(epoch: 0, cleaned: [], offered: []), .attachAck(epoch: 0, leases: []), .raise(epoch: 0, offered: []), .raised(epoch: 0, leases: []),
        .offer(.init(slot: 0, number: 0, request: noRequest)), .claim(.init(slot: 0, offer: 0, request: noRequest, number: 0)),
        .lease(.init(slot: 0, name: noName, request: noRequest, claim: 0)), .release(.init(slot: 0, name: noName, request: noRequest)),
        .revoke(.init(slot: 0, name: noName, request: noRequest, preempted: false)),
    ]

    private static func message(_ body: FloorMessage.Body) -> FloorMessage {
        FloorMessage(meeting: MeetingID("giao-ban"), session: .max, attach: .max, body: body)
    }

    @Test("every kind is read back as it was written")
    func roundTrip() {
        #expect(Set(Self.full.map { HopKind($0) }) == Set(HopKind.allCases))
        for body in Self.full + Self.bare {
            let message = Self.message(body)
            #expect(coder.decodeHop(coder.encode(message)) == message)
            let empty = FloorMessage(meeting: MeetingID(""), session: 0, attach: 0, body: body)
            #expect(coder.decodeHop(coder.encode(empty)) == empty)
        }
    }

    @Test("every field of a kind with values has another one in the second list")
    func fields() {
        for body in Self.full {
            guard let other = Self.bare.first(where: { HopKind($0) == HopKind(body) }) else {
                #expect(body == .attachWanted || body == .detach, "\(body) has fields")
                continue
            }
            #expect(sameFields(Mirror(reflecting: body).children.first!.value, Mirror(reflecting: other).children.first!.value) == [])
        }
    }

    @Test("fields of a later program are skipped; a body of a later program is refused")
    func later() throws {
        for body in Self.full {
            let message = Self.message(body)
            #expect(coder.decodeHop(coder.encode(message) + Protobuf.unknown) == message)
        }
        var hop = PBFloorHop()
        hop.meeting = "giao-ban"
        #expect(coder.decodeHop(try hop.serializedBytes() + Protobuf.unknown) == nil)
    }

    @Test("a message that is cut short is never taken for itself, and never for one with another meaning")
    func cut() {
        for body in Self.full {
            let bytes = coder.encode(Self.message(body))
            // The body is the last field: cut anywhere, it is not there.
            for count in bytes.indices { #expect(coder.decodeHop(Array(bytes[..<count])) == nil, "\(body): \(count) of \(bytes.count)") }
        }
    }

    @Test("a slot beyond 255 is refused wherever it stands")
    func slots() throws {
        let changes: [(inout PBFloorHop) -> Void] = [
            { $0.offer = .with { $0.slot = 256 } }, { $0.claim = .with { $0.slot = 256 } }, { $0.lease = .with { $0.slot = 256 } },
            { $0.release = .with { $0.slot = 256 } }, { $0.revoke = .with { $0.slot = 256 } },
            { $0.attach = .with { $0.cleaned = [.with { $0.slot = 256 }] } }, { $0.attachAck = .with { $0.leases = [.with { $0.slot = 256 }] } },
            { $0.raised = .with { $0.leases = [.with { $0.slot = 256 }] } },
        ]
        for change in changes {
            var hop = PBFloorHop()
            change(&hop)
            #expect(coder.decodeHop(try hop.serializedBytes()) == nil)
        }
    }
}
