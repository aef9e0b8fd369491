import Basics
import Foundation
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

    /// The edition of the topology that was applied last, sealed by the authority.
    public var edition: String { path + "/topology.signed" }
    /// Is there if that edition was handed to this node, which gives it to all others.
    var handed: String { path + "/topology.handed" }
    /// The edition that runs, or ran last, as a topology file.
    var running: String { path + "/topology.running.yaml" }
    /// The edition that ran before that.
    var before: String { path + "/topology.before.yaml" }

    /// Why a folder serves no node, and what to do.
    public struct Unusable: Error, CustomStringConvertible {
        public var description: String
    }

    func text(_ file: String) throws(Unusable) -> String {
        do { return try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw Unusable(description: "\(file): cannot be read; `nhipcau certs issue` writes it into the state folder")
        }
    }

    /// The node's security from the three PEM files.
    func security() throws -> OpenSSLSecurity {
        let own = Credential(certificate: try text(certificate), privateKey: try text(key))
        return try OpenSSLSecurity(authority: text(authority), own: own, clock: { EventLoop.wall() })
    }
}
