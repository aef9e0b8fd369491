import Foundation
import Testing
import Topology

@testable import Documents
@testable import TopologyFiles

/// What editors and people do to topology files. Each case was somebody's bug report.
@Suite("Faults of a YAML file are told at their own place") struct YAMLFaultTests {
    /// Line 24 is the name of the last node.
    static let good = """
        network: n
        name: Mạng thử
        version: 1
        edition: "2021-11"
        levels:
          - {id: tinh, name: Tỉnh}
          - {id: xa, name: Xã}
        defaults: {capacity: 10 Mbit/s}
        nodes:
          - id: T
            level: tinh
            name: Tỉnh Ninh Bình
            unit: "37"
            address: 10.37.0.1
          - id: X1
            level: xa
            name: Xã Yên Mỹ
            unit: "14740"
            address: 10.37.0.11
            uplink: T
          - id: X2
            level: xa
            unit: "14725"
            name: Xã Yên Thắng
            address: 10.37.0.12
            uplink: T

        """

    static func problems(_ text: String, language: Language = .en) -> [Problem] {
        do {
            _ = try TopologyFiles.parse(text, file: "f", language: language)
            return []
        } catch {
            return error.problems
        }
    }
    /// `LINE:COL code` of each problem when `old` is replaced.
    static func told(_ old: String, _ new: String) -> [String] {
        #expect(good.contains(old))
        return problems(good.replacing(old, with: new)).map { "\($0.line):\($0.column) \($0.code.rawValue)" }
    }
    /// With the last node's name written in another way.
    static func told(name: String) -> [String] { told("name: Xã Yên Thắng", "name: " + name) }

    @Test("the good file is good")
    func good() { #expect(Self.problems(Self.good).isEmpty) }

    // MARK: Encodings and letters

    @Test("a byte order mark, and the end mark of DOS, are no part of the text")
    func marks() throws {
        #expect(Self.problems("\u{FEFF}" + Self.good).isEmpty)
        #expect(Self.problems("\u{FEFF}---\n" + Self.good).isEmpty)
        #expect(Self.problems(Self.good + "\u{1A}").isEmpty)
        let network = try TopologyFiles.parse(Self.good, file: "f")
        let meeting = "\u{FEFF}meeting: m\ntitle: Họp\nkind: hop\nchairs: [T]\nsites: all\n"
        #expect(throws: Never.self) { try TopologyFiles.parseMeeting(meeting, file: "m", network: network) }
    }

    @Test("a control character is told where it stands", arguments: ["\u{8}", "\u{0}", "\u{7F}", "\u{1B}", "\u{85}", "\u{2028}", "\u{FFFE}"])
    func control(letter: String) {
        #expect(Self.told(name: "Xã Yên\(letter) Thắng") == ["24:17 hidden-letters"])
        #expect(Self.told(name: "Xã Yên Thắng # \(letter)") == ["24:26 hidden-letters"])
    }

    @Test("an invisible letter is told where it stands", arguments: ["\u{200B}", "\u{200F}", "\u{202E}", "\u{2064}", "\u{AD}"])
    func hidden(letter: String) {
        #expect(Self.told(name: "Xã\(letter) Yên") == ["24:13 hidden-letters"])
        #expect(Self.told(name: "\"Xã\(letter) Yên\"") == ["24:14 hidden-letters"])
        #expect(Self.told("address: 10.37.0.12", "address: \(letter)10.37.0.12") == ["25:14 hidden-letters"])
        #expect(Self.told("name: Xã Yên Thắng", "na\(letter)me: Xã") == ["24:7 hidden-letters"])
        #expect(Self.told(name: "Xã Yên # ghi chú\(letter)") == [])
    }

    @Test("a byte order mark inside is told where it stands, in a remark too: readers lose it")
    func inner() {
        #expect(Self.told(name: "Xã\u{FEFF} Yên") == ["24:13 hidden-letters"])
        #expect(Self.told("address: 10.37.0.12", "address: \u{FEFF}10.37.0.12") == ["25:14 hidden-letters"])
        #expect(Self.told(name: "Xã Yên # \u{FEFF}") == ["24:20 hidden-letters"])
    }

    @Test("an escape is told at its value, and messages show no such letter", arguments: ["\\u200b", "\\e[31m", "\\a", "\\0", "\\x08"])
    func escaped(text: String) {
        #expect(Self.told(name: "\"Xã \(text)Yên\"") == ["24:11 hidden-letters"])
        for problem in Self.problems(Self.good.replacing("Xã Yên Thắng", with: "\"Xã \(text)Yên\"")) {
            #expect(!problem.description.unicodeScalars.contains(where: Letters.isStray))
        }
    }

    @Test(
        "a name is one line that says something",
        arguments: [
            ("~", "wrong-type"), ("null", "wrong-type"), ("\"\"", "wrong-type"), ("\"  \"", "wrong-type"), ("", "wrong-type"),
            ("\"Xã Yên\\nThắng\"", "hidden-letters"),
            ("|\n      Xã Yên", "hidden-letters"), ("\"Xã\\tYên\"", "hidden-letters"), ("X? Y?n", "lost-letters"), ("XÃ£ YÃªn", "lost-letters"),
            ("X\u{FFFD}", "lost-letters"), ("X&#227; Yên", "lost-letters"),
        ])
    func names(name: String, code: String) {
        let told = Self.told(name: name)
        #expect(told.count == 1 && told[0].hasPrefix("24:") && told[0].hasSuffix(" " + code), "\(told)")
    }

    @Test("a name may be a word that other programs take for something else", arguments: ["no", "yes", "\"null\"", "'~'", "2021"])
    func words(name: String) { #expect(Self.told(name: name) == []) }

    @Test("two names below one parent that look the same are told", arguments: ["Xã Yên Mỹ", "xã Yên Mỹ", "Xã  Yên Mỹ"])
    func sameNames(name: String) throws {
        let path = try Self.file(Self.good.replacing("Xã Yên Thắng", with: "\"\(name)\""))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let problems = TopologyFiles.check(files: [path]).problems
        #expect(problems.map { "\($0.line) \($0.severity.rawValue)[\($0.code.rawValue)]" } == ["21 warning[same-name]"])
    }

    static func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("nhipcau-\(UInt64.random(in: 0 ... .max)).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    // MARK: Values

    @Test("numbers may have as many digits as they like")
    func digits() throws {
        #expect(Self.told("10 Mbit/s", "9.6000000000000014 Mbit/s") == [])
        #expect(Self.told("10 Mbit/s", "10\u{A0}Mbit/s") == [])
        #expect(Self.told("version: 1", "version: 99999999999999999999999") == ["3:10 bad-number"])
        let large = Self.problems(Self.good.replacing("10 Mbit/s", with: "99999999999999999999999.5 Mbit/s"))
        #expect(large.map(\.message) == ["'capacity' is 99999999999999999999999.5 Mbit/s, but must lie between 1 kbit/s and 1000 Gbit/s"])
        let quantity = Quantity.capacity
        for (text, value) in [("9.6000000000000014 Mbit/s", 9_600_000), ("0.1 Mbit/s", 100_000), ("1.0000005 Mbit/s", 1_000_001), ("007 kbit/s", 7_000)] {
            guard case .success(let number) = quantity.parse(text, key: "k") else {
                Issue.record("\(text)")
                continue
            }
            #expect(number == Int64(value))
        }
    }

    @Test("a decimal comma is told as one, inside braces too")
    func commas() {
        let flow = Self.problems(Self.good.replacing("10 Mbit/s", with: "9,6 Mbit/s"))
        #expect(flow.map { "\($0.line):\($0.column)" } == ["8:22"])
        #expect(flow[0].message == "'capacity: 9,6 Mbit/s' has a decimal comma, which parts values inside {…} and […]; write '9.6 Mbit/s'")
        let block = Self.problems(Self.good.replacing("{capacity: 10 Mbit/s}", with: "\n  capacity: 9,6 Mbit/s"))
        #expect(block.map(\.message) == ["'9,6 Mbit/s' has a decimal comma; write '9.6 Mbit/s'"])
        #expect(Self.told("    uplink: T\n  - id: X2", "    at: [20,111, 106,021]\n    uplink: T\n  - id: X2") == ["20:9 bad-number"])
    }

    @Test("curly quotation marks are none of YAML's", arguments: ["“14725”", "‘14725’", "«14725»", "'\"14725\"'"])
    func quotes(unit: String) { #expect(Self.told("\"14725\"", unit) == ["23:11 unknown-value"]) }

    @Test("addresses that no other node reaches, or that programs read in two ways, are refused with the reason")
    func addresses() {
        for (text, word) in [
            ("010.037.000.012", "octal numbers (8.31.0.10); write '10.37.0.12'"), ("\"fe80::1\"", "link-local"), ("\"::10.37.0.1\"", "write '10.37.0.1'"),
            ("\"::2\"", "no IP address of a host"), ("0.37.0.2", "no IP address of a host"), ("255.255.255.255", "no IP address of a host"),
        ] {
            let problems = Self.problems(Self.good.replacing("10.37.0.12", with: text))
            #expect(problems.count == 1 && problems[0].line == 25 && problems[0].code == .badAddress)
            #expect(problems.first?.message.contains(word) == true, "\(problems)")
        }
        // Good by themselves; but the node above has an IPv4 address.
        for text in ["\"2001:db8::1\"", "\"::1\""] {
            #expect(Self.told("10.37.0.12", text) == ["26:13 mixed-addresses"])
        }
    }

    @Test("what a program writes with such letters in it is told as that, not as bad YAML", arguments: ["\u{1}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}"])
    func written(letter: String) throws {
        var lines = Self.good.components(separatedBy: "\n")
        lines[23] = "    name: " + Network.quoted("Xã\(letter)Yên")
        let problems = Self.problems(lines.joined(separator: "\n"))
        #expect(problems.map(\.line) == [24])
        #expect([[ProblemCode.hiddenLetters], [.lostLetters]].contains(problems.map(\.code)), "\(problems)")
    }

    // MARK: Keys and syntax

    @Test("every key that comes again is told where it does, with the first one's place, and the rest is read")
    func duplicateKeys() {
        #expect(Self.told(name: "Xã Yên Thắng\n    level: xa") == ["25:5 duplicate-key"])
        let twice =
            Self.good.replacing("    name: Xã Yên Thắng\n", with: "    name: Xã Yên Thắng\n    level: xa\n    level: xb\n")
            .replacing("    name: Xã Yên Mỹ\n", with: "    name: Xã Yên Mỹ\n    \"unit\": \"1\"\n").replacing("10.37.0.12", with: "10.37.0.300")
            + "defaults: {capacity: 20 Mbit/s, capacity: 1 Mbit/s}\n"
        #expect(
            Self.problems(twice).map { "\($0.line):\($0.column): \($0.message)" } == [
                "19:5: key 'unit' stands already in line 18, in the same mapping", "26:5: key 'level' stands already in line 23, in the same mapping",
                "27:5: key 'level' stands already in line 23, in the same mapping",
                "28:14: '10.37.0.300' is no IP address of a host; write it like '10.37.1.1'",
                "30:1: key 'defaults' stands already in line 8, in the same mapping",
                "30:33: key 'capacity' stands already in line 30, in the same mapping",
            ])
    }

    @Test("a syntax error is told where it is", arguments: [Language.en, .vi])
    func syntax(language: Language) {
        let cases: [(old: String, new: String, place: String)] = [
            ("    name: Xã Yên Thắng", "\tname: Xã Yên Thắng", "24:1"), ("name: Xã Yên Thắng", "name: Xã: hội", "24:13"),
            ("name: Xã Yên Thắng", "name: \"Xã Yên Thắng", "24:11"),
            ("name: Xã Yên Thắng", "name Xã Yên Thắng", "24:5"), ("name: Xã Yên Thắng", "name: @Yên", "24:11"), ("name: Xã Yên Thắng", "name: *khong", "24:11"),
            ("name: Xã Yên Thắng", "name: \"a\\qb\"", "24:13"), ("uplink: T\n  - id: X2", "uplink: T\n - id: X2", "21:2"),
        ]
        for one in cases {
            let problems = Self.problems(Self.good.replacing(one.old, with: one.new), language: language)
            #expect(problems.map { "\($0.line):\($0.column)" } == [one.place], "\(one.new): \(problems)")
            if language == .vi { #expect(problems.allSatisfy { !$0.message.contains("while") && !$0.message.contains("found") }, "\(problems)") }
        }
        let open = Self.problems(Self.good.replacing("{capacity: 10 Mbit/s}", with: "{capacity: 10 Mbit/s"), language: language)
        #expect(open.count == 1 && open[0].message.contains(language == .vi ? "ở dòng 8" : "in line 8"), "\(open)")
    }

    @Test("every sentence of libyaml is said in Vietnamese, and an unknown one quoted")
    func translated() {
        for problem in ["found character that cannot start any token", "did not find expected key", "found undefined alias", "but found another document"] {
            #expect(YAMLWords.vietnamese(problem: problem) != nil)
        }
        #expect(Message.yamlSyntax("something new").text(.vi) == "YAML không hợp lệ: bộ đọc báo \"something new\"")
        let message = Message.yamlSyntax("did not find expected ',' or '}'", while: "while parsing a flow mapping", begun: 3).text(.vi)
        #expect(message == "YAML không hợp lệ: thiếu dấu ',' hoặc '}' (khi đọc một nhóm {…}); phần này bắt đầu ở dòng 3")
    }

    @Test("system errors are said in Vietnamese")
    func systemErrors() {
        let problems = TopologyFiles.check(files: ["/no/such.yaml", "/"], language: .vi).problems
        #expect(problems.map(\.message) == ["không đọc được: không có tệp này", "không đọc được: đây là thư mục"])
    }

    // MARK: Bombs

    private func laughs(_ levels: Int) -> String {
        var text = "x0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
        for i in 1..<levels { text += "x\(i): &a\(i) [\([String](repeating: "*a\(i - 1)", count: 9).joined(separator: ","))]\n" }
        return text
    }

    @Test("an alias as a key is refused before anybody compares keys", .timeLimit(.minutes(1)))
    func aliasKeys() {
        let bomb = laughs(12) + Self.good
        for tail in ["? *a11\n: 1\n? *a10\n: 2\n", "*a11 : 1\n", "{*a11 : 1, *a10 : 2}: 3\n", "[*a11]: 1\n[*a10]: 2\n", "? - *a11\n: 1\n? - *a10\n: 1\n"] {
            let problems = Self.problems(bomb + tail)
            #expect(problems.contains { $0.code == .yamlSyntax && $0.line > 12 + 25 }, "\(tail): \(problems.map(\.description))")
        }
        let rooms = laughs(12) + Self.good.replacing("uplink: T\n  - id: X2", with: "uplink: T\n    rooms: [{? *a11 : 1, ? *a10 : 2}]\n  - id: X2")
        #expect(Self.problems(rooms).contains { $0.code == .yamlSyntax })
    }

    @Test("aliases as values are read", .timeLimit(.minutes(1)))
    func aliasValues() {
        #expect(Self.told("name: Xã Yên Mỹ", "name: &ten Xã Yên Mỹ") == [])
        let twice = Self.good.replacing("name: Xã Yên Mỹ", with: "name: &ten Xã Yên Mỹ").replacing("name: Xã Yên Thắng", with: "within: *ten")
        #expect(Self.problems(twice).isEmpty)
        #expect(!Self.problems(laughs(12) + Self.good.replacing("name: Mạng thử", with: "name: *a11")).isEmpty)
    }

    // MARK: One cause, one error

    @Test("an unknown level is one error, and a bad id hides nothing else of its node")
    func causes() {
        let noDefault = Self.good.replacing("defaults: {capacity: 10 Mbit/s}\n", with: "classes: {k: {capacity: 10 Mbit/s}}\n")
            .replacing("{id: xa, name: Xã}", with: "{id: xa, name: Xã, class: k}")
        #expect(Self.problems(noDefault).isEmpty)
        let level = Self.problems(noDefault.replacing("level: xa\n    unit", with: "level: huyện\n    unit"))
        #expect(level.map(\.code) == [.unknownLevel])
        let id = Self.problems(
            Self.good.replacing("id: X2", with: "id: \"X 2\"").replacing("10.37.0.12\n", with: "10.37.0.11\n    rooms: 2\n"))
        #expect(id.map(\.code) == [.badID, .duplicateAddress, .wrongType])
        #expect(id.last?.message == "'rooms' must be a list, but is a number")
    }
}
