import Basics

/// Work that is too slow for the loop that carries media. A job leaves the bridge as an effect, is done elsewhere, and its answer comes back
/// as an input: ``Bridge/finished(job:_:now:)``.
public struct Job: Sendable {
    /// A job's name in one life of a node; never used again.
    public struct ID: Hashable, Comparable, Sendable {
        /// Counts the jobs of this life, from 1.
        public var rawValue: UInt64
        /// For a worker that carries the name through another process.
        public init(rawValue: UInt64) { self.rawValue = rawValue }
        public static func < (a: ID, b: ID) -> Bool { a.rawValue < b.rawValue }
    }

    /// What is to be made.
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        /// A small JPEG of a hall's picture.
        case still

        /// Jobs of the kind under way at once; a further one is not begun, and counted.
        public var limit: Int { 8 }
        /// A job without an answer is given up after so long.
        public var patience: Interval { .seconds(4) }
    }

    /// What a worker needs.
    public enum Work: Sendable {
        /// A whole key frame, as its codec's payload format takes it apart: strangers' bytes.
        case still(codec: Codec, frame: [UInt8])

        /// What is to be made of it.
        public var kind: Kind {
            switch self {
            case .still: .still
            }
        }
    }

    /// What a worker made of a job.
    public enum Answer: Sendable {
        /// A JPEG file.
        case still([UInt8])
        case refused(Refusal)
    }

    /// Why a worker made nothing.
    public enum Refusal: Hashable, Sendable {
        /// The frame is none that it can decode.
        case undecodable
        /// The worker has no room, or is not there.
        case unavailable
    }

    public let id: ID
    public let work: Work
    /// An answer after this instant is not obeyed; a worker need not begin any more.
    public let deadline: Instant
}

/// What became of jobs and of answers; each is counted.
public enum JobOutcome: Int, Hashable, Sendable, CaseIterable {
    /// The answer came in time and was taken.
    case done
    /// The worker could not decode the frame.
    case undecodable
    /// The worker had no room, or was not there.
    case unavailable
    /// The answer is not what was asked for, or too large to be kept.
    case unusable
    /// The answer came in time, but what it was for is over.
    case outdated
    /// As many jobs of the kind were under way as may be: it was not begun.
    case tooMany
    /// No answer came until its deadline.
    case unanswered
    /// The answer of a job that was given up.
    case late
    /// A second answer.
    case duplicate
    /// The answer of a job that was never begun.
    case unknown
}
