import Glibc

/// Figures by name, in the order in which they were measured.
struct Report {
    struct Row {
        var key: String
        var title: String
        var unit: String
        var median: Double
        var least: Double
        var most: Double
    }
    private var rows: [(heading: String?, row: Row?)] = []

    mutating func heading(_ text: String) { rows.append((text, nil)) }

    mutating func add(_ key: String, _ title: String, _ unit: String, _ samples: [Double]) {
        let sorted = samples.sorted()
        guard let least = sorted.first, let most = sorted.last else { return }
        rows.append((nil, Row(key: key, title: title, unit: unit, median: sorted[sorted.count / 2], least: least, most: most)))
    }

    func median(_ key: String) -> Double { rows.first { $0.row?.key == key }?.row?.median ?? .nan }

    private static func number(_ value: Double, _ width: Int) -> String {
        let digits = abs(value) >= 1_000 ? 0 : abs(value) >= 100 ? 1 : 3
        let scale = digits == 0 ? 1.0 : digits == 1 ? 10.0 : 1_000.0
        let scaled = (value * scale).rounded()
        guard scaled.isFinite, abs(scaled) < 9e15 else { return String(repeating: " ", count: max(0, width - 1)) + "-" }
        let whole = Int64(abs(scaled))
        var text = "\(whole / Int64(scale))"
        if digits > 0 {
            let rest = "\(whole % Int64(scale))"
            text += "." + String(repeating: "0", count: digits - rest.count) + rest
        }
        if scaled < 0 { text = "-" + text }
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    var text: String {
        var lines: [String] = []
        for (heading, row) in rows {
            if let heading { lines.append((lines.isEmpty ? "" : "\n") + heading) }
            guard let row else { continue }
            let title = row.title + String(repeating: " ", count: max(1, 62 - row.title.count))
            lines.append("  \(title)\(Self.number(row.median, 9)) \(row.unit)   (\(Self.number(row.least, 0)) to \(Self.number(row.most, 0)))")
        }
        return lines.joined(separator: "\n")
    }

    var json: String {
        let body = rows.compactMap(\.row).map {
            "  \"\($0.key)\": {\"median\": \($0.median), \"least\": \($0.least), \"most\": \($0.most), \"unit\": \"\($0.unit)\"}"
        }
        return "{\n" + body.joined(separator: ",\n") + "\n}"
    }
}

/// CPU time of this thread: other programs on the machine do not count, the kernel's work for our calls does.
enum CPU {
    static func nanoseconds() -> Int64 {
        var t = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t)
        return Int64(t.tv_sec) * 1_000_000_000 + Int64(t.tv_nsec)
    }
    /// Microseconds that the body took.
    static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let start = nanoseconds()
        try body()
        return Double(nanoseconds() - start) / 1_000
    }
}
