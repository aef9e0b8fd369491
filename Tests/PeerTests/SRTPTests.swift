import Basics
import Testing

@testable import Peer

@Suite("SRTP")
final class SRTPTests {
    var sender = SRTPSender(FakeCipher([1, 2, 3]), limits: .access)
    var receiver = SRTPReceiver(FakeCipher([1, 2, 3]), profile: .aeadAES128GCM, limits: .access)

    func protect(_ sequence: UInt16, ssrc: UInt32 = 9, at ms: Int64 = 0) -> [UInt8]? {
        var slot = rtpPacket(ssrc: ssrc, sequence: sequence)
        let length = slot.count
        slot += [UInt8](repeating: 0, count: 32)
        let protected = slot.withUnsafeMutableBytes {
            sender.protectRTP($0, length: length, headerLength: 12, now: instant(ms))
        }
        return protected.map { Array(slot[..<$0]) }
    }
    /// The drop's reason; nil if the packet came out as it went in.
    func unprotect(_ packet: [UInt8], at ms: Int64 = 0) -> DropReason? {
        var copy = packet
        switch copy.withUnsafeMutableBytes({ receiver.unprotectRTP($0, now: instant(ms)) }) {
        case .dropped(let reason): return reason
        case .plain(let length):
            let sequence = UInt16(copy[2]) << 8 | UInt16(copy[3])
            let ssrc = copy[8..<12].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return Array(copy[..<length]) == rtpPacket(ssrc: ssrc, sequence: sequence) ? nil : .notAuthentic
        }
    }

    @Test(
        "the index is the one nearest to the highest",
        arguments: [
            (65_535 as UInt64, 0 as UInt16, 65_536 as UInt64), (65_536, 65_535, 65_535), (0x1_8000, 0x8001, 0x1_8001),
            (0x2_0005, 0xFFF0, 0x1_FFF0), (5, 65_530, 65_530), (0x1_0000, 0x7FFF, 0x1_7FFF),
        ])
    func estimate(_ highest: UInt64, _ sequence: UInt16, _ index: UInt64) {
        #expect(SRTPIndex.estimate(sequence: sequence, highest: highest) == index)
    }

    @Test("three wraps of the sequence number, with losses and reordering, are followed")
    func wraps() throws {
        var held: [UInt8]?
        for n in 0..<200_000 where n % 7 == 0 {
            let packet = try #require(protect(UInt16(truncatingIfNeeded: 40_000 + n)))
            if n % 3 == 0 { continue }
            #expect(unprotect(packet) == nil)
            if let late = held {
                #expect(unprotect(late) == nil)
                held = nil
            } else if n % 5 == 0 {
                held = protect(UInt16(truncatingIfNeeded: 40_000 + n - 1))
            }
        }
    }

    @Test("a replayed packet is dropped, and one behind the window as too old")
    func replay() throws {
        var packets: [[UInt8]] = []
        for n in 0..<3_000 { packets.append(try #require(protect(UInt16(n)))) }
        for n in stride(from: 0, to: 3_000, by: 2) { #expect(unprotect(packets[n]) == nil) }
        for n in stride(from: 1_500, to: 3_000, by: 2) { #expect(unprotect(packets[n]) == .replayed) }
        #expect(unprotect(packets[2_998 - 1_983]) == nil)
        #expect(unprotect(packets[2_998 - 1_983]) == .replayed)
        #expect(unprotect(packets[2_998 - 1_985]) == .tooOld)
        for n in stride(from: 1_101, to: 3_000, by: 2) { #expect(unprotect(packets[n]) == nil) }
    }

    @Test("no place in the window forgets, wherever it stands in its words", arguments: [0, 1, 63, 64, 65, 1_984, 2_047, 65_500])
    func windowEdges(_ start: Int) throws {
        var windows = ReplayWindows()
        windows.add(first: UInt64(start))
        var seen: Set<UInt64> = [UInt64(start)]
        var random = SeededGenerator(seed: UInt64(start))
        for _ in 0..<20_000 {
            let top = windows.highest[0]
            let forward = random.next() % 4 == 0
            let distance = random.next() % (random.next() % 50 == 0 ? 3_000 : 100)
            let index = forward ? top + distance : top - min(top, random.next() % 2_100)
            let wanted: ReplayWindows.Verdict =
                seen.contains(index) && top - min(top, index) < ReplayWindows.size
                ? .replayed : index <= top && top - index >= ReplayWindows.size ? .tooOld : .fresh
            let got = windows.check(0, index)
            if got != wanted {
                Issue.record("\(index) below \(top): \(got), not \(wanted)")
                return
            }
            if got == .fresh {
                windows.accept(0, index)
                seen.insert(index)
            }
        }
    }

    @Test("a forged packet neither passes nor moves the window nor becomes a source")
    func forged() throws {
        var packet = try #require(protect(1))
        #expect(unprotect(packet) == nil)
        var forged = rtpPacket(ssrc: 9, sequence: 30_000) + [UInt8](repeating: 1, count: 16)
        #expect(unprotect(forged) == .notAuthentic)
        packet = try #require(protect(2))
        #expect(unprotect(packet) == nil)
        for ssrc in 100..<1_000 as Range<UInt32> {
            forged = rtpPacket(ssrc: ssrc, sequence: 1) + [UInt8](repeating: 1, count: 16)
            #expect(unprotect(forged) == .notAuthentic)
        }
        #expect(receiver.sourceCount == 1)
    }

    @Test("sources beyond the limit are refused on both sides")
    func limits() throws {
        for ssrc in 1...64 as ClosedRange<UInt32> { #expect(unprotect(try #require(protect(1, ssrc: ssrc))) == nil) }
        #expect(protect(1, ssrc: 65) == nil)
        #expect(protect(2, ssrc: 64) != nil)
        let other = SRTPTests()
        let packet = try #require(other.protect(1, ssrc: 65))
        #expect(unprotect(packet) == .tooManySources)
    }

    @Test("a source first heard after its sender's wrap is found in cycle 1")
    func firstHeardLate() throws {
        _ = protect(65_534)
        _ = protect(65_535)
        _ = protect(0)
        #expect(unprotect(try #require(protect(1))) == nil)
        #expect(unprotect(try #require(protect(2))) == nil)
    }

    @Test(
        "a gated source that comes back after any number of packets goes on in a new index",
        arguments: [
            1, 2_000, 20_000, 32_767, 32_768, 40_000, 64_000, 65_535, 65_536, 65_537, 100_000, 131_072,
        ])
    func gated(_ missed: Int) throws {
        var at: Int64 = 0
        var sequence = 1_000
        for _ in 0..<3 {
            let packet = try #require(protect(UInt16(truncatingIfNeeded: sequence), at: at))
            #expect(unprotect(packet, at: at + 30) == nil)
            sequence += missed
            at += 6_000
        }
    }

    @Test("an index that was used is never used again, a late one within the window once, and none behind it")
    func usedOnce() throws {
        for n in 0..<2_500 as Range<UInt16> where n != 600 { _ = protect(n) }
        #expect(protect(2_499) == nil)
        #expect(protect(600) != nil)
        #expect(protect(600) == nil)
        #expect(protect(500) == nil)
        #expect(sender.repeated == 3)
    }

    @Test("a number sent again after 3.3 s, which a receiver takes for a new cycle, is not encrypted a second time by a sender that does not")
    func twoTextsUnderOneIndex() throws {
        for n in 0..<100 as Range<UInt16> { #expect(unprotect(try #require(protect(n, at: Int64(n) * 20)), at: Int64(n) * 20) == nil) }
        #expect(protect(99, at: 99 * 20 + 3_300) == nil, "the second text under the index of the first")
        #expect(protect(99, at: 99 * 20 + 5_100) != nil, "after five seconds the source begins a new cycle")
    }
}
