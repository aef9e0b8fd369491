/// Moments at which the protocol is near an edge: a sweep that never met one has not tested what happens there.
public enum RareEvents {
    /// All that a run counts, by name; `ReportTests` compares this list with the code.
    public static let names = [
        "adopted", "adopted twice", "attach unanswered", "ballot accepted", "ballot refused", "broke away", "came home", "datagram corrupted",
        "datagram duplicated", "disk full at a start", "edition adopted", "frozen with a holder", "held back after repeated falls", "incarnation raised",
        "lease expired", "lie written", "merge while revoking", "merged later", "merged within 300 ms", "message of a detached meeting dropped",
        "message of a newer program dropped", "offer withdrawn", "program upgraded", "re-homed", "re-homed while speaking",
        "record unknown to others written", "rejoined", "request lost with its disk", "reset after garbage collection",
        "settled after the end", "signature checked", "stale message fenced", "trunk refused", "two cuts on one path", "vote opened",
        "word for a request that is gone",
    ]
}
