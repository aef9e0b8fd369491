import Basics

/// What one edge asks the neighbour for, and digests that answer the neighbour's.
struct EdgeRequests {
    private(set) var open: [Request] = []
    private(set) var answers: [Frame] = []
    /// Requests that wait at a time.
    private static let limit = 64
    /// Answers that wait at a time.
    private static let answerLimit = 8

    /// Asks for a namespace once; a request passed on does not displace the edge's own. False: there is no room.
    mutating func ask(_ request: Request) -> Bool {
        if let at = open.firstIndex(where: { $0.namespace == request.namespace }) {
            var request = request
            if request.incarnation == open[at].incarnation { request.proof = request.proof ?? open[at].proof }
            if !request.isPassedOn || open[at].isPassedOn { open[at] = request }
        } else if open.count < EdgeRequests.limit {
            open.append(request)
        } else {
            return false
        }
        return true
    }
    /// Takes as many as go in one datagram.
    mutating func takeDatagram() -> [Request] {
        // One proof nearly fills a datagram: a second request has room beside it.
        var taken: [Request] = []
        var proofs = 0
        for request in open.prefix(10) {
            if request.proof != nil { proofs += 1 }
            if proofs > 1 || (proofs == 1 && taken.count >= 2) { break }
            taken.append(request)
        }
        open.removeFirst(taken.count)
        return taken
    }

    /// Puts answers in as far as there is room; true if there is any.
    mutating func answer(_ frames: [Frame]) -> Bool {
        let taken = frames.prefix(max(0, EdgeRequests.answerLimit - answers.count))
        answers += taken
        return !taken.isEmpty
    }
    /// All answers went out.
    mutating func answered() { answers.removeAll(keepingCapacity: true) }

    /// The session ended.
    mutating func clear() { self = EdgeRequests() }
}
