import Basics
import Membership

extension Conference {
    /// Whether a record decides something for others, or is kept to prove something: definitions, chairs' commands, words on sites and halls'
    /// answers, ends, parts that break away, votes, ballots and attendance. The writer signs these (docs/decisions/signed-records.md).
    ///
    /// A crown's floor record is written at every change of the floor; it counts only if it says that the meeting is over.
    package static func isProof(_ lane: Lane, key: String, value: [UInt8], by coder: any RecordCoder) -> Bool {
        switch lane {
        case .link, .roster: return false
        case .bulk: return key.hasPrefix("vote/") || key.hasPrefix("ballot/") || key.hasPrefix("attendance/")
        case .floor:
            guard key == "floor" else {
                return key == "meeting" || key == "apart" || key.hasPrefix("command/") || key.hasPrefix("seat/") || key.hasPrefix("answer/")
            }
            guard case .floor(let floor)? = coder.decodeRecord(value) else { return false }
            return floor.ended != nil
        }
    }
}
