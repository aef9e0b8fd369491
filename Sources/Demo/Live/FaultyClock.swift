import Basics
import CLinux
import Foundation
import Glibc

/// The clock of one process of a live run, which can be made to run too fast or slow, and to jump.
///
/// The process is started with ``environment`` and reads it anew each time it asks for the time. It keeps what it shows when the process is
/// started again, as a machine's clock does.
final class FaultyClock: @unchecked Sendable {
    /// Built beside the program.
    private static let libraryName = "libnhipcau-clock.so"

    private let path: String
    private let library: String
    private let page: UnsafeMutablePointer<nc_clock_page>
    private let lock = NSLock()

    /// `path`: a file to be made. Throws a sentence if the library does not stand beside the program.
    init(_ path: String, program: String) throws {
        library = URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent(FaultyClock.libraryName).path
        // ld.so splits its list at both.
        guard access(library, R_OK) == 0, !library.contains(where: { $0 == ":" || $0 == " " }) else {
            throw LiveNetwork.Failure(description: "\(library) is not there: `swift build -c release --product nhipcau-clock` makes it")
        }
        self.path = path
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw LiveNetwork.Failure(description: "\(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        let size = MemoryLayout<nc_clock_page>.size
        guard ftruncate(file, size) == 0, let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED else {
            throw LiveNetwork.Failure(description: "\(path): \(String(cString: strerror(errno)))")
        }
        page = mapped.bindMemory(to: nc_clock_page.self, capacity: 1)
    }

    deinit { munmap(page, MemoryLayout<nc_clock_page>.size) }

    /// What the process needs in its environment.
    var environment: [String: String] { ["LD_PRELOAD": library, "NHIPCAU_CLOCK": path] }

    /// It was made to jump, so times that its process tells are not the machine's.
    var hasJumped: Bool { lock.withLock { nc_clock_get(page).wall != 0 } }

    /// From now on boot time runs too fast by that many millionths; the wall clock goes with it.
    func setDrift(_ ppm: Int) {
        change { reading in
            let now = BotLoop.now().nanoseconds
            let passed = now - reading.machine
            reading.own += passed
            reading.own += passed / 1_000_000 * reading.ppm + passed % 1_000_000 * reading.ppm / 1_000_000
            reading.machine = now
            reading.ppm = Int64(max(-500_000, min(500_000, ppm)))
        }
    }

    /// The wall clock jumps.
    func step(by interval: Interval) { change { $0.wall += interval.nanoseconds } }

    private func change(_ change: (inout nc_clock_reading) -> Void) {
        lock.withLock {
            var reading = nc_clock_get(page)
            change(&reading)
            nc_clock_set(page, reading)
        }
    }
}
