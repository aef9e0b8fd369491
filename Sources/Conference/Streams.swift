import Basics

// The streams of a meeting as the roster has them. A country's meeting has thousands and few are heard: each question reads no more
// of them than it must.
extension Conference {
    /// The streams of reachable nodes, by id.
    public func streams(of id: MeetingID) -> [StreamRecord] {
        guard let meeting = find(id), meeting.record != nil, !meeting.hasEnded else { return [] }
        var result: [StreamRecord] = []
        for stream in meeting.tables.streams where meeting.isInPart(stream) { result.append(stream) }
        return result
    }

    /// Those of them that belong to one of some sites, by id.
    public func streams(of id: MeetingID, at sites: [SiteID]) -> [StreamRecord] {
        guard let meeting = find(id), let plan = meeting.plan, !meeting.hasEnded else { return [] }
        var result: [StreamRecord] = []
        var last: NodeIndex?
        for node in sites.compactMap({ plan.slot($0) }).map({ around.tree.nodes[$0] }).sorted() where node != last {
            last = node
            var place = meeting.tables.streams.lowerBound { $0.id.node < node }
            while place < meeting.tables.streams.count, meeting.tables.streams[place].id.node == node {
                let stream = meeting.tables.streams[place]
                if sites.contains(stream.site), meeting.isInPart(stream) { result.append(stream) }
                place += 1
            }
        }
        return result
    }

    /// A stream by its name; nil if it is not known here or its node cannot be reached.
    public func stream(_ name: StreamID, of id: MeetingID) -> StreamRecord? {
        guard let meeting = find(id), meeting.record != nil, !meeting.hasEnded else { return nil }
        let place = meeting.tables.streams.lowerBound { $0.id < name }
        guard place < meeting.tables.streams.count else { return nil }
        let stream = meeting.tables.streams[place]
        return stream.id == name && meeting.isInPart(stream) ? stream : nil
    }

    /// The stream that packets of an SSRC belong to: of several the one with the smallest name.
    public func stream(ssrc: UInt32) -> (meeting: MeetingID, record: StreamRecord)? {
        var best: (meeting: MeetingID, record: StreamRecord)?
        for meeting in meetings where meeting.record != nil && !meeting.hasEnded {
            for i in meeting.tables.streams.indices where meeting.tables.streams[i].ssrc == ssrc {
                let stream = meeting.tables.streams[i]
                guard meeting.isInPart(stream), best.map({ stream.id < $0.record.id }) ?? true else { continue }
                best = (meeting.id, stream)
            }
        }
        return best
    }
}

extension Meeting {
    fileprivate func isInPart(_ stream: StreamRecord) -> Bool {
        tree.slot(stream.id.node).map { isInPart($0) } ?? false
    }
}
