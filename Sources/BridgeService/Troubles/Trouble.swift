import Basics
import Bridge
import Console
import Peer

/// Something that is not as it should be and that a person can mend: told once in the log when it begins, and shown by `/health` and
/// `/api/status` until it is over.
///
/// In reading order: this enum, `TroubleWords.swift` (cause and next step in both languages), ``Troubles`` (what is open now),
/// ``TrunkWatch`` (what trunks and neighbours show), ``StartFailure`` (why a node does not start).
enum Trouble: Hashable, Sendable {
    /// A declared neighbour of this node.
    struct Neighbour: Hashable, Sendable {
        var id: String
        /// In full, with the unit above it.
        var name: String
        /// Its media address.
        var address: String
        /// It stands above this node.
        var isAbove: Bool
    }

    /// A trunk that was up fell.
    case trunkDown(Neighbour, TrunkFault)
    /// A trunk has not come up since the node started, or since the neighbour was declared.
    case neverUp(Neighbour)
    /// The neighbour's certificate is not accepted here.
    case theirCertificate(Neighbour, CertificateFault)
    /// The neighbour does not accept the certificate of this node.
    case ownCertificate(Neighbour, CertificateFault)
    /// An address of no neighbour dialled and was turned away.
    case stranger(address: String, TrunkRefusal)
    /// A neighbour's clock differs by so many seconds; positive: the neighbour is ahead.
    case clock(Neighbour, seconds: Int64)
    /// This machine's clock is wrong by so many seconds; the node goes by its parent's.
    case ownClock(seconds: Int64)
    /// A neighbour runs another edition of the topology.
    case edition(Neighbour, theirs: UInt64, ours: UInt64)
    /// A neighbour's topology has the same version and another content.
    case otherFile(Neighbour, version: UInt64)
    /// The own certificate ends in so many days.
    case certificateEnds(days: Int)
    /// The archive takes no rows.
    case archive(String, isFull: Bool)
    /// A meeting file cannot be read.
    case meetingFile(String, String)
    /// Media for a declared device come from an address that no device is declared with.
    case sender(device: String, declared: String, actual: String)

    /// One trouble of a kind about a thing is open at a time; a later one takes its place.
    enum Key: Hashable, Sendable {
        case trunk(String)
        case stranger(String)
        case clock(String)
        case edition(String)
        case ownClock
        case certificate
        case archive
        case meetingFile(String)
        case sender(String)
    }

    var key: Key {
        switch self {
        case .trunkDown(let neighbour, _), .neverUp(let neighbour), .theirCertificate(let neighbour, _), .ownCertificate(let neighbour, _):
            .trunk(neighbour.id)
        case .stranger(let address, _): .stranger(address)
        case .clock(let neighbour, _): .clock(neighbour.id)
        case .edition(let neighbour, _, _), .otherFile(let neighbour, _): .edition(neighbour.id)
        case .ownClock: .ownClock
        case .certificateEnds: .certificate
        case .archive: .archive
        case .meetingFile(let name, _): .meetingFile(name)
        case .sender(let device, _, _): .sender(device)
        }
    }

    /// For programs and for searching a log.
    var code: String {
        switch self {
        case .trunkDown: "trunk-down"
        case .neverUp: "trunk-never-up"
        case .theirCertificate: "certificate-refused"
        case .ownCertificate: "own-certificate-refused"
        case .stranger: "stranger-refused"
        case .clock: "clock-differs"
        case .ownClock: "own-clock-wrong"
        case .edition: "other-edition"
        case .otherFile: "other-topology"
        case .certificateEnds: "certificate-ends"
        case .archive: "archive-refuses"
        case .meetingFile: "meeting-file"
        case .sender: "other-sender"
        }
    }

    /// Of two troubles with one trunk the one that says more stays.
    var weight: Int {
        switch self {
        case .neverUp: 0
        case .trunkDown: 1
        case .ownCertificate: 2
        case .theirCertificate: 3
        default: 1
        }
    }

    /// It says the same as another: figures may differ, the cause does not.
    func isLike(_ other: Trouble) -> Bool {
        switch (self, other) {
        case (.trunkDown, .trunkDown), (.clock, .clock), (.ownClock, .ownClock), (.archive, .archive): true
        case (.certificateEnds(let a), .certificateEnds(let b)): a == b
        default: self == other
        }
    }

    /// The node cannot do its work whole: `/health` answers with 503.
    var isGrave: Bool {
        switch self {
        case .trunkDown(let neighbour, _), .neverUp(let neighbour), .theirCertificate(let neighbour, _), .ownCertificate(let neighbour, _):
            neighbour.isAbove
        case .archive: true
        default: false
        }
    }

    /// Strangers read `/health`: meetings are not named there.
    var isPublic: Bool { if case .meetingFile = self { false } else { true } }
}
