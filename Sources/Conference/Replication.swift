import Basics
import Membership

// From records to tables and back.
extension Conference {
    /// A record of another node was written, changed or (nil) removed.
    public mutating func recordChanged(
        writer: NodeIndex, lane: Lane, scope: MeetingID, key: String, value: [UInt8]?, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) {
        guard writer != node, let name = RecordKey(key) else { return }
        let at = begin(now, wall)
        guard let value else {
            remove(name, lane, scope, writer, at, &effects)
            return
        }
        guard let record = coder.decodeRecord(value) else {
            // A later program wrote the record anew, in a form that we cannot read. We forget the value that we read before: a node that comes
            // now never saw it, and both must make the same of the same records.
            remove(name, lane, scope, writer, at, &effects)
            effects.append(.dropped(.malformed))
            return
        }
        if lane == .link {
            guard case .link(let link) = record, case .link(let neighbour) = name, link.neighbour == neighbour else {
                effects.append(.dropped(.malformed))
                return
            }
            if links.set(writer, neighbour, link) { linksDue = at.now }
            return
        }
        guard let m = meetingIndex(making: scope, for: writer, &effects) else {
            effects.append(.dropped(.tooManyMeetings))
            return
        }
        if let drop = take(record, name, m, writer, at, &effects) {
            effects.append(.dropped(drop))
            return
        }
        // Votes, ballots and stays change no decision of the floor: they are only shown.
        if lane == .bulk { return announce(m, &effects) }
        // Other nodes' sites and streams change a decision only at a crown. Elsewhere thousands of them come in and are only shown.
        if lane == .roster, meetings[m].crown == nil { announce(m, &effects) } else { settle(m, at, &effects) }
    }

    /// A namespace left the store as a whole, or begins anew: forget what it held. (Records that follow come one by one.)
    public mutating func namespaceForgotten(
        writer: NodeIndex, lane: Lane, scope: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        guard writer != node else { return }
        let at = begin(now, wall)
        if lane == .link {
            links.removeAll(of: writer)
            linksDue = at.now
            return
        }
        guard let m = meetingIndex(scope) else { return }
        if lane == .floor {
            meetings[m].requests.removeAll { $0.id.node == writer }
            meetings[m].commands.removeAll { $0.writer == writer }
            meetings[m].decisions.removeAll { $0.writer == writer }
            meetings[m].invites.removeAll { $0.writer == writer }
            meetings[m].floors.removeAll { $0.writer == writer }
            meetings[m].aparts.removeAll { $0.writer == writer }
        } else if lane == .roster {
            meetings[m].sites.removeAll { NodeIndex(of: $0.site.node) == writer }
            meetings[m].streams.removeAll { $0.id.node == writer }
        } else {
            meetings[m].attendance.removeAll { NodeIndex(of: $0.site.node) == writer }
            forgetVotes(of: writer, m)
            return announce(m, &effects)
        }
        meetings[m].touch()
        settle(m, at, &effects)
    }

    /// Writes a record of our own (nil: removes it): into our tables at once, and out.
    mutating func publish(
        _ m: Int, _ lane: Lane, _ key: RecordKey, _ record: ConferenceRecord?, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        if let record {
            _ = take(record, key, m, node, at, &effects)
        } else {
            forget(key, m, node)
        }
        effects.append(
            .publish(lane: lane, scope: meetings[m].id, key: key.text, value: record.map { coder.encode($0) }))
    }

    func publishLink(_ record: LinkRecord, _ effects: inout [ConferenceEffect]) {
        effects.append(
            .publish(
                lane: .link, scope: nil, key: RecordKey.link(record.neighbour).text, value: coder.encode(.link(record))))
    }

    private mutating func remove(
        _ key: RecordKey, _ lane: Lane, _ scope: MeetingID, _ writer: NodeIndex, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        if lane == .link {
            if case .link(let neighbour) = key, links.set(writer, neighbour, nil) { linksDue = at.now }
            return
        }
        guard let m = meetingIndex(scope) else { return }
        forget(key, m, writer)
        settle(m, at, &effects)
    }

    /// Takes a record out of the tables. Definitions stay: a starter that forgets must not end a meeting.
    private mutating func forget(_ key: RecordKey, _ m: Int, _ writer: NodeIndex) {
        meetings[m].touch()
        switch key {
        case .link, .meeting: break
        case .request(let counter):
            if let i = meetings[m].requestIndex(RequestID(node: writer, counter: counter)) { meetings[m].requests.remove(at: i) }
        case .command(let stamp):
            meetings[m].commands.removeAll { $0.writer == writer && $0.value.stamp == stamp }
        case .floor: meetings[m].floors.removeAll { $0.writer == writer }
        case .apart: meetings[m].aparts.removeAll { $0.writer == writer }
        case .decision(let id): meetings[m].decisions.removeAll { $0.writer == writer && $0.value.request == id }
        case .invite(let name):
            meetings[m].invites.removeAll { $0.writer == writer && RecordKey.name($0.value.site) == name }
        case .site(let name):
            meetings[m].sites.removeAll { RecordKey.name($0.site) == name && NodeIndex(of: $0.site.node) == writer }
        case .stream(let incarnation, let counter):
            meetings[m].streams.removeAll {
                $0.id == StreamID(node: writer, incarnation: incarnation, counter: counter)
            }
        case .attendance(let name):
            meetings[m].attendance.removeAll { RecordKey.name($0.site) == name && NodeIndex(of: $0.site.node) == writer }
        case .vote(let stamp): meetings[m].votes.removeAll { $0.id == VoteID(node: writer, opened: stamp) }
        case .ballot(let vote, let room):
            meetings[m].ballots.removeAll { $0.vote == vote && RecordKey.room($0.site) == room && NodeIndex(of: $0.site.node) == writer }
        }
    }

    /// Puts a record into the tables; says why not.
    private mutating func take(
        _ record: ConferenceRecord, _ key: RecordKey, _ m: Int, _ writer: NodeIndex, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        switch (record, key) {
        case (.meeting(let meeting), .meeting):
            guard meeting.definition.id == meetings[m].id else { return .malformed }
            if writer == node { meetings[m].writtenTerm = meeting.term }
            return define(meeting, m, writer, at, &effects)
        case (.request(let request), .request(let counter)):
            guard request.id == RequestID(node: writer, counter: counter) else { return .foreign }
            guard NodeIndex(of: request.site.node) == writer else { return .foreign }
            clock.observe(request.stamp, wall: at.wall)
            let place = meetings[m].requests.lowerBound { $0.id < request.id }
            if place < meetings[m].requests.count, meetings[m].requests[place].id == request.id {
                meetings[m].requests[place] = request
            } else {
                guard meetings[m].requests.count < MeetingState.requestLimit else { return .tooManyRecords }
                meetings[m].requests.insert(request, at: place)
            }
        case (.command(let command), .command(let stamp)):
            guard command.stamp == stamp else { return .malformed }
            clock.observe(stamp, wall: at.wall)
            return keep(Written(writer: writer, value: command), m, \.commands, MeetingState.commandLimit) {
                $0.stamp == command.stamp
            }
        case (.decision(let decision), .decision(let id)):
            guard decision.request == id else { return .malformed }
            return keep(Written(writer: writer, value: decision), m, \.decisions, MeetingState.requestLimit) { $0.request == id }
        case (.invite(let invite), .invite(let name)):
            guard RecordKey.name(invite.site) == name, invite.number > 0 else { return .malformed }
            return keep(Written(writer: writer, value: invite), m, \.invites, MeetingState.requestLimit) {
                $0.site == invite.site
            }
        case (.floor(let floor), .floor):
            guard floor.crown == writer, floor.grants.count <= 255 else { return .foreign }
            return keep(Written(writer: writer, value: floor), m, \.floors, MeetingState.writerLimit) { _ in true }
        case (.apart(let apart), .apart):
            guard NodeIndex(of: apart.by.node) == writer else { return .foreign }
            return keep(Written(writer: writer, value: apart), m, \.aparts, MeetingState.writerLimit) { _ in true }
        case (.site(let site), .site(let name)):
            guard RecordKey.name(site.site) == name else { return .malformed }
            guard isHome(writer, of: site.site, m) else { return .foreign }
            let place = meetings[m].sites.lowerBound { $0.site < site.site }
            if place < meetings[m].sites.count, meetings[m].sites[place].site == site.site {
                noteJoin(site, after: meetings[m].sites[place], m, writer, &effects)
                meetings[m].sites[place] = site
            } else {
                guard meetings[m].sites.count < MeetingState.siteLimit else { return .tooManyRecords }
                noteJoin(site, after: nil, m, writer, &effects)
                meetings[m].sites.insert(site, at: place)
            }
            meetings[m].touch(site: site.site)
            return nil
        case (.stream(let stream), .stream(let incarnation, let counter)):
            guard stream.id == StreamID(node: writer, incarnation: incarnation, counter: counter) else { return .foreign }
            guard stream.kind == stream.codec.kind else { return .malformed }
            let place = meetings[m].streams.lowerBound { $0.id < stream.id }
            if place < meetings[m].streams.count, meetings[m].streams[place].id == stream.id {
                meetings[m].streams[place] = stream
            } else {
                guard meetings[m].streams.count < MeetingState.streamLimit else { return .tooManyRecords }
                meetings[m].streams.insert(stream, at: place)
            }
            meetings[m].touchStreams()
            return nil
        case (.attendance(let attendance), .attendance(let name)):
            guard RecordKey.name(attendance.site) == name else { return .malformed }
            return note(attendance, m, writer, &effects)
        case (.vote(let vote), .vote(let stamp)):
            guard vote.id == VoteID(node: writer, opened: stamp) else { return .foreign }
            return note(vote, m, writer, at, &effects)
        case (.ballot(let ballot), .ballot(let vote, let room)):
            guard ballot.vote == vote, RecordKey.room(ballot.site) == room else { return .malformed }
            return note(ballot, m, writer, &effects)
        default:
            return .malformed
        }
        meetings[m].touch()
        return nil
    }

    /// The site hangs on that node. Where the tree has it, its plan says so: a fingerprint for every row would cost more than the row.
    func isHome(_ node: NodeIndex, of site: SiteID, _ m: Int) -> Bool {
        guard let slot = meetings[m].plan?.slot(site) else { return NodeIndex(of: site.node) == node }
        return tree.nodes[slot] == node
    }

    /// Keeps one value of a writer; the same one (by `isSame`) is replaced.
    private mutating func keep<Value>(
        _ written: Written<Value>, _ m: Int, _ table: ReferenceWritableKeyPath<MeetingState, [Written<Value>]>, _ limit: Int,
        _ isSame: (Value) -> Bool
    ) -> ConferenceDrop? {
        meetings[m].touch()
        if let i = meetings[m][keyPath: table].firstIndex(where: { $0.writer == written.writer && isSame($0.value) }) {
            meetings[m][keyPath: table][i] = written
            return nil
        }
        guard meetings[m][keyPath: table].count < limit else { return .tooManyRecords }
        meetings[m][keyPath: table].append(written)
        return nil
    }
}
