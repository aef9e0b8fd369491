import Basics
import Bridge
import CLinux
import Foundation
import Glibc

/// The one thread that owns a ``Bridge``: reads the socket and the clock, hands both to the bridge, sends what it wants sent.
///
/// Everybody else hands in closures with ``submit(_:)``; they run between two batches of datagrams.
public final class EventLoop: @unchecked Sendable {
    /// What runs on the loop's thread; it is told the loop's time and must not wait for anything.
    public typealias Job = @Sendable (Bridge, Instant) -> Void

    /// Milliseconds, at most: pages of a site with the floor are told of it also while no datagram comes (``Subscriptions``).
    private static let longestWait: Int32 = 200

    private let socket: DatagramSocket
    private let wakeup: Int32
    private let poller: Int32
    private let lock = NSLock()
    private var jobs: [Job] = []
    private var stopping = false
    private let finished = DispatchSemaphore(value: 0)
    /// Carries out the effects that are no datagrams; runs on the loop's thread after each batch.
    private let perform: (Bridge) -> Void

    /// Binds the socket; the loop starts with ``start(_:)``.
    init(address: Address, perform: @escaping (Bridge) -> Void) throws(SocketFailure) {
        socket = try DatagramSocket(address)
        wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.perform = perform
        for descriptor in [socket.descriptor, wakeup] {
            var event = epoll_event()
            event.events = EPOLLIN.rawValue
            event.data.fd = descriptor
            epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    deinit {
        close(wakeup)
        close(poller)
    }

    /// The boot-time clock: it goes on while the machine sleeps.
    static func now() -> Instant {
        var t = timespec()
        clock_gettime(CLOCK_BOOTTIME, &t)
        return Instant(nanoseconds: Int64(t.tv_sec) * 1_000_000_000 + Int64(t.tv_nsec))
    }

    static func wall() -> WallTime {
        var t = timespec()
        clock_gettime(CLOCK_REALTIME, &t)
        return WallTime(milliseconds: Int64(t.tv_sec) * 1_000 + Int64(t.tv_nsec) / 1_000_000)
    }

    /// Datagrams that the kernel did not take; to be asked on the loop's thread.
    var unsent: UInt64 { socket.unsent }

    /// Runs the job on the loop's thread soon.
    public func submit(_ job: @escaping Job) {
        lock.lock()
        jobs.append(job)
        lock.unlock()
        ring()
    }

    /// Ends the loop after its present batch and waits for it.
    func stop() {
        lock.lock()
        stopping = true
        lock.unlock()
        ring()
        finished.wait()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, 8)
    }

    func start(_ bridge: Bridge) {
        nonisolated(unsafe) let bridge = bridge
        let thread = Thread { [self] in
            run(bridge)
            finished.signal()
        }
        thread.name = "bridge"
        thread.stackSize = 4 << 20
        thread.start()
    }

    private func run(_ bridge: Bridge) {
        var events = [epoll_event](repeating: epoll_event(), count: 2)
        while true {
            let waiting = bridge.deadline.map { deadline -> Int32 in
                let left = (deadline - EventLoop.now()).nanoseconds
                return left <= 0 ? 0 : min(Int32(clamping: (left + 999_999) / 1_000_000), Self.longestWait)
            }
            _ = epoll_wait(poller, &events, 2, waiting ?? Self.longestWait)
            let (pending, stop) = takeJobs()
            bridge.readClocks(now: EventLoop.now(), wall: EventLoop.wall())
            for job in pending { job(bridge, EventLoop.now()) }
            // A few batches at most, so that deadlines and jobs are not starved by a flood.
            for _ in 0..<8 {
                let count = socket.receive { bytes, from in bridge.receive(bytes, from: from, now: EventLoop.now()) }
                if count < DatagramSocket.batch { break }
            }
            let now = EventLoop.now()
            if let deadline = bridge.deadline, deadline <= now { bridge.wake(now: now) }
            flush(bridge)
            if stop {
                bridge.close(now: EventLoop.now())
                flush(bridge)
                return
            }
        }
    }

    private func takeJobs() -> ([Job], Bool) {
        var count: UInt64 = 0
        _ = read(wakeup, &count, 8)
        lock.lock()
        defer { lock.unlock() }
        let taken = jobs
        jobs.removeAll()
        return (taken, stopping)
    }

    private func flush(_ bridge: Bridge) {
        // First what must be stored before anybody hears of it (a new incarnation's counter).
        perform(bridge)
        if !bridge.outbox.datagrams.isEmpty {
            socket.send(bridge.outbox.datagrams)
            bridge.outbox.removeAll()
        }
    }
}
