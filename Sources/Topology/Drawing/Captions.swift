import Basics

/// What a sheet says about one node, in the reader's language.
public struct NodeCaption: Hashable, Sendable {
    /// How a node is marked.
    public enum Symbol: Hashable, Sendable {
        /// A node with halls of its own.
        case site
        /// A technical hub, or another node without halls.
        case hub
    }
    /// "Xã Yên Mỹ".
    public var name: String
    /// What follows the name where nothing above it on the sheet says so: ", huyện cũ".
    public var tail: String
    /// Its id and how many halls stand behind it.
    public var note: String
    /// Its halls, where it has several.
    public var rooms: [String]
    /// Capacity and load of its uplink; empty at the root.
    public var figures: String
    /// The head of its block says the figures once for all that have the same.
    public var isTold: Bool
    /// How full its uplink is.
    public var band: LoadBand
    /// What most trunks below it have in common, level by level, where it heads a block of rows.
    public var common: [Common]
    /// The same of the nodes right below the root that have none below themselves.
    public var directCommon: [Common]
    /// Its mark before the name.
    public var symbol: Symbol
    /// "Dự phòng: …"; empty without backups.
    public var backup: String
    /// Slots of its backup parents.
    public var backups: [Int]
    /// "Vùng bảo vệ …", where one begins with its uplink.
    public var zone: String?
    /// Its number among the weak points.
    public var weakness: Int?
    /// The heading of its rows where they go on in another column.
    public var continued: String
    /// The heading of the rows of nodes right below it that have none below themselves.
    public var direct: String
    /// What to say when a reader points at it.
    public var tip: String

    /// Figures that several trunks share.
    public struct Common: Hashable, Sendable {
        /// Of which level, how many, and the figures.
        public var text: String
        /// How full they are.
        public var band: LoadBand
        public init(_ text: String, _ band: LoadBand) {
            self.text = text
            self.band = band
        }
    }

    public init(
        name: String, tail: String = "", note: String = "", rooms: [String] = [], figures: String = "", isTold: Bool = false,
        band: LoadBand = .unknown, common: [Common] = [], directCommon: [Common] = [], symbol: Symbol = .site, backup: String = "", backups: [Int] = [],
        zone: String? = nil,
        weakness: Int? = nil, continued: String = "", direct: String = "", tip: String = ""
    ) {
        self.name = name
        self.tail = tail
        self.note = note
        self.rooms = rooms
        self.figures = figures
        self.isTold = isTold
        self.band = band
        self.common = common
        self.directCommon = directCommon
        self.symbol = symbol
        self.backup = backup
        self.backups = backups
        self.zone = zone
        self.weakness = weakness
        self.continued = continued
        self.direct = direct
        self.tip = tip
    }
}

/// What a sheet says about the whole.
public struct SheetCaption: Hashable, Sendable {
    /// An entry of the legend.
    public struct Entry: Hashable, Sendable {
        /// What is drawn before the words.
        public enum Sample: Hashable, Sendable {
            case trunk(LoadBand)
            case bus
            case backup
            case zone
            case symbol(NodeCaption.Symbol)
            case weakness
            /// Nothing drawn: an explanation of signs within texts.
            case words(String)
            /// The same, of what heads of blocks say for their rows: a tree has none.
            case common(String)
        }
        /// Drawn before the words.
        public var sample: Sample
        /// What the sample means.
        public var text: String
        public init(_ sample: Sample, _ text: String) {
            self.sample = sample
            self.text = text
        }
    }
    /// A row of the title block.
    public struct Fact: Hashable, Sendable {
        /// What is told.
        public var label: String
        /// What it is; broken into lines where it is long.
        public var value: String
        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }
    /// In large letters on top.
    public var title: String
    /// Below the title: what the loads are of.
    public var subtitle: String
    /// Over the legend.
    public var legendTitle: String
    /// Only what occurs on the sheet.
    public var legend: [Entry]
    /// Over the weak points.
    public var weaknessTitle: String
    /// By number, from 1.
    public var weaknesses: [String]
    /// What stands below them, or instead.
    public var weaknessNote: String
    /// Of the title block, from top to bottom.
    public var facts: [Fact]
    /// The block at the lower right corner.
    public var titleBlock: TitleBlockCaption
    /// Title of the northern of the two island groups that a map of the country shows.
    public var hoangSa: String
    /// The southern one.
    public var truongSa: String
    /// Where north is on a map, and what its numbers are.
    public var mapNote: String

    public init(
        title: String, subtitle: String, legendTitle: String = "", legend: [Entry] = [], weaknessTitle: String = "",
        weaknesses: [String] = [], weaknessNote: String = "", facts: [Fact] = [],
        titleBlock: TitleBlockCaption = TitleBlockCaption(), hoangSa: String = "", truongSa: String = "", mapNote: String = ""
    ) {
        self.title = title
        self.subtitle = subtitle
        self.legendTitle = legendTitle
        self.legend = legend
        self.weaknessTitle = weaknessTitle
        self.weaknesses = weaknesses
        self.weaknessNote = weaknessNote
        self.facts = facts
        self.titleBlock = titleBlock
        self.hoangSa = hoangSa
        self.truongSa = truongSa
        self.mapNote = mapNote
    }
}

/// All that a layout needs: who hangs below whom, what is said of each, and where it lies.
public struct SheetContent: Hashable, Sendable {
    /// Who hangs below whom.
    public var tree: Tree
    /// By slot.
    public var captions: [NodeCaption]
    /// Said of the whole.
    public var sheet: SheetCaption
    /// By slot; nil where nobody knows.
    public var places: [Network.Coordinates?]
    /// Most nodes have coordinates.
    public var isMostlyPlaced: Bool { places.count { $0 != nil } * 2 > tree.count }

    public init(tree: Tree, captions: [NodeCaption], sheet: SheetCaption, places: [Network.Coordinates?]) {
        self.tree = tree
        self.captions = captions
        self.sheet = sheet
        self.places = places
    }
}
