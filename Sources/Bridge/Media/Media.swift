import Basics
import Forwarding
import Peer
import RTP

/// The media part of a node: legs and trunks with their packets, streams, what halls send and what goes where.
///
/// It knows neither membership nor floor. What is to be so comes down as values and calls: which streams there are and where they lead, which
/// gates are open, which slots show what. What happened goes up as values: an answer of a call, or a ``Report`` that the owner takes after each
/// datagram and beat (`docs/decisions/control-and-media.md`). The way of a packet is ``MediaPath.swift``.
///
/// A class, since its tables are changed where they lie; ``Bridge`` owns it.
final class Media {
    /// What happened that the owner has to know, in order.
    enum Report {
        /// A media packet of so many bytes went to the neighbour in that place.
        case sentToNeighbour(Int, bytes: Int)
        /// Work is to be done beside the loop.
        case job(Job)
        /// The stills are others than before.
        case stillsChanged
    }

    /// The leg, trunk or endpoint to which datagrams from an address belong.
    enum Owner {
        case trunk(Int)
        case pendingTrunk(Int)
        case access(Int)
        case equipment(Int)
    }

    let rules: Rules
    /// Datagrams to be sent.
    let outbox = Outbox()
    /// This node's name on the wire, which its own streams carry.
    let node: NodeIndex

    // Who sends and who gets.
    var owners: [Address: Owner] = [:]
    var trunks = TrunkTable()
    var pendingTrunks = PendingTrunks()
    var legs = AccessLegTable()
    var equipment: [Equipment] = []

    // What is sent.
    var publications = Publications()
    var meetings: [MeetingMedia] = []
    var streams: [Stream?] = []
    var streamBySSRC: [UInt32: Int] = [:]
    var streamByID: [StreamID: Int] = [:]
    /// How far the sound of streams that were taken out had come: those of the last half second.
    var passed: [Stream.Newest] = []
    var lastStream: UInt32 = 0
    var interests = InterestTable(edges: 0)
    var timers = Timers()

    // Stills.
    /// Work that is done beside the loop, and waits for its answer.
    var jobs = Jobs()
    /// The halls' pictures as chairs see them.
    var stills = Stills()

    // What was counted.
    /// Every media packet at every stage of its way.
    var ledger = MediaLedger()
    /// What legs and trunks that are closed had dropped, by reason.
    var peerDrops = PeerDrops()
    /// Datagrams of strangers that were dropped, by reason.
    var drops = [UInt64](repeating: 0, count: StrangerDrop.allCases.count)

    private var reports: [Report] = []

    init(node: NodeIndex, rules: Rules) {
        self.node = node
        self.rules = rules
    }

    func report(_ report: Report) { reports.append(report) }

    /// Calls with each report since the last time, in order; the list's storage stays.
    func takeReports(_ body: (Report) -> Void) {
        guard !reports.isEmpty else { return }
        // By place: an iterator would hold the storage, and a shared one is made anew when it is emptied.
        var next = 0
        while next < reports.count {
            body(reports[next])
            next += 1
        }
        reports.removeAll(keepingCapacity: true)
    }

    func count(_ drop: StrangerDrop) { drops[drop.rawValue] &+= 1 }

    /// When the first of all peers wants to be woken.
    func peersDue() -> Instant? {
        var result = trunks.nextDeadline()
        result.keepEarlier(pendingTrunks.nextDeadline())
        result.keepEarlier(legs.nextDeadline())
        return result
    }

    /// When the first of its machines wants to be woken.
    var deadline: Instant? {
        var result = timers.next
        result.keepEarlier(peersDue())
        result.keepEarlier(jobs.deadline)
        for meeting in meetings { result.keepEarlier(meeting.mixer?.deadline) }
        return result
    }

    // MARK: Meetings and streams by name

    func meeting(_ id: MeetingID) -> MeetingMedia? { meetings.first { $0.id == id } }

    /// The meeting's place; one is made if it has none.
    func place(ofMeeting id: MeetingID) -> Int {
        if let known = meetings.firstIndex(where: { $0.id == id }) { return known }
        let made = MeetingMedia(id: id)
        // A place whose meeting is gone is used again: the interests' tables stay as small as the meetings at once.
        if let free = meetings.firstIndex(where: { $0.view == nil }) {
            meetings[free] = made
            return free
        }
        meetings.append(made)
        return meetings.count - 1
    }

    func place(ofStream id: StreamID?) -> Int? {
        guard let id else { return nil }
        return streamByID[id]
    }
}
