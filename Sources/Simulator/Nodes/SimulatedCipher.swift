import Basics
import Peer

/// One direction of SRTP without secrecy: the payload stays readable, so that a checker beside the line can follow a frame;
/// the 16-byte tag covers what AES-GCM's does.
final class SimulatedCipher: PacketCipher {
    private static let tagLength = 16
    private let key: UInt64

    init(_ key: [UInt8]) { self.key = key.withUnsafeBytes { FastHash.hash($0, key: 0x5352_5450) } }

    private func tag(_ packet: UnsafeMutableRawBufferPointer, _ length: Int, _ index: UInt64) -> UInt64 {
        FastHash.hash(UnsafeRawBufferPointer(rebasing: packet[..<length]), key: key ^ FastHash.mix(index &+ 1, 0x9E37_79B9_7F4A_7C15))
    }
    private func append(_ tag: UInt64, _ packet: UnsafeMutableRawBufferPointer, _ length: Int) {
        packet.storeBytes(of: tag, toByteOffset: length, as: UInt64.self)
        packet.storeBytes(of: ~tag, toByteOffset: length + 8, as: UInt64.self)
    }
    private func matches(_ tag: UInt64, _ packet: UnsafeMutableRawBufferPointer, _ length: Int) -> Bool {
        packet.loadUnaligned(fromByteOffset: length, as: UInt64.self) == tag
            && packet.loadUnaligned(fromByteOffset: length + 8, as: UInt64.self) == ~tag
    }

    func protectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int? {
        guard packet.count >= length + SimulatedCipher.tagLength else { return nil }
        append(tag(packet, length, index), packet, length)
        return length + SimulatedCipher.tagLength
    }
    func unprotectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int? {
        let plain = length - SimulatedCipher.tagLength
        guard plain >= headerLength, matches(tag(packet, plain, index), packet, plain) else { return nil }
        return plain
    }
    func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        guard packet.count >= length + SimulatedCipher.tagLength + 4 else { return nil }
        append(tag(packet, length, UInt64(index) << 32), packet, length)
        packet.storeBytes(of: (index | 1 << 31).bigEndian, toByteOffset: length + SimulatedCipher.tagLength, as: UInt32.self)
        return length + SimulatedCipher.tagLength + 4
    }
    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> (length: Int, index: UInt32)? {
        let plain = length - SimulatedCipher.tagLength - 4
        guard plain >= 8 else { return nil }
        let index = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)) & 0x7FFF_FFFF
        guard matches(tag(packet, plain, UInt64(index) << 32), packet, plain) else { return nil }
        return (plain, index)
    }
}
