import Documents
import Yams

/// Reads the files that a topology includes: one for each district, say, each with `nodes:` and nothing else.
enum IncludedParts {
    /// The nodes of each file that could be read, in the order of `include`.
    static func read(_ top: MappingReader) -> [[Node]] {
        var seen: Set<String> = []
        return top.texts("include").compactMap { (text, place) -> [Node]? in
            let path = FileText.resolve(text, from: top.file.name)
            guard seen.insert(path).inserted else {
                top.file.report(.includedTwice(text), at: place)
                return nil
            }
            let content: String
            do throws(FileText.Failure) {
                content = try FileText.read(path)
            } catch {
                top.file.report(.unreadableInclude(text, error.reason), at: place)
                return nil
            }
            guard let root = top.file.parse(content, included: path),
                let part = MappingReader(root, what: "included file", table: TopologyKeys.part, in: top.file)
            else { return nil }
            part.require(TopologyKeys.part)
            return part.list("nodes")
        }
    }
}
