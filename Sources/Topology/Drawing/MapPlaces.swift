/// Where nodes lie on a map, in degrees, and how degrees become millimetres.
struct MapPlaces {
    /// By slot; nil for a node that nobody can place.
    private(set) var places: [Network.Coordinates?]
    /// A map of the whole country: it shows both island groups, whoever takes part.
    private(set) var isNational = false
    private(set) var showsHoangSa = false
    private(set) var showsTruongSa = false
    private var south = 90.0
    private var north = -90.0
    private var west = 180.0
    private var east = -180.0

    init(_ content: SheetContent) {
        places = content.places
        let tree = content.tree
        for slot in 0..<tree.count {
            guard let group = Archipelago.all.first(where: { $0.isSeat(content.captions[slot].name) }) else { continue }
            places[slot] = group.seat
        }
        // A node without a place lies amid its children.
        for slot in (0..<tree.count).reversed() where places[slot] == nil {
            let known = tree.children(slot).compactMap { places[$0] }
            if known.isEmpty { continue }
            places[slot] = Network.Coordinates(
                latitude: known.reduce(0) { $0 + $1.latitude } / Double(known.count),
                longitude: known.reduce(0) { $0 + $1.longitude } / Double(known.count))
        }
        for place in places { if let place { include(place) } }
        isNational = north - south > Self.nationalSpan
        showsHoangSa = isNational || includes(Archipelago.hoangSa.seat)
        showsTruongSa = isNational || includes(Archipelago.truongSa.seat)
        if showsHoangSa { for island in Archipelago.hoangSa.islands { include(island) } }
        if showsTruongSa { for island in Archipelago.truongSa.islands { include(island) } }
        // One node alone still has surroundings.
        let margin = max(0.02, 0.04 * max(north - south, east - west))
        south -= margin
        north += margin
        west -= margin
        east += margin
    }

    /// Degrees from north to south; no province has as many.
    private static let nationalSpan = 8.0

    private mutating func include(_ place: Network.Coordinates) {
        south = min(south, place.latitude)
        north = max(north, place.latitude)
        west = min(west, place.longitude)
        east = max(east, place.longitude)
    }
    private func includes(_ place: Network.Coordinates) -> Bool {
        (south...north).contains(place.latitude) && (west...east).contains(place.longitude)
    }

    /// Equal lengths north and east in the middle of the map, as large as the area allows, centred.
    func projection(into area: Rectangle) -> (Network.Coordinates) -> Point {
        let shrink = Self.cosine((south + north) / 2)
        let width = (east - west) * shrink
        let height = north - south
        let scale = min(area.width / width, area.height / height)
        let x = area.midX - width * scale / 2
        let y = area.midY - height * scale / 2
        return { [west, north] in Point(x + ($0.longitude - west) * shrink * scale, y + (north - $0.latitude) * scale) }
    }

    /// Of an angle in degrees: the Taylor series to the eighth power, good to a millionth between ±70°.
    private static func cosine(_ degrees: Double) -> Double {
        let x = degrees * .pi / 180
        let q = x * x
        return 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))))
    }
}

/// An island group that a map of the country shows, placed by hand: tables of units give their centroids wrongly.
struct Archipelago {
    /// What its unit's name ends with.
    var name: String
    /// The island of its seat.
    var seat: Network.Coordinates
    /// Some of its islands, from north to south.
    var islands: [Network.Coordinates]

    /// "Đặc khu Trường Sa", "Huyện Trường Sa"; no commune of that name elsewhere.
    func isSeat(_ node: String) -> Bool {
        ["Đặc khu ", "Huyện ", "Huyện đảo ", "UBND đặc khu ", "UBND huyện "].contains { node == $0 + name }
    }

    private static func at(_ latitude: Double, _ longitude: Double) -> Network.Coordinates {
        Network.Coordinates(latitude: latitude, longitude: longitude)
    }

    static let hoangSa = Archipelago(
        name: "Hoàng Sa", seat: at(16.53, 111.61),
        islands: [at(17.10, 111.50), at(16.83, 112.34), at(16.67, 112.73), at(16.53, 111.61), at(16.45, 111.70), at(15.78, 111.20)])
    static let truongSa = Archipelago(
        name: "Trường Sa", seat: at(8.645, 111.92),
        islands: [
            at(11.43, 114.33), at(11.05, 114.28), at(10.38, 114.48), at(10.18, 114.36), at(9.89, 114.33), at(8.97, 113.68),
            at(8.93, 112.35), at(8.645, 111.92), at(7.89, 112.92),
        ])
    static let all = [hoangSa, truongSa]
}
