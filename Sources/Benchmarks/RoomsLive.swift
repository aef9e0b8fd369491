import Basics
import CLinux
import Foundation
import Glibc
import Native
import NodeClient

/// The program `nhipcau` as a node with N halls on plain RTP, each with a socket of its own on this machine, three of them speaking: how soon
/// every hall plays, how evenly, and what the node's process costs. Beside ``RoomsBenchmark``, which leaves the sockets out.
enum RoomsLive {
    /// What went wrong before anything was measured.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static let seconds = 10

    static func run(rooms counts: [Int], program: String, into report: inout Report) async throws {
        report.heading("Plain RTP halls of one node, three speaking (the program, over loopback)")
        for count in counts {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhipcau-rooms-\(getpid())-\(count)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await run(count, program, folder, &report)
        }
    }

    private static func run(_ count: Int, _ program: String, _ folder: URL, _ report: inout Report) async throws {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try topology(count).write(toFile: path("topology.yaml"), atomically: true, encoding: .utf8)
        try "meeting: phong\ntopology: topology.yaml\ntitle: Phòng\nkind: hop\nchairs: [xa/p0]\nsites: all\nmicrophones: 3\nfloor: 3\n"
            .write(toFile: path("phong.yaml"), atomically: true, encoding: .utf8)
        _ = try await call(program, ["certs", "init", "--network", "phong", "--authority", path("authority")])
        _ = try await call(
            program, ["certs", "issue", "--authority", path("authority"), "--topology", path("topology.yaml"), "--id", "xa", "--out", path("xa")])
        let devices = try Devices(count, speech: MixingBenchmark.speech(OpusCodecs(), 0))
        let node = Process()
        node.executableURL = URL(fileURLWithPath: program)
        node.arguments = ["node", "--topology", path("topology.yaml"), "--id", "xa", "--state", path("xa"), "--log-level", "warning"]
        node.standardOutput = FileHandle.nullDevice
        let began = Devices.now()
        try node.run()
        defer {
            node.terminate()
            node.waitUntilExit()
            devices.stop()
        }
        devices.start()
        let command = ["--topology", path("topology.yaml"), "--node", "xa", "--authority", path("authority")]
        try await untilDone(within: 10) { try await call(program, ["meeting", "start", path("phong.yaml")] + command) }
        for site in 0..<3 {
            let words = ["token", "--authority", path("authority"), "--topology", path("topology.yaml"), "--site", "xa/p\(site)", "--role", "room", "--json"]
            let answer = try JSONSerialization.jsonObject(with: Data(try await call(program, words).utf8)) as? [String: Any]
            guard let token = answer?["token"] as? String else { throw Failure(description: "`nhipcau token --json` names no token") }
            let client = NodeClient(base: URL(string: "https://127.64.0.1:8443")!, authority: path("authority/ca.crt"))
            try await untilDone(within: 10) {
                let answer = try await client.send(
                    "POST", "/api/floor/request", token: token, body: Array(#"{"meeting":"phong"}"#.utf8), type: "application/json")
                guard answer.status == 204 else { throw Failure(description: "the floor for xa/p\(site): \(answer.status) \(answer.text)") }
            }
        }
        try await untilDone(within: 60) {
            guard devices.hearing() == count else { throw Failure(description: "only \(devices.hearing()) of \(count) halls hear anything after a minute") }
        }
        let up = devices.lastFirst() - began
        try await Task.sleep(for: .seconds(2))
        let before = try cpu(node.processIdentifier)
        devices.begin()
        try await Task.sleep(for: .seconds(seconds))
        let result = devices.end()
        let used = try cpu(node.processIdentifier) - before
        report.add("live.\(count).up", "\(count) halls: from the program's start until each plays", "s", [Double(up) / 1e9])
        report.add("live.\(count).core", "\(count) halls: cores of the node", "", [used / result.seconds])
        report.add("live.\(count).rate", "\(count) halls: packets a second, the hall with the fewest", "", [result.fewest])
        report.add("live.\(count).gap", "\(count) halls: gap between two packets, 99th percentile", "ms", [result.gap99])
        report.add("live.\(count).longest", "\(count) halls: gap between two packets, longest", "ms", [result.longest])
    }

    private static func topology(_ count: Int) -> String {
        var text = "network: phong\nname: Phòng\nversion: 1\nlevels:\n  - {id: xa, name: Xã}\nnodes:\n"
        text += "  - id: xa\n    level: xa\n    name: Xã\n    address: 127.64.0.1\n    rooms:\n"
        for i in 0..<count { text += "      - {id: p\(i), name: Phòng \(i)}\n" }
        text += "    endpoints:\n"
        for i in 0..<count {
            text += "      - {id: e\(i), kind: decoder, address: \(Devices.address(i)), port: 6000, room: p\(i)}\n"
        }
        return text
    }

    /// Runs the program to its end; its standard output.
    @discardableResult
    private static func call(_ program: String, _ words: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "nhipcau \(words[0]): \(complaint)") }
        return text
    }

    /// Tries again every tenth of a second; the last failure if it never succeeds.
    private static func untilDone<Result>(within seconds: Int, _ body: () async throws -> Result) async throws {
        let end = Devices.now() + Int64(seconds) * 1_000_000_000
        while true {
            do {
                _ = try await body()
                return
            } catch  where Devices.now() < end {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// User and system time of a process, seconds (proc(5), fields 14 and 15).
    private static func cpu(_ pid: Int32) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw Failure(description: "the node ended")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// The halls' devices: a socket each, one thread for all.
private final class Devices: @unchecked Sendable {
    struct Measure {
        var seconds: Double
        /// Packets a second of the hall that got the fewest.
        var fewest: Double
        /// Milliseconds.
        var gap99: Double
        var longest: Double
    }

    private let sockets: [Int32]
    private let speech: [[UInt8]]
    private let poll: Int32
    private var packet = [UInt8](repeating: 0, count: 1_500)
    private let lock = NSLock()
    // Under the lock.
    private var isDone = false
    private var firsts: [Int64]
    private var lasts: [Int64]
    private var counts: [Int]
    private var gaps: [Int64] = []
    private var since: Int64?

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static func address(_ i: Int) -> String { "127.65.\(i / 250).\(1 + i % 250)" }

    init(_ count: Int, speech: [[UInt8]]) throws {
        self.speech = speech
        firsts = [Int64](repeating: 0, count: count)
        lasts = firsts
        counts = [Int](repeating: 0, count: count)
        poll = epoll_create1(0)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 4_096)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var sockets: [Int32] = []
        for i in 0..<count {
            let fd = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var name = Devices.name(Devices.address(i), 6_000)
            guard fd >= 0, withBytes(of: &name, { bind(fd, $0, $1) }) == 0 else {
                throw RoomsLive.Failure(description: "cannot listen on \(Devices.address(i)):6000: \(String(cString: strerror(errno)))")
            }
            name = Devices.name("127.64.0.1", 5_004)
            _ = withBytes(of: &name, { connect(fd, $0, $1) })
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u32: UInt32(i)))
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)
            sockets.append(fd)
        }
        self.sockets = sockets
    }

    deinit {
        for descriptor in sockets + [poll] { close(descriptor) }
    }

    func start() {
        let thread = Thread { [self] in live() }
        thread.name = "devices"
        thread.start()
    }

    func stop() { lock.withLock { isDone = true } }
    func hearing() -> Int { lock.withLock { firsts.count { $0 > 0 } } }
    func lastFirst() -> Int64 { lock.withLock { firsts.max() ?? 0 } }

    func begin() {
        lock.withLock {
            since = Devices.now()
            gaps = []
            counts = [Int](repeating: 0, count: counts.count)
        }
    }

    func end() -> Measure {
        lock.withLock {
            let seconds = Double(Devices.now() - (since ?? 0)) / 1e9
            since = nil
            gaps.sort()
            let gap99 = gaps.isEmpty ? .nan : Double(gaps[gaps.count * 99 / 100]) / 1e6
            return Measure(seconds: seconds, fewest: Double(counts.min() ?? 0) / seconds, gap99: gap99, longest: Double(gaps.last ?? 0) / 1e6)
        }
    }

    private func live() {
        var tick = 0
        var due = Devices.now()
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while !lock.withLock({ isDone }) {
            if Devices.now() >= due {
                // Speech every 20 ms; comfort noise every 400, spread over the time.
                for i in sockets.indices {
                    if i < 3 { send(i, tick, speech[tick % speech.count]) } else if (tick + i) % 20 == 0 { send(i, tick, [0xF8, 0xFF, 0xFE]) }
                }
                tick += 1
                due += 20_000_000
            }
            let ready = epoll_wait(poll, &events, Int32(events.count), 1)
            let now = Devices.now()
            lock.withLock { for event in events.prefix(max(0, Int(ready))) { read(Int(event.data.u32), now) } }
        }
    }

    private func read(_ i: Int, _ now: Int64) {
        while recv(sockets[i], &packet, packet.count, 0) > 0 {
            // RTCP, by RFC 5761 section 4.
            if (192...223).contains(packet[1]) { continue }
            if firsts[i] == 0 { firsts[i] = now }
            if since != nil {
                counts[i] += 1
                gaps.append(now - lasts[i])
            }
            lasts[i] = now
        }
    }

    private func send(_ i: Int, _ tick: Int, _ payload: [UInt8]) {
        let ssrc = UInt32(1_000 + i)
        let time = UInt32(truncatingIfNeeded: tick) &* 960
        var packet: [UInt8] = [0x80, 111, UInt8(truncatingIfNeeded: tick >> 8), UInt8(truncatingIfNeeded: tick)]
        for value in [time, ssrc] { packet += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) } }
        packet += payload
        _ = Glibc.send(sockets[i], packet, packet.count, 0)
    }

    private static func name(_ address: String, _ port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        return name
    }
}

private func withBytes(of name: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    withUnsafePointer(to: &name) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
}
