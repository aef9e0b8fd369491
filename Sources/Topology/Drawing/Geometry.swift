/// A place on the sheet, in millimetres from its upper left corner.
public struct Point: Hashable, Sendable {
    /// To the right.
    public var x: Double
    /// Downward.
    public var y: Double
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// An upright rectangle on the sheet, in millimetres.
public struct Rectangle: Hashable, Sendable {
    /// Its left edge.
    public var x: Double
    /// Its upper edge.
    public var y: Double
    /// To the right of its left edge.
    public var width: Double
    /// Below its upper edge.
    public var height: Double
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
    /// Its right edge.
    public var right: Double { x + width }
    /// Its lower edge.
    public var bottom: Double { y + height }
    /// Halfway between left and right.
    public var midX: Double { x + width / 2 }
    /// Halfway between top and bottom.
    public var midY: Double { y + height / 2 }
    /// Smaller by `margin` on every side.
    public func inset(_ margin: Double) -> Rectangle {
        Rectangle(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
    }
    /// Whether the insides have a point in common.
    public func overlaps(_ other: Rectangle) -> Bool {
        x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }
    /// Whether `other` lies inside, edges included.
    public func contains(_ other: Rectangle) -> Bool {
        other.x >= x && other.right <= right && other.y >= y && other.bottom <= bottom
    }
}

/// A sheet, always lying on its long side.
public struct Paper: Hashable, Sendable {
    /// "A3".
    public var name: String
    /// Its long side.
    public var width: Double
    /// Its short side.
    public var height: Double
    /// How much larger than on A3 titles and margins are.
    var emphasis: Double

    /// ISO 216.
    public static let a4 = Paper(name: "A4", width: 297, height: 210, emphasis: 0.76)
    /// ISO 216; what planners print.
    public static let a3 = Paper(name: "A3", width: 420, height: 297, emphasis: 1)
    /// ISO 216.
    public static let a2 = Paper(name: "A2", width: 594, height: 420, emphasis: 1.2)
    /// ISO 216.
    public static let a1 = Paper(name: "A1", width: 841, height: 594, emphasis: 1.5)
    /// ISO 216.
    public static let a0 = Paper(name: "A0", width: 1189, height: 841, emphasis: 1.9)
    /// Sheets of DIN 476 above A0: for screens, rarely for printers.
    public static let twoA0 = Paper(name: "2A0", width: 1682, height: 1189, emphasis: 2.4)
    /// Four times A0.
    public static let fourA0 = Paper(name: "4A0", width: 2378, height: 1682, emphasis: 3)
    /// Larger still, for a zoomable page of the whole country with its former districts.
    public static let wall = Paper(name: "8A0", width: 3364, height: 2378, emphasis: 4)

    /// What may be asked for by name.
    public static let named = [a4, a3, a2, a1, a0]
    /// What is tried where none is asked for, smallest first.
    public static let growing = [a3, a2, a1, a0, twoA0, fourA0, wall]
}
