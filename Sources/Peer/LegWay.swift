import Basics
import SDP

/// What a leg's role adds to its state: who finds the address, who begins, and what is believed about the other side.
enum LegWay {
    case accessServer(AccessServer)
    case accessClient(AccessClient)
    case trunkDialer(TrunkDialer)
    case trunkAcceptor(TrunkAcceptor)

    var server: AccessServer? {
        if case .accessServer(let server) = self { server } else { nil }
    }
    var client: AccessClient? {
        if case .accessClient(let client) = self { client } else { nil }
    }
    var dialer: TrunkDialer? {
        if case .trunkDialer(let dialer) = self { dialer } else { nil }
    }
    var acceptor: TrunkAcceptor? {
        if case .trunkAcceptor(let acceptor) = self { acceptor } else { nil }
    }

    /// Whether the certificate is the one that the description announced or the topology names.
    func expects(_ found: RemoteIdentity) -> Bool {
        switch (self, found) {
        case (.accessServer(let server), .fingerprint(let hash)): server.fingerprints.contains(hash)
        case (.accessClient(let client), .fingerprint(let hash)): client.fingerprints.contains(hash)
        case (.trunkDialer(let dialer), .node(let id)): id == dialer.node
        case (.trunkAcceptor, .node): true
        default: false
        }
    }
}

/// A browser's leg at the node.
final class AccessServer {
    private(set) var agent: ICEServerAgent
    /// Of the offer.
    let fingerprints: [[UInt8]]

    init(_ agent: ICEServerAgent, fingerprints: [[UInt8]]) { (self.agent, self.fingerprints) = (agent, fingerprints) }

    func receive(
        _ message: STUNMessage, from: Address, now: Instant, security: any SecurityProvider, outbox: Outbox
    ) -> ICEServerAgent.Outcome {
        agent.receive(message, from: from, now: now, security: security, outbox: outbox)
    }
}

/// A bot's leg.
final class AccessClient {
    private(set) var agent: ICEClientAgent
    private let terms: OfferTerms
    /// Of the answer; empty before.
    private(set) var fingerprints: [[UInt8]] = []

    init(_ agent: ICEClientAgent, terms: OfferTerms) { (self.agent, self.terms) = (agent, terms) }

    /// Takes the answer, and begins checks: the remote, and what both agreed on.
    func accept(_ answer: SessionDescription, now: Instant) throws(NegotiationError) -> (remote: Address, media: NegotiatedMedia) {
        let accepted = try terms.accept(answer)
        fingerprints = accepted.fingerprints
        agent.start(remote: accepted.remote, credentials: accepted.credentials, now: now)
        return (accepted.remote, accepted.media)
    }
    func receive(_ message: STUNMessage, from: Address, now: Instant, security: any SecurityProvider) -> ICEClientAgent.Outcome {
        agent.receive(message, from: from, now: now, security: security)
    }
    func wake(now: Instant, random: inout SeededGenerator, security: any SecurityProvider, outbox: Outbox) {
        agent.wake(now: now, random: &random, security: security, outbox: outbox)
    }
    func stop() { agent.stop() }
}

/// A trunk's child side.
final class TrunkDialer {
    /// Whose certificate is demanded.
    let node: String
    private(set) var redial = Redial()

    init(node: String, now: Instant) {
        self.node = node
        redial.now(now)
    }

    func dialNow(_ now: Instant) { redial.now(now) }
    func dialled(_ now: Instant, random: inout SeededGenerator) { redial.started(now, random: &random) }
    func answered() { redial.answered() }
    func established() { redial.established() }
    func failed(_ now: Instant, random: inout SeededGenerator) { redial.failed(now, random: &random) }
    func stop() { redial.stop() }
}

/// A trunk's parent side.
final class TrunkAcceptor {
    /// A restarted remote's new session beside the old one, until its handshake is done.
    struct Successor {
        let session: any SecureSession
        let deadline: Instant
    }
    private(set) var successor: Successor?
    /// Of the ClientHello that the present session answers, and of the successor's.
    private var helloRandom: [UInt8]?
    private var successorRandom: [UInt8]?

    init(hello: UnsafeRawBufferPointer) { helloRandom = Demultiplexer.clientRandom(hello) }

    func isAnswering(_ random: [UInt8]) -> Bool { random == helloRandom || random == successorRandom }

    func adopt(_ session: any SecureSession, hello: UnsafeRawBufferPointer, until deadline: Instant) {
        successor = Successor(session: session, deadline: deadline)
        successorRandom = Demultiplexer.clientRandom(hello)
    }
    func dropSuccessor() { successor = nil }
    /// The successor takes the leg over.
    func succeed() {
        successor = nil
        helloRandom = successorRandom
    }
}
