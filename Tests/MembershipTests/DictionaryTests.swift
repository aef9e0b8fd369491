import Basics
import Conference
import Glibc
import Testing
import Wire

@testable import Membership

@Suite("Dictionary")
struct DictionaryTests {
    /// Protobuf frames of a meeting of 19 nodes that comes together and changes, and of a node that fetches a roster of 500.
    private func deltas() -> [[UInt8]] {
        let meeting = MeetingID("giao-ban-tuan")
        var frames: [[UInt8]] = []
        let coder = GossipCoder(compressor: Mesh.compressor())
        func listen(_ mesh: Mesh) {
            mesh.tap = { _, _, bytes in
                guard let frame = bytes.withUnsafeBytes({ coder.decode($0) }), !frame.sections.isEmpty else { return }
                frames.append(GossipCoder.plain(frame))
            }
        }
        let district = Mesh(Mesh.district(), VirtualCarrier(seed: 30), seed: 30)
        listen(district)
        district.startAll()
        district.setScopes([meeting])
        district.connectAll()
        district.run(for: .seconds(1), until: district.allUp)
        let records = ConferenceCoder()
        for round in 0..<3 {
            for slot in 0..<19 {
                let name = Samples.name(slot)
                district.set(slot, .roster, meeting, "site/\(name)", Samples.site(name, slot + round))
                if round == 0 {
                    district.set(slot, .roster, meeting, "stream/1", Samples.stream(district.id(slot), name, 1, .opus))
                    district.set(slot, .roster, meeting, "stream/2", Samples.stream(district.id(slot), name, 2, .h264))
                    let link = LinkRecord(
                        neighbour: district.id(1), session: UInt64(slot) &* 0x9E37_79B9_7F4A_7C15, up: true,
                        since: WallTime(milliseconds: 1_771_234_560_000))
                    district.set(slot, .link, Membership.everywhere, "link/\(district.id(1))", records.encode(.link(link)))
                }
                let request = RequestRecord(
                    id: RequestID(node: district.id(slot), counter: UInt64(round + 1)), term: Stamp(milliseconds: 1_771_234_567_890, counter: 1),
                    site: SiteID(name), priority: .normal, stamp: Stamp(milliseconds: 1_771_234_700_000 + Int64(slot), counter: 0))
                district.set(slot, .floor, meeting, "request/\(round + 1)", records.encode(.request(request)))
                district.run(for: .milliseconds(7))
            }
        }
        let country = Mesh(Mesh.country(500), VirtualCarrier(seed: 31), seed: 31)
        listen(country)
        country.start(0)
        country.start(1)
        for slot in 2..<500 { Samples.load(country[0], node: country.id(slot), owner: slot, meeting: meeting) }
        country.setScopes([meeting])
        country.connect(1)
        country.run(for: .seconds(10))
        return frames
    }

    @Test("with the dictionary roster deltas shrink to less than half")
    func ratio() {
        let frames = deltas()
        if let folder = getenv("GOSSIP_SAMPLES") { write(frames, to: String(cString: folder)) }
        let with = GossipCoder(compressor: Mesh.compressor())
        var plain = 0
        var small = 0
        for bytes in frames {
            guard let frame = ([0] + bytes).withUnsafeBytes({ with.decode($0) }) else { continue }
            plain += bytes.count + 1
            small += with.encode(frame).count
        }
        print("\(frames.count) deltas, \(plain) bytes plain, \(small) sent: \(Double(plain) / Double(small)) : 1")
        if !GossipDictionary.bytes.isEmpty { #expect(plain > small * 2) }
    }

    private func write(_ frames: [[UInt8]], to folder: String) {
        for (i, frame) in frames.enumerated() {
            guard let file = fopen("\(folder)/\(i).bin", "w") else { return }
            fwrite(frame, 1, frame.count, file)
            fclose(file)
        }
    }
}
