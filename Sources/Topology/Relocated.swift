import Basics
import Rights

extension Network {
    /// The same network on one machine: node `slot` at 127.`first`.(slot / 250).(slot % 250 + 1), all with the same
    /// ports, pages without TLS. Plain RTP endpoints go to their node's address and a port of their own, counted from
    /// `endpointPort`. The hash becomes another.
    ///
    /// At most 64,000 nodes; more than any network of the country.
    public func relocated(
        first: UInt8 = 77, mediaPort: UInt16 = Topology.defaultMediaPort, httpPort: UInt16 = Topology.defaultHTTPPort,
        endpointPort: UInt16 = 6004
    ) -> Network {
        precondition(count <= 250 * 256, "\(count) nodes do not fit 127.\(first).0.0/16")
        var entries: [Entry] = []
        for slot in nodes.indices {
            let ip = 127 << 24 | UInt32(first) << 16 | UInt32(slot / 250) << 8 | UInt32(slot % 250 + 1)
            var node = nodes[slot]
            node.address = Address(ipv4: ip, port: mediaPort)
            node.httpPort = httpPort
            node.secure = false
            for i in node.endpoints.indices {
                // Even ports, so that a receiver may keep the odd one above for RTCP (RFC 3550 section 11).
                node.endpoints[i].address = Address(ipv4: ip, port: endpointPort &+ UInt16(truncatingIfNeeded: 2 * i))
            }
            entries.append(Entry(node: node, link: links[slot]))
        }
        return rebuilt(entries)
    }

    /// The same network under other rules.
    public func governed(by policy: Policy) -> Network {
        rebuilt(nodes.indices.map { Entry(node: nodes[$0], link: links[$0]) }, policy)
    }

    /// The same network, where halls come to whatever meeting names them (`accept: all`): what runs without people has nobody to accept an
    /// invitation. A network with rules of its own keeps them.
    public var peopled: Network {
        guard policy == .standard else { return self }
        var open = policy
        open.accept = .all
        return governed(by: open)
    }

    /// The same network with other entries on the same tree.
    private func rebuilt(_ entries: [Entry], _ other: Policy? = nil) -> Network {
        do {
            return try Network(
                networkID: networkID, name: name, version: version, edition: edition, agency: agency, language: language, levels: levels,
                policy: other ?? policy, upstream: upstream, entries: entries)
        } catch {
            preconditionFailure("a tree stays a tree: \(error)")
        }
    }
}
