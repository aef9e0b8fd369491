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
            StatusCommand.self, ArchiveCommand.self, SimulateCommand.self, BotCommand.self,
        ])

    /// As `ParsableCommand.main`, but bad usage ends with 2, as in every other tool of a planner's pipeline, and what fails while a command
    /// runs is one sentence: the usage is told where the call itself was wrong.
    static func main() async {
        var command: any ParsableCommand
        do { command = try parseAsRoot() } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            if error is ExitCode || code.isSuccess { exit(withError: error) }
            let word = OperatorLanguage.ofLocale == .vietnamese ? "lỗi" : "error"
            FileHandle.standardError.write(Data("\(word): \(message(for: error))\n".utf8))
            Foundation.exit(code == .validationFailure ? 2 : 1)
        }
    }
}
