import Basics

// The streams of a meeting as the roster has them. A country's meeting has thousands and few are heard: each question reads no more
// of them than it must.
extension Conference {
    /// The streams of reachable nodes, by id.
    public mutating func streams(of id: MeetingID) -> [StreamRecord] {
        guard let m = meetingIndex(id), meetings[m].record != nil, !hasEnded(m) else { return [] }
        var result: [StreamRecord] = []
        for stream in meetings[m].streams where isInPart(m, stream) { result.append(stream) }
        return result
    }

    /// Those of them that belong to one of some sites, by id.
    public mutating func streams(of id: MeetingID, at sites: [SiteID]) -> [StreamRecord] {
        guard let m = meetingIndex(id), let plan = meetings[m].plan, !hasEnded(m) else { return [] }
        var result: [StreamRecord] = []
        var last: NodeIndex?
        for node in sites.compactMap({ plan.slot($0) }).map({ tree.nodes[$0] }).sorted() where node != last {
            last = node
            var place = meetings[m].streams.lowerBound { $0.id.node < node }
            while place < meetings[m].streams.count, meetings[m].streams[place].id.node == node {
                let stream = meetings[m].streams[place]
                if sites.contains(stream.site), isInPart(m, stream) { result.append(stream) }
                place += 1
            }
        }
        return result
    }

    /// A stream by its name; nil if it is not known here or its node cannot be reached.
    public mutating func stream(_ name: StreamID, of id: MeetingID) -> StreamRecord? {
        guard let m = meetingIndex(id), meetings[m].record != nil, !hasEnded(m) else { return nil }
        let place = meetings[m].streams.lowerBound { $0.id < name }
        guard place < meetings[m].streams.count else { return nil }
        let stream = meetings[m].streams[place]
        return stream.id == name && isInPart(m, stream) ? stream : nil
    }

    /// The stream that packets of an SSRC belong to: of several the one with the smallest name.
    public mutating func stream(ssrc: UInt32) -> (meeting: MeetingID, record: StreamRecord)? {
        var best: (meeting: MeetingID, record: StreamRecord)?
        for m in meetings.indices where meetings[m].record != nil && !hasEnded(m) {
            for i in meetings[m].streams.indices where meetings[m].streams[i].ssrc == ssrc {
                let stream = meetings[m].streams[i]
                guard isInPart(m, stream), best.map({ stream.id < $0.record.id }) ?? true else { continue }
                best = (meetings[m].id, stream)
            }
        }
        return best
    }

    private mutating func isInPart(_ m: Int, _ stream: StreamRecord) -> Bool {
        tree.slot(stream.id.node).map { isInPart(m, $0) } ?? false
    }
}
