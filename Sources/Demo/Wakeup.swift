import Glibc

/// Wakes a thread that waits in `poll`: a pipe to itself.
final class Wakeup: @unchecked Sendable {
    /// To be polled for reading.
    let descriptor: Int32
    private let input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
        for end in ends { Wakeup.prepare(end) }
        descriptor = ends[0]
        input = ends[1]
    }
    deinit {
        close(descriptor)
        close(input)
    }

    /// Never blocks, and is not inherited.
    static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    func ring() {
        var one: UInt8 = 1
        _ = write(input, &one, 1)
    }

    /// Takes the rings that were heard.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) == bytes.count {}
    }
}
