import CLinux
import Glibc

/// The process's descriptors: a connection costs one, and a process without any left cannot even look at itself.
///
/// libdispatch aborts when it cannot open a file of `/proc/self/task`, SQLite cannot open its journal, and no still comes from
/// another node: so HTTP connections never take the last ones.
enum Descriptors {
    /// Descriptors that HTTP connections leave alone: sockets, files and queues of the node are some forty, requests to other
    /// nodes a few at a time, and the rest is for what a library opens when it likes.
    static let reserve = 256

    /// The soft limit of this process, raised towards `needed` as far as the hard limit allows.
    static func limit(needed: Int) -> Int {
        var limit = rlimit()
        guard nc_prlimit(0, nc_rlimit_nofile, nil, &limit) == 0 else { return reserve * 2 }
        if limit.rlim_cur < rlim_t(needed), limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = min(rlim_t(needed), limit.rlim_max)
            if nc_prlimit(0, nc_rlimit_nofile, &raised, nil) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many HTTP connections a process with that soft limit may carry. With a limit below twice the reserve, half of it.
    static func connections(within limit: Int) -> Int { max(limit - reserve, min(limit, 2 * reserve) / 2) }

    /// Fewer than ``reserve`` descriptors are free. A new descriptor is always the lowest free number, so one that lies that
    /// near to the limit says that all below it are in use.
    static func isReserveTouched(limit: Int) -> Bool {
        let lowest = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard lowest >= 0 else { return true }
        close(lowest)
        return Int(lowest) >= limit - min(reserve, limit / 2)
    }
}
