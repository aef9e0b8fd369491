import Basics
import CLinux
import Foundation
import Glibc
import Simulator

/// The simulator's lines between real nodes: a UDP socket for each trunk, which both ends take for their neighbour, and a
/// ``LinkModel`` for each direction.
///
/// ```
/// 127.77.0.3 (child) ──▶ 127.77.224.1 ── loss, rate, delay … ──▶ 127.77.0.2 (parent, which knows the child as 127.77.224.1)
/// ```
/// One thread carries everything on the boot-time clock that the nodes use. The chance of a run comes from its seed by the names
/// the simulator uses, so both lose alike, though not the same datagrams.
final class LinkRelay: @unchecked Sendable {
    /// One trunk's place on this machine.
    struct Line: Hashable, Sendable {
        var trunk: Trunk
        /// Where both ends send to.
        var address: Address
        var lower: Address
        var upper: Address
    }

    /// What one direction carried; bytes with UDP and IPv4 headers, as they entered the line.
    struct Load: Hashable, Sendable {
        var datagrams = 0
        var bytes = 0
        /// Of those, what is neither gossip nor a handshake: RTP and RTCP, by the first byte (RFC 7983).
        var mediaBytes = 0
        /// Taken by a cut, by the loss process, and by a full queue.
        var cut = 0
        var lost = 0
        var dropped = 0
        /// Bytes in each second since ``LinkRelay/beginCounting()``.
        var seconds: [Int] = []
        /// The busiest second.
        var mostKbps: Double { Double(seconds.max() ?? 0) * 8 / 1_000 }
        /// On average over so long.
        func kbps(over time: Interval) -> Double { Double(seconds.reduce(0, +)) * 8 / 1_000 / max(time.seconds, 0.001) }
    }

    private struct Direction {
        var model: LinkModel
        var generator: SeededGenerator
        var isCut = false
        var load = Load()
    }
    private struct Wire {
        let line: Line
        let socket: RelaySocket
        var up: Direction
        var down: Direction
    }
    private struct Waiting {
        var wire: Int
        var isUp: Bool
        var bytes: [UInt8]
    }

    private let lock = NSLock()
    private let wakeup = Wakeup()
    private let finished = DispatchSemaphore(value: 0)
    private var wires: [Wire] = []
    private var wireByTrunk: [Trunk: Int] = [:]
    private var heap = EventHeap<Waiting>()
    private var countsFrom = Instant.zero
    private var isStopping = false
    /// Datagrams from neither end of their line.
    private(set) var strange = 0

    /// Binds all sockets and begins to carry; `behaviour` says how each trunk's directions are at first.
    init(_ lines: [Line], seed: UInt64, behaviour: (Trunk) -> (up: Impairment, down: Impairment)) throws {
        let chance = SeededGenerator(seed: seed).fork("world")
        for line in lines {
            func direction(_ impairment: Impairment, _ isUp: Bool) -> Direction {
                Direction(model: LinkModel(impairment), generator: chance.fork("link/\(line.trunk.lower)/\(line.trunk.upper)/\(isUp)"))
            }
            let (up, down) = behaviour(line.trunk)
            wireByTrunk[line.trunk] = wires.count
            wires.append(Wire(line: line, socket: try RelaySocket(at: line.address), up: direction(up, true), down: direction(down, false)))
        }
        countsFrom = BotLoop.now()
        let thread = Thread { [self] in
            run()
            finished.signal()
        }
        thread.name = "lines"
        thread.start()
    }

    /// Ends the thread and frees the lines' addresses; what is under way is lost. For once.
    func stop() {
        lock.withLock { isStopping = true }
        wakeup.ring()
        finished.wait()
        for wire in wires { wire.socket.close() }
    }

    // MARK: Faults

    /// Changes one trunk's lines now, and says when that was; what is under way arrives as it would have.
    @discardableResult
    private func change(_ trunk: Trunk, _ body: (inout Wire) -> Void) -> Instant {
        lock.withLock {
            if let wire = wireByTrunk[trunk] { body(&wires[wire]) }
            return BotLoop.now()
        }
    }

    @discardableResult
    func cut(_ trunk: Trunk) -> Instant {
        change(trunk) {
            $0.up.isCut = true
            $0.down.isCut = true
        }
    }
    /// Nothing from the first to the second any more.
    @discardableResult
    func cut(from: NodeIndex, to: NodeIndex) -> Instant {
        change(Trunk(lower: from, upper: to)) { $0.up.isCut = true }
        return change(Trunk(lower: to, upper: from)) { $0.down.isCut = true }
    }
    @discardableResult
    func mend(_ trunk: Trunk) -> Instant {
        change(trunk) {
            $0.up.isCut = false
            $0.down.isCut = false
        }
    }
    @discardableResult
    func impair(_ trunk: Trunk, up: Impairment, down: Impairment) -> Instant {
        change(trunk) {
            $0.up.model.change(to: up)
            $0.down.model.change(to: down)
        }
    }

    // MARK: Reading

    /// Loads by second count from now on.
    func beginCounting() {
        lock.withLock {
            countsFrom = BotLoop.now()
            for i in wires.indices {
                wires[i].up.load = Load()
                wires[i].down.load = Load()
            }
        }
    }

    func load(_ trunk: Trunk) -> (up: Load, down: Load)? {
        lock.withLock { wireByTrunk[trunk].map { (wires[$0].up.load, wires[$0].down.load) } }
    }

    // MARK: The thread

    private func run() {
        var polled = [pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)]
        // Never changed after the beginning.
        polled += wires.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
        while true {
            let (next, isOver) = lock.withLock { (heap.next, isStopping) }
            if isOver { return }
            let left = max(0, min(next.map { ($0 - BotLoop.now()).nanoseconds } ?? 1_000_000_000, 1_000_000_000))
            var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            _ = nc_ppoll(&polled, nfds_t(polled.count), &time, nil)
            wakeup.clear()
            lock.withLock {
                for wire in wires.indices where polled[wire + 1].revents != 0 { read(wire) }
                deliver()
            }
        }
    }

    private func read(_ wire: Int) {
        let line = wires[wire].line
        wires[wire].socket.receive { bytes, from in
            switch from {
            case line.lower: enter(&wires[wire].up, bytes, wire, isUp: true)
            case line.upper: enter(&wires[wire].down, bytes, wire, isUp: false)
            default: strange += 1
            }
        }
    }

    private func enter(_ direction: inout Direction, _ bytes: UnsafeMutableRawBufferPointer, _ wire: Int, isUp: Bool) {
        let now = BotLoop.now()
        let size = bytes.count + LinkModel.headerBytes
        direction.load.datagrams += 1
        direction.load.bytes += size
        if bytes[0] >> 6 == 2 { direction.load.mediaBytes += size }
        let second = max(0, Int((now - countsFrom).nanoseconds / 1_000_000_000))
        while direction.load.seconds.count <= second { direction.load.seconds.append(0) }
        direction.load.seconds[second] += size
        guard !direction.isCut else {
            direction.load.cut += 1
            return
        }
        switch direction.model.send(size: size, now: now, using: &direction.generator) {
        case .lost: direction.load.lost += 1
        case .dropped: direction.load.dropped += 1
        case .delivered(let at, let again, let isCorrupt):
            var copy = Array(bytes)
            if let again { heap.push(Waiting(wire: wire, isUp: isUp, bytes: copy), at: again) }
            if isCorrupt {
                let draw = direction.generator.next()
                copy[Int(draw >> 8) % copy.count] ^= 1 << UInt8(draw & 7)
            }
            heap.push(Waiting(wire: wire, isUp: isUp, bytes: copy), at: at)
        }
    }

    private func deliver() {
        while let next = heap.next, next <= BotLoop.now(), let (_, waiting) = heap.pop() {
            let line = wires[waiting.wire].line
            wires[waiting.wire].socket.send(waiting.bytes, to: waiting.isUp ? line.upper : line.lower)
        }
    }
}
