import Glibc

/// Writes secrets so that nobody else can ever read them.
public enum PrivateFile {
    /// Writes `text` to a new file at `path` with mode 0600; an existing file is never overwritten.
    public static func create(_ text: String, at path: String) throws(SecurityProblem) {
        try create(text, at: path, mode: 0o600)
    }

    /// Writes `text` to a new file at `path` with mode 0644, for certificates; an existing file is never overwritten.
    public static func createPublic(_ text: String, at path: String) throws(SecurityProblem) {
        try create(text, at: path, mode: 0o644)
    }

    private static func create(_ text: String, at path: String, mode: mode_t) throws(SecurityProblem) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw problem(path) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                let failure = problem(path)
                unlink(path)
                throw failure
            }
            rest = rest.dropFirst(written)
        }
        guard fsync(file) == 0 else { throw problem(path) }
    }

    private static func problem(_ path: String) -> SecurityProblem {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
