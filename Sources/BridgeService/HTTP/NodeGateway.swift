import Basics
import Bridge
import Conference
import Console
import Peer
import Rights
import SDP

/// All that the HTTP side may ask of its node. The event loop implements it: it enqueues commands and reads snapshots;
/// nothing here blocks, and floor state lives in the core.
public protocol NodeGateway: Sendable {
    /// The rules of the edition that runs.
    var policy: Policy { get }
    /// The pass reaches this node with a reading of it.
    func mayRead(_ pass: Pass, _ deed: Deed) -> Bool
    /// Checks a token's signature, network, audience and times, and that it was not withdrawn.
    func verify(token: String) -> Result<Pass, TokenRefusal>
    /// Withdraws a link or a key in this node's name, for an operator.
    func revoke(_ revocation: Revocation, pass: Pass) async throws(Refusal)
    /// The withdrawn links that the node goes by.
    func revocations() async -> [RevocationList.Entry]
    /// Makes a leg out of an offer (WHIP-shaped); the answer is SDP.
    func join(_ pass: Pass, offer: SessionDescription) async throws(JoinRefusal) -> (leg: UInt32, answer: String)
    /// Ends a leg of the pass's own site; a leg that is gone is no error.
    func leave(leg: UInt32, pass: Pass) async
    /// Does what a page asks. The HTTP side has checked that the role has the right at all; how far it reaches is looked at here. `meeting` nil: the one of the pass's site.
    func perform(_ action: ConferenceAction, pass: Pass, meeting: MeetingID?) async throws(Refusal)
    /// The present state at once, then one update for each change; a slow reader may miss some but never the last one.
    func views(for pass: Pass) -> AsyncStream<MeetingUpdate>
    /// The meetings that run here now, as far as the pass may read of them.
    func meetings(for pass: Pass) async -> [MeetingView]
    /// The node's meeting files, resolved, as far as the pass may read of them.
    func meetingFiles(for pass: Pass) async -> [MeetingDefinition]
    /// The tree with full names, of the edition that runs now.
    func network() async -> NetworkTree
    /// A JPEG of a site's last key frame; nil if there is none, or the pass may not see it (``Seats``).
    func still(of site: SiteID, pass: Pass) async -> [UInt8]?
    /// What another node asks with a statement that it signed; nil if it is not believed. `peer`: who is at the other end of the connection.
    func wish(_ statement: String, of site: SiteID, peer: PeerNode?) async -> StillWish?
    /// What programs of before do is still taken: a token in the address of an event stream, a node that shows no certificate.
    func takesOldWays() -> Bool
    /// The picture that another node asked for; nil as above.
    func still(_ wish: StillWish) async -> [UInt8]?
    /// Sentences in that language; nil: the operator's.
    func status(_ language: Language?) async -> NodeStatus
    /// The edition of the topology that runs here, and what the nodes said of the one applied last.
    func topology() async -> TopologyStatus
    /// The edition that runs here as a topology file with nothing left to defaults.
    func topologyFile() async -> String
    /// Takes a sealed edition and gives it to every node. `withRestarts`: nodes that must be started again for it may refuse.
    func apply(_ sealed: [UInt8], withRestarts: Bool) async -> Result<TopologyStatus, EditionProblem>
    /// Prometheus text format 0.0.4.
    func metrics() async -> String
    /// The operator's: of `/health` and the log, where nobody asks for another.
    var language: Language { get }
    /// As ``status(_:)``.
    func health(_ language: Language?) async -> NodeHealth
    /// The shell's wall clock.
    func now() -> WallTime
}
