import Basics
import Bridge
import Conference
import Synchronization
import Topology

/// Who sits in which running meeting, as far as pictures need it: kept beside the loop, so that asking for a still costs no media.
final class Seats: Sendable {
    private struct Meeting {
        var definition: MeetingDefinition
        var sites: Set<SiteID>
        var chairs: Set<SiteID>
        var actingChair: SiteID?
    }
    private let running = Mutex<[MeetingID: Meeting]>([:])

    /// A meeting as the bridge has it now; one that has ended is forgotten.
    func note(_ view: MeetingView) {
        guard !view.ended else { return forget(view.definition.id) }
        let id = view.definition.id
        running.withLock { running in
            if running[id]?.definition == view.definition {
                running[id]?.actingChair = view.actingChair
                return
            }
            running[id] = Meeting(
                definition: view.definition, sites: Set(view.definition.sites), chairs: Set(view.definition.chairs), actingChair: view.actingChair)
        }
    }

    func forget(_ meeting: MeetingID) { running.withLock { _ = $0.removeValue(forKey: meeting) } }

    /// The site stands in a meeting that runs.
    func isSeated(_ site: SiteID) -> Bool { running.withLock { $0.values.contains { $0.sites.contains(site) } } }

    /// A running meeting in which the site takes part and the asking site is a declared or acting chair: the first by id.
    func meeting(showing site: SiteID, to asker: SiteID, only: MeetingID?) -> MeetingID? {
        running.withLock { running in
            running.filter { id, meeting in
                (only == nil || only == id) && meeting.sites.contains(site) && (meeting.chairs.contains(asker) || meeting.actingChair == asker)
            }.keys.min()
        }
    }
}

extension Network {
    /// A picture of a site at one node may be shown to a site at the other: what lies in a protected zone is seen from within it only.
    func mayShow(_ home: Int, to asker: Int) -> Bool {
        guard let zone = zone(of: home) else { return true }
        return zone == self.zone(of: asker)
    }
}

/// Stills of all sites that this node shows, and who may see them.
struct Pictures: Sendable {
    let own = ShownStills()
    let distant = DistantStills()
    let seats = Seats()

    /// A meeting is over: other nodes' pictures of sites that stand in no other go with it. The bridge forgets its own.
    func end(_ meeting: MeetingID) {
        seats.forget(meeting)
        distant.forget { !seats.isSeated($0) }
    }
}
