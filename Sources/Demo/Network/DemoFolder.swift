import Basics
import BridgeService
import Foundation
import Glibc
import Topology
import TopologyFiles

/// A demo's files: topology, meeting, authority, one state folder and one log for each node.
struct DemoFolder: Sendable {
    let path: String
    let isKept: Bool
    private let authority: Authority

    var topology: String { path + "/topology.yaml" }
    var meetings: String { path + "/meetings" }
    var sites: String { path + "/sites.tsv" }
    func state(_ node: String) -> String { path + "/state/" + node }
    func log(_ name: String) -> String { path + "/log/" + name.replacingOccurrences(of: "/", with: "_") + ".log" }

    /// Writes everything that nodes and bots need. `keep` must not exist yet, or be empty.
    ///
    /// `signsLinks` false: the root's key signs links, as programs of before want it.
    init(_ plan: Plan, keep: String?, signsLinks: Bool = true) throws {
        let files = FileManager.default
        if let keep {
            if let there = try? files.contentsOfDirectory(atPath: keep), !there.isEmpty {
                throw Plan.Unusable(description: "\(keep) is not empty; name a new folder")
            }
            path = URL(fileURLWithPath: keep).path
            isKept = true
        } else {
            var name = Array(URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("nhipcau-demo-XXXXXX").path.utf8CString)
            guard mkdtemp(&name) != nil else { throw Plan.Unusable(description: "no temporary folder: \(String(cString: strerror(errno)))") }
            path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            isKept = false
        }
        for folder in ["", "/meetings", "/state", "/log"] { try files.createDirectory(atPath: path + folder, withIntermediateDirectories: true) }
        try TopologyFiles.render(plan.network).write(toFile: path + "/topology.yaml", atomically: true, encoding: .utf8)
        if !plan.meetingText.isEmpty { try plan.meetingText.write(toFile: path + "/meetings/meeting.yaml", atomically: true, encoding: .utf8) }
        try plan.marks.text.write(toFile: path + "/sites.tsv", atomically: true, encoding: .utf8)
        authority = try Authority.create(network: plan.network.networkID, folder: path + "/authority", signsLinks: signsLinks)
        for node in plan.network.nodes { try authority.issue(node, into: path + "/state/" + node.id) }
    }

    /// A token's page for a day: `room`, `chair` or `operator`; of one meeting, or of any. An operator's is good at every node; others' too
    /// with `everywhere`.
    func link(_ plan: Plan, site: SiteID, role: String, meeting: MeetingID? = nil, everywhere: Bool = false) throws -> PageLink {
        let audience: TokenAudience? = everywhere || role == "operator" ? .reach(plan.network.nodes[0].id) : nil
        return try authority.link(
            network: plan.network, site: site.rawValue, role: role, meeting: meeting?.rawValue, audience: audience, hours: 24)
    }

    /// An edition of the topology, signed for every node.
    func seal(_ network: Network) throws -> [UInt8] { try authority.seal(network) }

    /// A new certificate for a node, in the place of the one it has; it is valid until that second, or as long as nodes' are.
    func certify(_ node: Network.Node, until end: WallTime? = nil) throws {
        for name in ["ca.crt", "node.crt", "node.key"] { unlink(state(node.id) + "/" + name) }
        try authority.issue(node, until: end, into: state(node.id))
    }

    /// Removes it all, unless it is to be kept.
    func remove() {
        if !isKept { try? FileManager.default.removeItem(atPath: path) }
    }
}
