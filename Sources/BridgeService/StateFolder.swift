import Basics
import Bridge
import Foundation
import Glibc
import Native

/// What one node keeps between two lives in one folder: `ca.crt`, `node.crt`, `node.key`, `archive.sqlite`, the editions of the topology
/// that it runs and ran before, and, once one was applied, `topology.signed`.
public struct StateFolder: Sendable {
    public let path: String

    /// Nothing is read yet.
    public init(_ path: String) { self.path = path }

    /// The network authority's certificate.
    public var authority: String { path + "/ca.crt" }
    /// The node's own certificate.
    public var certificate: String { path + "/node.crt" }
    /// The node's private key, mode 0600.
    public var key: String { path + "/node.key" }
    /// The node's memory.
    public var archive: String { path + "/archive.sqlite" }

    /// Until when links of before are taken (``OldLinks``).
    var oldLinks: String { path + "/old-links.until" }

    /// The edition of the topology that was applied last, sealed by the authority.
    public var edition: String { path + "/topology.signed" }
    /// Is there if that edition was handed to this node, which gives it to all others.
    var handed: String { path + "/topology.handed" }
    /// The edition that runs, or ran last, as a topology file.
    var running: String { path + "/topology.running.yaml" }
    /// The edition that ran before that.
    var before: String { path + "/topology.before.yaml" }

    /// Why a folder serves no node; ``StartFailure`` says what to do.
    public struct Unusable: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong with it.
        public enum Reason: Hashable, Sendable {
            /// The folder is not there.
            case noFolder
            /// The file is not there.
            case missing
            /// The file is there, and belongs to that user.
            case forbidden(owner: String)
            /// The system's words.
            case unreadable(String)
        }
        /// The folder, or a file in it.
        public var path: String
        public var reason: Reason
        public var description: String { "\(path): \(reason)" }
    }

    /// From now on this process makes files for its own user alone, and those that it made before become so.
    ///
    /// Returns warnings: others could read the folder, or something in it that they should not.
    func closeToOthers() -> [String] {
        umask(0o077)
        var warnings: [String] = []
        func mode(_ path: String) -> mode_t? {
            var about = stat()
            return stat(path, &about) == 0 ? about.st_mode & 0o777 : nil
        }
        for file in [archive, archive + "-wal", archive + "-shm", edition, handed, running, before, key] {
            guard let mode = mode(file), mode & 0o077 != 0 else { continue }
            if chmod(file, 0o600) != 0 { warnings.append("\(file) can be read by others, and its mode cannot be changed: chmod 600 it") }
        }
        if let mode = mode(path), mode & 0o044 != 0 {
            warnings.append("the state folder \(path) can be read by others: chmod 700 it, it holds votes and attendance")
        }
        return warnings
    }

    func text(_ file: String) throws(Unusable) -> String {
        do { return try String(contentsOfFile: file, encoding: .utf8) } catch { throw why(file) }
    }

    /// Looks again at what could not be read.
    private func why(_ file: String) -> Unusable {
        var about = stat()
        guard stat(path, &about) == 0 else {
            return Unusable(path: path, reason: errno == EACCES ? .forbidden(owner: "?") : .noFolder)
        }
        guard stat(file, &about) == 0 else {
            return errno == EACCES ? Unusable(path: path, reason: .forbidden(owner: owner(about, of: path))) : Unusable(path: file, reason: .missing)
        }
        let handle = open(file, O_RDONLY)
        guard handle < 0 else {
            close(handle)
            return Unusable(path: file, reason: .unreadable("no UTF-8"))
        }
        return Unusable(path: file, reason: errno == EACCES ? .forbidden(owner: owner(about, of: file)) : .unreadable(String(cString: strerror(errno))))
    }

    private func owner(_ last: stat, of path: String) -> String {
        var about = last
        guard stat(path, &about) == 0, let entry = getpwuid(about.st_uid) else { return "?" }
        return String(cString: entry.pointee.pw_name)
    }

    /// The node's security from the three PEM files.
    func security() throws -> OpenSSLSecurity {
        let own = Credential(certificate: try text(certificate), privateKey: try text(key))
        return try OpenSSLSecurity(authority: text(authority), own: own, clock: { EventLoop.wall() })
    }

    /// What the node signs its records with, and believes others' by.
    func identity() throws -> RecordIdentity {
        let own = Credential(certificate: try text(certificate), privateKey: try text(key))
        return RecordIdentity(
            signer: try NodeRecordSigner(own: own), verifier: try NodeRecordVerifier(authority: text(authority), clock: { EventLoop.wall() }))
    }
}
