import BridgeService
import Foundation
import Glibc
import Testing
import TopologyFiles

@testable import Demo

/// `nhipcau node` with something wrong: what it says in both languages, and that it ends with 1.
@Suite("A node that cannot start says why and what to do") struct StartFailureTests {
    private struct Place {
        let folder: String
        let topology: String
        let state: String

        /// A network of one node on an address of its own, and the node's state folder.
        init(_ last: Int, _ ports: String = "") throws {
            folder = NSTemporaryDirectory() + "nhipcau-start-\(UUID().uuidString)"
            topology = folder + "/mang.yaml"
            state = folder + "/state"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = """
                network: mang
                version: 1
                levels: [{id: tinh, name: Tỉnh}]
                nodes: [{id: tinh, level: tinh, name: Tỉnh Thử, address: 127.83.0.\(last)\(ports)}]
                """
            try text.write(toFile: topology, atomically: true, encoding: .utf8)
            try Authority.create(network: "mang", folder: folder + "/authority")
        }

        func issue() throws {
            let network = try TopologyFiles.load(topology)
            try Authority(folder: folder + "/authority").issue(network.nodes[0], into: state)
        }

        /// Runs the node until it ends by itself; nil: it still ran after ten seconds.
        func run(_ language: String, clock: String? = nil, state other: String? = nil) throws -> (code: Int32, errors: String)? {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try Proofs.program())
            process.arguments = ["node", "--topology", topology, "--id", "tinh", "--state", other ?? state, "--lang", language]
            let errors = Pipe()
            process.standardError = errors
            let done = DispatchSemaphore(value: 0)
            process.terminationHandler = { _ in done.signal() }
            try process.run()
            guard done.wait(timeout: .now() + 20) == .success else {
                process.terminate()
                return nil
            }
            return (process.terminationStatus, String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
        }

        func expect(_ vi: [String], _ en: [String], state other: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
            for (language, words) in [("vi", vi), ("en", en)] {
                let end = try #require(try run(language, state: other), "it runs", sourceLocation: sourceLocation)
                #expect(end.code == 1, sourceLocation: sourceLocation)
                for word in words { #expect(end.errors.contains(word), "\(end.errors)", sourceLocation: sourceLocation) }
                #expect(!end.errors.contains("Usage:") && !end.errors.contains("errno:"), "\(end.errors)", sourceLocation: sourceLocation)
                let complaints = end.errors.split(separator: "\n").count { $0.hasPrefix("error:") || $0.hasPrefix("lỗi:") }
                #expect(complaints == 1, "\(end.errors)", sourceLocation: sourceLocation)
            }
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Holds a port of an address.
    private static func hold(_ address: String, _ port: UInt16, _ kind: __socket_type) throws -> Int32 {
        let handle = socket(AF_INET, Int32(kind.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0)
        if kind == SOCK_STREAM { listen(handle, 1) }
        return handle
    }

    @Test("a state folder or a file in it that is missing, and a damaged archive", .timeLimit(.minutes(2)))
    func files() throws {
        let place = try Place(1)
        defer { place.remove() }
        try place.expect(["Không có thư mục trạng thái \(place.state)", "certs issue"], ["There is no state folder \(place.state)", "certs issue"])
        try place.issue()
        try FileManager.default.removeItem(atPath: place.state + "/node.crt")
        try place.expect(["Thiếu tệp \(place.state)/node.crt"], ["The file \(place.state)/node.crt is missing"])
        try FileManager.default.removeItem(atPath: place.state)
        try place.issue()
        try Data(repeating: 0xA5, count: 8_192).write(to: URL(fileURLWithPath: place.state + "/archive.sqlite"))
        try place.expect(["archive.sqlite bị hỏng", "Chuyển tệp đi nơi khác"], ["archive.sqlite is damaged", "Move the file away"])
    }

    @Test("a busy port of either kind", .timeLimit(.minutes(2)))
    func ports() throws {
        let place = try Place(2)
        defer { place.remove() }
        try place.issue()
        let media = try Self.hold("127.83.0.2", 5_004, SOCK_DGRAM)
        try place.expect(["Cổng UDP 127.83.0.2:5004", "ss -lunp"], ["uses UDP port 127.83.0.2:5004", "ss -lunp"])
        close(media)
        let pages = try Self.hold("127.83.0.2", 8_443, SOCK_STREAM)
        defer { close(pages) }
        try place.expect(["Cổng TCP 127.83.0.2:8443", "ss -ltnp"], ["uses TCP port 127.83.0.2:8443", "ss -ltnp"])
    }

    @Test("another authority's or another node's certificate, and one whose time is over", .timeLimit(.minutes(2)))
    func certificates() throws {
        let place = try Place(3)
        defer { place.remove() }
        try place.issue()
        let network = try TopologyFiles.load(place.topology)
        try Authority.create(network: "mang", folder: place.folder + "/other")
        try Authority(folder: place.folder + "/other").issue(network.nodes[0], into: place.folder + "/theirs")
        try FileManager.default.removeItem(atPath: place.folder + "/theirs/ca.crt")
        try FileManager.default.copyItem(atPath: place.folder + "/authority/ca.crt", toPath: place.folder + "/theirs/ca.crt")
        try place.expect(["không do ca.crt trong cùng thư mục cấp"], ["is not of the ca.crt in the same folder"], state: place.folder + "/theirs")
        let over = Int64(Date().timeIntervalSince1970 * 1_000) + 1_000
        try Authority(folder: place.folder + "/authority").issue(network.nodes[0], until: .init(milliseconds: over), into: place.folder + "/over")
        while Int64(Date().timeIntervalSince1970 * 1_000) < over + 1_100 { usleep(50_000) }
        try place.expect(["đã hết hạn lúc", "Theo đồng hồ máy này"], ["ended at", "By this machine's clock"], state: place.folder + "/over")
    }
}
