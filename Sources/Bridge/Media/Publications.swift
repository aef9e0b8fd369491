import Basics

/// What the sites of this node send into their meetings, found by site and meeting, walked in the order in which they came.
struct Publications: Sequence {
    private struct Name: Hashable {
        let site: SiteID
        let meeting: MeetingID
    }
    private var list: [Publication] = []
    private var byName: [Name: Publication] = [:]

    /// What a site sends into a meeting; made if it is asked for the first time.
    mutating func find(_ site: SiteID, _ meeting: MeetingID) -> Publication {
        let name = Name(site: site, meeting: meeting)
        if let known = byName[name] { return known }
        let made = Publication(site: site, meeting: meeting)
        list.append(made)
        byName[name] = made
        return made
    }

    /// The same, if it is there.
    func known(_ site: SiteID, _ meeting: MeetingID) -> Publication? { byName[Name(site: site, meeting: meeting)] }

    mutating func removeAll(of meeting: MeetingID) {
        list.removeAll { $0.meeting == meeting }
        byName = byName.filter { $0.key.meeting != meeting }
    }

    func makeIterator() -> IndexingIterator<[Publication]> { list.makeIterator() }
}
