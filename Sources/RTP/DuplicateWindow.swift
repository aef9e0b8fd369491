/// Which of the last 128 sequence numbers of a source came already.
public struct DuplicateWindow: Sendable {
    /// Numbers that are remembered behind the highest.
    public static let size = 128
    private var highest: UInt16?
    // Bit n: the number n below the highest came.
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Nothing came yet.
    public init() {}

    /// Notes the number; false if it came before, or lies behind the window.
    public mutating func insert(_ sequence: UInt16) -> Bool {
        guard let top = highest else {
            highest = sequence
            low = 1
            return true
        }
        let ahead = Int(sequence.ahead(of: top))
        if ahead > 0 {
            shift(by: ahead)
            highest = sequence
            low |= 1
            return true
        }
        let behind = -ahead
        guard behind < Self.size else { return false }
        let bit = UInt64(1) << UInt64(behind & 63)
        if behind < 64 {
            defer { low |= bit }
            return low & bit == 0
        }
        defer { high |= bit }
        return high & bit == 0
    }

    private mutating func shift(by count: Int) {
        switch count {
        case 128...: (high, low) = (0, 0)
        case 64..<128: (high, low) = (low << UInt64(count - 64), 0)
        default: (high, low) = (high << UInt64(count) | low >> UInt64(64 - count), low << UInt64(count))
        }
    }
}
