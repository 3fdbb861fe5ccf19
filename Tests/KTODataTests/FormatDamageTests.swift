import KTOCore
import KTOData
import KTOTestSupport
import Testing

/// Every format with records in which something is of another type, or is missing.
struct FormatDamageTests {
  private static let names = recordFormatNames.filter { name in
    recordFormat(named: name)?.sample.hasPrefix("<") == false
  }
  private static let replacements: [JSONValue?] = [
    nil, .null, .bool(false), .integer(7), .double(-1e300), .string(""), .string("x"), .array([]),
    .array([JSONNode(.null)]), .object(JSONObject()),
  ]

  /// The value with one of its parts replaced or left out, for each part and each replacement.
  private func damaged(_ value: JSONValue) -> [JSONValue] {
    var results: [JSONValue] = []
    switch value {
    case .array(let items):
      for index in items.indices {
        for replacement in Self.replacements {
          var copy = items
          if let replacement { copy[index].value = replacement } else { copy.remove(at: index) }
          results.append(.array(copy))
        }
        for inner in damaged(items[index].value) {
          var copy = items
          copy[index].value = inner
          results.append(.array(copy))
        }
      }
    case .object(let object):
      for index in object.members.indices {
        for replacement in Self.replacements {
          var copy = object
          if let replacement {
            copy.members[index].node.value = replacement
          } else {
            copy.members.remove(at: index)
          }
          results.append(.object(copy))
        }
        for inner in damaged(object.members[index].node.value) {
          var copy = object
          copy.members[index].node.value = inner
          results.append(.object(copy))
        }
      }
    default: break
    }
    return results
  }

  @Test(arguments: names)
  func `a damaged record is an example or an error with a place`(name: String) throws {
    let format = try #require(recordFormat(named: name))
    var parser = JSONParser()
    var lines: [String] = []
    let records = format.sample.split(separator: "\n")
    for (index, line) in records.enumerated() {
      for (number, value) in damaged(try parser.parse(line.utf8).value).enumerated() {
        var group = records.map(String.init)
        group[index] = value.jsonText
        // Trees have names of their own.
        lines += group.map {
          $0.replacing(#""message_tree_id":"t""#, with: "\"message_tree_id\":\"\(index)-\(number)\"")
        }
      }
    }
    for source in ["auto", "score", "pair"] {
      let got = try ingest(lines.joined(separator: "\n"), as: name) { $0.label.from = source }
      #expect(got.summary.records == lines.count)
      #expect(got.rejections.allSatisfy { $0.code.hasPrefix("E") && ($0.location?.line ?? 0) > 0 })
      for example in got.examples where example.label != nil {
        #expect(!example.prompt.isEmpty && !example.completion.isEmpty)
      }
    }
  }
}
