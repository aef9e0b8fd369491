/// The rules that keep a meeting safe, by name, so that one can be left out.
///
/// A node in production keeps all of them (``all``) and offers no way to change that. The simulator runs nodes that leave one
/// out: its checkers must notice, or they check nothing. The mesh rules are listed in `docs/rules.md`, each with the code that keeps it.
public struct Rules: OptionSet, Hashable, Sendable {
    /// One bit for each rule kept.
    public let rawValue: UInt32
    /// The rules of these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Floor messages of another edge session or attach number are dropped (mesh rule 1).
    public static let fence = Rules(rawValue: 1 << 0)
    /// A slot with a live remembered lease is not granted, and no part attaches with one (mesh rules 4 and 6).
    public static let wait = Rules(rawValue: 1 << 1)
    /// A crown that is about to attach grants nothing (mesh rule 6).
    public static let freeze = Rules(rawValue: 1 << 2)
    /// A crown ends its leases before it attaches (mesh rule 6).
    public static let clean = Rules(rawValue: 1 << 3)
    /// A lease runs out (mesh rule 3).
    public static let expiry = Rules(rawValue: 1 << 4)
    /// A gate takes no smaller lease than it had (mesh rule 3).
    public static let largestLease = Rules(rawValue: 1 << 5)
    /// A revoked slot is free only when its gate is known to be closed (mesh rule 4).
    public static let revokeAnswered = Rules(rawValue: 1 << 6)
    /// An attach takes the crown past both parts' epochs (mesh rule 8).
    public static let epoch = Rules(rawValue: 1 << 7)
    /// A packet never leaves on the edge it came from.
    public static let splitHorizon = Rules(rawValue: 1 << 8)
    /// Nobody's mix holds its own voice.
    public static let mixMinus = Rules(rawValue: 1 << 9)
    /// A closed microphone's packets stop at home.
    public static let gate = Rules(rawValue: 1 << 10)
    /// An older version of a record does not replace a newer one.
    public static let newerVersion = Rules(rawValue: 1 << 11)
    /// A namespace is taken only from the edge behind which its writer may stand.
    public static let origin = Rules(rawValue: 1 << 12)
    /// A restarted node's incarnation is larger than its last one's.
    public static let incarnation = Rules(rawValue: 1 << 13)
    /// A node carries media and gossip over one uplink at a time.
    public static let oneUplink = Rules(rawValue: 1 << 14)
    /// A protected zone's trunks never carry others' media.
    public static let zone = Rules(rawValue: 1 << 15)
    /// A node's own requests of before a restart are kept.
    public static let requestsKept = Rules(rawValue: 1 << 16)
    /// A hop message counts once.
    public static let hopOnce = Rules(rawValue: 1 << 17)

    /// A node's own votes and ballots of before a restart are kept.
    public static let votesKept = Rules(rawValue: 1 << 18)

    /// Every rule: what production keeps.
    public static let all = Rules(rawValue: (1 << 19) - 1)

    /// Each rule with its name in scenario files.
    public static let named: [(name: String, rule: Rules)] = [
        ("fence", .fence), ("wait", .wait), ("freeze", .freeze), ("clean", .clean), ("expiry", .expiry),
        ("largest-lease", .largestLease), ("revoke-answered", .revokeAnswered), ("epoch", .epoch),
        ("split-horizon", .splitHorizon), ("mix-minus", .mixMinus), ("gate", .gate), ("newer-version", .newerVersion),
        ("origin", .origin), ("incarnation", .incarnation), ("one-uplink", .oneUplink), ("zone", .zone),
        ("requests-kept", .requestsKept), ("hop-once", .hopOnce),
        ("votes-kept", .votesKept),
    ]
}
