import Foundation
import Testing

/// `Package.swift`, read as text: a target declares the modules that its files import.
@Suite("The package declares what is imported") struct PackageTests {
    /// Declared by a test target because the tests run it as a program.
    static let programs: [String: Set<String>] = ["BridgeTests": ["Benchmarks"], "DemoTests": ["nhipcau"]]

    /// The targets with what they declare, and every module that can be declared.
    private static func package() throws -> (targets: [(folder: String, declares: Set<String>)], modules: Set<String>) {
        let text = try TidyTests.lines(TidyTests.root.appendingPathComponent("Package.swift"))
            .map { $0.components(separatedBy: "// ")[0] }.joined(separator: "\n")
        // Products of other packages have a name of their own here: `let yams = Target.Dependency.product(name: "Yams", …`.
        var products: [String: String] = [:]
        for match in text.matches(of: #/let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/#) {
            products[String(match.output.1)] = String(match.output.2)
        }
        func declared(_ list: Substring?) -> Set<String> {
            var result: Set<String> = []
            for item in (list ?? "").split(separator: ",") {
                let word = item.trimmingCharacters(in: .whitespacesAndNewlines)
                if word.isEmpty { continue }
                let name = word.hasPrefix("\"") ? String(word.dropFirst().dropLast()) : products[word] ?? word
                result.insert(name)
            }
            return result
        }
        var targets: [(folder: String, declares: Set<String>)] = []
        var modules = Set(products.values)
        for match in text.matches(of: #/library\(\s*"(\w+)"/#) { modules.insert(String(match.output.1)) }
        for match in text.matches(of: #/room\(\s*"(\w+)"\s*(?:,\s*\[([^\]]*)\])?/#) {
            modules.insert(String(match.output.1))
            targets.append(("Sources/\(match.output.1)", declared(match.output.2)))
        }
        for match in text.matches(of: #/\.executableTarget\(\s*name:\s*"(\w+)",\s*dependencies:\s*\[([^\]]*)\]/#) {
            modules.insert(String(match.output.1))
            targets.append(("Sources/\(match.output.1)", declared(match.output.2)))
        }
        for match in text.matches(of: #/tests\(\s*"(\w+)",\s*\[([^\]]*)\]/#) {
            targets.append(("Tests/\(match.output.1)Tests", declared(match.output.2)))
        }
        return (targets, modules)
    }

    @Test("no target imports what it does not declare, and none declares what it never imports")
    func dependencies() throws {
        let (targets, modules) = try Self.package()
        // All rooms, the two programs, and the test targets.
        #expect(targets.count > 30)
        for (folder, declares) in targets {
            let files = TidyTests.files(folder)
            #expect(!files.isEmpty, "\(folder) holds no file")
            let imported = Set(try files.flatMap { try TidyTests.imports($0) }).intersection(modules)
            let run = Self.programs[String(folder.split(separator: "/")[1])] ?? []
            #expect(imported.subtracting(declares).sorted() == [], "\(folder) imports without declaring")
            #expect(declares.subtracting(imported).subtracting(run).sorted() == [], "\(folder) declares without importing")
        }
    }
}
