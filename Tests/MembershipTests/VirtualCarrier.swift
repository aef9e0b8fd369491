import Basics

/// Links with delay, jitter (so reordering), loss and duplication, all from one seed; time jumps.
final class VirtualCarrier: Carrier {
    struct Weather {
        var delay = Interval.milliseconds(10)
        var jitter = Interval.zero
        /// 0…1.
        var loss = 0.0
        var duplication = 0.0
        /// Bits a second of each direction; nil: no line is ever busy.
        var rate: Int64?
    }
    private(set) var now = Instant.zero + .seconds(100)
    var weather: Weather
    /// True: the datagram is lost.
    var cut: ((NodeIndex, NodeIndex) -> Bool)?
    private(set) var lost = 0
    private(set) var carried = 0
    private var random: SeededGenerator
    private var serial: UInt64 = 0
    /// Until when a line is busy.
    private var busy: [[NodeIndex]: Instant] = [:]
    /// Soonest last.
    private var air: [(at: Instant, serial: UInt64, bytes: [UInt8], from: NodeIndex, to: NodeIndex)] = []

    init(_ weather: Weather = Weather(), seed: UInt64) {
        self.weather = weather
        random = SeededGenerator(seed: seed).fork("links")
    }

    func send(_ bytes: [UInt8], from: NodeIndex, to: NodeIndex) {
        var copies = Double.random(in: 0..<1, using: &random) < weather.loss ? 0 : 1
        if Double.random(in: 0..<1, using: &random) < weather.duplication { copies += 1 }
        if cut?(from, to) == true { copies = 0 }
        carried += 1
        if copies == 0 { lost += 1 }
        var sent = now
        if let rate = weather.rate {
            sent = max(now, busy[[from, to]] ?? now) + .nanoseconds(Int64(bytes.count) * 8_000_000_000 / rate)
            busy[[from, to]] = sent
        }
        for _ in 0..<copies {
            let extra = weather.jitter == .zero ? 0 : Int64.random(in: 0..<weather.jitter.nanoseconds, using: &random)
            let at = sent + weather.delay + .nanoseconds(extra)
            serial += 1
            var place = air.count
            while place > 0, (air[place - 1].at, air[place - 1].serial) < (at, serial) { place -= 1 }
            air.insert((at, serial, bytes, from, to), at: place)
        }
    }

    func next(before limit: Instant) -> (bytes: [UInt8], from: NodeIndex, to: NodeIndex)? {
        guard let soonest = air.last, soonest.at <= limit else {
            now = max(now, limit)
            return nil
        }
        air.removeLast()
        now = max(now, soonest.at)
        return (soonest.bytes, soonest.from, soonest.to)
    }
}
