import Basics

/// The check code of a plan: two sheets or reports with the same code rest on the same topology, meetings and rates.
///
/// The first twelve digits are those of the network's hash, which a running node has too; the last eight are of what is planned for.
extension NetworkPlan {
    /// "3f0a91c24be7-8d11c09a".
    public var checkCode: String { Network.checkCode(network) + "-" + Network.hex(SHA256.digest(Array(demandText.utf8)).prefix(4)) }

    /// Everything that the loads rest on beside the network, one value a line.
    private var demandText: String {
        var out = ""
        for meeting in meetings {
            let numbers = [
                meeting.openMicrophones, meeting.floorSize, Int(meeting.audioRate.bitsPerSecond), Int(meeting.videoRate?.bitsPerSecond ?? 0),
                Int((meeting.picturesPerSecond * 1_000).rounded()), meeting.chairIsMuted ? 1 : 0, meeting.showsStills ? 1 : 0,
            ]
            out += "meeting \(meeting.id) \(meeting.kind.rawValue) \(meeting.codec) \(meeting.chair)\n"
            out += Network.quoted(meeting.title) + "\n" + numbers.map(String.init).joined(separator: " ") + "\n"
            out += "sites " + meeting.sites.map(\.rawValue).joined(separator: " ") + "\n"
            out += "speakers " + meeting.speakers.map(\.rawValue).joined(separator: " ") + "\n"
        }
        return out
    }
}

extension Network {
    /// The part of a check code that is of the network alone: the first twelve digits of its hash.
    public static func checkCode(_ network: Network) -> String { hex(network.hash.prefix(6)) }

    fileprivate static func hex(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
