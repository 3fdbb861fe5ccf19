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

  @Test func `a keyword that is not known is passed over and named, where that is asked for`() throws {
    let schema = try JSONSchema(
      node(#"{"properties":{"a":{"minimun":3}}}"#), name: "test", unknownKeywords: .ignored)
    #expect(schema.isValid(try node(#"{"a":1}"#)))
    #expect(schema.unknownKeywords == ["minimun"])
  }

  @Test func `a violation names the keyword that it breaks`() throws {
    let schema = try JSONSchema(
      node(##"{"$defs":{"n":{"type":"integer"}},"properties":{"a":{"items":{"$ref":"#/$defs/n"}}}}"##),
      name: "test")
    #expect(schema.violations(of: try node(#"{"a":["x"]}"#)).map(\.keyword) == ["#/$defs/n/type"])
  }

  @Test(arguments: [
    ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
    ##"{"anyOf":[{"not":{"$ref":"#"}},{"$ref":"#"}]}"##,
  ])
  func `a schema that refers to itself without end is survived`(schema: String) throws {
    #expect(try violations(schema, "1").count < 10)
  }

  @Test func `a recursive schema follows its data`() throws {
    let schema = ##"{"properties":{"next":{"$ref":"#"},"n":{"type":"integer"}}}"##
    #expect(
      try violations(schema, #"{"n":1,"next":{"n":2,"next":{"n":"x"}}}"#)
        == ["/next/next/n@33: must be integer, not string"])
  }

  @Test func `what other keywords have looked at is not unevaluated`() throws {
    let schema =
      #"{"allOf":[{"properties":{"a":true}}],"if":{"required":["b"]},"then":{"properties":{"b":true}},"unevaluatedProperties":false}"#
    #expect(try violations(schema, #"{"a":1,"b":2}"#) == [])
    #expect(try violations(schema, #"{"a":1,"c":2}"#) == [#"/c@11: the key "c" is not known here"#])
  }

  @Test func `another document is found under the URI that it is given with`() throws {
    let other = try node(#"{"$anchor":"n","type":"integer"}"#)
    let schema = try JSONSchema(
      node(#"{"$id":"http://x.test/a/b","items":{"$ref":"../c#n"}}"#), name: "test",
      documents: [("http://x.test/c", other)])
    #expect(schema.violations(of: try node(#"["x"]"#)).map(\.keyword) == ["http://x.test/c#/type"])
  }

  @Test func `a dynamic reference leads to the outermost resource that has its anchor`() throws {
    let schema = ##"""
      {"$id":"http://x.test/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,
       "$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","properties":{"data":true,"children":{"items":{"$dynamicRef":"#node"}}}}}}
      """##
    #expect(try violations(schema, #"{"children":[{"data":1}]}"#) == [])
    #expect(try violations(schema, #"{"children":[{"dat":1}]}"#).count == 1)
  }

  @Test(arguments: [
    ("^a$", "a", true), ("^a$", "a\n", false), (#"^\d$"#, "٣", false), (#"^\w$"#, "é", false),
    ("b", "abc", true),
  ])
  func `a pattern is found as ECMA-262 has it`(pattern: String, text: String, isFound: Bool) throws {
    let schema = JSONValue.members(["pattern": .string(pattern)]).jsonText
    #expect(try violations(schema, JSONValue.string(text).jsonText).isEmpty == isFound)
  }
}
