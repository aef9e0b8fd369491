import Foundation

/// Runs a tool to its end, without a shell.
enum ChildProcess {
    /// Fails with the last lines of what the tool wrote to its error output, which goes to `log`.
    static func run(_ tool: String, _ arguments: [String], log: String) throws(MediaError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var words = ([tool] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, tool, &actions, nil, &words, environ)
        guard code == 0 else { throw .tool(tool, String(cString: strerror(code))) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw .tool(tool, String(cString: strerror(errno))) }
        }
        defer { unlink(log) }
        guard status == 0 else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw .tool(tool, "ended with status \(status >> 8 & 255): " + said.suffix(400).trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Whether a tool is on the path.
    static func exists(_ tool: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/\(tool)", X_OK) == 0 }
    }
}
