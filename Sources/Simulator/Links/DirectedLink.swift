import Basics

/// One direction of a trunk's line in the world: its model, whether it is cut, and what it carried.
struct DirectedLink {
    let trunk: Trunk
    /// From the lower node to the upper.
    let isUp: Bool
    /// The ends' places among the nodes.
    let from: Int32
    let to: Int32
    var model: LinkModel
    /// As before any fault.
    let fair: Impairment
    var generator: SeededGenerator
    var isCut = false
    /// A fault changed it last then.
    var troubledAt = Instant(nanoseconds: .min / 2)

    // What it carried: bytes with headers in the running second, and the most of any.
    private(set) var second: Int64 = 0
    private(set) var bytes = 0
    private(set) var mostBytes = 0
    private(set) var total = 0
    private(set) var datagrams = 0

    init(trunk: Trunk, isUp: Bool, from: Int32, to: Int32, impairment: Impairment, generator: SeededGenerator) {
        self.trunk = trunk
        self.isUp = isUp
        self.from = from
        self.to = to
        model = LinkModel(impairment)
        fair = impairment
        self.generator = generator
    }

    /// A datagram with its headers enters the line.
    mutating func send(_ size: Int, now: Instant) -> LinkModel.Fate { model.send(size: size, now: now, using: &generator) }

    /// Counts a datagram; the bytes of the last second if this one begins another.
    mutating func count(_ size: Int, now: Instant) -> (second: Int64, bytes: Int)? {
        datagrams += 1
        total += size
        let current = now.nanoseconds / 1_000_000_000
        guard current != second else {
            bytes += size
            mostBytes = max(mostBytes, bytes)
            return nil
        }
        let last = (second, bytes)
        second = current
        bytes = size
        mostBytes = max(mostBytes, bytes)
        return last
    }
}

/// The RTP packets a trunk's direction carried lately: the same packet again under another transport-wide number is a second
/// copy; under the same number it is a repair.
struct CopyWatch {
    private struct Source {
        var ssrc: UInt32
        var sequences = [UInt16](repeating: 0, count: CopyWatch.size)
        /// Transport-wide number + 1; 0: none.
        var numbers = [UInt32](repeating: 0, count: CopyWatch.size)
        var copies = [UInt8](repeating: 0, count: CopyWatch.size)
    }
    private static let size = 128
    private var sources: [Source] = []

    /// How many copies of this packet have crossed now, repairs not counted.
    mutating func note(ssrc: UInt32, sequence: UInt16, number: UInt16) -> Int {
        var s = sources.count - 1
        while s >= 0, sources[s].ssrc != ssrc { s -= 1 }
        if s < 0 {
            sources.append(Source(ssrc: ssrc))
            s = sources.count - 1
        }
        let at = Int(sequence) % CopyWatch.size
        if sources[s].numbers[at] != 0, sources[s].sequences[at] == sequence {
            if sources[s].numbers[at] == UInt32(number) + 1 { return Int(sources[s].copies[at]) }
            sources[s].numbers[at] = UInt32(number) + 1
            sources[s].copies[at] &+= 1
            return Int(sources[s].copies[at])
        }
        sources[s].sequences[at] = sequence
        sources[s].numbers[at] = UInt32(number) + 1
        sources[s].copies[at] = 1
        return 1
    }

    /// Whether this packet has crossed lately.
    func holds(ssrc: UInt32, sequence: UInt16) -> Bool {
        guard let source = sources.first(where: { $0.ssrc == ssrc }) else { return false }
        let at = Int(sequence) % CopyWatch.size
        return source.numbers[at] != 0 && source.sequences[at] == sequence
    }
}
