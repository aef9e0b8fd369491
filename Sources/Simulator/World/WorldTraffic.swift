import Basics
import Bridge
import Peer
import RTP

// Datagrams: out of a node's or hall's outbox, over a line, into the receiver.
extension World {
    /// An event-loop turn takes at least so long, so that no node can hold time.
    static let turn = Interval.microseconds(50)

    // MARK: A node's turn

    /// Hands an input to a living node and carries out all that follows.
    func turn(_ node: SimulatedNode, _ body: (Bridge, Instant) -> Void) {
        guard let bridge = node.bridge else { return }
        let boot = node.clock.boot(now)
        bridge.readClocks(now: boot, wall: node.clock.wall(boot))
        body(bridge, boot)
        finish(node, bridge, boot)
    }

    /// After every input: what is due, effects, datagrams, the next wake, the checkers.
    func finish(_ node: SimulatedNode, _ bridge: Bridge, _ boot: Instant) {
        var deadline = bridge.deadline
        if let due = deadline, due <= boot, node.lastWake < now {
            node.lastWake = now
            bridge.wake(now: boot)
            deadline = bridge.deadline
        }
        carryOut(node, bridge)
        flush(node, bridge)
        plan(node, deadline)
        inspect(node, bridge, boot)
    }

    private func flush(_ node: SimulatedNode, _ bridge: Bridge) {
        guard !bridge.outbox.datagrams.isEmpty else { return }
        for datagram in bridge.outbox.datagrams {
            guard let way = node.ways[datagram.to] else { continue }
            let bytes = UnsafeRawBufferPointer(start: datagram.bytes, count: datagram.count)
            if way.link >= 0 {
                transmit(bytes, on: Int(way.link))
            } else {
                heap.push(.deliver(pool.add(bytes, from: Int32(node.place), to: way.endpoint)), at: now + Hall.networkDelay)
            }
        }
        bridge.outbox.removeAll()
    }

    func plan(_ node: SimulatedNode, _ deadline: Instant?) {
        guard let deadline else { return }
        var at = max(node.clock.world(of: deadline) + node.slowness, now)
        if at <= node.lastWake + World.turn { at = node.lastWake + World.turn }
        if let planned = node.wakeAt, planned <= at, planned >= now { return }
        node.wakeAt = at
        heap.push(.wakeNode(Int32(node.place)), at: at)
    }

    func wakeNode(_ node: SimulatedNode) {
        guard node.wakeAt == now, let bridge = node.bridge else { return }
        node.wakeAt = nil
        if let until = node.pausedUntil, until > now { return }
        let boot = node.clock.boot(now)
        // The deadline has moved on meanwhile.
        let deadline = bridge.deadline
        guard let deadline, deadline <= boot else { return plan(node, deadline) }
        node.lastWake = now
        bridge.readClocks(now: boot, wall: node.clock.wall(boot))
        bridge.wake(now: boot)
        if let left = bridge.deadline, left <= boot { noteUnmet(node) } else { node.unmetWakes = 0 }
        finish(node, bridge, boot)
    }

    /// N1: what is due is done by a wake, or a real node's loop would turn for ever.
    private func noteUnmet(_ node: SimulatedNode) {
        node.unmetWakes += 1
        if node.unmetWakes == World.unmetLimit { findings.violation("N1", now, "\(node.name) has a deadline that its wakes do not meet") }
    }
    static let unmetLimit = 100

    // MARK: The lines

    private func transmit(_ bytes: UnsafeRawBufferPointer, on l: Int) {
        let size = bytes.count + LinkModel.headerBytes
        if let (second, bytes) = links[l].count(size, now: now) { findings.load(links[l].trunk, links[l].isUp, second, bytes) }
        media.watch(bytes, on: l)
        guard !links[l].isCut else { return }
        switch links[l].send(size, now: now) {
        case .lost, .dropped: return
        case .delivered(let at, let again, let corrupt):
            let slot = pool.add(bytes, from: links[l].from, to: links[l].to)
            if corrupt { damage(pool.bytes(slot), l) }
            heap.push(.deliver(slot), at: at)
            guard let again else { return }
            heap.push(.deliver(pool.add(bytes, from: links[l].from, to: links[l].to)), at: again)
            findings.count("datagram duplicated")
        }
    }

    private func damage(_ bytes: UnsafeMutableRawBufferPointer, _ l: Int) {
        let draw = links[l].generator.next()
        bytes[Int(draw >> 8) % bytes.count] ^= 1 << UInt8(draw & 7)
        findings.count("datagram corrupted")
    }

    // MARK: Arrival

    func deliver(_ slot: Int32) {
        let datagram = pool[slot]
        let to = Int(datagram.to)
        guard to < nodes.count else {
            arriveAtPeople(slot, datagram, to)
            pool.remove(slot)
            return
        }
        let node = nodes[to]
        guard node.isAlive else { return pool.remove(slot) }
        if let until = node.pausedUntil, until > now {
            if node.backlog.count < SimulatedNode.backlogLimit { node.backlog.append(slot) } else { pool.remove(slot) }
            return
        }
        if node.slowness > .zero, !datagram.isLate {
            pool.setLate(slot)
            heap.push(.deliver(slot), at: now + node.slowness)
            return
        }
        receive(slot, datagram, node)
        pool.remove(slot)
    }

    /// A living node takes a datagram.
    func receive(_ slot: Int32, _ datagram: DatagramPool.Datagram, _ node: SimulatedNode) {
        guard let bridge = node.bridge else { return }
        let bytes = pool.bytes(slot)
        digest.delivery(now, from: datagram.from, to: datagram.to, UnsafeRawBufferPointer(bytes))
        let boot = node.clock.boot(now)
        bridge.readClocks(now: boot, wall: node.clock.wall(boot))
        bridge.receive(bytes, from: address(of: Int(datagram.from)), now: boot)
        if datagram.frame != 0 { noteGate(node, bridge, datagram, boot) }
        inspected = slot
        finish(node, bridge, boot)
        inspected = -1
    }

    func address(of endpoint: Int) -> Address {
        if endpoint < nodes.count { return scenario.network.nodes[endpoint].address }
        let hall = endpoint - nodes.count
        return hall < halls.count ? halls[hall].address : equipment[hall - halls.count].address
    }

    private func arriveAtPeople(_ slot: Int32, _ datagram: DatagramPool.Datagram, _ to: Int) {
        let bytes = pool.bytes(slot)
        digest.delivery(now, from: datagram.from, to: datagram.to, UnsafeRawBufferPointer(bytes))
        let number = to - nodes.count
        guard number < halls.count else {
            heard(UnsafeRawBufferPointer(bytes), by: equipment[number - halls.count])
            return
        }
        let hall = halls[number]
        if let frame = hall.receive(bytes, from: address(of: Int(datagram.from)), now: now) { heard(frame, by: hall) }
        flush(hall)
    }
}
