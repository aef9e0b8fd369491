import Basics
import Bridge
import Conference
import Console
import Peer
import Rights
import SDP
import Synchronization

@testable import BridgeService

/// A node of memory only: a province, a district and its communes, one meeting whose state a test sets.
final class FakeGateway: NodeGateway {
    struct State {
        var view: MeetingView?
        var incarnation: UInt64 = 1
        var policy = Policy.standard
        var uplink: LineQuality? = .clear
        var actions: [ConferenceAction] = []
        var offers: [SessionDescription] = []
        var clock = WallTime(milliseconds: 1_763_690_000_000)
        /// Of every token.
        var expires = WallTime(milliseconds: 4_000_000_000_000)
        var left: [UInt32] = []
        var revocations: [Revocation] = []
        var takesOldWays = false
        var peers: [PeerNode?] = []
        var nextRefusal: Refusal?
        var nextReason: NegotiationError?
        var readers: [Int: AsyncStream<MeetingUpdate>.Continuation] = [:]
        var readerCount = 0
    }
    let state = Mutex(State())
    static let communes = ["yen-my", "yen-hoa", "yen-dong", "yen-thai", "yen-lam"]
    static let names = ["Yên Mỹ", "Yên Hòa", "Yên Đồng", "Yên Thái", "Yên Lâm"]

    let tree = NetworkTree(
        node: "yen-mo",
        levels: [.init(id: "tinh", name: "Tỉnh"), .init(id: "huyen", name: "Huyện"), .init(id: "xa", name: "Xã")],
        nodes: [
            .init(id: "ninh-binh", index: "Tỉnh Ninh Bình", level: "tinh", parent: nil, unit: nil),
            .init(id: "yen-mo", index: "Huyện Yên Mô", level: "huyen", parent: "ninh-binh", unit: "tỉnh Ninh Bình"),
        ]
            + zip(communes, names).map {
                .init(id: $0, index: "Xã \($1)", level: "xa", parent: "yen-mo", unit: "huyện Yên Mô")
            })

    static func definition(id: String = "giao-ban", codec: Codec = .vp8) -> MeetingDefinition {
        MeetingDefinition(
            id: MeetingID(id), title: "Giao ban tháng 11 huyện Yên Mô", kind: .discussion, chairs: [SiteID("yen-mo")],
            sites: (["yen-mo"] + communes).map { SiteID($0) }, videoCodec: codec)
    }

    static func view(present: Int = 5) -> MeetingView {
        var view = MeetingView(definition: definition())
        view.actingChair = SiteID("yen-mo")
        view.speaker = view.actingChair
        view.crown = true
        view.sites = view.definition.sites.enumerated().map { i, id in
            SiteView(
                id: id, presence: i <= present ? .present : .absent, muted: false, microphoneOpen: i == 0, hasVideo: i <= present,
                headCount: nil)
        }
        return view
    }

    /// Tells all readers the state after a change.
    func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            let update = MeetingUpdate(
                clock: state.clock, incarnation: state.incarnation, uplink: state.uplink, view: state.view)
            for reader in state.readers.values { reader.yield(update) }
        }
    }

    /// `ROLE SITE` with dashes for blanks is not needed: tests name tokens `role:site` or `role:site:meeting`.
    func verify(token: String) -> Result<Pass, TokenRefusal> {
        let parts = token.split(separator: ":").map(String.init)
        if token == "expired" { return .failure(.expired) }
        if token == "revoked" { return .failure(.revoked) }
        if token == "foreign" { return .failure(.foreign) }
        guard parts.count >= 2, let known = policy.role(parts[0]), let role = Role(rawValue: known.kind.rawValue) else { return .failure(.malformed) }
        return .success(
            Pass(
                site: SiteID(parts[1]), role: role, meeting: parts.count > 2 ? MeetingID(parts[2]) : nil,
                expires: state.withLock { $0.expires }, policyRole: known.id))
    }
    func revoke(_ revocation: Revocation, pass: Pass) async throws(Refusal) {
        if let refusal = state.withLock({ $0.nextRefusal }) { throw refusal }
        state.withLock { $0.revocations.append(revocation) }
    }
    func revocations() async -> [RevocationList.Entry] {
        state.withLock { $0.revocations }.map {
            guard case .link(let site, let id) = $0.subject else { return .init(site: nil, id: nil, key: "k", expires: $0.expires.milliseconds, by: "yen-mo") }
            return .init(site: site.rawValue, id: id, key: nil, expires: $0.expires.milliseconds, by: "yen-mo")
        }
    }
    func join(_ pass: Pass, offer: SessionDescription) async throws(JoinRefusal) -> (leg: UInt32, answer: String) {
        if let refusal = state.withLock({ $0.nextRefusal }) { throw JoinRefusal(refusal, state.withLock { $0.nextReason }) }
        state.withLock { $0.offers.append(offer) }
        return (7, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n")
    }
    func leave(leg: UInt32, pass: Pass) async { state.withLock { $0.left.append(leg) } }
    func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?) async throws(Refusal) {
        if let refusal = state.withLock({ $0.nextRefusal }) { throw refusal }
        state.withLock { $0.actions.append(action) }
    }
    func views(for pass: Pass) -> AsyncStream<MeetingUpdate> {
        let (stream, continuation) = AsyncStream.makeStream(of: MeetingUpdate.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.readerCount += 1
            state.readers[state.readerCount] = continuation
            continuation.yield(
                MeetingUpdate(clock: state.clock, incarnation: state.incarnation, uplink: state.uplink, view: state.view))
        }
        return stream
    }
    var policy: Policy { state.withLock { $0.policy } }
    func mayRead(_ pass: Pass, _ deed: Deed) -> Bool { policy.reach(pass.policyRole, deed) > .none }
    func meetings(for pass: Pass) async -> [MeetingView] { state.withLock { $0.view.map { [$0] } ?? [] } }
    func meetingFiles(for pass: Pass) async -> [MeetingDefinition] { [Self.definition()] }
    func network() async -> NetworkTree { tree }
    func still(of site: SiteID, pass: Pass) async -> [UInt8]? { site.rawValue == "a/b" ? [0xFF, 0xD8, 0xFF] : nil }
    func takesOldWays() -> Bool { state.withLock { $0.takesOldWays } }
    func wish(_ statement: String, of site: SiteID, peer: PeerNode?) async -> StillWish? {
        state.withLock { $0.peers.append(peer) }
        guard statement == "believed" else { return nil }
        return StillWish(from: "yen-my", to: "yen-mo", site: site.rawValue, asker: "yen-my", meeting: "giao-ban", at: 0)
    }
    func still(_ wish: StillWish) async -> [UInt8]? { wish.site == "a/b" ? [0xFF, 0xD8, 0xFF] : nil }
    func status(_ language: Language?) async -> NodeStatus {
        NodeStatus(node: "yen-mo", name: "Huyện Yên Mô", incarnation: 1, topologyHash: "00", uptimeSeconds: 1, version: "test")
    }
    func topology() async -> TopologyStatus { TopologyStatus(network: "ninh-binh", version: 1, hash: "00", nodes: []) }
    func topologyFile() async -> String { "network: ninh-binh\n" }
    func apply(_ sealed: [UInt8], withRestarts: Bool) async -> Result<TopologyStatus, EditionProblem> {
        .failure(EditionProblem(code: "bad-signature", vietnamese: "Chữ ký sai.", english: "The signature is wrong.", isConflict: false))
    }
    var language: Language { .english }
    func metrics() async -> String { "# TYPE nhipcau_up gauge\nnhipcau_up 1\n" }
    func health(_ language: Language?) async -> NodeHealth { NodeHealth(ok: true, node: "yen-mo") }
    func now() -> WallTime { state.withLock { $0.clock } }
}

extension NetworkTree.Node {
    fileprivate init(id: String, index name: String, level: String, parent: String?, unit: String?) {
        let full = unit.map { "\(name), \($0)" } ?? name
        self.init(
            id: id, name: name, fullName: full, level: level, parent: parent,
            sites: parent == nil ? [] : [.init(id: id, name: full)])
    }
}
