/// What a node's `/metrics` say about its trunks at one moment.
struct TrunkCounters: Sendable {
    /// One direction of one trunk since the node's start.
    struct Flow: Hashable, Sendable {
        var datagrams = 0.0
        /// Of UDP payload.
        var bytes = 0.0
        /// Of plain RTP packets.
        var mediaBytes = 0.0
    }

    /// Seconds since the node's start.
    private(set) var uptime = 0.0
    /// By neighbour.
    private(set) var sent: [String: Flow] = [:]
    private(set) var received: [String: Flow] = [:]

    /// Reads Prometheus' text format; nil without an uptime.
    init?(metrics: String) {
        for line in metrics.split(separator: "\n") where line.hasPrefix("nhipcau_") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
            if name == "nhipcau_uptime_seconds" { uptime = value }
            let key: WritableKeyPath<Flow, Double>
            switch name {
            case "nhipcau_trunk_datagrams_total": key = \.datagrams
            case "nhipcau_trunk_datagram_bytes_total": key = \.bytes
            case "nhipcau_trunk_media_bytes_total": key = \.mediaBytes
            default: continue
            }
            guard let neighbour = TrunkCounters.label("neighbour", line) else { continue }
            if TrunkCounters.label("direction", line) == "sent" {
                sent[neighbour, default: Flow()][keyPath: key] = value
            } else {
                received[neighbour, default: Flow()][keyPath: key] = value
            }
        }
        guard uptime > 0 else { return nil }
    }

    /// A label's value; ids hold neither quotes nor backslashes.
    private static func label(_ name: String, _ line: Substring) -> String? {
        guard let start = line.firstRange(of: name + "=\"")?.upperBound else { return nil }
        return String(line[start...].prefix { $0 != "\"" })
    }
}
