/// What the command line says to `nhipcau demo`.
public struct DemoOptions: Sendable {
    /// A topology file.
    public var topology: String
    /// A meeting file; nil: the first of `meetings/` beside the topology that belongs to it, a `hop` in VP8 if there is one.
    public var meeting: String?
    /// Seconds from the moment all sites are present; nil: until Ctrl-C.
    public var seconds: Double?
    /// One JSON object on standard output, everything else on standard error.
    public var json: Bool
    /// Keeps topology, certificates, logs and states in this folder instead of a temporary one that goes away.
    public var keep: String?
    /// One hall speaks all the time, and what each trunk carries is compared with its plan, for `seconds` (30 unless they are named).
    public var loads: Bool
    /// The site that speaks then; nil: the chair in a *quán triệt*, else the first that would ask.
    public var speaker: String?
    /// No hall has a camera.
    public var soundOnly: Bool
    /// The second number of the nodes' loopback addresses, 1…254: two demos at once need two.
    public var loopback: UInt8
    /// The program that `node …` and `bot …` are arguments of.
    public var program: String

    /// A demo of a topology, until Ctrl-C.
    public init(
        topology: String = "topology/three-levels.yaml", meeting: String? = nil, seconds: Double? = nil, json: Bool = false,
        keep: String? = nil, loads: Bool = false, speaker: String? = nil, soundOnly: Bool = false, loopback: UInt8 = 77,
        program: String = "/proc/self/exe"
    ) {
        self.topology = topology
        self.meeting = meeting
        self.seconds = seconds
        self.json = json
        self.keep = keep
        self.loads = loads
        self.speaker = speaker
        self.soundOnly = soundOnly
        self.loopback = loopback
        self.program = program
    }
}
