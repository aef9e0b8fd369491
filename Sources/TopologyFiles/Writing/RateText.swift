import Basics
import Documents
import Topology

extension FigureText {
    /// In Mbit/s, unless the rate is less than one.
    package static func text(_ rate: Bitrate) -> String {
        if rate.bitsPerSecond % 1_000_000 == 0 || rate.bitsPerSecond < 1_000_000 { return Network.text(rate) }
        return text(Double(rate.bitsPerSecond) / 1_000_000) + " Mbit/s"
    }
}
