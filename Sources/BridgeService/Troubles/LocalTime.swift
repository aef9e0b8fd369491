import Glibc

/// Times as logs write them: in the machine's zone, and with its offset, so that they compare with what pages show.
public enum LocalTime {
    /// `2026-12-01T16:55:26.614+07:00` (RFC 3339); `Z` in UTC.
    public static func text(milliseconds: Int64, separator: String = "T", fraction: Bool = true, zoneSpace: Bool = false) -> String {
        var seconds = time_t(milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(milliseconds)" }
        func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
        var text = "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))\(separator)"
        text += "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        if fraction {
            let digits = "\(milliseconds - Int64(seconds) * 1_000)"
            text += "." + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        }
        if zoneSpace { text += " " }
        let offset = parts.tm_gmtoff
        if offset == 0 { return text + (zoneSpace ? "UTC" : "Z") }
        let size = Int32(abs(offset) / 60)
        return text + "\(offset < 0 ? "-" : "+")\(two(size / 60)):\(two(size % 60))"
    }

    /// The present time, as ``text(milliseconds:separator:fraction:zoneSpace:)``.
    public static var now: String { text(milliseconds: EventLoop.wall().milliseconds) }
}
