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
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let value else { return remove(name, of: writer, lane: lane, scope: scope) }
        guard let record = around.coder.decodeRecord(value) else {
            // A later program wrote the record anew, in a form that we cannot read. We forget the value that we read before: a node that comes
            // now never saw it, and both must make the same of the same records.
            remove(name, of: writer, lane: lane, scope: scope)
            return around.emit(.dropped(.malformed))
        }
        if lane == .link {
            guard case .link(let link) = record, case .link(let neighbour) = name, link.neighbour == neighbour else {
                return around.emit(.dropped(.malformed))
            }
            if around.links.set(writer, neighbour, link) { linksDue = now }
            return
        }
        guard let meeting = findOrMake(scope, for: writer) else { return around.emit(.dropped(.tooManyMeetings)) }
        if let drop = take(record, under: name, of: meeting, from: writer) { return around.emit(.dropped(drop)) }
        if meeting.followSeats() { updateScopes() }
        // Votes, ballots and stays change no decision of the floor: they are only shown.
        if lane == .bulk { return meeting.announce() }
        // Other nodes' sites and streams change a decision only at a crown. Elsewhere thousands of them come in and are only shown.
        if lane == .roster, meeting.crown == nil { meeting.announce() } else { settle(meeting) }
    }

    /// A namespace left the store as a whole, or begins anew: forget what it held. (Records that follow come one by one.)
    public mutating func namespaceForgotten(
        writer: NodeIndex, lane: Lane, scope: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        guard writer != node else { return }
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        if lane == .link {
            around.links.removeAll(of: writer)
            linksDue = now
            return
        }
        guard let meeting = find(scope) else { return }
        meeting.forgetAll(of: writer, on: lane)
        if meeting.followSeats() { updateScopes() }
        // Votes, ballots and stays change no decision of the floor.
        if lane == .floor || lane == .roster { settle(meeting) } else { meeting.announce() }
    }

    private mutating func remove(_ key: RecordKey, of writer: NodeIndex, lane: Lane, scope: MeetingID) {
        if lane == .link {
            if case .link(let neighbour) = key, around.links.set(writer, neighbour, nil) { linksDue = around.now }
            return
        }
        guard let meeting = find(scope) else { return }
        meeting.forget(key, of: writer)
        if meeting.followSeats() { updateScopes() }
        settle(meeting)
    }

    /// Puts a record into a meeting's tables; says why not. A definition concerns the edges' scopes and other meetings too.
    private mutating func take(
        _ record: ConferenceRecord, under key: RecordKey, of meeting: Meeting, from writer: NodeIndex
    ) -> ConferenceDrop? {
        guard case .meeting(let definition) = record else { return meeting.take(record, under: key, from: writer) }
        return define(definition, under: key, of: meeting, from: writer)
    }

    /// Writes a definition of our own: into the meeting's tables at once, and out.
    mutating func publish(_ record: MeetingRecord, under key: RecordKey, of meeting: Meeting) {
        _ = define(record, under: key, of: meeting, from: node)
        around.emit(.publish(lane: .floor, scope: meeting.id, key: key.text, value: around.coder.encode(.meeting(record))))
    }
}

extension Meeting {
    /// Writes a record of our own (nil: removes it): into our tables at once, and out.
    func publish(_ lane: Lane, _ key: RecordKey, _ record: ConferenceRecord?) {
        if let record { _ = take(record, under: key, from: node) } else { forget(key, of: node) }
        emit(.publish(lane: lane, scope: id, key: key.text, value: record.map { coder.encode($0) }))
    }
    func publish(_ request: RequestRecord) { publish(.floor, .request(request.id.counter), .request(request)) }
    func publish(_ site: SiteRecord) { publish(.roster, .site(RecordKey.name(site.site)), .site(site)) }

    /// Takes a record out of the tables.
    func forget(_ key: RecordKey, of writer: NodeIndex) {
        touch()
        seatsAreStale = true
        tables.forget(key, of: writer)
    }

    /// Takes all of a writer's records on one lane out of the tables.
    func forgetAll(of writer: NodeIndex, on lane: Lane) {
        switch lane {
        case .floor:
            tables.forgetFloor(of: writer)
            seatsAreStale = true
            touch()
        case .roster:
            tables.forgetRoster(of: writer)
            touch()
        case .bulk: if tables.forgetBulk(of: writer) { touchVotes() }
        case .link: break
        }
    }

    /// Puts a record into the tables; says why not. A definition is ``Conference``'s to take.
    func take(_ record: ConferenceRecord, under key: RecordKey, from writer: NodeIndex) -> ConferenceDrop? {
        switch (record, key) {
        case (.request(let request), .request(let counter)):
            guard request.id == RequestID(node: writer, counter: counter) else { return .foreign }
            return take(request, from: writer)
        case (.command(let command), .command(let stamp)):
            guard command.stamp == stamp else { return .malformed }
            around.observe(stamp)
            return noteKept(tables.keep(Written(writer: writer, value: command)))
        case (.decision(let decision), .decision(let id)):
            guard decision.request == id else { return .malformed }
            return noteKept(tables.keep(Written(writer: writer, value: decision)))
        case (.invite(let invite), .invite(let name)):
            guard RecordKey.name(invite.site) == name, invite.number > 0 else { return .malformed }
            return noteKept(tables.keep(Written(writer: writer, value: invite)))
        case (.seat(let seat), .seat(let name)):
            guard RecordKey.name(seat.site) == name else { return .malformed }
            return take(Written(writer: writer, value: seat))
        case (.answer(let answer), .answer(let name)):
            guard RecordKey.name(answer.site) == name else { return .malformed }
            return take(answer, from: writer)
        case (.floor(let floor), .floor):
            guard floor.crown == writer, floor.grants.count <= 255 else { return .foreign }
            return noteKept(tables.keep(Written(writer: writer, value: floor)))
        case (.apart(let apart), .apart):
            guard NodeIndex(of: apart.by.node) == writer else { return .foreign }
            return noteKept(tables.keep(Written(writer: writer, value: apart)))
        case (.site(let site), .site(let name)):
            guard RecordKey.name(site.site) == name else { return .malformed }
            return take(site, from: writer)
        case (.stream(let stream), .stream(let incarnation, let counter)):
            guard stream.id == StreamID(node: writer, incarnation: incarnation, counter: counter) else { return .foreign }
            return take(stream)
        case (.attendance(let attendance), .attendance(let name)):
            guard RecordKey.name(attendance.site) == name else { return .malformed }
            return take(attendance, from: writer)
        case (.vote(let vote), .vote(let stamp)):
            guard vote.id == VoteID(node: writer, opened: stamp) else { return .foreign }
            return take(vote, from: writer)
        case (.ballot(let ballot), .ballot(let vote, let room)):
            guard ballot.vote == vote, RecordKey.room(ballot.site) == room else { return .malformed }
            return take(ballot, from: writer)
        default:
            return .malformed
        }
    }

    /// A record that may change the floor was kept, or had no room.
    private func noteKept(_ isKept: Bool) -> ConferenceDrop? {
        touch()
        return isKept ? nil : .tooManyRecords
    }

    private func take(_ request: RequestRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard NodeIndex(of: request.site.node) == writer else { return .foreign }
        around.observe(request.stamp)
        guard tables.keep(request) else { return .tooManyRecords }
        touch()
        return nil
    }

    private func take(_ site: SiteRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard isHome(writer, of: site.site) else { return .foreign }
        switch tables.keep(site) {
        case .full: return .tooManyRecords
        case .added: noteJoin(site, after: nil, from: writer)
        case .replaced(let before): noteJoin(site, after: before, from: writer)
        }
        touch(site: site.site)
        return nil
    }

    private func take(_ stream: StreamRecord) -> ConferenceDrop? {
        guard stream.kind == stream.codec.kind else { return .malformed }
        guard tables.keep(stream) else { return .tooManyRecords }
        touchStreams()
        return nil
    }

    /// The site hangs on that node. Where the tree has it, its plan says so: a fingerprint for every row would cost more than the row.
    func isHome(_ node: NodeIndex, of site: SiteID) -> Bool {
        guard let slot = plan?.slot(site) else { return NodeIndex(of: site.node) == node }
        return tree.nodes[slot] == node
    }
}
