/// A key with a value, as documentation describes it.
package struct DescribedKey: Sendable, Equatable {
  /// The dotted path, from the section that was asked on.
  package var path: String
  package var summary: String
  /// Its default as YAML; nil where it has none.
  package var defaultText: String?
  /// What it accepts, in words, with values in Markdown's backquotes.
  package var values: String
  /// Its own marks and those of the sections it lies in.
  package var marks: ConfigurationMarks
}

extension ConfigurationSection {
  /// Every key that has a value, in the order of the tables.
  package static var describedKeys: [DescribedKey] {
    describe(schemaMembers(defaults: Self()), render(Self()), path: "", marks: [])
  }
}

/// - Parameters:
///   - schema: the members of an object's JSON Schema, which says what is accepted.
///   - value: the defaults of the same object.
private func describe(
  _ schema: [(String, JSONValue)], _ value: RenderedValue, path: String, marks: ConfigurationMarks
) -> [DescribedKey] {
  guard case .section(let members) = value else { return [] }
  let schema = JSONNode(.object(JSONObject(schema.map { JSONObject.Member($0.0, JSONNode($0.1)) })))
  let required = (schema["required"]?.array ?? []).compactMap(\.string)
  // Keys that the user names have one schema for all.
  let named = schema["additionalProperties"].flatMap { others in
    others["description"]?.string.map { summary in
      DescribedKey(
        path: (path.isEmpty ? "" : path + ".") + "NAME", summary: summary, defaultText: nil,
        values: values(others), marks: marks)
    }
  }
  return members.flatMap { member -> [DescribedKey] in
    let path = path.isEmpty ? member.key : "\(path).\(member.key)"
    let marks = marks.union(member.marks)
    guard let accepted = schema["properties"]?[member.key] else { return [] }
    if case .section = member.value {
      let members = (accepted.object?.members ?? []).map { ($0.key, $0.node.value) }
      return describe(members, member.value, path: path, marks: marks)
    }
    return [
      DescribedKey(
        path: path, summary: member.summary,
        defaultText: required.contains(member.key) ? nil : member.value.yaml, values: values(accepted),
        marks: marks)
    ]
  } + (named.map { [$0] } ?? [])
}

/// What a key's schema accepts, in words.
private func values(_ schema: JSONNode) -> String {
  let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""]
  let choices = (schema["enum"]?.array ?? []).compactMap(\.string)
  let text =
    switch types.first {
    case _ where !choices.isEmpty: choices.map { "`\($0)`" }.joined(separator: ", ")
    case "integer": "whole number" + range(schema)
    case "number": "number" + range(schema)
    case "boolean": "`true`, `false`"
    case "array":
      schema["items"]?["enum"] == nil
        ? "a list of texts" : "a list of " + (schema["items"].map { values($0) } ?? "")
    default: "text"
    }
  return types.contains("null") ? text + ", `null`" : text
}

private func range(_ schema: JSONNode) -> String {
  let upper = schema["maximum"].map { grouped($0) }
  if let lower = schema["exclusiveMinimum"] {
    return " above \(grouped(lower))" + (upper.map { ", at most \($0)" } ?? "")
  }
  return (schema["minimum"].map { " from \(grouped($0))" } ?? "") + (upper.map { " to \($0)" } ?? "")
}

/// A number with commas between groups of three digits.
private func grouped(_ node: JSONNode) -> String {
  guard let number = node.int ?? node.double.flatMap({ Int(exactly: $0) }) else {
    return node.double.map { "\($0)" } ?? ""
  }
  var text = ""
  for (place, digit) in String(number.magnitude).reversed().enumerated() {
    if place > 0, place.isMultiple(of: 3) { text += "," }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + String(text.reversed())
}
