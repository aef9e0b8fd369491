import ArgumentParser
import Basics
import Console
import Demo
import Foundation
import Simulator

/// `nhipcau simulate SCENARIO… --live`: each scenario once on the virtual clock and once with real processes.
enum LiveSimulation {
    /// Prints a comparison for each, and ends as ``LiveComparison/exitCode(_:allPlayed:)`` says.
    static func run(_ work: [SimulateCommand.Work], json: Bool, loopback: UInt8, older: String?, keep: String?) async throws {
        var comparisons: [LiveComparison] = []
        var allPlayed = true
        for item in work {
            let scenario = item.drawn
            FileHandle.standardError.write(Data("\(scenario.name): \(Int((scenario.safetyPhase + scenario.livenessPhase).seconds)) s live\n".utf8))
            do {
                let live = try await Demo.play(
                    scenario, LiveOptions(seed: item.seed, loopback: loopback, older: older, keep: keep.map { work.count > 1 ? "\($0)/\(scenario.name)" : $0 }))
                let verdict = item.with(LiveComparison.asked(scenario)).run(keepTrace: true).verdict
                let comparison = LiveComparison(scenario, verdict: verdict, live: live)
                comparisons.append(comparison)
                if !json { print(comparison.text) }
            } catch {
                allPlayed = false
                FileHandle.standardError.write(Data("error: \(scenario.name): \(error)\n".utf8))
            }
        }
        if json { print(String(decoding: Console.json(comparisons), as: UTF8.self)) }
        let code = LiveComparison.exitCode(comparisons, allPlayed: allPlayed)
        if code != 0 { throw ExitCode(code) }
    }
}
