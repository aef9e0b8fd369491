import Archive
import Basics
import Bridge
import Conference
import Console
import Foundation
import Glibc
import Logging
import NIOCore
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
        /// Of the log's sentences and of `/health`; nil: the network's, else the locale's.
        public var language: OperatorLanguage?
        public init(topology: String, id: String, state: String, meetings: String? = nil, language: OperatorLanguage? = nil) {
            self.topology = topology
            self.id = id
            self.state = state
            self.meetings = meetings
            self.language = language
        }
    }

    private let options: Options
    private let network: Network
    private let slot: Int
    private let logger: Logger
    private let language: OperatorLanguage

    /// Reads and checks the topology; nothing runs yet.
    public init(_ options: Options, logger: Logger = Logger(label: "nhipcau")) throws {
        self.options = options
        network = try TopologyFiles.load(options.topology, language: FileLanguage(options.language ?? .ofLocale))
        language = options.language ?? network.operatorLanguage ?? .ofLocale
        guard let slot = network.slot(id: options.id) else {
            let known = network.nodes.prefix(20).map(\.id).joined(separator: ", ") + (network.count > 20 ? ", …" : "")
            throw StartFailure(
                language, vi: ("\(options.topology): không có nút '\(options.id)'.", "Mã nút trong tệp: \(known)."),
                en: ("\(options.topology): there is no node '\(options.id)'.", "It has \(known)."))
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
        let security = try security(state)
        // A file that may not grow (LimitFSIZE= of a service manager) is an error of that write, as on a full disk, and no reason to die.
        signal(SIGXFSZ, SIG_IGN)
        let troubles = Troubles(language: language, logger: logger)
        let (archive, incarnation) = try open(state, troubles)
        let restored = try archive.publishedRecords()
        closeAttendance(archive)

        // An edition that was applied while the node ran, or waited for this start, goes before the file.
        let network = Editions.kept(in: state, insteadOf: network, id: options.id, logger: logger) ?? network
        let slot = network.slot(id: options.id) ?? slot
        let history = EditionHistory(state)
        history.note(network, logger)
        let standing = Standing(network, slot: slot)
        let editions = try Editions(standing: standing, state: state, authority: state.text(state.authority), logger: logger)
        let pictures = Pictures()
        let subscriptions = Subscriptions()
        let kept = try archive.revocations()
        let revoked = RevokedLinks(kept)
        let watch = TrunkWatch(standing: standing, troubles: troubles, logger: logger)
        let executor = EffectExecutor(
            archive: archive, pictures: pictures, subscriptions: subscriptions, editions: editions, revoked: revoked, worker: StillQueue(),
            watch: watch, logger: logger)
        let node = network.nodes[slot]
        let loop: EventLoop
        do throws(SocketFailure) {
            loop = try EventLoop(address: node.address) { executor.perform($0) }
        } catch { throw StartFailure.media(error, language) }
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

        let files = meetingFiles(standing, troubles)
        let gateway = try Gateway(
            loop: loop, standing: standing, editions: editions, state: state, files: files, pictures: pictures,
            subscriptions: subscriptions, troubles: troubles, desk: desk(state, standing, revoked))
        let looking = Task {
            while !Task.isCancelled {
                _ = files.now()
                lookAtCertificate(security.validity, troubles)
                try? await Task.sleep(for: MeetingFiles.pause)
            }
        }
        defer { looking.cancel() }
        let tls = node.secure ? TLSFiles(certificateChain: state.certificate, privateKey: state.key, authority: state.authority) : nil
        let http = try makeHTTPSide(
            gateway: gateway, address: node.address.host, port: Int(node.httpPort), tls: tls, limits: .ofThisProcess(), logger: logger,
            onListening: { [logger] port in
                logger.info(
                    "ready",
                    metadata: [
                        "media": "\(node.address)", "pages": "\(node.secure ? "https" : "http")://\(node.address.urlHost):\(port)/",
                        "incarnation": "\(incarnation)",
                    ])
            })
        do { try await run(http, gateway, until: signals) } catch let error as IOError {
            throw StartFailure.pages(node.address.host, Int(node.httpPort), error, language)
        }
    }

    /// The node's keys and certificates, good now and its own.
    private func security(_ state: StateFolder) throws -> OpenSSLSecurity {
        let security: OpenSSLSecurity
        do { security = try state.security() } catch let problem as StateFolder.Unusable { throw StartFailure.file(problem, language) }
        do throws(SecurityProblem) { try security.checkOwnCertificate() } catch {
            guard case .untrusted(let fault) = error else { throw error }
            throw StartFailure.certificate(state.certificate, fault, security.validity, now: EventLoop.wall(), language)
        }
        guard security.node == options.id else {
            let owner = security.node ?? "?"
            throw StartFailure(
                language,
                vi: (
                    "\(state.certificate) là chứng thư của nút '\(owner)', không phải '\(options.id)'.",
                    "Kiểm tra --state và --id, hoặc cấp đúng bằng `nhipcau certs issue`."
                ),
                en: (
                    "\(state.certificate) belongs to node '\(owner)', not '\(options.id)'.",
                    "Check --state and --id, or issue the right one with `nhipcau certs issue`."
                ))
        }
        return security
    }

    /// Days before the end at which a certificate's end is told.
    private static let certificateWarning = 30

    private func lookAtCertificate(_ validity: (from: WallTime, until: WallTime)?, _ troubles: Troubles) {
        guard let validity else { return }
        let days = Int((validity.until - EventLoop.wall()).seconds / 86_400)
        guard days <= NodeService.certificateWarning else { return }
        troubles.raise(.certificateEnds(days: max(0, days)), now: EventLoop.now(), wall: EventLoop.wall())
    }

    /// Who stands before the node; the log says until when links of before are taken.
    private func desk(_ state: StateFolder, _ standing: Standing, _ revoked: RevokedLinks) throws -> TokenDesk {
        let old: OldLinks
        do { old = try OldLinks(state, now: EventLoop.wall()) } catch let problem as StateFolder.Unusable { throw StartFailure.file(problem, language) }
        if EventLoop.wall() < old.until {
            logger.notice(
                "links that the root key signed are taken for a while",
                metadata: ["until": "\(OldLinks.text(old.until))", "file": "\(state.oldLinks)"])
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
    private func open(_ state: StateFolder, _ troubles: Troubles) throws -> (Archive, incarnation: UInt64) {
        do {
            let archive = try Archive(path: state.archive) { [logger] in NodeService.tell($0, troubles, logger) }
            return (archive, try archive.beginIncarnation())
        } catch { throw StartFailure.archive(state.archive, Archive.Fault(error), language) }
    }

    /// A full disk ends no meeting, but somebody must make room before the node is started again.
    private static func tell(_ turn: Archive.Turn, _ troubles: Troubles, _ logger: Logger) {
        switch turn {
        case .refused(let fault, _):
            let reason =
                switch fault {
                case .full: "disk full"
                case .damaged(let words), .noAccess(let words), .other(let words): words
                }
            troubles.raise(.archive(reason, isFull: fault == .full), now: EventLoop.now(), wall: EventLoop.wall())
        case .takes(let count):
            troubles.clear(.archive)
            logger.notice("the archive takes rows again", metadata: ["written": "\(count)"])
        }
    }

    /// A node that died left its sites' attendance open: they left when it died, as far as anybody knows.
    private func closeAttendance(_ archive: Archive) {
        // Of sites below this node their own nodes say when they left.
        guard let open = try? archive.openAttendance().filter({ $0.site.node == options.id }), !open.isEmpty else { return }
        let wall = EventLoop.wall()
        archive.append(open.map { .attendance(AttendanceRow(meeting: $0.meeting, site: $0.site, joined: $0.joined, left: wall)) })
    }

    private func meetingFiles(_ standing: Standing, _ troubles: Troubles) -> MeetingFiles {
        let folder = options.meetings ?? URL(fileURLWithPath: options.topology).deletingLastPathComponent().appendingPathComponent("meetings").path
        return MeetingFiles(folder: folder, topology: options.topology, standing: standing, troubles: troubles, logger: logger)
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
