import Console
import Foundation
import NodeClient

/// A bot's behaviour: what it does with its page's state and with what it is told.
actor BotHall {
    private let options: BotOptions
    private let marks: SiteMarks
    private let loop: BotLoop
    private let client: NodeClient
    private var state: PageState?
    private var incarnation: UInt64?
    private var isConnected = false
    private var isJoining = false
    private var leg: String?
    private var isHolder = false
    private var place = 0
    /// Told to be quiet before it gives the floor back, so that its last packets are gone when the next begins.
    private var isHushed = false
    /// Nobody says anything into the microphone.
    private var isQuiet: Bool
    /// The microphone switch as it should be.
    private var wantsMuted: Bool
    private var lastMute: Date?

    /// Sites whose mark was found in sound, and in pictures.
    private var heard: Set<String> = []
    private var saw: Set<String> = []

    /// Between the last packet of a speaker and its release: a trunk then never carries two voices.
    private static let hush = Duration.milliseconds(260)

    init(_ options: BotOptions, marks: SiteMarks, loop: BotLoop) {
        self.options = options
        self.marks = marks
        self.loop = loop
        client = NodeClient(base: options.node)
        wantsMuted = false
        isQuiet = options.isQuiet
    }

    // The page's events.

    /// Follows `/api/events` and connects again whenever they end.
    func watch() async {
        while !Task.isCancelled {
            do {
                try await client.events("/api/events", token: options.token) { @Sendable event in
                    try await self.read(event)
                    return !Task.isCancelled
                }
            } catch {}
            state = nil
            try? await Task.sleep(for: .milliseconds(300))
        }
    }

    private func read(_ event: NodeClient.Event) async throws {
        switch event.name {
        case "state": state = try Console.decode(PageState.self, from: Array(event.data.utf8))
        case "change": try state?.apply(Console.decode(PageChange.self, from: Array(event.data.utf8)))
        default: return
        }
        if let state { await follow(state) }
        rest()
    }

    /// Decoding costs far more than everything else here: once the speaker is known by sound and picture, others need not listen on.
    private func rest() {
        guard options.rests else { return }
        guard let speaker = state?.meeting?.speaker, speaker != options.site else { return loop.setResting(false) }
        loop.setResting(heard.contains(speaker) && (options.soundOnly || saw.contains(speaker)))
    }

    private func follow(_ state: PageState) async {
        if let before = incarnation, before != state.incarnation { isConnected = false }
        incarnation = state.incarnation
        guard let meeting = state.meeting, !meeting.ended, let mine = meeting.sites.first(where: { $0.id == options.site }) else {
            return tell(holder: false, place: 0, open: false)
        }
        let holds = meeting.holders.contains { $0.site == options.site }
        let waiting = meeting.queue.firstIndex { $0.site == options.site }.map { $0 + 1 } ?? 0
        // The chair's hall listens unless it is told to speak: nobody sits there.
        if meeting.actingChair == options.site, !holds, !options.speakAsChair, !isToldMute { wantsMuted = true }
        tell(holder: holds, place: waiting, open: mine.microphoneOpen && !wantsMuted)
        // Never the other way round by itself: a chair who mutes all means it.
        if wantsMuted, !mine.muted, mine.presence == .present, lastMute.map({ $0.timeIntervalSinceNow < -1 }) ?? true {
            lastMute = Date()
            await post("/api/mute", "{\"muted\":true}")
        }
    }
    /// The demo has decided about the microphone switch.
    private var isToldMute = false

    private func tell(holder: Bool, place: Int, open: Bool) {
        if holder != isHolder {
            isHolder = holder
            isHushed = false
            BotEvent(holder ? .granted : .released).emit()
        }
        if place != self.place {
            self.place = place
            BotEvent(.queue, place: place).emit()
        }
        isOpen = open && !isHushed
        loop.setMicrophone(microphone)
    }
    /// The microphone is open, whether anybody talks or not.
    private var isOpen = false
    private var microphone: BotCamera.Microphone { !isOpen ? .muted : isQuiet ? .quiet : .talking }

    // The leg.

    /// Joins when the meeting runs here, and again whenever the leg is lost.
    func keepJoined() async {
        var refusals = 0
        while !Task.isCancelled {
            if !isConnected, !isJoining, state?.meeting.map({ !$0.ended }) == true {
                if let problem = await join() {
                    refusals += 1
                    // A node that just learnt of the meeting may refuse for a moment.
                    if refusals % 12 == 0 { BotEvent(.error, message: problem).emit() }
                } else {
                    refusals = 0
                }
            }
            // At first at once, then no more often than a node lets one site join.
            try? await Task.sleep(for: .milliseconds(refusals < 6 ? 100 : 600))
        }
        if let leg { _ = try? await client.send("DELETE", leg, token: options.token) }
    }

    private func join() async -> String? {
        isJoining = true
        let offer = await loop.makeOffer()
        let answer: NodeClient.Answer
        do {
            answer = try await client.send("POST", "/api/join", token: options.token, body: Array(offer.utf8), type: "application/sdp")
        } catch {
            isJoining = false
            return "\(error)"
        }
        guard answer.status == 201 else {
            isJoining = false
            return "the node refused to join: \(answer.status) \(answer.text)"
        }
        leg = answer.header("location")
        if let problem = await loop.accept(answer: answer.text) {
            isJoining = false
            return problem
        }
        // `established` or `lost` follows.
        return nil
    }

    /// What the leg has to tell.
    func take(_ news: BotLeg.News) {
        switch news {
        case .established:
            isJoining = false
            isConnected = true
            BotEvent(.joined).emit()
        case .lost(let reason):
            isJoining = false
            isConnected = false
            BotEvent(.left, message: reason).emit()
        case .hearing(let isHearing, let since): BotEvent(isHearing ? .sound : .silence, at: since.nanoseconds).emit()
        case .heard(let index):
            guard let site = marks.site(index) else { return }
            heard.insert(site)
            BotEvent(.heard, site: site).emit()
            rest()
        case .saw(let index):
            guard let site = marks.site(index) else { return }
            saw.insert(site)
            BotEvent(.saw, site: site).emit()
            rest()
        }
    }

    // What it is told.

    /// Carries out one line of standard input.
    func obey(_ line: String) async {
        switch line {
        case "request": await post("/api/floor/request", "{}")
        case "withdraw":
            if isHolder {
                isHushed = true
                loop.setMicrophone(.muted)
                try? await Task.sleep(for: BotHall.hush)
            }
            await post("/api/floor/withdraw", "{}")
        case "speak", "mute":
            isToldMute = true
            wantsMuted = line == "mute"
            lastMute = Date()
            if wantsMuted {
                loop.setMicrophone(.muted)
                try? await Task.sleep(for: BotHall.hush)
            }
            await post("/api/mute", "{\"muted\":\(wantsMuted)}")
        case "talk", "quiet":
            isQuiet = line == "quiet"
            loop.setMicrophone(microphone)
        case "count": BotEvent(.counted, sound: await loop.takeCount()).emit()
        default: BotEvent(.error, message: "'\(line)': say request, withdraw, speak, mute, talk, quiet, count or quit").emit()
        }
    }

    private func post(_ path: String, _ body: String) async {
        do {
            let answer = try await client.send("POST", path, token: options.token, body: Array(body.utf8))
            if answer.status >= 300 { BotEvent(.error, message: "\(path): \(answer.status) \(answer.text)").emit() }
        } catch is CancellationError {
        } catch { BotEvent(.error, message: "\(path): \(error)").emit() }
    }
}
