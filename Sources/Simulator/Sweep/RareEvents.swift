/// Moments at which the protocol is near an edge: a sweep that never met one has not tested what happens there.
public enum RareEvents {
    /// All that a run counts, by name; `ReportTests` compares this list with the code.
    public static let names = [
        "adopted", "adopted twice", "attach unanswered", "datagram corrupted", "datagram duplicated", "deed the node does not know",
        "disk full at a start", "frozen with a holder", "incarnation raised", "lease expired", "merge while revoking", "offer withdrawn",
        "request lost with its disk", "trunk refused", "two cuts on one path",
    ]
}
