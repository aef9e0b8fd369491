import Basics
import Documents
import Topology
import Yams

/// `addresses:` of `defaults`: a range of IPv4 addresses for nodes that name none, given out in the order of the file.
struct AddressRange {
    private var next: UInt32
    private let last: UInt32
    let place: Node

    /// Nil, and a problem in the file, if the text is no range such as `10.94.0.0/16`.
    init?(_ reader: MappingReader) {
        guard let text = reader.text("addresses"), let place = reader.value("addresses") else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Address(String(parts[0]), port: 0), let ip = first.ipv4, first.isHost || ip & 0xFF == 0,
            let length = Int(parts[1]), (8...30).contains(length), parts[1].utf8.allSatisfy({ (48...57).contains($0) })
        else {
            reader.file.report(.badRange(text), at: place)
            return nil
        }
        let hosts = UInt32.max >> UInt32(length)
        next = (ip & ~hosts) + 1
        last = (ip | hosts) - 1
        self.place = place
    }

    /// The next address that `taken` does not hold; nil when the range is used up. Addresses that end with 0 or 255 are
    /// left out: they are the ones that equipment mistakes for a network's own.
    mutating func take(except taken: Set<UInt32>) -> UInt32? {
        while next <= last {
            let ip = next
            next += 1
            if !taken.contains(ip), ip & 0xFF != 0, ip & 0xFF != 0xFF { return ip }
        }
        return nil
    }
}
