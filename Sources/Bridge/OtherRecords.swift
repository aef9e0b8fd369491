import Basics
import Conference
import Membership

// Records beside those of `Conference` and the editions: a later program's, which this one passes on without knowing them. The simulator
// writes them at nodes with a newer program.
extension Bridge {
    /// Writes (nil: takes back) a record of this node under a key that no node of today reads. All nodes pass the record on as it is. The
    /// record is not kept over a restart. False in a meeting that does not run here.
    ///
    /// - Parameters:
    ///   - lane: ``Lane/link`` without a meeting, any other with one.
    ///   - key: 1…64 bytes of printable ASCII without space.
    @discardableResult
    package func publish(_ lane: Lane, of meeting: MeetingID?, key: String, value: [UInt8]?, now: Instant) -> Bool {
        precondition(!Conference.reads(key: key) && !key.hasPrefix(Bridge.editionKey) && !Revocation.isRecordKey(key), "key \(key) has a meaning")
        return write(lane, of: meeting, key: key, value: value, now: now)
    }

    /// The same under any key: what a lying node of the simulator says in records that others read. The node itself reads none of its own.
    @discardableResult
    package func write(_ lane: Lane, of meeting: MeetingID?, key: String, value: [UInt8]?, now: Instant) -> Bool {
        if let meeting, control.conference.view(of: meeting)?.ended != false { return false }
        control.membership.set(lane, scope: meeting ?? Membership.everywhere, key: key, value: value, now: now, into: &control.membershipEffects)
        pump(now)
        return true
    }
}
