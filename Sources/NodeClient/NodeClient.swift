import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A client of a node's HTTP API: what the shell commands, the demo's bots and a node that asks its neighbour use.
///
/// One connection a request; answers are bounded. Server-sent events (WHATWG HTML section 9.2) arrive as a stream.
public struct NodeClient: Sendable {
    /// Answers larger than this are refused.
    public static let maximumAnswer = 8 << 20

    /// Where the node's pages are, for example `http://127.0.0.1:8443`.
    public let base: URL
    /// The network authority's certificate (PEM file) for HTTPS.
    public let authority: String?
    /// Between nodes, and over HTTPS alone: who this one is, and who the other must be.
    public let identity: Identity?
    /// The language in which the node shall answer (RFC 9110 section 12.5.4); nil: it chooses.
    public let language: String?

    public init(base: URL, authority: String? = nil, identity: Identity? = nil, language: String? = nil) {
        self.base = base
        self.authority = authority
        self.identity = identity
        self.language = language
    }

    /// A node's answer.
    public struct Answer: Sendable {
        /// The HTTP status code.
        public var status: Int
        public var headers: [(String, String)]
        public var body: [UInt8]
        /// The body as UTF-8; what is none becomes U+FFFD.
        public var text: String { String(decoding: body, as: UTF8.self) }
        /// The first header of that name.
        public func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name.lowercased() }?.1 }
    }

    /// One server-sent event.
    public struct Event: Sendable, Equatable {
        /// `message` where the node named none.
        public var name: String
        /// Its lines, joined by line feeds.
        public var data: String
    }

    /// What went wrong between us and the node, in a sentence.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        public var description: String
        public init(description: String) { self.description = description }
    }

    /// Sends one request and reads the whole answer.
    public func send(
        _ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = [], body: [UInt8] = [],
        type: String = "application/json", timeout: TimeAmount = .seconds(10)
    ) async throws -> Answer {
        let channel = try await connect()
        let deadline = channel.channel.eventLoop.scheduleTask(in: timeout) { channel.channel.close(promise: nil) }
        defer { deadline.cancel() }
        do { return try await exchange(channel, method, path, token, headers, body, type) } catch { throw explained(error) }
    }

    private func exchange(
        _ channel: Channel, _ method: String, _ path: String, _ token: String?, _ headers: [(String, String)], _ body: [UInt8], _ type: String
    ) async throws -> Answer {
        try await channel.executeThenClose { inbound, outbound in
            // A node may refuse before it has read the whole body: its answer says more than the broken connection.
            var unsent: (any Error)?
            do { try await write(method, path, token, headers, body, type, to: outbound) } catch { unsent = error }
            var answer = Answer(status: 0, headers: [], body: [])
            for try await part in inbound {
                switch part {
                case .head(let head):
                    answer.status = Int(head.status.code)
                    answer.headers = head.headers.map { ($0.name, $0.value) }
                case .body(let bytes):
                    answer.body.append(contentsOf: bytes.readableBytesView)
                    if answer.body.count > Self.maximumAnswer { throw Failure(description: "the answer of \(base) is too large") }
                case .end:
                    return answer
                }
            }
            if let unsent { throw unsent }
            throw Failure(description: "\(base) closed the connection before it answered; is the node still running?")
        }
    }

    /// Calls `body` for each event until it returns false or the connection ends.
    public func events(_ path: String, token: String, _ body: (Event) async throws -> Bool) async throws {
        let channel = try await connect()
        try await channel.executeThenClose { inbound, outbound in
            try await write("GET", path, token, [], [], "text/event-stream", to: outbound)
            var parser = EventParser()
            for try await part in inbound {
                switch part {
                case .head(let head) where head.status != .ok:
                    throw Failure(description: "\(base) refused the events: \(head.status)")
                case .body(let bytes):
                    for event in parser.append(bytes.readableBytesView) where try await !body(event) { return }
                default: break
                }
            }
        }
    }

    /// The system's words instead of a library's.
    private static func reason(_ error: any Error) -> String {
        let one = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        if let system = one as? IOError { return String(cString: strerror(system.errnoCode)) }
        if let late = one as? ChannelError, case .connectTimeout = late { return "no answer within five seconds" }
        return "\(one)"
    }

    /// A failed handshake in words.
    private func explained(_ error: any Error) -> any Error {
        guard error is NIOSSLError || error is BoringSSLError else { return error }
        let trusted = authority.map { "\($0) is not the authority that issued it" } ?? "no authority was named (--authority)"
        return Failure(description: "the certificate of \(base) is not accepted: \(trusted), or one of the two clocks is wrong")
    }

    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect() async throws -> Channel {
        let secure = base.scheme == "https"
        guard let host = base.host() else { throw Failure(description: "\(base) is no address of a node") }
        let port = base.port ?? (secure ? 443 : 80)
        let tls = secure ? try NIOSSLContext(configuration: configuration()) : nil
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(.seconds(5))
        if secure, let identity { bootstrap = try bootstrap.bind(to: SocketAddress(ipAddress: identity.address, port: 0)) }
        do {
            let (channel, proven) = try await bootstrap.connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try setUp(channel, tls) }
            }
            do { try await proven?.get() } catch {
                // Its streams must be finished, whatever comes of it.
                try? await channel.executeThenClose { _, _ in }
                throw error
            }
            return channel
        } catch {
            throw Failure(description: "no node answers at \(base) (\(Self.reason(error))); is it running, and is the address right?")
        }
    }

    private func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority { configuration.trustRoots = .file(authority) }
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.privateKey, format: .pem))
        }
        return configuration
    }

    /// The pipeline; with an identity, also when the other side has proven its own.
    private func setUp(_ channel: any NIOCore.Channel, _ tls: NIOSSLContext?) throws -> (Channel, EventLoopFuture<Void>?) {
        let pipeline = channel.pipeline.syncOperations
        var proven: EventLoopFuture<Void>?
        if let tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
            if let identity {
                let promise = channel.eventLoop.makePromise(of: Void.self)
                proven = promise.futureResult
                try pipeline.addHandler(PeerGate(identity.isMeant, proven: promise))
            }
        }
        try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
        return (try Channel(wrappingChannelSynchronously: channel), proven)
    }

    private func write(
        _ method: String, _ path: String, _ token: String?, _ more: [(String, String)], _ body: [UInt8], _ type: String,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async throws {
        var headers = HTTPHeaders([("host", base.host() ?? ""), ("connection", "close"), ("accept", "*/*")])
        if let language { headers.add(name: "accept-language", value: language) }
        if let token { headers.add(name: "authorization", value: "Bearer " + token) }
        for (name, value) in more { headers.add(name: name, value: value) }
        if !body.isEmpty || method == "POST" { headers.add(name: "content-type", value: type) }
        headers.add(name: "content-length", value: "\(body.count)")
        try await outbound.write(.head(HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path, headers: headers)))
        if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        try await outbound.write(.end(nil))
    }
}

/// Cuts a stream of bytes into server-sent events.
struct EventParser {
    /// An event larger than this is dropped.
    static let maximumEvent = 4 << 20
    private var line: [UInt8] = []
    private var name = "message"
    private var data: [String] = []

    mutating func append(_ bytes: some Sequence<UInt8>) -> [NodeClient.Event] {
        var events: [NodeClient.Event] = []
        for byte in bytes {
            if byte != 10 {
                if line.count < Self.maximumEvent { line.append(byte) }
                continue
            }
            if line.last == 13 { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line.removeAll(keepingCapacity: true)
            if text.isEmpty {
                if !data.isEmpty { events.append(.init(name: name, data: data.joined(separator: "\n"))) }
                name = "message"
                data = []
            } else if text.hasPrefix("event:") {
                name = text.dropFirst(6).trimmingCharacters(in: .whitespaces)
            } else if text.hasPrefix("data:") {
                data.append(String(text.dropFirst(text.hasPrefix("data: ") ? 6 : 5)))
            }
        }
        return events
    }
}
