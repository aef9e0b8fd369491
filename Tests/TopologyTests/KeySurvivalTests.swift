import Basics
import Documents
import Testing
import Topology

@testable import TopologyFiles

/// Every key of a topology file, from the tables that readers and editors go by: a key that is read and then forgotten fails here.
///
/// A file with everything in it is written twice, with two values of the one key. Both are read; the networks must differ, each must come
/// back from its canonical text and from the file that the writer makes of it, and the two must be told apart by a diff.
@Suite("Every key of a topology file survives") struct KeySurvivalTests {
    /// A YAML value in flow style.
    indirect enum Value {
        case text(String)
        case map([(key: String, value: Value)])
        case list([Value])

        var flow: String {
            switch self {
            case .text(let text): text
            case .map(let pairs): "{" + pairs.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + "}"
            case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
            }
        }

        /// The value with another one (nil: none) at a path of keys; a list is entered at its last item.
        func setting(_ path: ArraySlice<String>, to new: Value?) -> Value {
            switch self {
            case .list(let items): return .list(items.dropLast() + [items.last!.setting(path, to: new)])
            case .text: return .map([]).setting(path, to: new)
            case .map(var pairs):
                let key = path.first!
                let old = pairs.first { $0.key == key }?.value
                pairs.removeAll { $0.key == key || KeySurvivalTests.excluded(by: key).contains($0.key) && path.count == 1 }
                if let value = path.count == 1 ? new : (old ?? .map([])).setting(path.dropFirst(), to: new) { pairs.append((key, value)) }
                return .map(pairs)
            }
        }
    }

    private static func map(_ pairs: (String, Value)...) -> Value { .map(pairs.map { ($0.0, $0.1) }) }
    private static func line(_ capacity: String, _ latency: String) -> Value {
        map(("up", .text(capacity)), ("down", .text(capacity)), ("latency", .text(latency)))
    }
    private static func node(_ id: String, _ level: String, _ more: (String, Value)...) -> Value {
        .map([("id", .text(id)), ("level", .text(level))] + more.map { ($0.0, $0.1) })
    }

    /// Keys that may not stand beside a key.
    static func excluded(by key: String) -> [String] { key == "capacity" ? ["up", "down"] : [] }

    /// A file with every mapping in it. The last node, level, room and device are those whose keys are changed.
    static let whole = map(
        ("network", .text("t")), ("version", .text("3")), ("edition", .text("\"2021-11\"")),
        ("upstream", map(("name", .text("Trung ương")), ("address", .text("10.8.0.1")), ("up", .text("5 Mbit/s")), ("down", .text("5 Mbit/s")))),
        ("levels", .list([map(("id", .text("a"))), map(("id", .text("b"))), map(("id", .text("d"))), map(("id", .text("c")))])),
        ("classes", map(("hard", line("4 Mbit/s", "4 ms")), ("k", line("6 Mbit/s", "6 ms")))),
        (
            "defaults",
            map(
                ("up", .text("1 Mbit/s")), ("down", .text("1 Mbit/s")), ("addresses", .text("10.94.0.0/16")),
                ("classes", map(("k2", line("2 Mbit/s", "2 ms")))))
        ),
        ("policy", map(("roles", .list([map(("id", .text("one")), ("like", .text("chair")))])))),
        (
            "nodes",
            .list([
                node("r", "a"), node("q", "b", ("uplink", .text("r"))), node("p", "b", ("uplink", .text("r"))),
                node("h", "d", ("uplink", map(("to", .text("q")), ("class", .text("hard"))))),
                node("k", "d", ("uplink", map(("to", .text("q")), ("class", .text("k"))))),
                node("k2", "d", ("uplink", map(("to", .text("q")), ("class", .text("k2"))))),
                node(
                    "s", "c", ("address", .text("10.0.0.3")),
                    ("uplink", map(("to", .text("q")), ("up", .text("3 Mbit/s")), ("down", .text("3 Mbit/s")))),
                    ("access", map(("up", .text("9 Mbit/s")), ("down", .text("9 Mbit/s")))),
                    ("rooms", .list([map(("id", .text("y"))), map(("id", .text("x")), ("name", .text("Phòng X")))])),
                    (
                        "endpoints",
                        .list([
                            map(
                                ("id", .text("e")), ("kind", .text("decoder")), ("address", .text("10.0.0.50")), ("port", .text("7000")),
                                ("room", .text("y")))
                        ])
                    )),
            ])
        ))

    /// Two values that mean different things, where the form alone does not tell which make sense. Nil: the key is absent.
    static let special: [String: [String?]] = [
        "levels.id": ["c", "c2"], "levels.beside": [nil, "d"], "levels.class": ["hard", "k"], "defaults.class": ["hard", "k"],
        "nodes.id": ["s", "s2"], "nodes.level": ["c", "d"], "nodes.uplink": ["q", "p"], "nodes.uplink.to": ["q", "p"],
        "nodes.uplink.class": ["hard", "k"], "nodes.uplink.backup": ["p", "r"], "nodes.endpoints.room": ["y", "none"],
        "nodes.rooms.id": ["x", "v"], "nodes.unit": ["\"00377\"", "\"00378\""], "edition": ["\"2021-11\"", "\"2025-07\""],
    ]
    /// Lists whose order means nothing.
    static let sets: Set = ["policy.roles.meetings"]
    /// Keys whose value other parts of the file name, so that these are changed with it.
    static let followers: [String: [(path: String, by: String)]] = ["levels.id": [("nodes.level", "")]]

    /// Keys that no network has, since they only say where its parts stand.
    static let layout = ["include": "names files; `SchemaTests` and `GoodFileTests` read included parts"]
    /// Keys that say how a drawing is headed, or that name the network: `topology diff` compares nodes and lines.
    static let notOfNodes: Set<String> = ["network", "name", "version", "edition", "agency", "lang", "upstream"]
    /// Keys of nodes and levels that `topology diff` leaves out, and why.
    static let silent = [
        "levels.id": "the nodes of a level are compared, not their level's name", "levels.name": "as its id", "levels.beside": "as its id",
        "levels.technical": "said of the hubs that are kept", "nodes.level": "another office of the same unit is told by its name",
        "nodes.unit": "the code says which old node it was, by edition", "nodes.within": "part of the full name, which drawings and pages show",
        "nodes.at": "coordinates differ with every survey", "nodes.assumed": "a remark of the planner's",
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        var path: String
        /// Nil: the key is absent.
        var values: [String?]
        var testDescription: String { path + ": " + values.map { $0 ?? "–" }.joined(separator: " | ") }
    }

    /// All keys that hold a value of their own, each once for each form it may have.
    static let cases: [Case] = collect(TopologyKeys.topology, "")

    private static func collect(_ table: KeyTable, _ path: String) -> [Case] {
        table.keys.flatMap { collect($0.form, path.isEmpty ? $0.name : path + "." + $0.name) }.filter { layout[$0.path] == nil }
    }

    private static func collect(_ form: ValueForm, _ path: String) -> [Case] {
        func one(_ a: String, _ b: String) -> [Case] { [Case(path: path, values: special[path] ?? [a, b])] }
        switch form {
        case .text: return one("Mẫu một", "Mẫu hai")
        case .id: return one("one", "two")
        case .flag: return one("true", "false")
        case .integer(let range): return one("\(range.lowerBound)", "\(range.lowerBound + 1)")
        case .quantity(let quantity): return one(quantity.example, quantity.limits.high)
        case .address: return one("10.9.0.1", "10.9.0.2")
        case .addressRange: return one("10.94.0.0/16", "10.95.0.0/16")
        case .coordinates: return one("[20.1, 106.1]", "[20.2, 106.2]")
        case .choice(let names): return zip(names, names.dropFirst()).map { Case(path: path, values: special[path] ?? [$0, $1]) }
        case .mapping(let table): return collect(table, path)
        case .named(let form): return collect(form, path + (path == "classes" ? ".k" : ".k2"))
        case .list(let form):
            guard case .mapping = form else {
                return collect(form, path).map { item in
                    if Self.sets.contains(item.path) { return Case(path: item.path, values: item.values.map { "[" + ($0 ?? "") + "]" }) }
                    let orders = [item.values, item.values.reversed()]
                    return Case(path: item.path, values: orders.map { "[" + $0.compactMap { $0 }.joined(separator: ", ") + "]" })
                }
            }
            return collect(form, path)
        case .either(let forms): return forms.flatMap { collect($0, path) }
        }
    }

    private func file(_ one: Case, _ value: String?) -> String {
        let path = one.path.split(separator: ".").map(String.init)
        var whole = Self.whole.setting(path[...], to: value.map { .text($0) })
        for follower in Self.followers[one.path] ?? [] {
            whole = whole.setting(follower.path.split(separator: ".").map(String.init)[...], to: value.map { .text($0) })
        }
        return whole.flow + "\n"
    }

    @Test("is read, written in both ways, and told by a diff", arguments: cases)
    func survives(_ one: Case) throws {
        let networks = try one.values.map { try TopologyFiles.parse(file(one, $0), file: one.path) }
        #expect(networks[0] != networks[1], "not read")
        for network in networks {
            #expect(try TopologyFiles.parse(network.canonical, file: "canonical") == network, "lost in the canonical text")
            #expect(try TopologyFiles.parse(TopologyFiles.write(network), file: "written") == network, "lost by the writer")
        }
        #expect(networks[0].canonical != networks[1].canonical && networks[0].hash != networks[1].hash)
        let head = String(one.path.prefix { $0 != "." })
        if !Self.notOfNodes.contains(head) {
            let isSilent = Self.silent[one.path] != nil
            #expect(NetworkDiff([networks[0]], networks[1]).isEmpty == isSilent, isSilent ? "take it from the list" : "the diff is silent")
        }
    }

    @Test("the tables are walked to their ends")
    func all() {
        let paths = Set(Self.cases.map(\.path))
        for path in ["nodes.uplink.zone", "defaults.classes.k2.audio", "nodes.endpoints.direction", "upstream.port", "levels.technical"] {
            #expect(paths.contains(path))
        }
        #expect(Set(Self.special.keys).subtracting(paths).sorted() == [], "special values of keys that are gone")
    }
}
