import Basics
import CLinux
import Foundation
import Glibc

/// The demo's processes: started, listened to, and ended together.
///
/// One thread starts and reaps them all and lives as long as they do, since a child is told of the death of the *thread*
/// that started it (PR_SET_PDEATHSIG, prctl(2)); util-linux's `setpriv` asks for that, so that no node outlives a demo that
/// was killed.
final class Children: @unchecked Sendable {
    /// One process.
    private final class Child {
        let name: String
        let pid: pid_t
        var input: Int32
        var output: Int32
        var errors: Int32
        let log: Int32
        let line: @Sendable (String) -> Void
        var pending: [UInt8] = []
        var status: Int32?
        init(name: String, pid: pid_t, input: Int32, output: Int32, errors: Int32, log: Int32, line: @escaping @Sendable (String) -> Void) {
            self.name = name
            self.pid = pid
            self.input = input
            self.output = output
            self.errors = errors
            self.log = log
            self.line = line
        }
    }
    /// Why a process was not started.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let wakeup = Wakeup()
    private let lock = NSLock()
    private var jobs: [() -> Void] = []
    private var children: [Child] = []
    private var isDone = false
    private let ended: @Sendable (_ name: String, _ how: String) -> Void
    private let setpriv: String?
    private let prlimit: String?

    /// `ended` is told of every process that ended, on the keeper's thread.
    init(ended: @escaping @Sendable (_ name: String, _ how: String) -> Void) {
        self.ended = ended
        func tool(_ name: String) -> String? { ["/usr/bin/", "/bin/"].map { $0 + name }.first { access($0, X_OK) == 0 } }
        setpriv = tool("setpriv")
        prlimit = tool("prlimit")
        Glibc.signal(SIGPIPE, SIG_IGN)
        let keeper = Thread { [self] in keep() }
        keeper.name = "children"
        keeper.start()
    }

    /// Starts a process; its standard error goes to `log`, lines of its standard output to `line`. `environment` is added to our own. With
    /// `diskIsFull` it finds its disk full from the beginning (``setDiskFull(_:_:)``).
    func start(
        _ name: String, _ program: String, _ arguments: [String], log: String, environment: [String: String] = [:], diskIsFull: Bool = false,
        line: @escaping @Sendable (String) -> Void
    ) async throws {
        let failure: Failure? = await withCheckedContinuation { continuation in
            submit { [self] in continuation.resume(returning: spawn(name, program, arguments, log, environment, diskIsFull, line)) }
        }
        if let failure { throw failure }
    }

    /// From now on no file takes a byte that this process writes, whatever the file's size, or files do again; false: it does not run.
    ///
    /// The kernel's limit of a file's size is the one full disk that everybody may make for a process of their own, and take back: a write
    /// fails with EFBIG where a full disk says ENOSPC. Pipes and sockets are no files: what it logs comes through a pipe for that.
    @discardableResult
    func setDiskFull(_ name: String, _ isFull: Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            submit { [self] in
                var limit = rlimit()
                let child = children.first { $0.name == name && $0.status == nil }
                let isDone = child.map { child in
                    guard nc_prlimit(child.pid, nc_rlimit_fsize, nil, &limit) == 0 else { return false }
                    limit.rlim_cur = isFull ? 0 : limit.rlim_max
                    return nc_prlimit(child.pid, nc_rlimit_fsize, &limit, nil) == 0
                }
                continuation.resume(returning: isDone ?? false)
            }
        }
    }

    /// Whether a process of that name was started and has not ended.
    func isRunning(_ name: String) async -> Bool {
        await withCheckedContinuation { continuation in
            submit { [self] in
                reap()
                continuation.resume(returning: children.contains { $0.name == name && $0.status == nil })
            }
        }
    }

    /// Writes a line to a process's standard input; one that is gone is no error.
    func tell(_ name: String, _ line: String) {
        submit { [self] in
            guard let child = children.first(where: { $0.name == name }), child.input >= 0 else { return }
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(child.input, $0.baseAddress, $0.count) }
        }
    }

    /// Sends a process a signal, and says when that was; one that has ended gets none.
    func signal(_ name: String, _ number: Int32) async -> Instant {
        await withCheckedContinuation { continuation in
            submit { [self] in
                for child in children where child.name == name && child.status == nil { kill(child.pid, number) }
                continuation.resume(returning: BotLoop.now())
            }
        }
    }

    /// SIGTERM to all, SIGKILL after three seconds to those that are left; returns when all have ended.
    func stop() async {
        let start = Date()
        signalAll(SIGTERM)
        var killed = false
        while true {
            let left: Int = await withCheckedContinuation { continuation in
                submit { [self] in
                    reap()
                    continuation.resume(returning: children.count { $0.status == nil })
                }
            }
            if left == 0 { break }
            if !killed, start.timeIntervalSinceNow < -3 {
                killed = true
                signalAll(SIGKILL)
            }
            // Also reached in a cancelled task: never a busy loop.
            usleep(20_000)
        }
        submit { [self] in isDone = true }
    }

    private func signalAll(_ number: Int32) {
        submit { [self] in
            for child in children where child.status == nil {
                if child.input >= 0 {
                    close(child.input)
                    child.input = -1
                }
                kill(child.pid, number)
            }
        }
    }

    private func submit(_ job: @escaping () -> Void) {
        lock.lock()
        jobs.append(job)
        lock.unlock()
        wakeup.ring()
    }

    private func keep() {
        while !isDone {
            var waiting = [pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)]
            let readable = children.filter { $0.output >= 0 }
            for child in readable { waiting.append(pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)) }
            let logging = children.filter { $0.errors >= 0 }
            for child in logging { waiting.append(pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0)) }
            _ = poll(&waiting, nfds_t(waiting.count), 200)
            wakeup.clear()
            for (child, state) in zip(readable, waiting.dropFirst()) where state.revents != 0 { hear(child) }
            for (child, state) in zip(logging, waiting.suffix(logging.count)) where state.revents != 0 { copyLog(child) }
            lock.lock()
            let taken = jobs
            jobs.removeAll()
            lock.unlock()
            for job in taken { job() }
            reap()
        }
    }

    private func hear(_ child: Child) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(child.output, &buffer, buffer.count)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            close(child.output)
            child.output = -1
            return
        }
        child.pending += buffer[0..<count]
        while let end = child.pending.firstIndex(of: 10) {
            child.line(String(decoding: child.pending[..<end], as: UTF8.self))
            child.pending.removeFirst(end + 1)
        }
    }

    /// What a process said on its standard error goes into its log; true: there may be more.
    @discardableResult
    private func copyLog(_ child: Child) -> Bool {
        guard child.errors >= 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(child.errors, &buffer, buffer.count)
        if count > 0 {
            _ = write(child.log, &buffer, count)
            return true
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        close(child.errors)
        close(child.log)
        child.errors = -1
        return false
    }

    private func reap() {
        for child in children where child.status == nil {
            var status: Int32 = 0
            guard waitpid(child.pid, &status, WNOHANG) == child.pid else { continue }
            child.status = status
            while copyLog(child) {}
            if child.input >= 0 { close(child.input) }
            child.input = -1
            ended(child.name, status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)")
        }
    }

    private func spawn(
        _ name: String, _ program: String, _ arguments: [String], _ log: String, _ environment: [String: String], _ diskIsFull: Bool,
        _ line: @escaping @Sendable (String) -> Void
    ) -> Failure? {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        var errors: [Int32] = [-1, -1]
        guard pipe(&input) == 0, pipe(&output) == 0, pipe(&errors) == 0 else {
            return Failure(description: "\(name): no pipe: \(String(cString: strerror(errno)))")
        }
        let logFile = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        for end in input + output + errors { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that Ctrl-C reaches the demo alone; signals as a fresh program expects them.
        var defaults = sigset_t()
        var none = sigset_t()
        sigemptyset(&defaults)
        sigemptyset(&none)
        for number in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGXFSZ] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        if diskIsFull, prlimit == nil { return Failure(description: "\(name): a full disk needs util-linux's prlimit") }
        let full = diskIsFull ? prlimit.map { [$0, "--fsize=0:"] } ?? [] : []
        let command = (setpriv.map { [$0, "--pdeathsig", "KILL"] } ?? []) + full + [program] + arguments
        let settings = ProcessInfo.processInfo.environment.merging(environment) { _, added in added }
        var pairs = settings.map { strdup($0.key + "=" + $0.value) } + [nil]
        defer { for pair in pairs { free(pair) } }
        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, command[0], &actions, &attributes, &words, &pairs)
        close(input[0])
        close(output[1])
        close(errors[1])
        guard code == 0 else {
            for end in [input[1], output[0], errors[0], logFile] { close(end) }
            return Failure(description: "\(name): \(command[0]) does not start: \(String(cString: strerror(code)))")
        }
        Wakeup.prepare(output[0])
        Wakeup.prepare(input[1])
        Wakeup.prepare(errors[0])
        children.append(Child(name: name, pid: pid, input: input[1], output: output[0], errors: errors[0], log: logFile, line: line))
        return nil
    }
}
