import Basics
import Membership
import Wire

/// The nodes' coder of gossip, by which they also share what they hold: a value that thousands of them were told lies in memory once.
///
/// In a country of 3,356 nodes each holds what all others wrote. Each node decodes and keeps its own records, as live; only the storage
/// of equal ones, which nobody changes, is that of whoever decoded them first.
final class SharingCoder: MessageCoder {
    private let coder: GossipCoder
    /// A piece of a namespace's history.
    private struct Piece: Hashable {
        let namespace: NamespaceID
        let from: UInt64
        let to: UInt64
    }
    /// What each piece held when it was decoded last by somebody who was told something new.
    private var pieces: [Piece: [GossipFrame.Record]] = [:]

    init(compressor: (any Compressor)?) { coder = GossipCoder(compressor: compressor) }

    func encode(_ frame: GossipFrame) -> [UInt8] { coder.encode(frame) }

    func decode(_ bytes: UnsafeRawBufferPointer) -> GossipFrame? {
        let decoded = coder.decode(bytes)
        guard var frame = decoded, !frame.sections.isEmpty else { return decoded }
        for i in frame.sections.indices {
            let section = frame.sections[i]
            let piece = Piece(namespace: section.namespace, from: section.from, to: section.to)
            if let known = pieces[piece], known == section.records {
                frame.sections[i].records = known
            } else {
                pieces[piece] = section.records
            }
        }
        return frame
    }
}
