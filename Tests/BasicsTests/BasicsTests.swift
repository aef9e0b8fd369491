import Basics
import Testing

struct TimeTests {
    @Test("intervals from seconds are rounded to range, never trapped on")
    func seconds() {
        #expect(Interval.seconds(1.5) == .milliseconds(1_500))
        #expect(Interval.seconds(0.000_000_001) == .nanoseconds(1))
        #expect(Interval.seconds(Double.nan) == .zero)
        #expect(Interval.seconds(Double.infinity).nanoseconds > 9_000_000_000_000_000_000)
        #expect(Interval.seconds(-Double.infinity).nanoseconds < -9_000_000_000_000_000_000)
        #expect(Interval.milliseconds(1_999).milliseconds == 1_999)
        #expect(Interval.microseconds(2_999).milliseconds == 2)
        #expect(Interval.microseconds(-2_999).milliseconds == -2)
    }

    @Test("instants and intervals add up")
    func arithmetic() {
        let now = Instant.zero + .seconds(10)
        #expect(now - .seconds(4) == Instant(nanoseconds: 6_000_000_000))
        #expect(now - Instant.zero == .seconds(10))
        #expect(Interval.seconds(3) * 2 / 4 == .milliseconds(1_500))
        #expect(Interval.milliseconds(20) < .milliseconds(21))
        #expect(WallTime(milliseconds: 5_000) - WallTime(milliseconds: 2_000) == .seconds(3))
        #expect(WallTime(milliseconds: 5_000) + .milliseconds(7) == WallTime(milliseconds: 5_007))
    }

    @Test("the earlier deadline is kept")
    func deadlines() {
        var deadline: Instant?
        deadline.keepEarlier(nil)
        #expect(deadline == nil)
        deadline.keepEarlier(Instant(nanoseconds: 5))
        deadline.keepEarlier(Instant(nanoseconds: 9))
        #expect(deadline == Instant(nanoseconds: 5))
        deadline.keepEarlier(Instant(nanoseconds: 3))
        deadline.keepEarlier(nil)
        #expect(deadline == Instant(nanoseconds: 3))
    }
}

struct AddressTests {
    @Test(
        "good addresses read and print",
        arguments: [
            ("127.0.18.3", "127.0.18.3"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("::1", "::1"), ("::", "::"), ("2001:db8:0:0:8:800:200c:417a", "2001:db8::8:800:200c:417a"),
            ("fe80:1:2:3:4:5:6:7", "fe80:1:2:3:4:5:6:7"), ("1:0:0:0:0:0:0:0", "1::"), ("::ffff:10.1.2.3", "10.1.2.3"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ])
    func good(text: String, host: String) throws {
        let address = try #require(Address(text, port: 5004))
        #expect(address.host == host)
        #expect(Address(address.host, port: 5004) == address)
        #expect(address.description == (address.ipv4 != nil ? "\(host):5004" : "[\(host)]:5004"))
    }

    @Test(
        "bad addresses do not",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", "1..2.3", " 1.2.3.4", "0001.2.3.4", "a.b.c.d", ":",
            ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0", "1:2:3:4:5:6:7::8",
            "::1.2.3.4.5", "١.٢.٣.٤",
        ])
    func bad(text: String) { #expect(Address(text, port: 1) == nil) }

    @Test("an IPv4 address is itself again")
    func ipv4() {
        #expect(Address(ipv4: 0x7F4D_0102, port: 9).ipv4 == 0x7F4D_0102)
        #expect(Address("127.77.1.2", port: 9) == Address(ipv4: 0x7F4D_0102, port: 9))
        #expect(Address("::1", port: 9)?.ipv4 == nil)
        // To some programs "010" is ten, to others eight.
        for text in ["010.0.0.1", "10.00.0.1", "10.0.0.01", "::ffff:010.0.0.1"] { #expect(Address(text, port: 9) == nil) }
        #expect(Address("10.0.0.0", port: 9)?.ipv4 == 0x0A00_0000)
    }
}

struct GeneratorTests {
    @Test("xoshiro256** seeded by SplitMix64 gives the published sequence")
    func vector() {
        // Reference implementations of both (prng.di.unimi.it), seed 0: computed apart from this code.
        var generator = SeededGenerator(seed: 0)
        let first = (0..<4).map { _ in generator.next() }
        #expect(first == [0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c])
    }

    @Test("a fork depends on seed and name alone, and leaves its parent as it was")
    func forks() {
        var parent = SeededGenerator(seed: 42)
        var untouched = SeededGenerator(seed: 42)
        var a = parent.fork("gossip")
        var again = parent.fork("gossip")
        var b = parent.fork("floor")
        var other = SeededGenerator(seed: 43).fork("gossip")
        let (x, y, z, w) = (a.next(), again.next(), b.next(), other.next())
        #expect(x == y)
        #expect(x != z)
        #expect(x != w)
        #expect(parent.next() == untouched.next())
    }
}

struct BytesTests {
    @Test("what is written is read, and nothing beyond the end")
    func roundTrip() {
        var writer = ByteWriter()
        writer.u8(1)
        writer.u16(0x0203)
        writer.u32(0x0405_0607)
        writer.u64(0x0809_0a0b_0c0d_0e0f)
        writer.append([0xAA, 0xBB, 0xCC, 0xDD])
        #expect(writer.bytes.prefix(15).elementsEqual(1...15))
        writer.bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let (one, two, four, eight) = (reader.u8(), reader.u16(), reader.u32(), reader.u64())
            #expect((one, two, four, eight) == (1, 0x0203, 0x0405_0607, 0x0809_0a0b_0c0d_0e0f))
            let three = reader.u24()
            #expect(three == 0xAABBCC)
            let (short, negative, huge, skipped) = (reader.u16(), reader.take(-1), reader.take(Int.max), reader.skip(2))
            #expect(short == nil)
            #expect(negative == nil && huge == nil && !skipped)
            #expect(reader.offset == 18)
            let last = reader.take(1)
            #expect(last?.first == 0xDD)
            #expect(reader.remaining == 0)
            let beyond = reader.u8()
            #expect(beyond == nil)
        }
    }
}

struct NameTests {
    @Test("a node's index is the beginning of SHA-256 of its id")
    func index() {
        #expect(NodeIndex(of: "abc").description == "ba7816bf")
        #expect(NodeIndex(rawValue: 0x2a).description == "0000002a")
    }

    @Test("a site's node is all before the slash")
    func sites() {
        #expect(SiteID("H377").node == "H377")
        #expect(SiteID("H377/hop").node == "H377")
    }
}
