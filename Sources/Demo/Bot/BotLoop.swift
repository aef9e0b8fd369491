import Basics
import Foundation
import Glibc
import Mixing
import Native
import Peer

/// The thread that owns a bot's ``BotLeg``: reads its socket and the clock, and sends what the leg wants sent.
final class BotLoop: @unchecked Sendable {
    private typealias Job = (BotLoop) -> Void

    private let clips: BotLeg.Clips
    private let sites: Int
    private let soundOnly: Bool
    private let security: OpenSSLSecurity
    private let codecs = OpusCodecs()
    private let tell: @Sendable (BotLeg.News) -> Void
    private let wakeup = Wakeup()
    private let lock = NSLock()
    private var jobs: [Job] = []
    private var isStopping = false
    private let finished = DispatchSemaphore(value: 0)

    // Of the loop's thread alone.
    private var leg: BotLeg?
    private var socket: BotSocket?
    private var microphone = BotCamera.Microphone.muted
    private var isResting = false

    /// `tell` is called on the loop's thread.
    init(clips: BotLeg.Clips, sites: Int, soundOnly: Bool = false, tell: @escaping @Sendable (BotLeg.News) -> Void) throws {
        self.clips = clips
        self.sites = sites
        self.soundOnly = soundOnly
        self.tell = tell
        security = try OpenSSLSecurity.ephemeral(clock: { BotLoop.wall() })
        let thread = Thread { [self] in
            run()
            finished.signal()
        }
        thread.name = "bot"
        thread.stackSize = 2 << 20
        thread.start()
    }

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

    /// A new leg in place of the present one; its offer.
    func makeOffer() async -> String {
        await withCheckedContinuation { continuation in
            submit { loop in
                loop.endLeg()
                let leg = BotLeg(
                    clips: loop.clips, sites: loop.sites, soundOnly: loop.soundOnly, security: loop.security, codecs: loop.codecs, now: BotLoop.now())
                leg.microphone = loop.microphone
                leg.isResting = loop.isResting
                loop.leg = leg
                continuation.resume(returning: leg.offer)
            }
        }
    }

    /// The node's answer to the last offer; a reason if it cannot be used.
    func accept(answer: String) async -> String? {
        await withCheckedContinuation { continuation in
            submit { loop in
                guard let leg = loop.leg else { return continuation.resume(returning: "no offer was made") }
                do {
                    try leg.accept(answer: answer, now: BotLoop.now())
                } catch {
                    return continuation.resume(returning: "the node's answer does not fit: \(error)")
                }
                guard let remote = leg.peer.remote, let socket = BotSocket(to: remote) else {
                    return continuation.resume(returning: "no UDP socket: \(String(cString: strerror(errno)))")
                }
                loop.socket = socket
                continuation.resume(returning: nil)
            }
        }
    }

    /// What came in the first audio slot since the last call; nil without a leg.
    func takeCount() async -> SoundCount? {
        await withCheckedContinuation { continuation in submit { loop in continuation.resume(returning: loop.leg?.takeCount()) } }
    }

    /// Says what leaves as sound from now on.
    func setMicrophone(_ microphone: BotCamera.Microphone) {
        submit { loop in
            loop.microphone = microphone
            loop.leg?.microphone = microphone
        }
    }

    /// Lets ears and eyes rest, or wakes them.
    func setResting(_ rests: Bool) {
        submit { loop in
            loop.isResting = rests
            loop.leg?.isResting = rests
        }
    }

    /// Says goodbye to the node and ends the thread.
    func stop() {
        lock.lock()
        isStopping = true
        lock.unlock()
        wakeup.ring()
        finished.wait()
    }

    private func submit(_ job: @escaping Job) {
        lock.lock()
        jobs.append(job)
        lock.unlock()
        wakeup.ring()
    }

    private func takeJobs() -> ([Job], Bool) {
        wakeup.clear()
        lock.lock()
        defer { lock.unlock() }
        let taken = jobs
        jobs.removeAll()
        return (taken, isStopping)
    }

    private func endLeg() {
        guard let leg else { return }
        leg.close()
        socket?.send(leg.outbox)
        self.leg = nil
        socket = nil
    }

    private func run() {
        while true {
            var timeout: Int32 = 1_000
            if let deadline = leg?.deadline {
                let left = (deadline - BotLoop.now()).nanoseconds
                timeout = left <= 0 ? 0 : Int32(min((left + 999_999) / 1_000_000, 1_000))
            }
            var waiting = [pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)]
            if let socket { waiting.append(pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)) }
            _ = poll(&waiting, nfds_t(waiting.count), timeout)
            let (pending, stop) = takeJobs()
            for job in pending { job(self) }
            if stop {
                endLeg()
                return
            }
            guard let leg, let socket else { continue }
            socket.receive { leg.receive($0, from: $1, now: BotLoop.now()) }
            leg.wake(now: BotLoop.now(), wall: BotLoop.wall())
            socket.send(leg.outbox)
            for news in leg.takeNews() { tell(news) }
        }
    }
}
