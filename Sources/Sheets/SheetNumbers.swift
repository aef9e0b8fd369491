import Basics
import Documents
import Foundation
import Topology

/// Reads a sheet's numbers, which people write as they speak: "10M", "10/10", "9,6".
struct SheetNumbers {
    let file: SourceFile
    /// Which direction comes first where the heading of a column for both says so.
    let upFirst: Bool?

    /// A number with a decimal point or comma and nothing else.
    func plain(_ cell: Cell, example: String) -> Double? {
        let text = cell.text.filter { $0 != " " }
        guard let (number, comma, rest) = leading(text), rest.isEmpty else {
            file.report(Self.hasGroups(text) ? .thousands(cell.text) : .badNumber(cell.text, example: example), cell)
            return nil
        }
        if comma { file.report(.decimalComma(cell.text, FigureText.text(number)), cell) }
        return number
    }

    /// "0,5" or "0.5 %".
    func percent(_ cell: Cell) -> Double? {
        var bare = cell
        while bare.text.hasSuffix("%") || bare.text.hasSuffix(" ") { bare.text.removeLast() }
        return plain(bare, example: "0.5")
    }

    /// "18", "18,5" or "18 ms".
    func milliseconds(_ cell: Cell) -> Double? {
        var bare = cell
        if bare.text.lowercased().hasSuffix("ms") { bare.text = Spelling.tidy(String(bare.text.dropLast(2))) }
        return plain(bare, example: "18")
    }

    /// A capacity in Mbit/s, with or without a unit; a pair of equal ones stands for both directions, one of unequal ones only
    /// where the heading says which is which.
    func capacity(_ cell: Cell, _ column: SheetColumn) -> (up: Bitrate, down: Bitrate, isPair: Bool)? {
        let parts = halves(cell.text)
        guard let first = one(parts[0], cell) else { return nil }
        guard parts.count == 2 else {
            if first.written { file.report(.unitWritten(cell.text, FigureText.text(first.rate)), cell) }
            return (first.rate, first.rate, false)
        }
        guard let second = one(parts[1], cell) else { return nil }
        // "10/10M": the unit stands for both.
        let rate = second.written && !first.written ? Bitrate(bitsPerSecond: first.rate.bitsPerSecond / 1_000_000 * second.unit) : first.rate
        if let upFirst, column == .capacity { return upFirst ? (rate, second.rate, true) : (second.rate, rate, true) }
        guard rate == second.rate else {
            file.report(.unequalPair(cell.text), cell)
            return nil
        }
        file.report(.pair(cell.text, FigureText.text(rate)), cell)
        return (rate, rate, true)
    }

    /// "10/10" in two; the slash of "Mbit/s" parts nothing.
    private func halves(_ text: String) -> [String] {
        let letters = Array(text)
        for (i, letter) in letters.enumerated() where letter == "/" {
            let rest = letters[(i + 1)...].drop { $0 == " " }
            if rest.first?.isNumber == true { return [String(letters[..<i]), String(letters[(i + 1)...])] }
        }
        return [text]
    }

    private static let units: [(names: [String], worth: Int64)] = [
        (["", "m", "mb", "mbps", "mbit", "mbits", "mbit/s", "mb/s", "mbit/giay", "mbs", "mega"], 1_000_000),
        (["k", "kb", "kbps", "kbit", "kbit/s", "kb/s", "kbs"], 1_000), (["g", "gb", "gbps", "gbit", "gbit/s", "gb/s", "gbs"], 1_000_000_000),
    ]

    private func one(_ text: String, _ cell: Cell) -> (rate: Bitrate, written: Bool, unit: Int64)? {
        let bare = text.filter { $0 != " " }
        guard let (number, comma, rest) = leading(bare) else {
            file.report(Self.hasGroups(bare) ? .thousands(cell.text) : .badNumber(cell.text, example: "10"), cell)
            return nil
        }
        // Exactly three digits behind the only mark: "1.000" is a thousand to one reader and one to another.
        let digits = bare.prefix { $0.isNumber || $0 == "." || $0 == "," }
        if let mark = digits.firstIndex(where: { !$0.isNumber }), digits[mark...].count == 4 {
            file.report(.thousands(cell.text), cell)
            return nil
        }
        let unit = rest.lowercased()
        guard !rest.hasSuffix("B/s"), !rest.hasSuffix("Bps"), let worth = Self.units.first(where: { $0.names.contains(Spelling.plainLetters(unit)) })?.worth
        else {
            file.report(.badCapacityUnit(rest), cell)
            return nil
        }
        if comma { file.report(.decimalComma(cell.text, FigureText.text(number)), cell) }
        // What is too large for any line is told as that.
        let bits = min(max(number * Double(worth), -Self.mostBits), Self.mostBits)
        return (Bitrate(bitsPerSecond: Int64(bits.rounded())), !rest.isEmpty, worth)
    }
    private static let mostBits = 1e18

    /// "1.000.000": a number with marks between its thousands.
    private static func hasGroups(_ text: String) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        return parts.count > 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// The number at the beginning with however many digits, whether it has a comma, and what follows. "1.5E+01" is 15.
    private func leading(_ text: String) -> (number: Double, comma: Bool, rest: String)? {
        let negative = text.hasPrefix("-") || text.hasPrefix("−")
        let body = negative ? text.dropFirst() : Substring(text)
        let digits = body.prefix { $0.isASCII && $0.isNumber || $0 == "." || $0 == "," }
        let parts = digits.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        var rest = body.dropFirst(digits.count)
        var exponent = ""
        if rest.first == "E" || rest.first == "e" {
            let sign = rest.dropFirst().prefix { $0 == "+" || $0 == "-" }
            let power = rest.dropFirst(1 + sign.count).prefix { $0.isASCII && $0.isNumber }
            if sign.count < 2, (1...3).contains(power.count) {
                exponent = "e" + sign + power
                rest = rest.dropFirst(1 + sign.count + power.count)
            }
        }
        guard let number = Double(parts.joined(separator: ".") + exponent) else { return nil }
        return (negative ? -number : number, digits.contains(","), String(rest))
    }

}

extension Spelling {
    /// "mbit/giây" without marks.
    static func plainLetters(_ text: String) -> String {
        String(String.UnicodeScalarView(text.decomposedStringWithCanonicalMapping.unicodeScalars.filter { !(0x300...0x36F).contains($0.value) }))
    }
}

extension SourceFile {
    func report(_ message: Message, _ cell: Cell) {
        let heading = headings.indices.contains(cell.position) ? headings[cell.position] : ""
        let name = cell.row > 0 ? CellName(row: cell.row, position: cell.position, heading: Letters.shown(heading)) : nil
        report(message, line: cell.line, column: cell.column, cell: name)
    }
    /// With the nearest of the known words, where one is near.
    func report(_ message: Message, _ cell: Cell, meaning word: String, among known: some Sequence<String>) {
        report(message.suggesting(Suggestion.nearest(to: word, among: known)), cell)
    }
}
