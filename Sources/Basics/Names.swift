/// A node's name on the wire: the first 32 bits of SHA-256 of the node's id, never its position in a file.
///
/// `topology check` refuses two ids with one index.
public struct NodeIndex: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As it travels, and as it is compared.
    public var rawValue: UInt32
    /// One that came over the wire.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Of a node's id, whatever its bytes.
    public init(of id: String) {
        let digest = SHA256.digest(Array(id.utf8))
        rawValue = UInt32(digest[0]) << 24 | UInt32(digest[1]) << 16 | UInt32(digest[2]) << 8 | UInt32(digest[3])
    }
    @inlinable public static func < (a: NodeIndex, b: NodeIndex) -> Bool { a.rawValue < b.rawValue }
    public var description: String {
        let hex = String(rawValue, radix: 16)
        return String(repeating: "0", count: 8 - hex.count) + hex
    }
}

/// A site (điểm cầu): a hall at a node. `NODE` for a node's only room, `NODE/ROOM` for one of several.
public struct SiteID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As topology files and links write it.
    public var rawValue: String
    /// Not checked: readers of files and requests do that.
    public init(_ rawValue: String) { self.rawValue = rawValue }
    /// The id of the node that the site hangs on: all before the first slash.
    public var node: String { String(rawValue.prefix { $0 != "/" }) }
    public static func < (a: SiteID, b: SiteID) -> Bool { a.rawValue < b.rawValue }
    public var description: String { rawValue }
}

/// A meeting's id as its file names it: 1 to 48 bytes of letters, digits, `-`, `_` and `.`.
public struct MeetingID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// As its file names it.
    public var rawValue: String
    /// Not checked: readers of files and requests do that.
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public static func < (a: MeetingID, b: MeetingID) -> Bool { a.rawValue < b.rawValue }
    public var description: String { rawValue }
}

/// A namespace's life: (persisted counter + 1, random nonce), compared in this order; no wall clock.
public struct Incarnation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Counts the lives that were persisted, from 1.
    public var counter: UInt64
    /// Tells lives apart whose counter was lost with the disk.
    public var nonce: UInt32
    /// A life by both its parts.
    public init(counter: UInt64, nonce: UInt32) {
        self.counter = counter
        self.nonce = nonce
    }
    public static func < (a: Incarnation, b: Incarnation) -> Bool { (a.counter, a.nonce) < (b.counter, b.nonce) }
    public var description: String { "\(counter).\(String(nonce, radix: 16))" }
}

/// The name of one RTP stream in the whole tree, given once by its home node.
///
/// Compared in the order of its parts; of two streams with one SSRC the smaller keeps it.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The home node.
    public var node: NodeIndex
    /// The counter of the home node's incarnation.
    public var incarnation: UInt64
    /// Counts the streams of one incarnation, from 1.
    public var counter: UInt32
    /// A stream by its parts.
    @inlinable public init(node: NodeIndex, incarnation: UInt64, counter: UInt32) {
        self.node = node
        self.incarnation = incarnation
        self.counter = counter
    }
    @inlinable public static func < (a: StreamID, b: StreamID) -> Bool {
        if a.node != b.node { return a.node < b.node }
        if a.incarnation != b.incarnation { return a.incarnation < b.incarnation }
        return a.counter < b.counter
    }
    public var description: String { "\(node):\(incarnation):\(counter)" }
}

/// What a stream carries.
public enum MediaKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Sound.
    case audio = 1
    /// Pictures.
    case video = 2
}

/// A stream's codec.
public enum Codec: UInt8, Hashable, Sendable, CaseIterable {
    /// RFC 6716, for sound.
    case opus = 1
    /// RFC 6386.
    case vp8 = 2
    /// ITU-T H.264.
    case h264 = 3
    /// What it codes.
    public var kind: MediaKind { self == .opus ? .audio : .video }
    /// RTP clock in Hz: RFC 7587 section 4.1, RFC 7741 section 4.1, RFC 6184 section 5.1.
    public var clockRate: Int { self == .opus ? 48_000 : 90_000 }
}
