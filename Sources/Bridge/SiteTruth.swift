import Basics
import Conference

/// Which leg or equipment is the microphone of one of this node's sites, read at one moment.
public struct PublicationSnapshot: Hashable, Sendable {
    /// The one source whose sound counts (``SourceChoice``); others of the same site only listen.
    public enum Sender: Hashable, Sendable {
        /// No page of the site is up, and no equipment sends.
        case nobody
        /// A page's leg, by its number.
        case leg(UInt32)
        case equipment
    }
    public var sender: Sender
    /// When its last packet of sound came; nil before the first.
    public var lastSound: Instant?
    /// Other sites that are present and do not hear it, since their part is not attached yet.
    public var unattached = 0
}

/// The sites whose pictures one leg is being sent.
public struct LegPictures: Hashable, Sendable {
    public var leg: UInt32
    /// Video 0, by the key frame that was sent last; nil: none.
    public var main: SiteID?
    /// Video 1.
    public var second: SiteID?
}

/// A meeting that is over.
public struct EndedMeeting: Hashable, Sendable {
    public var title: String
    public var started: WallTime
    public var ended: WallTime
}

// Readings for a site's own page: nothing here changes anything.
extension Bridge {
    /// Who sends for a site of this node in a meeting.
    public func publicationSnapshot(of site: SiteID, in meeting: MeetingID) -> PublicationSnapshot {
        guard let publication = media.publications.known(site, meeting) else {
            return PublicationSnapshot(sender: .nobody, lastSound: nil)
        }
        let sender: PublicationSnapshot.Sender =
            switch publication.chosen(.audio) {
            case .leg(let i): media.legs[i].map { .leg($0.id) } ?? .nobody
            case .equipment: .equipment
            case nil: .nobody
            }
        return PublicationSnapshot(
            sender: sender, lastSound: publication.audio?.lastArrival, unattached: control.conference.unattached(meeting, besides: site))
    }

    /// What each leg that is up is shown, by the legs' sites; in the order of the legs.
    public func pictures() -> [SiteID: [LegPictures]] {
        var result: [SiteID: [LegPictures]] = [:]
        for case let leg? in media.legs where leg.isUp {
            func site(_ slot: Int) -> SiteID? { leg.video[slot]?.current.flatMap { media.streams[$0]?.record.site } }
            result[leg.pass.site, default: []].append(LegPictures(leg: leg.id, main: site(0), second: site(1)))
        }
        return result
    }

    /// The meeting of a site (or of the pass's link) that ended last; nil while one of them runs, and ``Conference/afterlife`` after the end.
    public func endedMeeting(of pass: Pass) -> EndedMeeting? {
        guard runningMeeting(of: pass) == nil else { return nil }
        var last: EndedMeeting?
        for id in control.conference.meetingIDs where pass.meeting == nil || pass.meeting == id {
            guard let ended = control.conference.ended(id), let view = control.conference.view(of: id), view.definition.sites.contains(pass.site),
                last.map({ ended > $0.ended }) ?? true
            else { continue }
            last = EndedMeeting(title: view.definition.title, started: control.conference.term(of: id)?.wall ?? ended, ended: ended)
        }
        return last
    }
}
