/// The model of a network: who hangs below whom, over which line, with which halls. Pure values, no files.
///
/// In reading order: ``Network`` (the whole, a dense slot for each node in the preorder of its `Tree`),
/// ``Network/Level``, ``Network/Node`` with its ``Network/Room``s and plain RTP ``Network/Endpoint``s,
/// ``Network/Link`` (a node's uplink), ``Network/Upstream`` (somebody else's bridge above the root),
/// ``MeetingFile`` and ``SiteSelection`` (who meets). On these stand ``NetworkPlan`` (`Planning`: what each trunk will carry, and what
/// breaks; its formulas are in ``PacketCosts`` and `TrunkFormula`), ``NetworkDiff`` (`Comparing`: what a new plan changes) and
/// ``NetworkChange`` (`Changing`: what a planner tries out).
///
/// A ``Network`` can only be made from nodes that form one tree; what else can be wrong in a file is found by
/// `TopologyFiles`. ``Network/canonical`` is the network written back as a topology file, and ``Network/hash`` its
/// fingerprint: two nodes that load files of the same meaning have the same hash, whatever the layout.
///
/// May import `Basics` only.
public enum Topology {
    /// UDP port of a node where its file names none.
    public static let defaultMediaPort: UInt16 = 5004
    /// HTTP(S) port of a node where its file names none.
    public static let defaultHTTPPort: UInt16 = 8443
}
