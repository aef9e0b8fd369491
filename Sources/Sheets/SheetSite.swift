import Basics
import Topology

/// One row of a sheet: what it says of a site, and the cells where it says so.
struct SheetSite {
    /// Tidy cells that are not blank.
    var cells: [SheetColumn: Cell] = [:]
    /// Columns whose cell was told to be wrong; nothing more is said of it.
    var spoilt: Set<SheetColumn> = []
    /// Columns whose cell says that there is no value: blank, and not by merged cells.
    var placeholders: Set<SheetColumn> = []
    /// Where to point when a cell is missing: the name, or the row's first cell.
    var place: Cell
    var name = ""
    var id = ""
    /// Empty while nobody knows it.
    var level = ""
    var unit: String?
    /// Somebody else's bridge above the root: no node.
    var external = false
    /// Its role says that it is a technical hub: it has no hall.
    var isHub = false
    /// "đã sáp nhập": no node, but its name is still known.
    var mergedAway = false
    var assumed = false
    /// The heading row above, where that row stands in for the parents.
    var section: Cell?
    /// Positions in the list of sites.
    var parent: Int?
    var backups: [Int] = []
    var up: Bitrate?
    var down: Bitrate?
    /// Nobody has measured the line's figures.
    var figuresAssumed = false
    /// In nanoseconds, one way.
    var latency: Int64?
    /// In millionths.
    var loss: Int?
    var address: Address?
    var port: UInt16?
    var coordinates: Network.Coordinates?
    var zone: String?

    var line: Int { place.line }
    /// It takes part in the network.
    var isNode: Bool { !external && !mergedAway }
}

/// What the caller of an import adds to the sheet.
public struct SheetOptions: Hashable, Sendable {
    /// The network's id; without it the file's name or the root's.
    public var id: String?
    /// What people call the network; without it the root's name.
    public var name: String?
    /// The edition of the unit codes, where the sheet has no column for it.
    public var edition: String?
    /// A node above all rows without a parent, for lists of units, which have no top of their own.
    public var root: Root?

    /// A node that the sheet does not have.
    public struct Root: Hashable, Sendable {
        /// Its id.
        public var id: String
        /// What people call it.
        public var name: String
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    public init(id: String? = nil, name: String? = nil, edition: String? = nil, root: Root? = nil) {
        self.id = id
        self.name = name
        self.edition = edition
        self.root = root
    }
}
