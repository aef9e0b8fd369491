import Basics

/// A kind of number with a unit, such as "10 Mbit/s", "5 ms" or "0.5 %".
package struct Quantity: Sendable {
    /// Spellings and what one of them is worth; the first spellings are the ones that messages name.
    package var units: [(name: String, worth: Int64)]
    /// How many of the units messages name.
    package var named: Int
    package var example: String
    /// Smallest and largest value allowed, and how messages write them.
    package var range: ClosedRange<Int64>
    package var limits: (low: String, high: String)

    package init(
        units: [(name: String, worth: Int64)], named: Int, example: String, range: ClosedRange<Int64>, limits: (low: String, high: String)
    ) {
        self.units = units
        self.named = named
        self.example = example
        self.range = range
        self.limits = limits
    }

    /// In bits a second.
    package static let capacity = Quantity(
        units: [
            ("bit/s", 1), ("kbit/s", 1_000), ("Mbit/s", 1_000_000), ("Gbit/s", 1_000_000_000),
            ("bps", 1), ("kbps", 1_000), ("Mbps", 1_000_000), ("Gbps", 1_000_000_000),
        ],
        named: 4, example: "10 Mbit/s", range: 1_000...1_000_000_000_000, limits: ("1 kbit/s", "1000 Gbit/s"))
    /// In nanoseconds.
    package static let time = Quantity(
        units: [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("µs", 1_000)], named: 4,
        example: "5 ms", range: 0...10_000_000_000, limits: ("0 ms", "10 s"))
    /// In millionths.
    package static let share = Quantity(
        units: [("%", 10_000)], named: 1, example: "0.5 %", range: 0...1_000_000, limits: ("0 %", "100 %"))

    /// The value in the smallest unit.
    package func parse(_ text: String, key: String) -> Result<Int64, Complaint> {
        let scalars = Array(text.unicodeScalars)
        let digits = scalars.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Decimal(String(String.UnicodeScalarView(digits))) else {
            return .failure(Complaint(.badNumber(text, example: example)))
        }
        var rest = scalars[digits.count...]
        // "0,5 %" and "10/10": a number that goes on in a way we do not read, not a unit.
        if let next = rest.first, ",/".unicodeScalars.contains(next) {
            let isComma = next == "," && rest.count > 1 && ("0"..."9").contains(rest[rest.startIndex + 1]) && !digits.contains(".")
            return .failure(Complaint(isComma ? .decimalComma(text) : .badNumber(text, example: example)))
        }
        while let next = rest.first, next.properties.isWhitespace { rest.removeFirst() }
        let unit = String(String.UnicodeScalarView(rest))
        if unit.isEmpty { return .failure(Complaint(.missingUnit(text, example: example))) }
        guard let worth = units.first(where: { $0.name == unit })?.worth else {
            let message = Message.badUnit(unit, allowed: units.prefix(named).map(\.name))
            return .failure(Complaint(message.suggesting(nearestUnit(unit))))
        }
        guard let value = number.times(worth), range.contains(value) else {
            return .failure(Complaint(.outOfRange(text, key: key, limits.low, limits.high)))
        }
        return .success(value)
    }

    /// Every spelling of a unit.
    package var unitNames: [String] { units.map(\.name) }

    /// "M" and "mbit" are beginnings of "Mbit/s"; "MBit/s" is a misspelling.
    private func nearestUnit(_ unit: String) -> String? {
        let names = units.prefix(named).map(\.name)
        let beginning = names.first { $0.lowercased().hasPrefix(unit.lowercased()) }
        return beginning ?? Suggestion.nearest(to: unit, among: names)
    }

    /// Why a text is no such quantity.
    package struct Complaint: Error {
        package var message: Message
        init(_ message: Message) { self.message = message }
    }
}

/// A decimal number as its digits, so that "0.1 Mbit/s" is exactly 100,000 bit/s.
private struct Decimal {
    /// Nil: more than fit, and more than any limit.
    private var whole: Int64?
    /// The first digits behind the point, at most `places`; those behind them are less than any smallest unit.
    private var part: Int64 = 0
    private static let places = 15
    private static let divisor: Int64 = 1_000_000_000_000_000

    /// Digits, and at most one point with digits on both sides; as many as there are.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return nil }
        whole = Int64(parts[0])
        guard parts.count == 2 else { return }
        let digits = parts[1].prefix(Self.places)
        part = Int64(digits + String(repeating: "0", count: Self.places - digits.count)) ?? 0
    }

    /// Nil if it does not fit; what lies below the smallest unit is rounded.
    func times(_ worth: Int64) -> Int64? {
        guard let whole else { return nil }
        let (big, overflow) = whole.multipliedReportingOverflow(by: worth)
        // `part` and the divisor have at most 15 digits; in doubles the product keeps all that are asked for.
        let rest = Int64((Double(part) / Double(Self.divisor) * Double(worth)).rounded())
        let (sum, carry) = big.addingReportingOverflow(rest)
        return overflow || carry ? nil : sum
    }
}
