import Basics
import Console
import Hummingbird
import HummingbirdTLS
import Logging
import NIOSSL
import Native

/// The node's HTTP(S) side: pages, events and the small API of `docs/openapi.yaml`.
///
/// In reading order: ``NodeGateway`` (what it asks of the node), ``Right`` (who may do what), ``HTTPProblem`` (refusals as
/// JSON), `HTTPEvents.swift` (server-sent events), `HTTPLegs.swift`, `HTTPFloor.swift`, `HTTPMeetings.swift`,
/// `HTTPNode.swift`, `HTTPPages.swift` (routes).
public enum HTTPService {
    /// Longest SDP of an offer: an offer of five m-lines is 6–9 KB.
    public static let offerLimit = 64 * 1_024
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
    /// Paths; the chain starts with the node's own certificate.
    public init(certificateChain: String, privateKey: String) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
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

/// Makes the HTTP side; run it with `run()`, end it by cancelling that task (open event streams end with it).
///
/// `port` 0 takes a free one; `onListening` is told the port in use.
public func makeApplication(
    gateway: any NodeGateway, address: String, port: Int, tls: TLSFiles? = nil, pages: Pages? = nil,
    logger: Logger = Logger(label: "nhipcau.http"), onListening: @escaping @Sendable (Int) -> Void = { _ in }
) throws(HTTPServiceError) -> some ApplicationProtocol {
    guard let pages = pages ?? Pages.installed() else { throw .noPages(Pages.candidates) }
    let router = makeRouter(gateway: gateway, pages: pages)
    let configuration = ApplicationConfiguration(address: .hostname(address, port: port), serverName: "nhipcau")
    let secure = try tls?.configuration()
    do {
        return Application(
            router: router, server: try secure.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
            configuration: configuration,
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) }, logger: logger)
    } catch {
        throw .badTLSFile(tls?.certificateChain ?? "", "\(error)")
    }
}

/// All routes; also what tests drive.
func makeRouter(gateway: any NodeGateway, pages: Pages) -> Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: ProblemMiddleware(pages: pages))
    router.add(middleware: SecurityHeaders())
    let door = Door(gateway: gateway)
    addPages(to: router, pages: pages, door: door)
    addEvents(to: router, door: door, streams: StreamCounter())
    addLegs(to: router, door: door)
    addFloor(to: router, door: door)
    addMeetings(to: router, door: door)
    addNode(to: router, door: door)
    return router
}

extension TLSFiles {
    fileprivate func configuration() throws(HTTPServiceError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificateChain) } catch {
            throw .badTLSFile(certificateChain, "\(error)")
        }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: privateKey, format: .pem) } catch { throw .badTLSFile(privateKey, "\(error)") }
        return .makeServerConfiguration(certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    }
}
