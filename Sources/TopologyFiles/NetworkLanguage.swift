import Documents
import Topology

extension TopologyFiles {
    /// The language that a network's drawings, plans and logs are in unless somebody asks for another: what its file says, else Vietnamese where its levels or
    /// most of its names have Vietnamese letters; nil where neither tells.
    public static func language(of network: Network) -> Language? {
        if let said = network.language.flatMap(Language.init(rawValue:)) { return said }
        if network.levels.contains(where: { hasVietnameseLetters($0.name) }) { return .vi }
        return network.nodes.count { hasVietnameseLetters($0.name) } * 2 > network.count ? .vi : nil
    }

    /// A letter that Vietnamese has and its neighbours in Latin script do not: ă, đ, ơ, ư, and letters with two marks or a hook or dot.
    private static func hasVietnameseLetters(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x102, 0x103, 0x110, 0x111, 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x1EA0...0x1EF9: true
            // As separate marks: hook, horn, dot below.
            case 0x309, 0x31B, 0x323: true
            default: false
            }
        }
    }
}
