import Foundation
import Yams

/// As much of JSON Schema (draft 7) as our schemas use: says where a value does not satisfy one.
struct SchemaChecker {
    let schema: [String: Any]

    init(_ json: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
        guard let schema = object as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
        self.schema = schema
    }

    /// Paths of what is wrong in a YAML file's text.
    func problems(yaml: String) throws -> [String] {
        guard let value = try Yams.load(yaml: yaml) else { return ["empty"] }
        return problems(value, schema, at: "")
    }

    private func problems(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
        var found: [String] = []
        if let type = schema["type"] {
            let allowed = type as? [String] ?? [type as? String ?? ""]
            if !allowed.contains(where: { Self.value(value, is: $0) }) { return ["\(path): type"] }
        }
        if let allowed = schema["enum"] as? [String], !allowed.contains(String(describing: value)) { found.append("\(path): enum") }
        if let pattern = schema["pattern"] as? String, let text = value as? String, !Self.matches(text, pattern) { found.append("\(path): pattern") }
        if let least = schema["minimum"] as? Int, let number = value as? Int, number < least { found.append("\(path): minimum") }
        if let most = schema["maximum"] as? Int, let number = value as? Int, number > most { found.append("\(path): maximum") }
        if let choices = schema["anyOf"] as? [[String: Any]], !choices.contains(where: { problems(value, $0, at: path).isEmpty }) {
            found.append("\(path): anyOf")
        }
        if let object = value as? [String: Any] { found += problems(object: object, schema, at: path) }
        if let list = value as? [Any] {
            if let least = schema["minItems"] as? Int, list.count < least { found.append("\(path): minItems") }
            if let most = schema["maxItems"] as? Int, list.count > most { found.append("\(path): maxItems") }
            if let items = schema["items"] as? [String: Any] {
                for (i, item) in list.enumerated() { found += problems(item, items, at: "\(path)/\(i)") }
            }
        }
        return found
    }

    private func problems(object: [String: Any], _ schema: [String: Any], at path: String) -> [String] {
        var found: [String] = []
        for key in schema["required"] as? [String] ?? [] where object[key] == nil { found.append("\(path): required \(key)") }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for key in object.keys.sorted() {
            guard let value = object[key] else { continue }
            if let names = schema["propertyNames"] as? [String: Any] { found += problems(key, names, at: "\(path)/\(key)") }
            if let known = properties[key] {
                found += problems(value, known, at: "\(path)/\(key)")
            } else if let others = schema["additionalProperties"] as? [String: Any] {
                found += problems(value, others, at: "\(path)/\(key)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(path)/\(key): unknown")
            }
        }
        return found
    }

    private static func value(_ value: Any, is type: String) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "boolean": value is Bool
        case "integer": value is Int
        case "number": value is Int || value is Double
        case "string": value is String
        default: false
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool { text.range(of: pattern, options: .regularExpression) != nil }
}
