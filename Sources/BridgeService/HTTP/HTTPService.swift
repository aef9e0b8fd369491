import Basics
import Console
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOSSL
import Native

/// The node's HTTP(S) side: pages, events and the small API of `docs/openapi.yaml`.
///
/// In reading order: ``NodeGateway`` (what it asks of the node), ``Right`` (who may do what), ``HTTPProblem`` (refusals as
/// JSON), ``DeedBudget`` (how often), `HTTPEvents.swift` (server-sent events), `HTTPLegs.swift`, `HTTPFloor.swift`, `HTTPMeetings.swift`,
/// `HTTPNode.swift`, `HTTPTokens.swift`, `HTTPPages.swift` (routes). Below all of them lie connections: ``HTTPLimits``, ``ConnectionLedger`` (how many),
/// ``ConnectionDeadlines`` (how long), ``GatedChannel`` (both, and TLS).
public enum HTTPService {
    /// Longest SDP of an offer: a page's five m-lines are 6–9 KB, Chromium's with all its codecs 20 KB.
    public static let offerLimit = 32 * 1_024
    /// Longest JSON body: a form naming 3,321 sites is about 100 KB.
    public static let jsonLimit = 256 * 1_024
    /// Longest sealed topology.
    public static let topologyLimit = SealedFile.limit
    /// Event streams at once: ten pages for each hall of a large node.
    public static let streamLimit = 512
    /// Event streams at once with one site's tokens, so that one page in a loop does not shut out others.
    public static let streamLimitPerSite = 16
    /// Silence on an event stream after which a comment is sent, so that proxies and pages know it is alive.
    public static let keepAlive: Duration = .seconds(10)
}

/// PEM files for HTTPS.
public struct TLSFiles: Hashable, Sendable {
    /// A PEM file's path; the node's own certificate comes first.
    public var certificateChain: String
    /// A PEM file's path.
    public var privateKey: String
    /// The authority's certificate, a PEM file's path, by which other nodes prove who they are; nil: nobody is asked.
    public var authority: String?
    /// Paths; the chain starts with the node's own certificate.
    public init(certificateChain: String, privateKey: String, authority: String? = nil) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.authority = authority
    }
}

/// Why the HTTP side could not be made.
public enum HTTPServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    case noPages([String])
    case badTLSFile(String, String)
    /// In words, with the next step.
    public var description: String {
        switch self {
        case .noPages(let places): "the pages' files were not found; put them in one of: \(places.joined(separator: ", "))"
        case .badTLSFile(let path, let reason): "\(path): not a usable PEM file (\(reason)); `nhipcau certs issue` writes one"
        }
    }
}

/// The HTTP side of one node, ready to run.
public struct HTTPSide: Sendable {
    /// Ends when its task is cancelled, or with an error.
    public let run: @Sendable () async throws -> Void
    let ledger: ConnectionLedger

    /// Closes new connections at once, and those that are still open after the grace; returns when the server has seen all of them.
    public func close(after grace: Duration) async { await ledger.close(after: grace) }
}

/// Makes the HTTP side; end it with ``HTTPSide/close(after:)``, and then by cancelling the task that runs it. A connection that was accepted
/// and not yet looked at when the task is cancelled ends the process: so says SwiftNIO. A node that ends anyway leaves the task alone.
///
/// `port` 0 takes a free one; `onListening` is told the port in use.
public func makeHTTPSide(
    gateway: any NodeGateway, address: String, port: Int, tls: TLSFiles? = nil, pages: Pages? = nil, limits: HTTPLimits = HTTPLimits(),
    logger: Logger = Logger(label: "nhipcau.http"), onListening: @escaping @Sendable (Int) -> Void = { _ in }
) throws(HTTPServiceError) -> HTTPSide {
    guard let pages = pages ?? Pages.installed() else { throw .noPages(Pages.candidates) }
    let refusals = HTTPRefusals()
    let ledger = ConnectionLedger(limits, refusals: refusals)
    let door = Door(gateway: gateway, budget: DeedBudget(), refusals: refusals)
    let router = makeRouter(door: door, pages: pages, ledger: ledger, isSecure: tls != nil)
    let secure = try tls?.configuration()
    // Made once here, so that a bad file is told before anything runs.
    do { _ = try secure.map { try NIOSSLContext(configuration: $0) } } catch { throw .badTLSFile(tls?.certificateChain ?? "", "\(error)") }
    let application = Application(
        router: router,
        server: HTTPServerBuilder { responder in try GatedChannel(HTTP1Channel(responder: PeerNode.naming(responder)), tls: secure, ledger: ledger) },
        configuration: ApplicationConfiguration(address: .hostname(address, port: port), serverName: "nhipcau"),
        onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) }, logger: logger)
    return HTTPSide(run: { try await application.run() }, ledger: ledger)
}

/// All routes.
private func makeRouter(door: Door, pages: Pages, ledger: ConnectionLedger, isSecure: Bool) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ProblemMiddleware(pages: pages))
    router.add(middleware: SecurityHeaders(isSecure: isSecure))
    addPages(to: router, pages: pages, door: door)
    addEvents(to: router, door: door, streams: StreamCounter())
    addLegs(to: router, door: door)
    addFloor(to: router, door: door)
    addMeetings(to: router, door: door)
    addSeats(to: router, door: door)
    addNode(to: router, door: door, ledger: ledger)
    addTokens(to: router, door: door)
    return router
}

extension TLSFiles {
    /// Of TLS 1.2: forward secrecy and authenticated encryption only, as on trunks. TLS 1.3 has no others.
    static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    fileprivate func configuration() throws(HTTPServiceError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificateChain) } catch {
            throw .badTLSFile(certificateChain, "\(error)")
        }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: privateKey, format: .pem) } catch { throw .badTLSFile(privateKey, "\(error)") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = TLSFiles.ciphers
        if let authority {
            // Browsers have no certificate of this authority, and are told that no other is wanted, so that none asks its user for one. A
            // certificate that is shown must be of this authority.
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .file(authority)
            configuration.sendCANameList = true
        }
        return configuration
    }
}
