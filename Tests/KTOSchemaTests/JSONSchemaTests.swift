import Glibc
import KTOCore
import KTOSchema
import Testing

private func node(_ text: String) throws -> JSONNode {
  var parser = JSONParser()
  return try parser.parse(text.utf8)
}

struct JSONSchemaTests {
  private func violations(_ schema: String, _ value: String) throws -> [String] {
    try JSONSchema(node(schema), name: "test").violations(of: node(value)).map {
      "\($0.pointer)@\($0.offset): \($0.message)"
    }
  }

  @Test func `a violation names the value's pointer and byte`() throws {
    #expect(
      try violations(#"{"properties":{"a":{"items":{"type":"integer"}}}}"#, #"{"a":[1, "x"]}"#)
        == ["/a/1@9: must be integer, not string"])
  }

  @Test func `all violations are collected`() throws {
    #expect(
      try violations(#"{"required":["a","b"],"maxProperties":0}"#, #"{"c":1}"#).count == 3)
  }

  @Test func `a keyword that is not known is refused when the schema is loaded`() throws {
    #expect(throws: SchemaError.self) {
      try JSONSchema(node(#"{"properties":{"a":{"minimun":3}}}"#), name: "test")
    }
  }

  @Test func `a reference that leads nowhere is refused`() throws {
    #expect(throws: SchemaError.self) { try JSONSchema(node(##"{"$ref":"#/$defs/x"}"##), name: "test") }
  }

  @Test func `a schema that refers to itself without end is survived`() throws {
    #expect(try !violations(##"{"$ref":"#"}"##, "1").isEmpty)
  }
}

/// The official test suite, where `KTO_JSON_SCHEMA_SUITE` names its `draft2020-12` folder.
struct JSONSchemaSuiteTests {
  private static let folder = unsafe getenv("KTO_JSON_SCHEMA_SUITE").map { unsafe String(cString: $0) }
  private static let files = [
    "additionalProperties", "allOf", "anyOf", "boolean_schema", "const", "contains", "default",
    "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "if-then-else",
    "infinite-loop-detection", "items", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum",
    "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf",
    "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "ref", "required", "type",
    "uniqueItems",
  ]

  @Test(.enabled(if: folder != nil), arguments: files)
  func `the official suite agrees`(file: String) throws {
    let folder = try #require(Self.folder)
    let groups = try #require(
      try node(String(decoding: readFile("\(folder)/\(file).json"), as: UTF8.self)).array)
    var ran = 0
    for group in groups {
      guard let document = group["schema"], let tests = group["tests"]?.array else { continue }
      let schema: JSONSchema
      do throws(SchemaError) { schema = try JSONSchema(document, name: file) } catch {
        // Remote and dynamic references and `unevaluated*` are out of scope; anything else is a fault.
        switch error {
        case .unknownKeyword, .unresolvedReference: continue
        default: throw error
        }
      }
      for test in tests {
        guard let data = test["data"], let isValid = test["valid"]?.bool else { continue }
        ran += 1
        #expect(
          schema.isValid(data) == isValid,
          "\(file): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")")
      }
    }
    #expect(ran > 0)
  }
}
