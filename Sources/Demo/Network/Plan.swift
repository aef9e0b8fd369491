import Basics
import Foundation
import Topology
import TopologyFiles

/// What a demo runs: a network brought to this machine's loopback, and a meeting in it.
struct Plan: Sendable {
    /// On 127.77.0.0/16 (or another such network), with the ports that nodes have by default.
    let network: Network
    let meeting: MeetingFile
    /// The meeting file's text for the nodes.
    let meetingText: String
    /// The marks of the meeting's sites.
    let marks: SiteMarks
    /// Who speaks all the time, where trunks are measured.
    private(set) var speaker: SiteID?
    /// No hall has a camera.
    private(set) var soundOnly = false

    /// Why these files make no demo, in words: a mistake of whoever called.
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    init(_ options: DemoOptions) throws {
        let original: Network
        do { original = try TopologyFiles.load(options.topology) } catch { throw Unusable(description: error.description) }
        guard !original.sites.isEmpty else { throw Unusable(description: "\(options.topology): no node has a room") }
        (meeting, meetingText) = try Plan.meeting(options, original)
        guard meeting.sites.count >= 2 else { throw Unusable(description: "the meeting has one site; a demo needs two") }
        guard meeting.sites.count <= SoundMark.capacity else {
            throw Unusable(description: "the meeting has \(meeting.sites.count) sites; the sound mark tells \(SoundMark.capacity) apart")
        }
        network = original.relocated(first: options.loopback).peopled
        // The place in the network if that fits, so that clips are the same for all its meetings.
        let order = original.sites.count <= SoundMark.capacity ? original.sites : meeting.sites
        let wanted = Set(meeting.sites)
        marks = SiteMarks(
            order.enumerated().filter { wanted.contains($0.element) }.map { index, site in
                SiteMarks.Entry(index: index, site: site.rawValue, name: original.name(of: site) ?? site.rawValue)
            })
        soundOnly = options.soundOnly
        if options.loads { speaker = try steadySpeaker(options.speaker) }
    }

    /// A plan made elsewhere; without a meeting's text its nodes get no meeting file.
    init(network: Network, meeting: MeetingFile, meetingText: String = "", marks: SiteMarks) {
        self.network = network
        self.meeting = meeting
        self.meetingText = meetingText
        self.marks = marks
    }

    /// Who speaks all the time: the chair in a *quán triệt*, else the one that is named, or the first beside the chair.
    private func steadySpeaker(_ named: String?) throws -> SiteID {
        let listens = meeting.kind == .resolutionStudy
        guard let named else { return listens ? chair : meeting.sites.first { $0 != chair } ?? chair }
        let site = SiteID(named)
        guard meeting.sites.contains(site) else {
            throw Unusable(description: "--speaker \(named): no site of \(meeting.id); give its id as in the topology file")
        }
        guard listens == (site == chair) else {
            throw Unusable(
                description: listens
                    ? "--speaker \(named): in a quán triệt the chair speaks, here \(chair)"
                    : "--speaker \(named): the chair's hall listens in a demo; name another site")
        }
        return site
    }

    /// The meeting as `topology plan` sees it while one site speaks and nobody looks at stills, as in a demo.
    func demand(speaker: SiteID) -> MeetingDemand {
        var demand = MeetingDemand(meeting)
        demand.speakers = [speaker]
        demand.chairIsMuted = speaker != chair
        demand.showsStills = false
        if soundOnly { demand.videoRate = nil }
        demand.picturesPerSecond = Double(MediaRecipe.framesPerSecond)
        return demand
    }
    /// The halls' clips are encoded as the meeting's file says.
    var rates: MediaRates { MediaRates(audio: meeting.audioRate, video: meeting.videoRate) }

    /// The site whose hall chairs.
    var chair: SiteID { meeting.chairs.first ?? meeting.sites[0] }
    /// The node of a site.
    func node(_ site: SiteID) -> Network.Node { network.nodes[network.slot(site: site) ?? 0] }
    /// The top of the meeting's smallest subtree.
    var top: Int { network.tree.lowestCommonAncestor(meeting.sites.compactMap { network.slot(site: $0) }) ?? 0 }
    /// Nodes on the way between two sites of the meeting: they all must know its roster.
    var involved: [Int] {
        var slots: Set<Int> = []
        for site in meeting.sites {
            var at = network.slot(site: site)
            while let slot = at, slots.insert(slot).inserted { at = slot == top ? nil : network.tree.parent(slot) }
        }
        return slots.sorted()
    }

    private static func meeting(_ options: DemoOptions, _ network: Network) throws -> (MeetingFile, String) {
        func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        if let path = options.meeting {
            do { return (try TopologyFiles.loadMeeting(path, network: network), text(path)) } catch { throw Unusable(description: error.description) }
        }
        let folder = URL(fileURLWithPath: options.topology).deletingLastPathComponent().appendingPathComponent("meetings").path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
        var best: (rank: Int, meeting: MeetingFile, text: String)?
        for name in names {
            let path = folder + "/" + name
            guard let meeting = try? TopologyFiles.loadMeeting(path, network: network), belongs(meeting, path, options.topology, network) else { continue }
            let rank = (meeting.kind == .discussion ? 0 : 2) + (meeting.codec == .vp8 ? 0 : 1)
            if rank < best?.rank ?? .max { best = (rank, meeting, text(path)) }
        }
        if let best { return (best.meeting, best.text) }
        let made = "meeting: demo\ntopology: \(network.networkID)\ntitle: Họp thử\nkind: hop\nchairs: [\(network.sites[0])]\nsites: all\n"
        do { return (try TopologyFiles.parseMeeting(made, file: "demo.yaml", network: network), made) } catch {
            throw Unusable(description: error.description)
        }
    }

    /// Whether a meeting file names this network, by its id or by the path of its file.
    private static func belongs(_ meeting: MeetingFile, _ path: String, _ topology: String, _ network: Network) -> Bool {
        guard let named = meeting.topology else { return false }
        if named == network.networkID { return true }
        let there = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(named)
        guard let named = realpath(there.path, nil), let own = realpath(topology, nil) else { return false }
        defer {
            free(named)
            free(own)
        }
        return strcmp(named, own) == 0
    }
}
