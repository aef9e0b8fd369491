import Basics
import Conference
import Console
import Foundation
import Native

/// One node asks another for a still of its site, for a chair of its own.
///
/// The asking node signs it with its own key (``NodeStatement``): no page's token is known to any node but the page's own.
public struct StillWish: Codable, Hashable, Sendable {
    /// How long it is good for, in milliseconds and in either direction: nodes' clocks differ a little.
    static let life = Int64(30_000)
    static let purpose = "still"

    /// The asking node's id, which the certificate must say too.
    public var from: String
    /// The asked node's id: nobody else can use it.
    public var to: String
    /// The site whose picture is wanted.
    public var site: String
    /// The chair's site, of the asking node.
    public var asker: String
    public var meeting: String
    /// Milliseconds since 1970.
    public var at: Int64
}

/// Makes and believes statements of nodes.
struct Statements: Sendable {
    private let signer: StatementSigner
    private let reader: StatementReader

    init(_ state: StateFolder) throws {
        signer = try StatementSigner(own: Credential(certificate: state.text(state.certificate), privateKey: state.text(state.key)))
        reader = try StatementReader(authority: state.text(state.authority))
    }

    func sign(_ wish: StillWish) -> String? { try? signer.sign(Console.json(wish), purpose: StillWish.purpose) }

    /// What a statement asks of this node now; nil if any part of it does not hold. Signatures are looked at last.
    func wish(_ statement: String, of site: SiteID, at node: String, now: WallTime, isKnown: (String) -> Bool) -> StillWish? {
        guard let content = StatementReader.unproven(statement), let wish = try? Console.decode(StillWish.self, from: content),
            wish.to == node, wish.site == site.rawValue, isKnown(wish.from)
        else { return nil }
        guard (now.milliseconds - StillWish.life...now.milliseconds + StillWish.life).contains(wish.at),
            let proven = try? reader.read(statement, purpose: StillWish.purpose, now: now), proven.node == wish.from, proven.content == content
        else { return nil }
        return wish
    }
}
