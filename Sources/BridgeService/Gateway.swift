import Basics
import Bridge
import Conference
import Console
import Foundation
import Native
import NodeClient
import Topology

/// Carries what the HTTP side asks into the loop that owns the bridge, and the answers back.
final class Gateway: NodeGateway {
    private let loop: EventLoop
    private let network: Network
    private let slot: Int
    private let tokens: Tokens
    private let state: StateFolder
    private let files: [MeetingDefinition]
    private let stills: Stills
    private let tree: NetworkTree
    private let distant = DistantStills()
    nonisolated(unsafe) private let subscriptions: Subscriptions

    init(
        loop: EventLoop, network: Network, slot: Int, tokens: Tokens, state: StateFolder, files: [MeetingDefinition], stills: Stills,
        subscriptions: Subscriptions
    ) {
        self.loop = loop
        self.network = network
        self.slot = slot
        self.tokens = tokens
        self.state = state
        self.files = files
        self.stills = stills
        self.subscriptions = subscriptions
        tree = NetworkTree(
            node: network.nodes[slot].id, levels: network.levels.map { .init(id: $0.id, name: $0.name) },
            nodes: network.nodes.indices.map { i in
                let node = network.nodes[i]
                return .init(
                    id: node.id, name: node.name, fullName: network.name(of: i), level: node.level,
                    parent: network.tree.parent(i).map { network.nodes[$0].id },
                    sites: node.rooms.map { .init(id: $0.id.rawValue, name: network.name(of: $0.id) ?? $0.name) })
            })
    }

    func verify(token: String) -> Result<Pass, TokenRefusal> {
        switch tokens.verify(token, now: now()) {
        case .failure(.expired): return .failure(.expired)
        case .failure(.malformed): return .failure(.malformed)
        case .failure: return .failure(.foreign)
        case .success(let claims):
            let site = SiteID(claims.site)
            guard let role = Role(rawValue: claims.role), network.slot(site: site) != nil || role == .operator else { return .failure(.foreign) }
            return .success(Pass(site: site, role: role, meeting: claims.meeting.map { MeetingID($0) }, expires: claims.expires))
        }
    }

    /// Runs on the loop's thread and waits for the result.
    private func ask<T: Sendable>(_ body: @escaping @Sendable (Bridge, Instant) -> T) async -> T {
        await withCheckedContinuation { continuation in
            loop.submit { bridge, now in continuation.resume(returning: body(bridge, now)) }
        }
    }

    func join(_ pass: Pass, offer: String) async throws(Refusal) -> (leg: UInt32, answer: String) {
        // A site joins at its own node: elsewhere its voice would cross trunks that need not carry it.
        guard network.slot(site: pass.site) == slot else { throw .unknownSite }
        let result = await ask { bridge, now in
            Result { () throws(Refusal) -> Joined in
                let (leg, answer) = try bridge.join(pass, offer: offer, now: now)
                return Joined(leg: leg, answer: answer)
            }
        }
        let joined = try result.get()
        return (joined.leg, joined.answer)
    }

    private struct Joined: Sendable {
        var leg: UInt32
        var answer: String
    }

    func leave(leg: UInt32, pass: Pass) async {
        await ask { bridge, now in if bridge.owner(ofLeg: leg)?.site == pass.site { bridge.leave(leg, now: now) } }
    }

    func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?) async throws(Refusal) {
        let result = await ask { bridge, now in
            Result { () throws(Refusal) in try bridge.perform(action, pass: pass, meeting: meeting, now: now) }
        }
        try result.get()
    }

    func views(for pass: Pass) -> AsyncStream<MeetingUpdate> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { sink in
            loop.submit { [self] bridge, now in
                let id = subscriptions.add(pass, sink, bridge, now: now)
                sink.onTermination = { [self] _ in loop.submit { [self] _, _ in subscriptions.remove(id) } }
            }
        }
    }

    func meetings() async -> [MeetingView] { await ask { bridge, _ in bridge.runningMeetings } }
    func meetingFiles() async -> [MeetingDefinition] { files }
    func network() async -> NetworkTree { tree }

    /// Our own sites' pictures from memory, others' from their home node: a chair's token is good at every node.
    func still(of site: SiteID, pass: Pass, token: String) async -> [UInt8]? {
        guard let home = network.slot(site: site) else { return nil }
        if home == slot { return stills.picture(of: site) }
        if let known = distant.picture(of: site, now: EventLoop.now()) { return known }
        let node = network.nodes[home]
        guard let base = URL(string: "\(node.secure ? "https" : "http")://\(node.address.host):\(node.httpPort)"),
            let path = site.rawValue.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        else { return nil }
        let client = NodeClient(base: base, authority: state.authority)
        let answer = try? await client.send("GET", "/api/stills/\(path).jpg", token: token, timeout: .seconds(3))
        let picture = answer.flatMap { $0.status == 200 ? $0.body : nil }
        distant.keep(picture, of: site, now: EventLoop.now())
        return picture
    }

    func status() async -> NodeStatus {
        let name = network.name(of: slot)
        let hash = network.hash.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return await ask { bridge, now in NodeStatus(bridge.snapshot(now: now), name: name, topologyHash: hash) }
    }

    func metrics() async -> String {
        await ask { bridge, now in Metrics.text(bridge.snapshot(now: now)) }
    }

    func health() async -> NodeHealth {
        let id = network.nodes[slot].id
        return await ask { bridge, _ in
            guard let uplink = bridge.uplink, !uplink.isUp else { return NodeHealth(ok: true, node: id) }
            return NodeHealth(ok: false, node: id, problems: ["no trunk to the parent \(uplink.neighbour): the node goes on by itself"])
        }
    }

    func now() -> WallTime { EventLoop.wall() }
}
