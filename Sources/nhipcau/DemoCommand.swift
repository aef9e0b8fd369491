import ArgumentParser
import Basics
import Demo
import Foundation

/// `nhipcau demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Runs a whole network on this machine, with a bot in every hall.",
        discussion: """
            Example: nhipcau demo topology/yen-mo.yaml --for 20s --json
            nhipcau demo topology/yen-mo.yaml --loads compares what trunks carry with `topology plan`.
            Every node is a process of its own on a loopback address. Prints the pages' links; Ctrl-C stops everything.
            Exit codes: 0 all is well, 1 something is not, 2 bad usage.
            """)
    @Argument(help: "The topology file.") var topology: String = "topology/three-levels.yaml"
    @Option(help: "The meeting file; default: one beside the topology that belongs to it.") var meeting: String?
    @Option(name: .customLong("for"), help: "End after so long with every site present, for example 20s or 2m.") var duration: Seconds?
    @Flag(help: "End with one JSON object on standard output.") var json = false
    @Option(help: "Keep topology, certificates, state and logs in this folder.") var keep: String?
    @Flag(help: "One hall speaks all the time; each trunk's kbit/s beside the plan's, over 30 s or --for.") var loads = false
    @Option(help: ArgumentHelp("Who speaks for --loads; in a quán triệt the chair does.", valueName: "site")) var speaker: String?
    @Flag(help: "No hall has a camera.") var soundOnly = false
    @Option(help: "Nodes get addresses 127.N.x.y; two demos at once need two.") var loopback: UInt8 = 77

    mutating func run() async throws {
        guard 1...254 ~= loopback else { throw ValidationError("--loopback is a number from 1 to 254") }
        guard speaker == nil || loads else { throw ValidationError("--speaker goes with --loads; without it the floor goes round") }
        let code = try await Demo.run(
            DemoOptions(
                topology: topology, meeting: meeting, seconds: duration?.value, json: json, keep: keep, loads: loads, speaker: speaker,
                soundOnly: soundOnly, loopback: loopback))
        if code != 0 { throw ExitCode(code) }
    }
}

/// A length of time on the command line: `20`, `20s`, `1.5m`.
struct Seconds: ExpressibleByArgument {
    let value: Double

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
        let unit = units.first { argument.hasSuffix($0.0) }
        guard let number = Double(argument.dropLast(unit?.0.count ?? 0)), number > 0, number < 1e6 else { return nil }
        value = number * (unit?.1 ?? 1)
    }
}

/// `nhipcau bot`: one hall of the demo; started by it.
struct BotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bot", abstract: "One hall of the demo.", shouldDisplay: false)
    @Option(help: "The node's pages.") var node: String
    @Option(help: "The site's token.") var token: String
    @Option(help: "The site's id.") var site: String
    @Option(help: "The prepared media.") var media: String
    @Option(help: "Bits a second of its voice.") var audio = MediaRates().audio.bitsPerSecond
    @Option(help: "Bits a second of its picture.") var video = MediaRates().video.bitsPerSecond
    @Option(help: "All sites, by the index of their mark.") var sites: String
    @Flag(help: "Do not mute at the chair's site.") var speakAsChair = false
    @Flag(help: "Say nothing until told to talk.") var quiet = false
    @Flag(help: "No camera, as all others.") var soundOnly = false
    @Flag(help: "No camera, while others have theirs.") var cameraOff = false
    @Flag(help: "Decode only until the speaker was heard and seen.") var rests = false

    mutating func run() async throws {
        guard let node = URL(string: node) else { throw ValidationError("\(node) is no address") }
        let code = try await Bot.run(
            BotOptions(
                node: node, token: token, site: site, media: media,
                rates: MediaRates(audio: Bitrate(bitsPerSecond: audio), video: Bitrate(bitsPerSecond: video)), sites: sites,
                speakAsChair: speakAsChair, isQuiet: quiet, soundOnly: soundOnly, cameraOff: cameraOff, rests: rests))
        if code != 0 { throw ExitCode(code) }
    }
}
