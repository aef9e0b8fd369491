import Basics
import Conference
import Forwarding
import Peer

/// A page's (or bot's) leg: its peer, its receive slots and what it publishes.
final class AccessLeg {
    /// Told to the page; never used again.
    let id: UInt32
    let peer: Peer
    let pass: Pass
    let meeting: MeetingID
    /// Audio 0…2 and video 0…1, nil where the page's offer had no such m-line.
    var audio: [AccessSlot?]
    var video: [AccessSlot?]
    var layout = LayoutPolicy.Layout()
    /// Nil for a viewer.
    let publication: Publication?
    var isUp = false
    /// When its offer came.
    let since: Instant
    /// The address under which the leg stands among the owners of addresses; nil before its first check.
    var address: Address?

    init(
        id: UInt32, peer: Peer, pass: Pass, meeting: MeetingID, publication: Publication?, since: Instant, random: inout SeededGenerator
    ) {
        self.id = id
        self.since = since
        self.peer = peer
        self.pass = pass
        self.meeting = meeting
        self.publication = publication
        func slots(_ kind: MediaKind, _ count: Int) -> [AccessSlot?] {
            (0..<count).map { index in
                guard let media = peer.media?.slot(kind, index), media.sends else { return nil }
                return AccessSlot(
                    AccessSlot.Agreement(
                        codec: media.codec, payloadType: media.payloadType, ssrc: media.localSSRC, audioLevelID: media.audioLevelID,
                        firstSequence: UInt16.random(in: 0..<0x8000, using: &random),
                        firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random)))
            }
        }
        audio = slots(.audio, 3)
        video = slots(.video, 2)
    }

    /// Calls with each slot that exists.
    func forEachSlot(_ body: (inout AccessSlot) -> Void) {
        for i in audio.indices where audio[i] != nil { body(&audio[i]!) }
        for i in video.indices where video[i] != nil { body(&video[i]!) }
    }
}

/// The node's access legs, each in a place that it keeps while it lives.
struct AccessLegTable: RandomAccessCollection {
    private var list: [AccessLeg?] = []
    private var byUsername: [String: Int] = [:]
    private var lastID: UInt32 = 0
    private var deadlines = PeerDeadlines()

    var startIndex: Int { 0 }
    var endIndex: Int { list.count }
    subscript(_ place: Int) -> AccessLeg? { list[place] }

    /// The leg to which a stranger's STUN request with that name belongs.
    func place(ofUsername name: String) -> Int? { byUsername[name] }

    /// A number for one more leg; none is given twice.
    mutating func nextID() -> UInt32 {
        lastID += 1
        return lastID
    }

    mutating func add(_ leg: AccessLeg) {
        let place = list.firstIndex { $0 == nil } ?? list.count
        if place == list.count { list.append(leg) } else { list[place] = leg }
        if let name = leg.peer.localUsername { byUsername[name] = place }
        deadlines.put(leg.peer, at: place)
    }

    mutating func remove(at place: Int) {
        if let name = list[place]?.peer.localUsername { byUsername[name] = nil }
        list[place] = nil
        deadlines.put(nil, at: place)
    }

    /// When the first of the peers wants to be woken.
    mutating func nextDeadline() -> Instant? { deadlines.earliest { [list] in list[$0]?.peer.deadline } }

    /// The first leg from a place on whose peer is due.
    mutating func nextDue(from place: Int, by now: Instant) -> Int? {
        deadlines.nextDue(from: place, by: now) { [list] in list[$0]?.peer.deadline }
    }
}
