import Console
import Foundation
import Topology

/// What the demo knows of its bots and of the meeting, gathered from their lines and from the chair's page.
actor Stage {
    /// One hall.
    struct Hall: Sendable {
        var joined = false
        var holdsFloor = false
        var place = 0
        var heard: Set<String> = []
        var saw: Set<String> = []
        /// One for each time it was asked to count.
        var counts: [SoundCount] = []
    }

    let order: [String]
    private(set) var halls: [String: Hall] = [:]
    private(set) var errors: [String] = []
    /// The chair's page; nil while it is not connected.
    private(set) var page: PageState?
    /// Sites that had the floor long enough to be heard.
    private(set) var speakers: [String] = []
    private var isEnding = false
    private let soundOnly: Bool

    init(_ sites: [String], soundOnly: Bool = false) {
        order = sites
        self.soundOnly = soundOnly
        for site in sites { halls[site] = Hall() }
    }

    /// One line of a bot.
    func take(_ event: BotEvent, from site: String) {
        guard var hall = halls[site] else { return }
        switch event.event {
        case .joined: hall.joined = true
        case .left:
            hall.joined = false
            if !isEnding { note("\(site): its leg was lost: \(event.message ?? "?")") }
        case .granted: hall.holdsFloor = true
        case .released: hall.holdsFloor = false
        case .queue: hall.place = event.place ?? 0
        case .heard: if let other = event.site { hall.heard.insert(other) }
        case .saw: if let other = event.site { hall.saw.insert(other) }
        case .sound, .silence: break
        case .counted: if let sound = event.sound { hall.counts.append(sound) }
        case .error: note("\(site): \(event.message ?? "?")")
        }
        halls[site] = hall
    }

    /// The chair's page changed.
    func show(_ page: PageState?) { self.page = page }

    func note(_ error: String) {
        if !isEnding, errors.count < 50, !errors.contains(error) { errors.append(error) }
    }

    /// From now on what ends is meant to.
    func end() { isEnding = true }
    var ending: Bool { isEnding }

    func spoke(_ site: String) { if !speakers.contains(site) { speakers.append(site) } }

    /// Sites the chair's node says are there.
    var present: Set<String> {
        Set((page?.meeting?.sites ?? []).filter { $0.presence == .present }.map(\.id))
    }
    /// Halls whose legs carry media.
    var joined: Int { halls.values.count(where: \.joined) }
    var isComplete: Bool { present.isSuperset(of: order) && order.allSatisfy { halls[$0]?.joined == true } }

    /// Who should know this speaker by its mark and does not yet.
    func missing(_ speaker: String) -> [String] {
        order.filter { $0 != speaker && !(halls[$0]!.heard.contains(speaker) && (soundOnly || halls[$0]!.saw.contains(speaker))) }
    }
    var holder: String? { order.first { halls[$0]?.holdsFloor == true } }
}
