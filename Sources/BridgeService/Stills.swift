import Basics
import Bridge
import Dispatch
import Foundation
import Mixing
import Native
import Synchronization

/// Carries out a bridge's jobs beside its loop.
protocol JobWorker: Sendable {
    /// Begins a job and returns at once. `answer` is called at most once, from any thread; a job whose worker dies has no answer, and is
    /// given up by the bridge at its deadline.
    func begin(_ job: Job, answer: @escaping @Sendable (Job.Answer) -> Void)
}

/// Makes stills on a queue of this process: decodes one key frame at a time, and makes a JPEG of it.
final class StillQueue: JobWorker, @unchecked Sendable {
    private let queue = DispatchQueue(label: "nhipcau.stills")
    // One for all, used on the queue alone: scaling and compressing begin anew with each picture.
    private let encoder = StillEncoder()
    /// Jobs that wait on the queue or are in work. The bridge gives up what takes too long, so a decoder that hangs would collect them.
    private let waiting = Mutex(0)

    func begin(_ job: Job, answer: @escaping @Sendable (Job.Answer) -> Void) {
        let hasRoom = waiting.withLock { waiting in
            guard waiting < job.work.kind.limit else { return false }
            waiting += 1
            return true
        }
        guard hasRoom else { return answer(.refused(.unavailable)) }
        queue.async { [self] in
            defer { waiting.withLock { $0 -= 1 } }
            // The bridge gives the job up by itself: a queue that fell behind catches up by that.
            guard EventLoop.now() < job.deadline else { return }
            switch job.work {
            case .still(let codec, let frame):
                let picture = LibavVideoDecoder(codec)?.decode(frame)
                answer(picture.flatMap { encoder.encode($0) }.map { .still($0) } ?? .refused(.undecodable))
            }
        }
    }
}

/// The halls' stills as the bridge had them last: kept beside the loop, so that asking for a still costs no media.
final class ShownStills: Sendable {
    private let shown = Mutex(Stills())

    func show(_ stills: Stills) { shown.withLock { $0 = stills } }

    func picture(of site: SiteID) -> [UInt8]? { shown.withLock { $0[site]?.jpeg } }
}

/// Stills of other nodes' sites, kept a few seconds: a chair's page shows them all and asks often.
final class DistantStills: @unchecked Sendable {
    /// Sites kept at most: a page of the whole country asks for no more at once.
    private static let limit = 512
    private static let life = Interval.seconds(5)
    private let lock = NSLock()
    private var pictures: [SiteID: (bytes: [UInt8]?, at: Instant)] = [:]

    /// Nil if none was asked for lately; nil within if the home node had none.
    func picture(of site: SiteID, now: Instant) -> [UInt8]?? {
        lock.withLock { pictures[site].flatMap { now - $0.at < Self.life ? .some($0.bytes) : nil } }
    }

    func forget(where isGone: (SiteID) -> Bool) { lock.withLock { pictures = pictures.filter { !isGone($0.key) } } }

    /// Requests to other nodes at once: a node that does not answer holds a descriptor of the reserve for three seconds.
    static let requestLimit = 32
    private var requests = 0

    /// Runs `body` unless as many requests are under way as may be.
    func ask(_ body: () async -> [UInt8]?) async -> [UInt8]? {
        let mayAsk = lock.withLock {
            guard requests < Self.requestLimit else { return false }
            requests += 1
            return true
        }
        guard mayAsk else { return nil }
        defer { lock.withLock { requests -= 1 } }
        return await body()
    }

    func keep(_ bytes: [UInt8]?, of site: SiteID, now: Instant) {
        lock.withLock {
            if pictures.count >= Self.limit { pictures = pictures.filter { now - $0.value.at < Self.life } }
            if pictures.count < Self.limit { pictures[site] = (bytes, now) }
        }
    }
}

extension LibavVideoDecoder {
    /// One key frame on its own: a decoder that holds pictures back is asked once more.
    fileprivate func decode(_ frame: [UInt8]) -> Picture? {
        frame.withUnsafeBytes { decode($0) ?? decode($0) }
    }
}
