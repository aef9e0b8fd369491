/// Finds the known name that a misspelt one was probably meant to be.
package enum Suggestion {
    /// The nearest of `known` if at most a third of the letters differ (one may in short words, but not all of them);
    /// the first of equals.
    package static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().unicodeScalars)
        guard (1...64).contains(wanted.count) else { return nil }
        var best: String?
        var limit = max(1, wanted.count / 3)
        for candidate in known where candidate != word {
            let letters = Array(candidate.lowercased().unicodeScalars)
            guard abs(letters.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, letters)
            if distance <= limit, distance < max(wanted.count, letters.count), best == nil || distance < limit {
                best = candidate
                limit = distance
            }
        }
        return best
    }

    /// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
    package static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
