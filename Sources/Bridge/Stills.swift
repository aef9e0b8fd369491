import Basics

/// A hall's picture at one moment, small, for chairs.
public struct Still: Hashable, Sendable {
    public var site: SiteID
    /// The meeting into which the hall sent the picture.
    public var meeting: MeetingID
    /// When its key frame was whole, by the node's monotonic clock.
    public var taken: Instant
    /// A JPEG file of at most ``Stills/largest`` bytes.
    public var jpeg: [UInt8]
}

/// The newest still of each hall of this node whose meeting runs.
public struct Stills: Sendable {
    /// Halls of which a still is kept; beyond that the oldest still gives way.
    public static let limit = 512
    /// Bytes of one still: a JPEG of 320×180 takes 10 to 30 kB.
    public static let largest = 131_072

    /// In the order of their sites.
    public private(set) var list: [Still] = []

    public init() {}

    /// The hall's still; nil if there is none.
    public subscript(_ site: SiteID) -> Still? {
        let place = place(of: site)
        return place < list.count && list[place].site == site ? list[place] : nil
    }

    /// Keeps a still instead of the hall's last one. False, and nothing changes: it is no JPEG file, or too large.
    mutating func keep(_ still: Still) -> Bool {
        guard still.jpeg.count <= Self.largest, still.jpeg.starts(with: [0xFF, 0xD8]) else { return false }
        let place = place(of: still.site)
        if place < list.count, list[place].site == still.site {
            list[place] = still
            return true
        }
        list.insert(still, at: place)
        if list.count > Self.limit, let oldest = list.indices.min(by: { list[$0].taken < list[$1].taken }) { list.remove(at: oldest) }
        return true
    }

    /// Forgets the stills of halls that are gone; true if there were any.
    mutating func forget(where isGone: (SiteID) -> Bool) -> Bool {
        let before = list.count
        list.removeAll { isGone($0.site) }
        return list.count != before
    }

    /// Where the site stands in the list, or would.
    private func place(of site: SiteID) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].site < site { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// From a key frame to a still: the frame leaves as a job, and its answer comes back here.
extension Media {
    /// A hall's key frame is whole: a still is made of it, one at a time for each hall.
    func makeStill(of publication: Publication, _ codec: Codec, _ frame: [UInt8], now: Instant) {
        let site = publication.site
        let isUnderWay = jobs.isUnderWay { purpose in if case .still(site, _, _) = purpose { true } else { false } }
        guard !isUnderWay else { return jobs.note(.still, .tooMany) }
        let purpose = Jobs.Purpose.still(site, publication.meeting, taken: now)
        if let job = jobs.begin(.still(codec: codec, frame: frame), for: purpose, now: now) { report(.job(job)) }
    }

    /// The answer of a job. One that is late, the second, or of no job of this life is counted and not obeyed.
    func finished(job id: Job.ID, _ answer: Job.Answer, now: Instant) {
        guard let purpose = jobs.finish(id, answer, now: now) else { return }
        switch (purpose, answer) {
        case (.still(let site, let meeting, let taken), .still(let jpeg)):
            guard isSeated(site) else { return jobs.note(.still, .outdated) }
            guard stills.keep(Still(site: site, meeting: meeting, taken: taken, jpeg: jpeg)) else { return jobs.note(.still, .unusable) }
            jobs.note(.still, .done)
            report(.stillsChanged)
        case (.still, .refused): break
        }
    }

    /// A meeting is over: stills of halls that stand in no other one go with it.
    func forgetStills() {
        if stills.forget(where: { !isSeated($0) }) { report(.stillsChanged) }
    }

    /// The site stands in a meeting that runs here.
    private func isSeated(_ site: SiteID) -> Bool { meetings.contains { $0.view != nil && $0.place(of: site) != nil } }
}

extension Bridge {
    /// The answer to a ``BridgeEffect/job(_:)``. One that is late, the second, or of no job of this life is counted and not obeyed.
    public func finished(job id: Job.ID, _ answer: Job.Answer, now: Instant) {
        media.finished(job: id, answer, now: now)
        takeReports(now)
    }
}
