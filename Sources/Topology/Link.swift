import Basics

extension Network {
    /// How audio crosses an uplink.
    public enum AudioMode: String, Hashable, Sendable, CaseIterable {
        /// Each open microphone as its own stream.
        case forward
        /// One stream: the sum of the open microphones.
        case mix
        /// Forward, unless the line is too thin.
        case auto
    }

    /// How video crosses an uplink.
    public enum VideoMode: String, Hashable, Sendable, CaseIterable {
        case forward
        /// One composed picture.
        case mix
        case none
        /// Forward, unless the line is too thin.
        case auto
    }

    /// A line's figures, as they are measured or agreed.
    public struct Line: Hashable, Sendable {
        /// Capacity away from the node that declares it: child to parent.
        public var up: Bitrate
        /// Capacity towards it: parent to child.
        public var down: Bitrate
        /// One way.
        public var latency: Interval
        /// Packets lost, in millionths.
        public var lossPerMillion: Int
        /// Empty if none is named.
        public var carrier: String
        /// Nobody has measured its capacity, in one direction at least.
        public var assumesCapacity: Bool
        /// Nobody has measured its latency.
        public var assumesLatency: Bool
        /// Nobody has measured its capacity, or nobody its latency.
        public var assumed: Bool { assumesCapacity || assumesLatency }
        /// Packets lost, 0 to 1.
        public var loss: Double { Double(lossPerMillion) / 1_000_000 }
        /// `assumed` is of capacity and latency alike; `assumesLatency` says otherwise of the latency.
        public init(
            up: Bitrate, down: Bitrate, latency: Interval = .zero, lossPerMillion: Int = 0, carrier: String = "",
            assumed: Bool = false, assumesLatency: Bool? = nil
        ) {
            self.up = up
            self.down = down
            self.latency = latency
            self.lossPerMillion = lossPerMillion
            self.carrier = carrier
            assumesCapacity = assumed
            self.assumesLatency = assumesLatency ?? assumed
        }
    }

    /// A node's uplink: the trunk to its parent.
    public struct Link: Hashable, Sendable {
        /// The declared parent.
        public var parent: NodeIndex
        /// The figures of the line to it.
        public var line: Line
        /// Parents to turn to when the declared one is lost, in this order.
        public var backups: [NodeIndex]
        /// What is asked for; `auto` is settled by the load formulas.
        public var audio: AudioMode
        /// What is asked for; `auto` is settled by the load formulas.
        public var video: VideoMode
        /// The protected zone that begins here: the line and all behind it never carry others' media.
        public var zone: String?
        public init(
            parent: NodeIndex, line: Line, backups: [NodeIndex] = [], audio: AudioMode = .auto, video: VideoMode = .auto,
            zone: String? = nil
        ) {
            self.parent = parent
            self.line = line
            self.backups = backups
            self.audio = audio
            self.video = video
            self.zone = zone
        }
    }

    /// Somebody else's bridge above the root, for meetings passed down from there; no node of this network.
    public struct Upstream: Hashable, Sendable {
        /// Who is there; empty if the file does not say.
        public var name: String
        /// Nil while nobody has told it.
        public var address: Address?
        /// Nil while nobody has told it.
        public var line: Line?
        /// One way; nil while nobody has told it.
        public var latency: Interval?
        public init(name: String, address: Address?, line: Line?, latency: Interval? = nil) {
            self.name = name
            self.address = address
            self.line = line
            self.latency = latency
        }
    }
}
