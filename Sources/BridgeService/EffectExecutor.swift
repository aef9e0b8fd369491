import Archive
import Basics
import Bridge
import Conference
import Logging

/// Carries out a bridge's effects that are no datagrams; on the loop's thread.
final class EffectExecutor {
    private let archive: Archive
    private let pictures: Pictures
    private let subscriptions: Subscriptions
    private let editions: Editions
    private let revoked: RevokedLinks
    private let worker: any JobWorker
    private let watch: TrunkWatch
    private let logger: Logger
    /// Takes the answers of jobs; set before the loop starts.
    weak var loop: EventLoop?
    /// Meetings that changed since the last second.
    private var changedMeetings: Set<MeetingID> = []
    /// Who started and who ended a meeting, as far as this node decided it; told with the meeting's own line.
    private var starters: [MeetingID: SiteID] = [:]
    private var enders: [MeetingID: SiteID] = [:]
    private var nextSecond = Instant.zero

    init(
        archive: Archive, pictures: Pictures, subscriptions: Subscriptions, editions: Editions, revoked: RevokedLinks,
        worker: any JobWorker, watch: TrunkWatch, logger: Logger
    ) {
        self.archive = archive
        self.pictures = pictures
        self.subscriptions = subscriptions
        self.editions = editions
        self.revoked = revoked
        self.worker = worker
        self.watch = watch
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
            case .audit(let row):
                note(row)
                rows.append(.audit(row))
            case .attendance(let row): rows.append(.attendance(row))
            case .vote(let row): rows.append(.vote(row))
            case .ballot(let row): rows.append(.ballot(row))
            case .proof(let record): rows.append(.proof(record, at: EventLoop.wall()))
            case .meetingStarted(let definition, let at):
                rows.append(.meetingStarted(definition, at: at))
                changedMeetings.insert(definition.id)
                tellStart(definition)
            case .meetingEnded(let id, let at):
                rows.append(.meetingEnded(id, at: at))
                pictures.end(id)
                tellEnd(id)
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

    /// What can wait: chairs of meetings, links that expire, and what trunks and neighbours show.
    private func everySecond(_ bridge: Bridge, now: Instant) {
        nextSecond = now + .seconds(Int64(1))
        for id in changedMeetings { if let view = bridge.view(of: id) { pictures.seats.note(view) } else { pictures.seats.forget(id) } }
        changedMeetings.removeAll()
        bridge.endExpired(now: now)
        bridge.forgetRevocations(now: now)
        watch.look(bridge, now: now, wall: EventLoop.wall())
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

    // MARK: Meetings in the log

    private func note(_ row: AuditRow) {
        switch row.event {
        case .started: starters[row.meeting] = row.by
        case .ended: enders[row.meeting] = row.by
        default: break
        }
    }

    private func tellStart(_ definition: MeetingDefinition) {
        var fields: Logger.Metadata = [
            "meeting": "\(definition.id)", "title": "\(definition.title)", "kind": "\(definition.kind.rawValue)", "sites": "\(definition.sites.count)",
            "chair": "\(definition.chairs.first?.rawValue ?? "–")",
        ]
        if let site = starters.removeValue(forKey: definition.id) { fields["by"] = "\(site)" }
        logger.notice("meeting started", metadata: fields)
    }

    private func tellEnd(_ id: MeetingID) {
        var fields: Logger.Metadata = ["meeting": "\(id)"]
        if let site = enders.removeValue(forKey: id) { fields["by"] = "\(site)" }
        logger.notice("meeting ended", metadata: fields)
    }

    private func log(_ line: BridgeLog) {
        switch line {
        case .trunkUp(let node): watch.trunkUp(node)
        case .trunkDown(let node, let reason): watch.trunkDown(node, reason, now: EventLoop.now(), wall: EventLoop.wall())
        case .trunkRefused(let address, let reason): watch.trunkRefused(address, reason, now: EventLoop.now(), wall: EventLoop.wall())
        case .legUp(let id, let site): logger.info("leg up", metadata: ["leg": "\(id)", "site": "\(site)"])
        case .legDown(let id, let site, let reason): logger.info("leg down", metadata: ["leg": "\(id)", "site": "\(site)", "reason": "\(reason)"])
        case .soundOnly(let id, let site, let codec):
            logger.notice("leg without picture", metadata: ["leg": "\(id)", "site": "\(site)", "wanted": "\(codec)"])
        case .otherSender(let device, let declared, let actual):
            watch.otherSender(device, declared, actual, now: EventLoop.now(), wall: EventLoop.wall())
        case .meetingChanged(let id, let crown):
            logger.notice(crown ? "floor control here" : "floor control above", metadata: ["meeting": "\(id)"])
        case .unsignedWriter(let node):
            logger.warning("a node's records come unsigned and are taken: its program is older", metadata: ["writer": "\(node)"])
        case .forgedRecord(let node, let neighbour):
            logger.error("a neighbour told records that their writer did not sign", metadata: ["writer": "\(node)", "neighbour": "\(neighbour)"])
        case .topologyAdopted(let version): logger.notice("another edition of the topology runs", metadata: ["version": "\(version)"])
        }
    }
}
