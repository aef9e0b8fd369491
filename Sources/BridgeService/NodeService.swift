import Archive
import Basics
import Bridge
import Conference
import Console
import Foundation
import Glibc
import Logging
import Native
import Topology
import TopologyFiles
import Wire

/// One node: `nhipcau node --topology F --id ID --state DIR`.
public struct NodeService: Sendable {
    /// What the command line says.
    public struct Options: Sendable {
        /// The topology file's path.
        public var topology: String
        public var id: String
        /// The state folder's path.
        public var state: String
        /// A folder of meeting files; nil: `meetings` beside the topology file.
        public var meetings: String?
        public init(topology: String, id: String, state: String, meetings: String? = nil) {
            self.topology = topology
            self.id = id
            self.state = state
            self.meetings = meetings
        }
    }

    /// Why the node does not start, and what to do.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    private let options: Options
    private let network: Network
    private let slot: Int
    private let logger: Logger

    /// Reads and checks the topology; nothing runs yet.
    public init(_ options: Options, logger: Logger = Logger(label: "nhipcau")) throws {
        self.options = options
        network = try TopologyFiles.load(options.topology)
        guard let slot = network.slot(id: options.id) else {
            let known = network.nodes.prefix(20).map(\.id).joined(separator: ", ")
            throw Failure(description: "\(options.topology): there is no node '\(options.id)'; it has \(known)\(network.count > 20 ? ", …" : "")")
        }
        self.slot = slot
        var logger = logger
        logger[metadataKey: "node"] = "\(options.id)"
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT, which it takes over for the whole process, or until the task is cancelled.
    public func run() async throws {
        let signals = StopSignals()
        let state = StateFolder(options.state)
        for warning in state.closeToOthers() { logger.warning("\(warning)") }
        let security = try state.security()
        try security.checkOwnCertificate()
        guard security.node == options.id else {
            throw Failure(
                description: "\(state.certificate) belongs to node '\(security.node ?? "?")', not '\(options.id)'; `nhipcau certs issue` makes the right one")
        }
        // A file that may not grow (LimitFSIZE= of a service manager) is an error of that write, as on a full disk, and no reason to die.
        signal(SIGXFSZ, SIG_IGN)
        let (archive, incarnation) = try open(state)
        let restored = try archive.publishedRecords()
        closeAttendance(archive)

        // An edition that was applied while the node ran, or waited for this start, goes before the file.
        let network = Editions.kept(in: state, insteadOf: network, id: options.id, logger: logger) ?? network
        guard let slot = network.slot(id: options.id) else { throw Failure(description: "there is no node '\(options.id)'") }
        let history = EditionHistory(state)
        history.note(network, logger)
        let standing = Standing(network, slot: slot)
        let editions = try Editions(standing: standing, state: state, authority: state.text(state.authority), logger: logger)
        let pictures = Pictures()
        let subscriptions = Subscriptions()
        let kept = try archive.revocations()
        let revoked = RevokedLinks(kept)
        let executor = EffectExecutor(
            archive: archive, pictures: pictures, subscriptions: subscriptions, editions: editions, revoked: revoked,
            worker: StillQueue(), logger: logger)
        let node = network.nodes[slot]
        let loop = try EventLoop(address: node.address) { executor.perform($0) }
        executor.loop = loop
        let bridge = Bridge(
            Bridge.Configuration(
                network: network, slot: slot, before: history.before(network), security: security, codecs: OpusCodecs(),
                messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)), recordCoder: ConferenceCoder(),
                identity: try state.identity(), seed: security.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) },
                incarnationCounter: incarnation - 1, restored: restored, revocations: kept),
            now: EventLoop.now(), wall: EventLoop.wall())
        editions.loop = loop
        loop.start(bridge)
        editions.start()
        defer {
            loop.stop()
            do { try archive.close() } catch { logger.error("the archive was not closed cleanly", metadata: ["error": "\(error)"]) }
            logger.info("stopped")
        }

        let gateway = try Gateway(
            loop: loop, standing: standing, editions: editions, state: state, files: meetingFiles(of: network), pictures: pictures,
            subscriptions: subscriptions, desk: desk(state, standing, revoked))
        let tls = node.secure ? TLSFiles(certificateChain: state.certificate, privateKey: state.key, authority: state.authority) : nil
        let http = try makeHTTPSide(
            gateway: gateway, address: node.address.host, port: Int(node.httpPort), tls: tls, limits: .ofThisProcess(), logger: logger,
            onListening: { [logger] port in
                logger.info(
                    "ready",
                    metadata: [
                        "media": "\(node.address)", "pages": "\(node.secure ? "https" : "http")://\(node.address.host):\(port)/",
                        "incarnation": "\(incarnation)",
                    ])
            })
        try await run(http, gateway, until: signals)
    }

    /// Who stands before the node; the log says until when links of before are taken.
    private func desk(_ state: StateFolder, _ standing: Standing, _ revoked: RevokedLinks) throws -> TokenDesk {
        let old = try OldLinks(state, now: EventLoop.wall())
        if EventLoop.wall() < old.until {
            logger.notice("links that the root key signed are taken for a while", metadata: ["until": "\(OldLinks.text(old.until))", "file": "\(state.oldLinks)"])
        }
        return try TokenDesk(authority: state.text(state.authority), old: old, revoked: revoked, standing: standing, logger: logger)
    }

    /// Runs until the HTTP side fails, the task is cancelled, or a signal comes: then pages are told, and connections closed.
    ///
    /// The HTTP side's task is left to the process's end, which follows at once.
    private func run(_ http: HTTPSide, _ gateway: Gateway, until signals: StopSignals) async throws {
        let (ends, end) = AsyncThrowingStream.makeStream(of: Void.self, throwing: (any Error).self)
        Task {
            do {
                try await http.run()
                end.finish()
            } catch { end.finish(throwing: error) }
        }
        let stopping = Task { [logger] in
            guard let signal = await signals.first() else { return }
            logger.notice("stopping", metadata: ["signal": "\(signal)"])
            await gateway.sayGoodbye()
            await http.close(after: NodeService.grace)
            end.finish()
        }
        defer { stopping.cancel() }
        for try await _ in ends {}
    }

    /// How long answers under way and the ends of event streams may take when the node stops.
    private static let grace: Duration = .milliseconds(500)

    /// The node's memory, and the number of the life that begins.
    private func open(_ state: StateFolder) throws -> (Archive, incarnation: UInt64) {
        do {
            let archive = try Archive(path: state.archive) { [logger] in NodeService.tell($0, logger) }
            return (archive, try archive.beginIncarnation())
        } catch {
            let reason = "\(state.archive): cannot be written (\(error))"
            throw Failure(description: reason + "; make room on its disk, or give the folder to the user that runs the node")
        }
    }

    /// A full disk ends no meeting, but somebody must make room before the node is started again.
    private static func tell(_ turn: Archive.Turn, _ logger: Logger) {
        switch turn {
        case .refused(let reason, let waiting):
            logger.error(
                "the archive takes no rows; they wait, and are tried again every second",
                metadata: ["error": "\(reason)", "waiting": "\(waiting)"])
        case .takes(let count): logger.notice("the archive takes rows again", metadata: ["written": "\(count)"])
        }
    }

    /// A node that died left its sites' attendance open: they left when it died, as far as anybody knows.
    private func closeAttendance(_ archive: Archive) {
        // Of sites below this node their own nodes say when they left.
        guard let open = try? archive.openAttendance().filter({ $0.site.node == options.id }), !open.isEmpty else { return }
        let wall = EventLoop.wall()
        archive.append(open.map { .attendance(AttendanceRow(meeting: $0.meeting, site: $0.site, joined: $0.joined, left: wall)) })
    }

    private func meetingFiles(of network: Network) -> [MeetingDefinition] {
        let folder = options.meetings ?? URL(fileURLWithPath: options.topology).deletingLastPathComponent().appendingPathComponent("meetings").path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
        return names.compactMap { name in
            do { return MeetingDefinition(try TopologyFiles.loadMeeting(folder + "/" + name, network: network)) } catch {
                // Meetings of other networks share the folder; a broken one is the planner's to mend with `topology check`.
                logger.debug("meeting file left out", metadata: ["file": "\(name)", "error": "\(error)"])
                return nil
            }
        }
    }
}

extension MeetingDefinition {
    /// A meeting file's words in the conference's.
    public init(_ file: MeetingFile) {
        self.init(
            id: file.id, title: file.title, kind: MeetingKind(rawValue: file.kind.rawValue) ?? .discussion, chairs: file.chairs, sites: file.sites,
            videoCodec: file.codec, openMicrophones: file.openMicrophones, floorSize: file.floorSize, audioRate: file.audioRate,
            videoRate: file.videoRate, loudspeakers: file.loudspeakers)
    }
}

/// Carries out a bridge's effects that are no datagrams; on the loop's thread.
final class EffectExecutor {
    private let archive: Archive
    private let pictures: Pictures
    private let subscriptions: Subscriptions
    private let editions: Editions
    private let revoked: RevokedLinks
    private let worker: any JobWorker
    private let logger: Logger
    /// Takes the answers of jobs; set before the loop starts.
    weak var loop: EventLoop?
    /// Meetings that changed since the last second.
    private var changedMeetings: Set<MeetingID> = []
    private var nextSecond = Instant.zero

    init(
        archive: Archive, pictures: Pictures, subscriptions: Subscriptions, editions: Editions, revoked: RevokedLinks, worker: any JobWorker,
        logger: Logger
    ) {
        self.archive = archive
        self.pictures = pictures
        self.subscriptions = subscriptions
        self.editions = editions
        self.revoked = revoked
        self.worker = worker
        self.logger = logger
    }

    func perform(_ bridge: Bridge) {
        var rows: [ArchiveRow] = []
        var changed = false
        for effect in bridge.takeEffects() {
            switch effect {
            case .persistIncarnation(let counter):
                do { try archive.raiseIncarnation(to: counter) } catch { logger.error("incarnation not stored", metadata: ["error": "\(error)"]) }
            case .keep(let record): rows.append(.publish(record))
            case .drop(let lane, let scope, let key): rows.append(.withdraw(lane: lane, scope: scope, key: key))
            case .forget(let meeting): rows.append(.forget(meeting))
            case .audit(let row): rows.append(.audit(row))
            case .attendance(let row): rows.append(.attendance(row))
            case .vote(let row): rows.append(.vote(row))
            case .ballot(let row): rows.append(.ballot(row))
            case .proof(let record): rows.append(.proof(record, at: EventLoop.wall()))
            case .meetingStarted(let definition, let at):
                rows.append(.meetingStarted(definition, at: at))
                changedMeetings.insert(definition.id)
            case .meetingEnded(let id, let at):
                rows.append(.meetingEnded(id, at: at))
                pictures.end(id)
            case .changed(let id):
                changed = true
                changedMeetings.insert(id)
            case .job(let job): begin(job)
            case .stillsChanged: pictures.own.show(bridge.stills)
            case .edition(let sealed): editions.arrived(sealed)
            case .revoked(let spoken): rows.append(end(spoken, bridge))
            case .forgetRevocations(let over):
                revoked.remove(over)
                rows += over.map { .forgetRevocation($0) }
            case .log(let line): log(line)
            }
        }
        if !rows.isEmpty { archive.append(rows) }
        let now = EventLoop.now()
        if changed { subscriptions.changed(bridge, now: now) }
        subscriptions.tick(bridge, now: now)
        if now >= nextSecond { everySecond(bridge, now: now) }
    }

    private func begin(_ job: Job) {
        worker.begin(job) { [weak loop] answer in loop?.submit { bridge, now in bridge.finished(job: job.id, answer, now: now) } }
    }

    /// What can wait: chairs of meetings, and links that expire.
    private func everySecond(_ bridge: Bridge, now: Instant) {
        nextSecond = now + .seconds(Int64(1))
        for id in changedMeetings { if let view = bridge.view(of: id) { pictures.seats.note(view) } else { pictures.seats.forget(id) } }
        changedMeetings.removeAll()
        bridge.endExpired(now: now)
        bridge.forgetRevocations(now: now)
    }

    /// A link was withdrawn; its legs are gone already.
    private func end(_ spoken: SpokenRevocation, _ bridge: Bridge) -> ArchiveRow {
        revoked.add(spoken)
        subscriptions.end(spoken.revocation)
        let by = bridge.network.node(spoken.by)?.id ?? spoken.by.description
        switch spoken.revocation.subject {
        case .link(let site, let id): logger.notice("a link was withdrawn", metadata: ["site": "\(site)", "link": "\(id)", "by": "\(by)"])
        case .key(let name): logger.warning("all links of a key were withdrawn", metadata: ["key": "\(name)", "by": "\(by)"])
        }
        return .revoked(spoken)
    }

    private func log(_ line: BridgeLog) {
        switch line {
        case .trunkUp(let node): logger.notice("trunk up", metadata: ["neighbour": "\(node)"])
        case .trunkDown(let node, let reason): logger.warning("trunk down", metadata: ["neighbour": "\(node)", "reason": "\(reason)"])
        case .trunkRefused(let address, let reason): logger.warning("trunk refused", metadata: ["address": "\(address)", "reason": "\(reason)"])
        case .legUp(let id, let site): logger.info("leg up", metadata: ["leg": "\(id)", "site": "\(site)"])
        case .legDown(let id, let site, let reason): logger.info("leg down", metadata: ["leg": "\(id)", "site": "\(site)", "reason": "\(reason)"])
        case .meetingChanged(let id, let crown): logger.notice("meeting", metadata: ["meeting": "\(id)", "crown": "\(crown)"])
        case .unsignedWriter(let node):
            logger.warning("a node's records come unsigned and are taken: its program is older", metadata: ["writer": "\(node)"])
        case .forgedRecord(let node, let neighbour):
            logger.error("a neighbour told records that their writer did not sign", metadata: ["writer": "\(node)", "neighbour": "\(neighbour)"])
        case .topologyAdopted(let version): logger.notice("another edition of the topology runs", metadata: ["version": "\(version)"])
        }
    }
}
