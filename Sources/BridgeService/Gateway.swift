import Basics
import Bridge
import Conference
import Console
import Foundation
import Native
import NodeClient
import Peer
import Rights
import SDP
import Topology

/// Carries what the HTTP side asks into the loop that owns the bridge, and the answers back.
final class Gateway: NodeGateway {
    private let loop: EventLoop
    private let standing: Standing
    private let editions: Editions
    private let desk: TokenDesk
    private let state: StateFolder
    private let files: MeetingFiles
    private let troubles: Troubles
    private let statements: Statements
    private let pictures: Pictures
    private let metricsText = Fresh<String>()
    private let uplinkNow = Fresh<(neighbour: String, isUp: Bool)?>()
    nonisolated(unsafe) private let subscriptions: Subscriptions

    init(
        loop: EventLoop, standing: Standing, editions: Editions, state: StateFolder, files: MeetingFiles, pictures: Pictures,
        subscriptions: Subscriptions, troubles: Troubles, desk: TokenDesk
    ) throws {
        self.loop = loop
        self.standing = standing
        self.editions = editions
        self.desk = desk
        statements = try Statements(state)
        self.state = state
        self.files = files
        self.troubles = troubles
        self.pictures = pictures
        self.subscriptions = subscriptions
    }

    var language: Language { troubles.language }
    private var network: Network { standing.now.network }
    private var slot: Int { standing.now.slot }

    func verify(token: String) -> Result<Pass, TokenRefusal> { desk.verify(token, now: now()) }

    func revoke(_ revocation: Revocation, pass: Pass) async throws(Refusal) {
        let here = standing.now
        // The operator's own reach; this node's is the bridge's to ask.
        let own = here.network.slot(site: pass.site) ?? here.slot
        switch revocation.subject {
        case .key: guard own == 0 else { throw .notYours }
        case .link(let site, _):
            if let home = here.network.slot(site: site) { guard here.network.isAtOrAbove(own, home) else { throw .notYours } }
        }
        let result = await ask { bridge, now in Result { () throws(Refusal) in try bridge.revoke(revocation, now: now) } }
        try result.get()
    }

    func revocations() async -> [RevocationList.Entry] {
        let here = standing.now
        return await ask { bridge, _ in bridge.revocationList }.map { spoken in
            let by = here.network.node(spoken.by)?.id ?? spoken.by.description
            let expires = spoken.revocation.expires.milliseconds
            switch spoken.revocation.subject {
            case .link(let site, let id): return RevocationList.Entry(site: site.rawValue, id: id, key: nil, expires: expires, by: by)
            case .key(let name): return RevocationList.Entry(site: nil, id: nil, key: name, expires: expires, by: by)
            }
        }
    }

    /// Runs on the loop's thread and waits for the result.
    private func ask<T: Sendable>(_ body: @escaping @Sendable (Bridge, Instant) -> T) async -> T {
        await withCheckedContinuation { continuation in
            loop.submit { bridge, now in continuation.resume(returning: body(bridge, now)) }
        }
    }

    func join(_ pass: Pass, offer: SessionDescription) async throws(JoinRefusal) -> (leg: UInt32, answer: String) {
        // A site joins at its own node: elsewhere its voice would cross trunks that need not carry it.
        let here = standing.now
        guard here.network.slot(site: pass.site) == here.slot else { throw JoinRefusal(.unknownSite) }
        let result = await ask { bridge, now in
            Result { () throws(JoinRefusal) -> Joined in
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
        _ = await ask { bridge, now in bridge.leave(leg, pass: pass, now: now) }
    }

    func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?) async throws(Refusal) {
        let result = await ask { [self] bridge, now in
            Result { () throws(Refusal) in
                try bridge.perform(action, pass: pass, meeting: meeting, now: now)
                subscriptions.did(action, pass.site)
            }
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

    var policy: Policy { network.policy }

    func mayRead(_ pass: Pass, _ deed: Deed) -> Bool {
        let here = standing.now
        // An operator's token is taken at the node it is shown to.
        let from = pass.role == .operator ? here.slot : here.network.slot(site: pass.site)
        return switch policy.reach(pass.policyRole, deed) {
        case .none: false
        case .own, .node: from == here.slot
        case .subtree: from.map { here.network.tree.contains($0, here.slot) } ?? false
        case .network: true
        }
    }

    func meetings(for pass: Pass) async -> [MeetingView] {
        await ask { bridge, _ in bridge.runningMeetings.filter { bridge.refusal(pass, .readMeetings, meeting: $0.definition.id) == nil } }
    }

    /// A file is a meeting to come: its sites say whose it is.
    func meetingFiles(for pass: Pass) async -> [MeetingDefinition] {
        let here = standing.now
        let reach = policy.reach(pass.policyRole, .readMeetings)
        let role = policy.role(pass.policyRole)
        let top = pass.role == .operator ? here.slot : here.network.slot(site: pass.site)
        return files.now().filter { file in
            guard pass.meeting == nil || pass.meeting == file.id, role?.covers(file.id.rawValue) == true else { return false }
            if reach == .network || reach > .none && file.sites.contains(pass.site) { return true }
            guard reach == .subtree, let top else { return false }
            return file.sites.allSatisfy { site in here.network.slot(site: site).map { here.network.tree.contains(top, $0) } ?? false }
        }
    }

    func network() async -> NetworkTree { standing.now.tree }

    func still(of site: SiteID, pass: Pass) async -> [UInt8]? {
        let here = standing.now
        guard let home = here.network.slot(site: site) else { return nil }
        // An operator sees the halls of this node, whose token it is; another node has only this node's word for a chair.
        if pass.role == .operator { return home == here.slot ? pictures.own.picture(of: site) : nil }
        guard let asker = here.network.slot(site: pass.site), here.network.mayShow(home, to: asker),
            let meeting = pictures.seats.meeting(showing: site, to: pass.site, only: pass.meeting)
        else { return nil }
        if home == here.slot { return pictures.own.picture(of: site) }
        guard asker == here.slot else { return nil }
        if let known = pictures.distant.picture(of: site, now: EventLoop.now()) { return known }
        let node = here.network.nodes[home]
        let wish = StillWish(
            from: here.node.id, to: node.id, site: site.rawValue, asker: pass.site.rawValue, meeting: meeting.rawValue, at: now().milliseconds)
        let picture = await pictures.distant.ask { await fetch(wish, from: node) }
        pictures.distant.keep(picture, of: site, now: EventLoop.now())
        return picture
    }

    private func fetch(_ wish: StillWish, from node: Network.Node) async -> [UInt8]? {
        guard let base = URL(string: node.pages),
            let path = wish.site.addingPercentEncoding(withAllowedCharacters: .alphanumerics), let statement = statements.sign(wish)
        else { return nil }
        let identity = NodeClient.Identity(
            certificate: state.certificate, privateKey: state.key, address: standing.now.node.address.host,
            isMeant: { [id = node.id] in CertificateInfo(der: $0)?.node == id })
        let client = NodeClient(base: base, authority: state.authority, identity: identity)
        let answer = try? await client.send(
            "GET", "/internal/stills/\(path).jpg", headers: [("nhipcau-statement", statement)], timeout: .seconds(3))
        return answer.flatMap { $0.status == 200 ? $0.body : nil }
    }

    func wish(_ statement: String, of site: SiteID, peer: PeerNode?) async -> StillWish? {
        let here = standing.now
        guard let wish = statements.wish(statement, of: site, at: here.node.id, now: now(), isKnown: { here.network.slot(id: $0) != nil }),
            here.isProven(wish.from, by: peer, takesOldWays: takesOldWays())
        else { return nil }
        return wish
    }

    func takesOldWays() -> Bool { desk.takesOldWays(now: now()) }

    func still(_ wish: StillWish) async -> [UInt8]? {
        let here = standing.now
        let site = SiteID(wish.site)
        // The asking node speaks for its own sites alone.
        guard let home = here.network.slot(site: site), home == here.slot, let asker = here.network.slot(site: SiteID(wish.asker)),
            asker == here.network.slot(id: wish.from), here.network.mayShow(home, to: asker),
            pictures.seats.meeting(showing: site, to: SiteID(wish.asker), only: MeetingID(wish.meeting)) != nil
        else { return nil }
        return pictures.own.picture(of: site)
    }

    func status(_ language: Language?) async -> NodeStatus {
        let here = standing.now
        let problems = troubles.now.map { open in
            let words = open.trouble.sentence(language ?? troubles.language)
            return NodeStatus.Problem(
                code: open.trouble.code, since: open.since.milliseconds, message: words.message, nextStep: words.nextStep, grave: open.trouble.isGrave)
        }
        let name = here.network.name(of: here.slot)
        return await ask { bridge, now in
            var status = NodeStatus(bridge.snapshot(now: now), name: name, topologyHash: here.network.hashText)
            status.topologyVersion = here.network.version
            status.problems = problems
            return status
        }
    }

    func topology() async -> TopologyStatus {
        let here = standing.now
        let words = await ask { bridge, _ in bridge.editionWords }
        return TopologyStatus(
            network: here.network.networkID, version: here.network.version, hash: here.network.hashText,
            nodes: words.map { node, word in
                TopologyStatus.Node(
                    node: node, state: word.map { "\($0.state)" } ?? "silent", version: word?.version, running: word?.running,
                    reason: word.map { $0.english }, reasonVietnamese: word.map { $0.vietnamese })
            })
    }
    func topologyFile() async -> String { network.canonical }
    func apply(_ sealed: [UInt8], withRestarts: Bool) async -> Result<TopologyStatus, EditionProblem> {
        switch await editions.handedOver(sealed, withRestarts: withRestarts) {
        case .success: .success(await topology())
        case .failure(let refusal): .failure(EditionProblem(refusal))
        }
    }

    /// Strangers ask this: the loop is asked once a second at most, and the text is made here.
    func metrics() async -> String {
        await metricsText.value { [self] in
            let (snapshot, unsent) = await ask { [loop] bridge, now in (bridge.snapshot(now: now), loop.unsent) }
            return Metrics.text(snapshot, unsent: unsent)
        }
    }

    func health(_ language: Language?) async -> NodeHealth {
        let here = standing.now
        let uplink = await uplinkNow.value { [self] in await ask { bridge, _ in bridge.uplink.map { ($0.neighbour, $0.isUp) } } }
        let language = language ?? troubles.language
        let open = troubles.now
        var problems = open.filter(\.trouble.isPublic).map { $0.trouble.sentence(language) }.map { "\($0.message) \($0.nextStep)" }
        let files = open.count { !$0.trouble.isPublic }
        if files > 0 {
            problems.append(
                language == .english
                    ? "\(files) meeting files cannot be read; the log says which." : "\(files) tệp cuộc họp không đọc được; xem nhật ký của nút.")
        }
        // Until a trunk that never came up is told as a trouble.
        if let uplink, !uplink.isUp, troubles.trouble(.trunk(uplink.neighbour)) == nil {
            problems.insert(
                language == .english
                    ? "There is no trunk to the parent \(uplink.neighbour) yet: the node goes on by itself."
                    : "Chưa có trung kế với nút cấp trên \(uplink.neighbour): nút tự điều hành phần mình.", at: 0)
        }
        let isOK = (uplink?.isUp ?? true) && !open.contains { $0.trouble.key == .archive }
        return NodeHealth(ok: isOK, node: here.node.id, problems: problems)
    }

    /// The node stops: event streams end, so that pages look for it again.
    func sayGoodbye() async { await ask { [self] _, _ in subscriptions.end() } }

    func now() -> WallTime { EventLoop.wall() }
}

extension Network {
    /// The first 64 bits of the hash, hexadecimal, as people compare it.
    var hashText: String { hash.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
}
