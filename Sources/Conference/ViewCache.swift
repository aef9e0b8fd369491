/// The view as it was made last, and which of its lines are out of date: in a country's meeting one line changes at a time, and there are
/// thousands.
struct ViewCache {
    /// As made last; meaningless unless ``isValid``.
    private(set) var view: MeetingView?
    /// The view shows all that happened, but for the stale lines and tallies.
    private(set) var isValid = false
    /// Places in the definition of the sites that the view shows as they were.
    private(set) var staleSites: [Int] = []
    /// A vote or ballot changed since the view was last looked at.
    private(set) var votesAreStale = false

    /// Anything may have changed.
    mutating func invalidate() {
        isValid = false
        staleSites.removeAll(keepingCapacity: true)
    }
    /// The line at that place changed.
    mutating func noteSite(_ place: Int) { staleSites.append(place) }
    mutating func noteVotes() { votesAreStale = true }

    mutating func keep(_ view: MeetingView) {
        self.view = view
        isValid = true
        votesAreStale = false
    }

    /// The stale lines, which the caller brings up to date.
    mutating func takeStaleSites() -> [Int] {
        defer { staleSites.removeAll(keepingCapacity: true) }
        return staleSites
    }
    mutating func set(_ line: SiteView, at place: Int) { view?.sites[place] = line }
    mutating func set(_ votes: [VoteView]) {
        view?.votes = votes
        votesAreStale = false
    }
}
