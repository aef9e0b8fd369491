/// An IP address and UDP port. IPv4 addresses are kept as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2).
public struct Address: Hashable, Sendable, CustomStringConvertible {
    /// The upper half of the IPv6 address, in host order.
    public var high: UInt64
    /// The lower half of the IPv6 address, in host order.
    public var low: UInt64
    /// 0 to 65,535; of UDP, where nothing else is said.
    public var port: UInt16

    /// The two halves in host order.
    @inlinable public init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }
    /// The address in host order: 10.0.0.1 is 0x0A000001.
    @inlinable public init(ipv4: UInt32, port: UInt16) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(ipv4), port: port)
    }
    /// One word for the hasher where three would be mixed: every datagram is looked up by its sender.
    @inlinable public func hash(into hasher: inout Hasher) {
        hasher.combine(low ^ UInt64(port) << 48)
        if high != 0 { hasher.combine(high) }
    }

    /// The IPv4 address in host order, if it is one.
    @inlinable public var ipv4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// Reads `1.2.3.4` or an IPv6 address without zone; nil if it is neither. A part with a leading zero is neither: to some programs `010` is
    /// ten, to others eight (RFC 6943 section 3.1.1).
    public init?(_ text: String, port: UInt16) {
        if let v4 = Address.parseIPv4(text) {
            self.init(ipv4: v4, port: port)
        } else if let (high, low) = Address.parseIPv6(text) {
            self.init(high: high, low: low, port: port)
        } else {
            return nil
        }
    }

    private static func parseIPv4(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part == "0" || !part.hasPrefix("0"), part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                let n = UInt32(part), n < 256
            else { return nil }
            value = value << 8 | n
        }
        return value
    }

    private static func parseIPv6(_ text: String) -> (UInt64, UInt64)? {
        guard text.contains(":"), text.utf8.count <= 45 else { return nil }
        let halves = text.components(separatedByDoubleColon: ())
        guard halves.count <= 2 else { return nil }
        func groups(_ half: Substring) -> [UInt16]? {
            if half.isEmpty { return [] }
            var result: [UInt16] = []
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (i, part) in parts.enumerated() {
                if i == parts.count - 1, part.contains("."), let v4 = parseIPv4(String(part)) {
                    result.append(UInt16(v4 >> 16))
                    result.append(UInt16(v4 & 0xFFFF))
                } else {
                    guard (1...4).contains(part.utf8.count), let n = UInt16(part, radix: 16) else { return nil }
                    result.append(n)
                }
            }
            return result
        }
        guard let head = groups(halves[0]) else { return nil }
        var all = head
        if halves.count == 2 {
            guard let tail = groups(halves[1]), head.count + tail.count <= 7 else { return nil }
            all += [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
        }
        guard all.count == 8 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for i in 0..<4 { words.0 = words.0 << 16 | UInt64(all[i]) }
        for i in 4..<8 { words.1 = words.1 << 16 | UInt64(all[i]) }
        return words
    }

    /// The address without its port.
    public var host: String {
        if let v4 = ipv4 { return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)" }
        var groups: [UInt64] = []
        for word in [high, low] { for shift in [48, 32, 16, 0] as [UInt64] { groups.append(word >> shift & 0xFFFF) } }
        func text(_ part: ArraySlice<UInt64>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        // The longest run of two or more zeros, the first of equal ones (RFC 5952 section 4.2).
        var run = 0..<0
        var i = 0
        while i < groups.count {
            let end = groups[i...].firstIndex { $0 != 0 } ?? groups.count
            if end - i > max(run.count, 1) { run = i..<end }
            i = max(end, i + 1)
        }
        return run.isEmpty ? text(groups[...]) : text(groups[..<run.lowerBound]) + "::" + text(groups[run.upperBound...])
    }
    /// The host as it stands in a URL: an IPv6 address in brackets (RFC 3986 section 3.2.2).
    public var urlHost: String { Address.bracketed(host) }
    /// The same of a host's text, which may be a name.
    public static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
    public var description: String { "\(urlHost):\(port)" }
}

extension String {
    fileprivate func components(separatedByDoubleColon: ()) -> [Substring] {
        var result: [Substring] = []
        var start = startIndex
        var i = startIndex
        while i < endIndex {
            let next = index(after: i)
            if self[i] == ":", next < endIndex, self[next] == ":" {
                result.append(self[start..<i])
                start = index(after: next)
                i = start
            } else {
                i = next
            }
        }
        result.append(self[start...])
        return result
    }
}
