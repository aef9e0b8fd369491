import ArgumentParser
import BridgeService
import Foundation

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
            StatusCommand.self, SimulateCommand.self, BotCommand.self, ArchiveCommand.self,
        ])

    /// As `ParsableCommand.main`, but bad usage ends with 2, as in every other tool of a planner's pipeline.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
