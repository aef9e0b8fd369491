import Basics
import Documents
import Foundation
import Topology
import TopologyFiles

/// Reads a site's level, unit code and id: the three tell each other, and spreadsheets damage them most.
struct SheetCodes {
    let file: SourceFile
    /// False in sheets without a column of levels, where deriving them is said once.
    let hasLevels: Bool

    func read(_ site: inout SheetSite, above: SheetSite?) {
        let level = readLevel(site, above: above)
        site.level = level ?? ""
        let known = level.flatMap(KnownLevel.named)
        if let cell = site.cells[.unit] { site.unit = readUnit(cell, known) }
        if let cell = site.cells[.code] { site.id = readCode(cell, site, known) }
        if site.mergedAway { file.report(.mergedAway(site.id.isEmpty ? site.name : site.id), site.cells[.status] ?? site.place) }
    }

    // MARK: Level

    private func readLevel(_ site: SheetSite, above: SheetSite?) -> String? {
        let kind = Spelling.kind(site.name)
        if site.spoilt.contains(.level) { return nil }
        guard let cell = site.cells[.level] else {
            if site.external { return nil }
            let derived = derived(site, kind)
            if let level = above?.level, !level.isEmpty, hasLevels, derived == nil || derived == level, !site.placeholders.contains(.level) {
                file.report(.mergedCell(.level, level), site.place)
                return level
            }
            if let derived {
                if hasLevels { file.report(.levelDerived(derived), site.place) }
                return derived
            }
            file.report(.missingLevel, site.place)
            return nil
        }
        if Spelling.bare(cell.text) == "thanh pho" { return derived(site, kind) ?? "huyen" }
        guard let level = KnownLevel.meaning(cell.text) else { return ownLevel(cell) }
        // "Thành phố Cần Thơ" may be of two levels; "Huyện Yên Mô" at the level of communes is a slip.
        if let kind, let says = kind.level, KnownLevel.named(level.id)?.digits != nil, says != level.id {
            file.report(.levelAgainstName(level.id, kind.words), cell)
        }
        return level.id
    }

    /// By the unit code's digits, or by the name's kind of unit.
    private func derived(_ site: SheetSite, _ kind: (words: String, level: String?, rest: String)?) -> String? {
        if let level = kind?.level { return level }
        let digits = site.cells[.unit]?.text.count { $0.isNumber } ?? 0
        if let level = KnownLevel.digits(digits)?.id { return level }
        if kind != nil { return site.cells[.parent] == nil ? "tinh" : "huyen" }
        return nil
    }

    /// A word of the planner's own is a level of its own, unless it is nearly one of ours.
    private func ownLevel(_ cell: Cell) -> String? {
        let bare = Spelling.bare(cell.text)
        let near = bare.count > 3 ? Suggestion.nearest(to: bare, among: KnownLevel.allWords.lazy.filter { $0.count > 3 }) : nil
        if let near, let level = KnownLevel.meaning(near) {
            file.report(Message.unknownSheetLevel(cell.text).suggesting(level.id), cell)
            return nil
        }
        let slug = Spelling.slug(cell.text)
        if slug.isEmpty {
            file.report(.unknownSheetLevel(cell.text), cell)
            return nil
        }
        return slug
    }

    // MARK: Unit code

    private func readUnit(_ cell: Cell, _ level: KnownLevel?) -> String? {
        var text = unwrapped(cell) ?? cell.text
        if text.lowercased().contains("e+") || NoValue.isExponent(text) {
            file.report(.lostDigits(cell.text), cell)
            return nil
        }
        guard let level, let digits = level.digits else { return text }
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), text.count <= digits else {
            file.report(.badUnitCode(cell.text, level: level.id, digits: digits), cell)
            return nil
        }
        if text.count < digits {
            let whole = String(repeating: "0", count: digits - text.count) + text
            file.report(.leadingZeros(text, whole), cell)
            text = whole
        }
        return text
    }

    /// "'01840" and "31498.0": marks of a spreadsheet around a code.
    private func unwrapped(_ cell: Cell) -> String? {
        var text = cell.text
        if text.hasPrefix("'") || text.hasPrefix("’") { text.removeFirst() }
        if text.hasPrefix("=\""), text.hasSuffix("\"") { text = String(text.dropFirst(2).dropLast()) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), parts[1].allSatisfy({ $0 == "0" }) {
            text = String(parts[0])
        }
        if text == cell.text { return nil }
        file.report(.numberForm(cell.text, text), cell)
        return text
    }

    // MARK: Site code

    private func readCode(_ cell: Cell, _ site: SheetSite, _ level: KnownLevel?) -> String {
        var text = unwrapped(cell) ?? cell.text
        if NoValue.isExponent(text) { file.report(.lostDigits(cell.text), cell) }
        if let digits = level?.digits, text.allSatisfy(\.isNumber), text.count < digits, site.unit.map({ Int($0) == Int(text) }) ?? true {
            let whole = String(repeating: "0", count: digits - text.count) + text
            file.report(.leadingZeros(text, whole), cell)
            text = whole
        }
        if Spelling.isID(text) { return text }
        let id = Self.spelt(text)
        if Spelling.isID(id) { file.report(.codeSpelling(text, id), cell) } else { file.report(.badID(text), cell) }
        return id
    }

    /// "Sở Y tế/1" becomes "So-Y-te-1": marks taken off, anything else a hyphen; letters keep their case.
    static func spelt(_ text: String) -> String {
        var out = ""
        for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_": out.unicodeScalars.append(scalar)
            case "đ": out += "d"
            case "Đ": out += "D"
            case "\u{300}"..."\u{36F}": continue
            default: if !out.isEmpty, !out.hasSuffix("-") { out += "-" }
            }
        }
        while out.hasSuffix("-") { out.removeLast() }
        return out
    }
}
