import Basics
import Conference
import Dispatch
import Foundation
import Mixing
import Native

/// One JPEG for each of our sites, made from its last key frame on a queue of its own.
final class Stills: @unchecked Sendable {
    private let queue = DispatchQueue(label: "nhipcau.stills")
    private let lock = NSLock()
    private var pictures: [SiteID: [UInt8]] = [:]
    private var busy = 0
    // One for all: scaling and compressing begin anew with each picture.
    private let encoder = StillEncoder()

    /// Decodes and keeps the frame; dropped if the queue has not kept up.
    func take(_ site: SiteID, _ codec: Codec, _ frame: [UInt8]) {
        lock.lock()
        let full = busy >= 8
        if !full { busy += 1 }
        lock.unlock()
        if full { return }
        queue.async { [self] in
            let picture = LibavVideoDecoder(codec)?.decode(frame)
            let jpeg = picture.flatMap { encoder.encode($0) }
            lock.lock()
            busy -= 1
            if let jpeg { pictures[site] = jpeg }
            lock.unlock()
        }
    }

    /// The site's meeting is over. Frames that wait to be decoded came before that.
    func forget(where isGone: @escaping @Sendable (SiteID) -> Bool) {
        queue.async { [self] in
            lock.lock()
            pictures = pictures.filter { !isGone($0.key) }
            lock.unlock()
        }
    }

    func picture(of site: SiteID) -> [UInt8]? {
        lock.lock()
        defer { lock.unlock() }
        return pictures[site]
    }
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
