import ArgumentParser
import BridgeService

/// `nhipcau`: one program for every node, planner and operator. Only argument parsing lives here.
@main
struct Nhipcau: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nhipcau",
        abstract: "Carries the online conferences of a province over its data network.",
        discussion: "Example: nhipcau demo topology/three-levels.yaml",
        version: BridgeService.version,
        subcommands: [
            DemoCommand.self, NodeCommand.self, TopologyCommand.self, MeetingCommand.self, TokenCommand.self, CertsCommand.self,
            StatusCommand.self, BotCommand.self,
        ])
}
