import Basics
import Conference

/// 20 ms of simulated sound: the payload of one audio packet says who spoke, when, and under which lease.
struct SpokenFrame {
    /// Bytes of the payload: Opus at 24 kbit/s.
    static let size = 60
    static let length = Interval.milliseconds(20)
    static let magic: UInt32 = 0x4E43_5346

    /// The hall's place in the world.
    var hall: UInt16
    /// The hall's frames, counted from 1 also while it is silent, so that numbers are capture times.
    var number: UInt32
    /// On the world's clock.
    var captured: Instant
    /// As the hall's node knew it; epoch 0: none.
    var lease: LeaseName

    func write(to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBytes(of: SpokenFrame.magic.bigEndian, as: UInt32.self)
        bytes.storeBytes(of: hall, toByteOffset: 4, as: UInt16.self)
        bytes.storeBytes(of: number, toByteOffset: 6, as: UInt32.self)
        bytes.storeBytes(of: captured.nanoseconds, toByteOffset: 10, as: Int64.self)
        bytes.storeBytes(of: lease.epoch, toByteOffset: 18, as: UInt64.self)
        bytes.storeBytes(of: lease.crown.rawValue, toByteOffset: 26, as: UInt32.self)
        bytes.storeBytes(of: lease.sequence, toByteOffset: 30, as: UInt64.self)
        for i in 38..<SpokenFrame.size { bytes[i] = 0x78 }
    }

    init(hall: UInt16, number: UInt32, captured: Instant, lease: LeaseName) {
        self.hall = hall
        self.number = number
        self.captured = captured
        self.lease = lease
    }

    /// Nil if the payload is no frame of ours.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= SpokenFrame.size, UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) == SpokenFrame.magic else { return nil }
        hall = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
        number = bytes.loadUnaligned(fromByteOffset: 6, as: UInt32.self)
        captured = Instant(nanoseconds: bytes.loadUnaligned(fromByteOffset: 10, as: Int64.self))
        lease = LeaseName(
            epoch: bytes.loadUnaligned(fromByteOffset: 18, as: UInt64.self),
            crown: NodeIndex(rawValue: bytes.loadUnaligned(fromByteOffset: 26, as: UInt32.self)),
            sequence: bytes.loadUnaligned(fromByteOffset: 30, as: UInt64.self))
    }
}
