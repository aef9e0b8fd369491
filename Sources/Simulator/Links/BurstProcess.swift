import Basics
import Foundation

/// Two-state loss in time (Gilbert, "Capacity of a burst-noise channel", 1960; Elliott, 1963): in the good state nothing is
/// lost, in the bad one everything, and the times spent in each are drawn exponentially.
///
/// In time and not per datagram, since what takes datagrams in bursts (a radio link's fade, a full buffer elsewhere) does not
/// wait for them. Without a burst length each datagram is lost by itself.
struct BurstProcess: Sendable {
    private let share: Double
    private let meanBad: Double
    private let meanGood: Double
    private var isBad = false
    private var until = Instant(nanoseconds: .min)

    init(_ loss: BurstLoss) {
        share = max(0, min(1, loss.share))
        meanBad = Double(max(0, loss.burst.nanoseconds))
        meanGood = share > 0 ? meanBad * (1 - share) / share : 0
    }

    /// Whether the datagram that enters the line now is lost. Times must not fall.
    mutating func takes(now: Instant, using generator: inout SeededGenerator) -> Bool {
        if share <= 0 { return false }
        if share >= 1 { return true }
        if meanBad <= 0 { return BurstProcess.fraction(&generator) < share }
        if until.nanoseconds == .min {
            // It begins in its long-run state.
            isBad = BurstProcess.fraction(&generator) < share
            until = now + draw(&generator)
        }
        while now >= until {
            isBad.toggle()
            until = until + draw(&generator)
        }
        return isBad
    }

    private func draw(_ generator: inout SeededGenerator) -> Interval {
        let mean = isBad ? meanBad : meanGood
        return .nanoseconds(Int64(max(1, min(1e18, -mean * log(1 - BurstProcess.fraction(&generator))))))
    }

    private static func fraction(_ generator: inout SeededGenerator) -> Double { Double(generator.next() >> 11) * 0x1p-53 }
}
