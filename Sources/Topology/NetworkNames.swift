import Basics

extension Network {
    /// The full name of a node, with the unit above it: "Xã Yên Mỹ, huyện Yên Mô". 3,852 communes share their name
    /// with another.
    public func name(of slot: Int) -> String {
        let node = nodes[slot]
        if let within = node.within { return node.name + ", " + within }
        // Central is above all units, and no part of any name.
        guard let above = unitAbove(slot), !nodes[above].name.hasPrefix("Trung ương") else { return node.name }
        return node.name + ", " + Network.asContinuation(nodes[above].name)
    }

    /// The full name of a site: its node's, and before it the room's where the node has several or names it.
    public func name(of site: SiteID) -> String? {
        guard let slot = slot(site: site) else { return nil }
        let full = name(of: slot)
        guard let room = room(site) else {
            let broadcaster = nodes[slot].endpoints.first { $0.site == site }
            return broadcaster.map { $0.name + ", " + Network.asContinuation(full) }
        }
        return room.name == nodes[slot].name ? full : room.name + ", " + Network.asContinuation(full)
    }

    /// The nearest node above that is an administrative unit.
    private func unitAbove(_ slot: Int) -> Int? {
        var above = tree.parent(slot)
        while let here = above, level(id: nodes[here].level)?.technical == true { above = tree.parent(here) }
        return above
    }

    /// Words for kinds of units, which lose their capital inside a name.
    private static let unitWords = [
        "Tỉnh", "Thành phố", "Huyện", "Quận", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu", "Thôn", "Ấp",
    ]

    /// Offices of a unit, which stand for it.
    private static let offices = ["UBND ", "Ủy ban nhân dân ", "Uỷ ban nhân dân "]

    /// "Huyện Yên Mô" and "UBND huyện Yên Mô" become "huyện Yên Mô" after a comma; proper names and committees
    /// ("Huyện ủy") stay.
    private static func asContinuation(_ name: String) -> String {
        for office in offices where name.hasPrefix(office) { return String(name.dropFirst(office.count)) }
        for word in unitWords where name.hasPrefix(word + " ") && !name.hasPrefix(word + " ủy") {
            return word.prefix(1).lowercased() + name.dropFirst(1)
        }
        return name
    }
}
