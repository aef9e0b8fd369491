import Documents

/// Problems of one kind in one column as one line, so that two errors are not lost among three hundred mended cells.
struct ProblemGroups {
    /// As people read them.
    let lines: [String]

    /// Fewer of one kind are told one by one.
    private static let few = 3

    /// `grouping` are the codes that may share a line; nil: all.
    init(_ problems: [Problem], grouping codes: Set<ProblemCode>? = nil, _ language: Language) {
        struct Kind: Hashable {
            var code: ProblemCode
            var position: Int
        }
        var order: [Kind] = []
        var members: [Kind: [Problem]] = [:]
        for (count, problem) in problems.enumerated() {
            // Whatever may not share a line is a kind of its own.
            let shares = codes?.contains(problem.code) ?? true
            let kind = Kind(code: problem.code, position: shares ? problem.cell?.position ?? -1 : -2 - count)
            if members[kind] == nil { order.append(kind) }
            members[kind, default: []].append(problem)
        }
        // By columns where everything may share lines; as they come where errors stand in the order of the sheet.
        if codes == nil { order = order.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(\.element) }
        lines = order.flatMap { kind -> [String] in
            let group = members[kind] ?? []
            return group.count > Self.few ? [Self.line(group, language)] : group.map(\.description)
        }
    }

    private static func line(_ group: [Problem], _ language: Language) -> String {
        let (first, last) = (group[0], group[group.count - 1])
        let head = "\(Letters.shown(first.file)):\(first.line):\(first.column): \(first.severity.word(language))[\(first.code.rawValue)]: "
        guard let from = first.cell, let to = last.cell else {
            return head
                + (language == .vi
                    ? "\(group.count) chỗ, dòng \(first.line) đến \(last.line); chỗ đầu: \(first.message)"
                    : "\(group.count) times, lines \(first.line) to \(last.line); the first: \(first.message)")
        }
        let column = from.heading.isEmpty ? from.letters : "\(from.letters) (\(from.heading))"
        return head
            + (language == .vi
                ? "cột \(column): \(group.count) ô, \(from.name) đến \(to.name); ô đầu: \(first.message)"
                : "column \(column): \(group.count) cells, \(from.name) to \(to.name); the first: \(first.message)")
    }
}
