import Basics
import Drawings
import Foundation
import Testing
import Topology
import TopologyFiles

/// A made-up country: `provinces` with their communes around them, from the far north to the far south.
func country(provinces: Int, communes: Int, places: Bool = true) throws -> Network {
    var generator = TestSeed.generator("country")
    var text = """
        network: country
        name: Toàn quốc
        version: 1
        levels: [{id: tw, name: Trung ương}, {id: tinh, name: Tỉnh}, {id: xa, name: Xã}]
        defaults: {capacity: 10 Mbit/s}
        nodes:
          - {id: tw, level: tw, name: Trung ương, address: 10.0.0.1\(places ? ", at: [21.03, 105.85]" : "")}

        """
    var address = 1
    func add(_ id: String, _ level: String, _ name: String, _ parent: String, _ latitude: Double, _ longitude: Double) {
        address += 1
        let at = places ? ", at: [\((latitude * 1_000).rounded() / 1_000), \((longitude * 1_000).rounded() / 1_000)]" : ""
        text += "  - {id: \(id), level: \(level), name: \(name), address: 10.1.\(address / 250).\(address % 250 + 1), uplink: \(parent)\(at)}\n"
    }
    for p in 0..<provinces {
        let latitude = 22.5 - 13.5 * Double(p) / Double(max(1, provinces - 1))
        let longitude = 105 + 3 * Double.random(in: 0...1, using: &generator)
        add("T\(p)", "tinh", "Tỉnh Thừa Thiên Thứ \(p)", "tw", latitude, longitude)
        for c in 0..<communes {
            let dx = Double.random(in: -0.5...0.5, using: &generator)
            let dy = Double.random(in: -0.4...0.4, using: &generator)
            add("X\(p)-\(c)", "xa", c == 0 && p == 0 ? "Đặc khu Trường Sa" : "Phường Nguyễn Thưởng \(c)", "T\(p)", latitude + dy, longitude + dx)
        }
    }
    return try TopologyFiles.parse(text, file: "country.yaml")
}

struct MapDrawingTests {
    @Test("a map's texts do not overlap and are not crossed, of one province or of the country", arguments: [(1, 1), (1, 120), (9, 20), (34, 98)])
    func clean(provinces: Int, communes: Int) throws {
        let network = try country(provinces: provinces, communes: communes)
        let drawing = try Drawings.sheet(network, options: DrawingOptions(arrangement: .map))
        #expect(faults(drawing, isMap: true) == [])
        // Every row carries the number that the map shows.
        let last = network.count - 1
        #expect(drawing.labels.contains { $0.slot == last && $0.text.hasPrefix("\(last). ") })
    }

    @Test("the whole country without coordinates is a clean sheet of blocks with every name")
    func blocks() throws {
        let network = try country(provinces: 34, communes: 98, places: false)
        #expect(network.count == 3_367)
        let drawing = try Drawings.sheet(network, options: DrawingOptions())
        #expect(faults(drawing) == [])
        let texts = Set(drawing.labels.map { "\($0.slot ?? -1) \($0.text)\($0.tail)" })
        for slot in network.nodes.indices.dropFirst() { #expect(texts.contains("\(slot) \(network.nodes[slot].name)")) }
    }

    @Test("a map of the whole country shows Hoàng Sa and Trường Sa; one of a province does not")
    func islands() throws {
        let whole = try Drawings.sheet(country(provinces: 9, communes: 2), options: DrawingOptions(arrangement: .map))
        let titles = ["Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)"]
        for title in titles { #expect(whole.labels.contains { $0.text == title }, "\(title)") }
        let part = try network(
            "  - {id: t, level: a, address: 10.0.0.1, at: [9.6, 105.9]}\n  - {id: x, level: b, address: 10.0.0.2, uplink: t, at: [9.7, 106]}\n")
        let small = try Drawings.sheet(part, options: DrawingOptions(arrangement: .map))
        for title in titles { #expect(!small.labels.contains { $0.text == title }) }
    }

    @Test("Trường Sa lies where its islands are, whatever the file says of its centroid")
    func handPlaced() throws {
        let network = try country(provinces: 9, communes: 2)
        let drawing = try Drawings.sheet(network, options: DrawingOptions(arrangement: .map))
        func place(_ id: String) throws -> Point {
            let slot = try #require(network.slot(id: id))
            let dots = drawing.shapes.compactMap { if case .dot(let dot) = $0, dot.slot == slot { dot.center } else { nil } }
            return try #require(dots.first)
        }
        // In the file it lies in the far north; on the map south-east of the southernmost mainland node's latitude.
        #expect(try place("X0-0").y > place("T8").y)
        #expect(try place("X0-0").x > place("T8").x)
    }

    @Test("automatic: a map where most nodes have coordinates and the paper has room, else a tree; no nodes, no map")
    func automatic() throws {
        let placed = try country(provinces: 2, communes: 3)
        #expect(try Drawings.sheet(placed, options: DrawingOptions(paper: .a3)).labels.contains { $0.text.hasPrefix("Phía trên là hướng bắc") })
        #expect(try !Drawings.sheet(placed, options: DrawingOptions(paper: .a3, arrangement: .tree)).labels.contains { $0.text.hasPrefix("Phía trên") })
        let unplaced = try country(provinces: 2, communes: 3, places: false)
        #expect(try !Drawings.sheet(unplaced, options: DrawingOptions(paper: .a3)).labels.contains { $0.text.hasPrefix("Phía trên") })
    }
}
