import Basics

// API sketch while the bodies are written:
//
// extension Peer {
//   public static let connectLimit: Interval            // 30 s from creation to established (access legs)
//   /// A browser's leg from its offer. `localDescription` is the answer, `media` the terms.
//   public convenience init(accessServer offer: SessionDescription, settings: AnswerSettings,
//                           security: any SecurityProvider, now: Instant) throws(NegotiationError)
//   /// A bot's leg; `localDescription` is the offer to be posted.
//   public convenience init(accessClient settings: OfferSettings, security: any SecurityProvider, now: Instant)
//   public func accept(answer: SessionDescription, now: Instant) throws(NegotiationError)   // then wake
//   public convenience init(trunkTo address: Address, node: String, security: any SecurityProvider, now: Instant)
//   public convenience init(trunkFrom address: Address, session: any SecureSession, security: any SecurityProvider, now: Instant)
//   /// A new session of the same remote (a restarted child): replaces the present one once its handshake is done.
//   public func adopt(_ session: any SecureSession, now: Instant)
//   /// Trunk dialer: drop the session and dial anew (silence, renewal).
//   public func redial(now: Instant)
//   public func receive(_ packet: UnsafeMutableRawBufferPointer, from: Address, now: Instant, outbox: Outbox) -> Received
//   public func wake(now: Instant, outbox: Outbox)
//   public var deadline: Instant? { get }
//   public func protectRTP(_ slot: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int) -> Int?
//   public func protectRTCP(_ slot: UnsafeMutableRawBufferPointer, length: Int) -> Int?
//   public func send(message: UnsafeRawBufferPointer, outbox: Outbox) -> Bool
//   public func close(outbox: Outbox)                    // close_notify
//   public var snapshot: PeerSnapshot { get }
//   public static func stunUsername(of datagram: UnsafeRawBufferPointer) -> String?   // our ufrag in a stranger's request
// }
// extension SessionDescription { public init(parsing text: String) throws(NegotiationError) }
// public enum Demultiplexer { kind(of firstByte: UInt8), kind(of datagram), isClientHello(datagram) }
