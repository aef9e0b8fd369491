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

    /// Decodes and keeps the frame; dropped if the queue has not kept up.
    func take(_ site: SiteID, _ codec: Codec, _ frame: [UInt8]) {
        lock.lock()
        let full = busy >= 8
        if !full { busy += 1 }
        lock.unlock()
        if full { return }
        queue.async { [self] in
            let picture = LibavVideoDecoder(codec)?.decode(frame)
            let jpeg = picture.flatMap { StillEncoder().encode($0) }
            lock.lock()
            busy -= 1
            if let jpeg { pictures[site] = jpeg }
            lock.unlock()
        }
    }

    func picture(of site: SiteID) -> [UInt8]? {
        lock.lock()
        defer { lock.unlock() }
        return pictures[site]
    }
}

extension LibavVideoDecoder {
    /// One key frame on its own: a decoder that holds pictures back is asked once more.
    fileprivate func decode(_ frame: [UInt8]) -> Picture? {
        frame.withUnsafeBytes { decode($0) ?? decode($0) }
    }
}
