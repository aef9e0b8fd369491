import Documents
import TopologyFiles

/// Finds the site that a cell means: by its id, its unit code or its name, in all the ways people write them.
final class SheetNames {
    private let sites: [SheetSite]
    private var byID: [String: Int] = [:]
    private var byLooseID: [String: [Int]] = [:]
    private var byUnit: [String: [Int]] = [:]
    private var byLooseUnit: [String: [Int]] = [:]
    /// Tables of names, from the strictest to the loosest reading; most sheets never need them.
    private lazy var byName: [[String: [Int]]] = {
        var tables: [[String: [Int]]] = [[:], [:], [:], [:], [:]]
        for (i, site) in sites.enumerated() where !site.name.isEmpty {
            for (tier, reading) in Spelling.readings(site.name).enumerated() { tables[tier][reading, default: []].append(i) }
        }
        return tables
    }()

    /// How a cell's text was found to mean a site.
    enum Way {
        case id
        case letterCase
        case leadingZeros
        case unit
        case name(sameTones: Bool)
    }
    enum Result {
        case one(Int, Way)
        case several([Int])
        case none
    }

    init(_ sites: [SheetSite]) {
        self.sites = sites
        for (i, site) in sites.enumerated() {
            if byID[site.id] == nil { byID[site.id] = i }
            byLooseID[Self.loose(site.id), default: []].append(i)
            guard let unit = site.unit else { continue }
            byUnit[unit, default: []].append(i)
            byLooseUnit[Self.loose(unit), default: []].append(i)
        }
    }

    /// Ids that differ in case or in leading zeros only, also behind a letter: "x1840" and "X01840".
    private static func loose(_ id: String) -> String {
        var out = ""
        var inDigits = false
        for letter in id.lowercased() {
            if letter == "0", !inDigits { continue }
            inDigits = letter.isNumber
            out.append(letter)
        }
        return out
    }

    /// The site that `text` means to the site at `child`: never itself, and by name one of a higher level where there is one.
    func find(_ text: String, for child: Int?) -> Result {
        if let i = byID[text], i != child { return .one(i, .id) }
        let exact = higher(byUnit[text] ?? [], than: child)
        if exact.count == 1 { return .one(exact[0], .unit) }
        let loose = byLooseID[Self.loose(text)] ?? []
        let near = loose.filter { $0 != child }
        if near.count == 1 {
            return .one(near[0], sites[near[0]].id.lowercased() == text.lowercased() ? .letterCase : .leadingZeros)
        }
        if let child, byID[text] == child { return .one(child, .id) }
        let units = higher(byLooseUnit[Self.loose(text)] ?? [], than: child)
        if units.count == 1 { return .one(units[0], .unit) }
        if units.count > 1 { return .several(units) }
        for (tier, reading) in Spelling.readings(text).enumerated() {
            let found = higher(byName[tier][reading] ?? [], than: child)
            if found.isEmpty { continue }
            if found.count > 1 { return .several(found) }
            return .one(found[0], .name(sameTones: sameTones(text, sites[found[0]].name)))
        }
        return idAmongWords(text, child)
    }

    /// "H377 - Huyện Yên Mô": an id with its name beside it.
    private func idAmongWords(_ text: String, _ child: Int?) -> Result {
        let words = text.split { " ()[],;:/–".contains($0) }
        let found = Set(words.compactMap { byID[String($0)] }).filter { $0 != child }.sorted()
        if found.count > 1 { return .several(found) }
        return found.first.map { .one($0, .name(sameTones: true)) } ?? .none
    }

    private func higher(_ found: [Int], than child: Int?) -> [Int] {
        let others = found.filter { $0 != child }
        guard let child, let mine = KnownLevel.named(sites[child].level)?.order else { return others }
        let above = others.filter { (KnownLevel.named(sites[$0].level)?.order ?? -1) < mine }
        return above.isEmpty ? others : above
    }

    /// False where the two differ in where a tone mark stands.
    private func sameTones(_ text: String, _ name: String) -> Bool {
        let words = Set(Spelling.lower(name).split(separator: " "))
        let folded = Set(words.map { Spelling.folded(String($0)) })
        for word in Spelling.lower(text).split(separator: " ") where !words.contains(word) {
            if folded.contains(Spelling.folded(String(word))) { return false }
        }
        return true
    }

    /// Every id and name, for near ones.
    var all: [String] { sites.map(\.id) + sites.map(\.name) }
}
