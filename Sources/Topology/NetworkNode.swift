import Basics

extension Network {
    /// A rank of the hierarchy: province, district, commune, or whatever the file names.
    public struct Level: Hashable, Sendable {
        /// As nodes name it.
        public var id: String
        /// As people say it: "Huyện".
        public var name: String
        /// 0 at the top; a child's rank is larger than its parent's. Levels beside each other share it.
        public var rank: Int
        /// A technical hub is no administrative unit: full names pass over it.
        public var technical: Bool
        public init(id: String, name: String, rank: Int, technical: Bool = false) {
            self.id = id
            self.name = name
            self.rank = rank
            self.technical = technical
        }
    }

    /// A place on the map, in degrees (WGS 84).
    public struct Coordinates: Hashable, Sendable {
        /// North is positive, −90 to 90.
        public var latitude: Double
        /// East is positive, −180 to 180.
        public var longitude: Double
        public init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    /// A hall: a site (điểm cầu) of its node.
    public struct Room: Hashable, Sendable {
        /// `NODE` for a node's only room, `NODE/ROOM` for one of several.
        public var id: SiteID
        /// Its node's name, unless the file gives another.
        public var name: String
        public init(id: SiteID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// A site's access line: what goes over any of its node's trunks goes over it.
    public struct Access: Hashable, Sendable {
        /// Capacity away from the node.
        public var up: Bitrate
        /// Capacity towards it.
        public var down: Bitrate
        public init(up: Bitrate, down: Bitrate) {
            self.up = up
            self.down = down
        }
    }

    /// One bridge.
    public struct Node: Hashable, Sendable {
        /// Unique in the network: 1 to 48 bytes of letters, digits, `-`, `_` and `.`.
        public var id: String
        /// The node's name on the wire.
        public var index: NodeIndex { storedIndex }
        private var storedIndex: NodeIndex
        /// The id of its ``Level``.
        public var level: String
        /// With its kind of unit, without the unit above: "Xã Yên Mỹ".
        public var name: String
        /// Code of its administrative unit, in the network's edition; leading zeros kept.
        public var unit: String?
        /// Follows the name where a full name is wanted ("huyện Yên Mô"), instead of the parent's name.
        public var within: String?
        /// Where its media port listens (UDP).
        public var address: Address
        /// Where its pages and its API listen (TCP), on the same IP address.
        public var httpPort: UInt16
        /// Pages and API speak TLS. Media is always encrypted.
        public var secure: Bool
        /// Its sites, in the order of the file; may be empty.
        public var rooms: [Room]
        /// Plain RTP equipment, in the order of the file.
        public var endpoints: [Endpoint]
        /// Nil if the file does not say.
        public var coordinates: Coordinates?
        /// The one line that all trunks of the node share; nil: each trunk has a line of its own.
        public var access: Access?
        /// Nobody has confirmed that the place takes part.
        public var assumed: Bool

        /// Where its pages are: `https://10.1.2.3:8443`, an IPv6 address in brackets.
        public var pages: String { "\(secure ? "https" : "http")://\(address.urlHost):\(httpPort)" }

        public init(
            id: String, level: String, name: String, unit: String? = nil, within: String? = nil, address: Address,
            httpPort: UInt16 = Topology.defaultHTTPPort, secure: Bool = true, rooms: [Room], endpoints: [Endpoint] = [],
            coordinates: Coordinates? = nil, access: Access? = nil, assumed: Bool = false
        ) {
            self.id = id
            storedIndex = NodeIndex(of: id)
            self.level = level
            self.name = name
            self.unit = unit
            self.within = within
            self.address = address
            self.httpPort = httpPort
            self.secure = secure
            self.rooms = rooms
            self.endpoints = endpoints
            self.coordinates = coordinates
            self.access = access
            self.assumed = assumed
        }
    }

    /// Equipment that speaks plain RTP with its node: one stream, in clear, inside the hall's own network.
    public struct Endpoint: Hashable, Sendable {
        /// What stands there.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// A room system: sends and receives.
            case decoder
            /// A loudspeaker cluster (cụm loa): receives only.
            case loudspeaker
            /// A source such as a broadcaster's feed: sends only.
            case broadcaster
        }
        /// Seen from the endpoint.
        public enum Direction: String, Hashable, Sendable, CaseIterable {
            case send
            case receive
            case both
            /// It has something to be heard or seen.
            public var sends: Bool { self != .receive }
            /// It is to be sent something.
            public var receives: Bool { self != .send }
        }

        /// Unique within its node.
        public var id: String
        /// For logs and pages.
        public var name: String
        /// What stands there.
        public var kind: Kind
        /// Where it listens, and where its packets come from.
        public var address: Address
        /// RTP payload type, 0 to 127 (RFC 3550 section 5.1).
        public var payloadType: UInt8
        /// Of its one stream.
        public var codec: Codec
        /// Seen from the endpoint.
        public var direction: Direction
        /// The site whose voice and picture it stands for: it is not sent that site's own. Nil: no site. A broadcaster without a room is a
        /// site of its own, `NODE/ENDPOINT`.
        public var site: SiteID?
        public init(
            id: String, name: String, kind: Kind, address: Address, payloadType: UInt8, codec: Codec,
            direction: Direction, site: SiteID?
        ) {
            self.id = id
            self.name = name
            self.kind = kind
            self.address = address
            self.payloadType = payloadType
            self.codec = codec
            self.direction = direction
            self.site = site
        }
    }
}

extension Network.Node {
    /// Its broadcasters without a room, each a site of its own.
    public var broadcasters: [SiteID] {
        endpoints.compactMap { endpoint in
            guard endpoint.kind == .broadcaster, let site = endpoint.site, !rooms.contains(where: { $0.id == site }) else { return nil }
            return site
        }
    }
}
