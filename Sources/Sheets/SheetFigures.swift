import Basics
import Documents
import Topology

/// Reads a site's address, place and line.
struct SheetFigures {
    let file: SourceFile
    let numbers: SheetNumbers

    func read(_ site: inout SheetSite) {
        readAddress(&site)
        readPlace(&site)
        readCapacity(&site)
        if let cell = site.cells[.roundTrip], let ms = numbers.milliseconds(cell) {
            // Measured there and back; a topology says one way.
            if (0...20_000).contains(ms) {
                site.latency = Int64((ms * 500_000).rounded())
            } else {
                file.report(.sheetRange(cell.text, .roundTrip, "0", "20000"), cell)
            }
        }
        if let cell = site.cells[.loss], let percent = numbers.percent(cell) {
            if (0...100).contains(percent) {
                site.loss = Int((percent * 10_000).rounded())
            } else {
                file.report(.sheetRange(cell.text, .loss, "0", "100"), cell)
            }
        }
        if let cell = site.cells[.assumed] { site.figuresAssumed = !["khong", "no", "0"].contains(Spelling.bare(cell.text)) }
        if let bloc = site.cells[.bloc] {
            let slug = Spelling.slug(bloc.text)
            // Police and military lines are their own: they never carry the media of others.
            if ["cong-an", "quan-su"].contains(slug) { site.zone = slug }
        }
    }

    private func value(_ site: SheetSite, _ column: SheetColumn, in range: ClosedRange<Int>, _ read: (Cell) -> Double?) -> Double? {
        guard let cell = site.cells[column], let number = read(cell) else { return nil }
        if number >= Double(range.lowerBound), number <= Double(range.upperBound) { return number }
        file.report(.sheetRange(cell.text, column, String(range.lowerBound), String(range.upperBound)), cell)
        return nil
    }

    // MARK: Address

    private func readAddress(_ site: inout SheetSite) {
        if let cell = site.cells[.port] {
            if let port = numbers.plain(cell, example: "5004") {
                let whole = (1...65_535).contains(port) && port == port.rounded()
                if whole { site.port = UInt16(port) } else { file.report(.sheetRange(cell.text, .port, "1", "65535"), cell) }
            }
        }
        guard let cell = site.cells[.address] else { return }
        let port = site.port ?? Topology.defaultMediaPort
        if let address = host(cell.text, port) {
            site.address = address
            return
        }
        if let bare = Address.withoutZeros(cell.text), let address = host(bare, port) {
            file.report(.addressZeros(cell.text, bare), cell)
            site.address = address
            return
        }
        let head = String(cell.text.prefix { $0 != "/" && $0 != " " })
        if head != cell.text, let address = host(Address.withoutZeros(head) ?? head, port) {
            file.report(.addressTail(cell.text, address.host), cell)
            site.address = address
            return
        }
        let parts = cell.text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let own = UInt16(parts[1]), own > 0, let address = host(Address.withoutZeros(String(parts[0])) ?? String(parts[0]), own) {
            file.report(.addressWithPort(cell.text, address.host, own), cell)
            site.address = address
            site.port = own
            return
        }
        let reason = Message.noHost(cell.text)
        file.report(reason.en == Message.portInAddress(cell.text).en ? .badAddress(cell.text) : reason, cell)
    }

    private func host(_ text: String, _ port: UInt16) -> Address? {
        Address(text, port: port).flatMap { $0.isHost ? $0 : nil }
    }

    // MARK: Place

    private func readPlace(_ site: inout SheetSite) {
        guard let north = site.cells[.latitude], let east = site.cells[.longitude] else {
            let isTold = site.spoilt.contains(.latitude) || site.spoilt.contains(.longitude)
            if let half = site.cells[.latitude] ?? site.cells[.longitude], !isTold { file.report(.halfPlace, half) }
            return
        }
        guard var latitude = degrees(north, example: "20.13"), var longitude = degrees(east, example: "106.00") else { return }
        if abs(latitude) > 90, abs(longitude) <= 90 {
            file.report(.swapped, north)
            (latitude, longitude) = (longitude, latitude)
        }
        guard abs(latitude) <= 90 else { return file.report(.sheetRange(north.text, .latitude, "-90", "90"), north) }
        guard abs(longitude) <= 180 else { return file.report(.sheetRange(east.text, .longitude, "-180", "180"), east) }
        site.coordinates = Network.Coordinates(latitude: latitude, longitude: longitude)
    }

    private func degrees(_ cell: Cell, example: String) -> Double? {
        guard let value = SheetDegrees.read(cell.text) else { return numbers.plain(cell, example: example) }
        file.report(.degrees(cell.text, FigureText.text(value)), cell)
        return value
    }

    // MARK: Capacity

    private func readCapacity(_ site: inout SheetSite) {
        let both = rate(site, .capacity)
        let up = rate(site, .up)
        let down = rate(site, .down)
        site.up = up?.up ?? (down?.isPair == true ? down?.up : nil) ?? both?.up
        site.down = down?.down ?? (up?.isPair == true ? up?.down : nil) ?? both?.down
        guard let share = rate(site, .share)?.up, let cell = site.cells[.share] else { return }
        if let line = [site.up, site.down].compactMap({ $0 }).min(), share > line {
            file.report(.shareTooLarge(FigureText.text(share), FigureText.text(line)), cell)
            return
        }
        // What is set aside for conferences is all that they may count on.
        site.up = share
        site.down = share
    }

    private func rate(_ site: SheetSite, _ column: SheetColumn) -> (up: Bitrate, down: Bitrate, isPair: Bool)? {
        guard let cell = site.cells[column], let found = numbers.capacity(cell, column) else { return nil }
        let bits = [found.up.bitsPerSecond, found.down.bitsPerSecond]
        guard bits.allSatisfy({ $0 > 0 }) else {
            file.report(.notPositive(cell.text, column), cell)
            return nil
        }
        guard bits.allSatisfy({ (1_000...1_000_000_000_000).contains($0) }) else {
            file.report(.sheetRange(cell.text, column, "0.001", "1000000"), cell)
            return nil
        }
        return found
    }
}
