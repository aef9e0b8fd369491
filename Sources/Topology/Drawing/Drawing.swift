/// A picture of a network as plain geometry: millimetres on a sheet, the y axis pointing down. What a shape looks like in a
/// file format is the writers' business (`TopologyFiles/Drawing`).
///
/// In reading order: ``Drawing`` with its ``Drawing/Label``s, ``Drawing/Stroke``s, ``Drawing/Panel``s and ``Drawing/Dot``s,
/// ``TextMeasure`` (how wide letters are at most), ``Paper``, ``NodeCaption`` and ``SheetCaption`` (what is to be said, in
/// whatever language), ``SheetLayout`` (the whole sheet), `TreeLayout`, `BlockLayout` and `MapLayout` (its middle),
/// `TitleBlock` (its lower edge), ``Outages`` (which losses cut most halls off).
///
/// Shapes stand in the order in which they are painted. The same content gives the same drawing.
public struct Drawing: Hashable, Sendable {
    /// Of the sheet.
    public var width: Double
    /// Of the sheet.
    public var height: Double
    /// The drawing's border: no shape lies outside.
    public var border: Rectangle
    /// In the order in which they are painted.
    public var shapes: [Shape]

    public init(width: Double, height: Double, border: Rectangle, shapes: [Shape] = []) {
        self.width = width
        self.height = height
        self.border = border
        self.shapes = shapes
    }

    /// One thing to paint.
    public enum Shape: Hashable, Sendable {
        /// A line of text.
        case label(Label)
        /// A line through points.
        case stroke(Stroke)
        /// A rectangle.
        case panel(Panel)
        /// A circle.
        case dot(Dot)
    }

    /// What something is, which decides its colour.
    public enum Ink: Hashable, Sendable {
        case text
        /// Text of second rank.
        case faint
        /// Borders and tables.
        case rule
        /// Hairlines that lead the eye.
        case guide
        /// What several trunks of one node share.
        case bus
        /// A trunk, by how full it is.
        case load(LoadBand)
        case backup
        case zone
        /// The ground of a node's box.
        case ground
        /// The ground of a protected zone.
        case zoneGround
        case paper
        /// A weak point's number.
        case weakness
    }

    /// How a line is drawn.
    public enum Dash: Hashable, Sendable {
        case solid
        case dashed
        case dashDotted
    }

    /// A line of text on its baseline.
    public struct Label: Hashable, Sendable {
        /// Which end of the text `at` is.
        public enum Anchor: Hashable, Sendable {
            case start
            case middle
            case end
        }
        /// The main words.
        public var text: String
        /// What follows in fainter letters of ordinary weight.
        public var tail: String
        /// On the baseline.
        public var at: Point
        /// Of the letters' em square, in millimetres.
        public var size: Double
        /// Of `text`; a tail never is.
        public var bold: Bool
        /// Of the whole line.
        public var italic: Bool
        /// Start, unless it is centred or ends at a place.
        public var anchor: Anchor
        /// Of `text`; a tail is always faint.
        public var ink: Ink
        /// The node it speaks of.
        public var slot: Int?

        public init(
            _ text: String, tail: String = "", at: Point, size: Double, bold: Bool = false, italic: Bool = false,
            anchor: Anchor = .start, ink: Ink = .text, slot: Int? = nil
        ) {
            self.text = text
            self.tail = tail
            self.at = at
            self.size = size
            self.bold = bold
            self.italic = italic
            self.anchor = anchor
            self.ink = ink
            self.slot = slot
        }

        /// What the letters may cover at most.
        public var bounds: Rectangle {
            let width = TextMeasure.width(text, size: size, bold: bold) + TextMeasure.width(tail, size: size)
            let x =
                switch anchor {
                case .start: at.x
                case .middle: at.x - width / 2
                case .end: at.x - width
                }
            return Rectangle(
                x: x, y: at.y - TextMeasure.ascent * size, width: width,
                height: (TextMeasure.ascent + TextMeasure.descent) * size)
        }
    }

    /// A line through points.
    public struct Stroke: Hashable, Sendable {
        /// At least two.
        public var points: [Point]
        /// In millimetres.
        public var width: Double
        /// Tells the load of a trunk.
        public var ink: Ink
        /// Solid for what carries media.
        public var dash: Dash
        /// The node whose uplink it is part of.
        public var slot: Int?
        public init(_ points: [Point], width: Double, ink: Ink, dash: Dash = .solid, slot: Int? = nil) {
            self.points = points
            self.width = width
            self.ink = ink
            self.dash = dash
            self.slot = slot
        }
    }

    /// A rectangle.
    public struct Panel: Hashable, Sendable {
        /// Its edges.
        public var frame: Rectangle
        /// Nil: nothing inside.
        public var fill: Ink?
        /// Nil: no line around it.
        public var edge: Ink?
        /// Of the line around it.
        public var width: Double
        /// Of its corners.
        public var radius: Double
        /// Of the line around it.
        public var dash: Dash
        /// The node it stands for.
        public var slot: Int?
        public init(
            _ frame: Rectangle, fill: Ink? = nil, edge: Ink? = .rule, width: Double = 0.25, radius: Double = 0,
            dash: Dash = .solid, slot: Int? = nil
        ) {
            self.frame = frame
            self.fill = fill
            self.edge = edge
            self.width = width
            self.radius = radius
            self.dash = dash
            self.slot = slot
        }
    }

    /// A circle.
    public struct Dot: Hashable, Sendable {
        /// In the middle.
        public var center: Point
        /// In millimetres.
        public var radius: Double
        /// Nil: a ring.
        public var fill: Ink?
        /// Nil: no line around it.
        public var edge: Ink?
        /// The node it stands for.
        public var slot: Int?
        public init(_ center: Point, radius: Double, fill: Ink?, edge: Ink? = nil, slot: Int? = nil) {
            self.center = center
            self.radius = radius
            self.fill = fill
            self.edge = edge
            self.slot = slot
        }
    }
}
