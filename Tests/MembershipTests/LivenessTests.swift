import Basics
import Testing

@testable import Membership

@Suite("Liveness")
struct LivenessTests {
    private func busyPair(_ carrier: VirtualCarrier) -> Mesh {
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 7)
        mesh.startAll()
        mesh.setScopes([MeetingID("m")])
        mesh.connectAll()
        #expect(mesh.run(for: .seconds(2), until: mesh.allUp))
        mesh.run(for: .seconds(15))
        return mesh
    }

    @Test("a silent edge of a running meeting is down at both ends within a quarter of a second")
    func silence() {
        let carrier = VirtualCarrier(seed: 7)
        let mesh = busyPair(carrier)
        let cutAt = carrier.now
        carrier.cut = { _, _ in true }
        #expect(mesh.run(for: .seconds(1), until: { mesh.downs[0].count == 1 && mesh.downs[1].count == 1 }))
        #expect(carrier.now - cutAt <= .milliseconds(250))
        #expect(mesh.downs[0][0].reason == .silent)
    }

    @Test("a one-way cut ends on both sides")
    func oneWay() {
        let carrier = VirtualCarrier(seed: 8)
        let mesh = busyPair(carrier)
        let cutAt = carrier.now
        let child = mesh.id(1)
        carrier.cut = { from, _ in from == child }
        #expect(mesh.run(for: .seconds(2), until: { mesh.downs[0].count == 1 && mesh.downs[1].count == 1 }))
        #expect(carrier.now - cutAt <= .milliseconds(300))
        carrier.cut = nil
        #expect(mesh.run(for: .seconds(2), until: mesh.allUp))
    }

    @Test("whoever answers a handshake and dies before its first hello is given up once, by the lower end alone", arguments: [false, true])
    func unanswered(hasSpoken: Bool) {
        let carrier = VirtualCarrier(seed: 8)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 8)
        mesh.startAll()
        mesh.connect(1)
        // One hello of it came, and nothing after that.
        if hasSpoken { #expect(mesh.run(for: .seconds(1), until: { mesh[1].snapshot.edges[0].state == .`init` })) }
        mesh.kill(0)
        let diedAt = carrier.now
        mesh.run(for: .seconds(30))
        #expect(mesh.unanswered[1].map(\.edge) == [mesh.id(0)])
        // Three seconds without a word; after one hello alone nobody knows how many the line loses, and twenty of 250 ms are waited for.
        #expect(mesh.unanswered[1].first.map { $0.at - diedAt <= .milliseconds(5_100) } == true)

        // The upper end dials nobody.
        mesh.start(0)
        mesh.connect(1)
        mesh.kill(1)
        mesh.run(for: .seconds(30))
        #expect(mesh.unanswered[0].isEmpty)
    }

    @Test("five per cent loss detaches nobody in five minutes")
    func noFalseDetach() {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(jitter: .milliseconds(4), loss: 0.05), seed: 9)
        let mesh = busyPair(carrier)
        mesh.run(for: .seconds(300))
        #expect(mesh.nobodyFell)
        let edge = mesh[0].snapshot.edges[0]
        #expect(edge.loss > 0.03 && edge.loss < 0.12)
    }

    @Test("hellos fill only the gaps that media leaves")
    func media() {
        let carrier = VirtualCarrier(seed: 10)
        let mesh = busyPair(carrier)
        let before = mesh[0].snapshot.edges[0].counters.hellosSent
        for _ in 0..<100 {
            mesh[0].mediaSent(mesh.id(1), bytes: 100, now: carrier.now)
            mesh[1].mediaReceived(mesh.id(0), now: carrier.now)
            mesh.run(for: .milliseconds(20))
        }
        let sent = mesh[0].snapshot.edges[0].counters.hellosSent - before
        #expect(sent >= 19 && sent <= 30, "\(sent) hellos in two seconds of media")
        #expect(mesh.nobodyFell)
    }

    @Test("hellos keep their beat although every wake is late", arguments: [Int64(0), 2, 4])
    func beat(lateness: Int64) {
        let carrier = VirtualCarrier(seed: 11)
        let mesh = busyPair(carrier)
        mesh.lateWakes = .milliseconds(lateness)
        mesh.run(for: .seconds(1))
        let before = mesh[0].snapshot.edges[0].counters.hellosSent
        mesh.run(for: .seconds(10))
        let sent = mesh[0].snapshot.edges[0].counters.hellosSent - before
        #expect(sent >= 396 && sent <= 404, "\(sent) hellos in ten seconds, 40 a second promised")
        #expect(mesh.nobodyFell)
    }

    @Test(
        "the number of misses follows the loss", arguments: [(0.0, Int64(6)), (0.01, 6), (0.05, 7), (0.2, 12), (0.9, 20)])
    func misses(loss: Double, expected: Int64) {
        let m = Liveness.misses(loss: loss, spacing: .milliseconds(25))
        #expect(m == expected, "\(m)")
    }

    @Test("ten lucky seconds do not make an idle line's loss forgotten; a loss that begins is seen within ten")
    func lossRemembered() {
        var window = LossWindow()
        var sequence: UInt64 = 0
        var now = Instant.zero + .seconds(100)
        func hear(_ seconds: Int, losing: UInt64?) {
            for _ in 0..<seconds * 4 {
                sequence += 1
                now = now + .milliseconds(250)
                if let losing, sequence % losing == 0 { continue }
                window.note(sequence, now: now)
            }
        }
        hear(60, losing: 5)
        hear(11, losing: nil)
        #expect(window.share(now: now) == 0)
        #expect(window.upperBound(now: now) > 0.15)
        hear(600, losing: nil)
        #expect(window.upperBound(now: now) < 0.07)
        hear(10, losing: 2)
        #expect(window.upperBound(now: now) > 0.5)
    }
}
