import KTOCore
import KTOSchema
import KTOTestSupport
import Testing

@testable import KTOData

/// The folder of the package.
let packageFolder = String(#filePath.split(separator: "/Tests/")[0])

struct SchemaTests {
  @Test(arguments: recordFormats.indices)
  func `a format's published schema is the one it applies, and compiles`(index: Int) throws {
    let format = recordFormats[index]
    guard let schema = format.schema else { return }
    let path = "\(packageFolder)/schemas/\(schema.fileName(for: format.name))"
    let published = (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) }
    #expect(published == schema.text + "\n", "scripts/write_generated_files.sh writes it")
    _ = try CompiledSchema(schema, name: format.name)
  }

  @Test func `the manifest's published schema accepts a manifest and refuses a wrong hash`() throws {
    let path = "\(packageFolder)/schemas/\(Manifest.schemaFileName)"
    let published = String(decoding: try readFile(path), as: UTF8.self)
    #expect(published == Manifest.schemaText + "\n", "scripts/write_generated_files.sh writes it")
    let schema = try JSONSchema(path: path)
    var parser = JSONParser()
    let hash = String(repeating: "0", count: 64)
    let text = """
      {"version":2,"tool":"t","model":{"name":"m","tokenizer_sha256":"\(hash)","chat_template_sha256":null},
      "max_length":8,"seed":"1","configuration":{},"shaped_by":{},"parents":[],"root":"\(hash)","sha256":"\(hash)",
      "splits":{"train":{"rows":0,"desirable":0,"undesirable":0,"tokens":{"prompt":0,"completion":0},
      "index_sha256":"\(hash)","shards":[]}}}
      """
    #expect(schema.violations(of: try parser.parse(text.utf8)) == [])
    let damaged = text.replacing(#""root":"0"#, with: #""root":"x"#)
    #expect(
      schema.violations(of: try parser.parse(damaged.utf8)).map(\.keyword) == ["#/$defs/sha256/pattern"])
  }

  /// A schema of the user's own, applied to one text.
  private func ingest(_ text: String, schema: String, named name: String = "schema.json") throws
    -> IngestOutcome
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(schema, to: name)
    let recordSchema = try RecordSchema(path: path)
    return try KTODataTests.ingest(text) { $0.recordSchema = recordSchema }
  }

  @Test func `a record that breaks the user's schema is E11, with its pointer and the keyword`() throws {
    let got = try ingest(
      #"{"prompt":"q","completion":"r","label":true,"source":"chat"}"#,
      schema: #"{"properties":{"source":{"enum":["mail"]}}}"#)
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].pointer == "/source")
    #expect(got.rejections[0].location?.column == 54)
    #expect(got.rejections[0].message == #"must be one of "mail" (schema: #/properties/source/enum)"#)
  }

  private static let rows = "<posts>\n  <row Id=\"1\" PostTypeId=\"1\" Body=\"q\" />\n</posts>"

  @Test(arguments: [
    "<xs:element name=\"row\" type=\"r\"/>",
    "<xs:element name=\"posts\"><xs:complexType><xs:sequence><xs:element name=\"row\" type=\"r\"/></xs:sequence></xs:complexType></xs:element>",
  ])
  func `an XML Schema declares the row, or what holds it`(element: String) throws {
    let schema = """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\(element)
      <xs:complexType name="r"><xs:attribute name="Id" type="xs:integer"/><xs:attribute name="Body"/></xs:complexType></xs:schema>
      """
    let got = try ingest(Self.rows, schema: schema, named: "a.xsd")
    #expect(got.codes == ["E11"])
    #expect(got.rejections.first?.message.contains("'PostTypeId' is not allowed") == true)
    #expect(got.rejections.first?.location?.line == 2)
  }

  @Test(arguments: [
    #"<!DOCTYPE x [<!ENTITY e SYSTEM "/etc/hostname">]><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>"#,
    #"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="http://127.0.0.1:9/a.xsd"/></xs:schema>"#,
  ])
  func `an XML Schema that asks to load something is refused`(schema: String) throws {
    #expect(throws: SchemaError.self) { try ingest(Self.rows, schema: schema, named: "a.xsd") }
  }

  @Test func `a JSON Schema of another draft is refused`() throws {
    #expect(throws: SchemaError.self) {
      try ingest("{}", schema: #"{"$schema":"http://json-schema.org/draft-07/schema#"}"#)
    }
  }

  @Test func `a record that breaks its schema alone is E11, located`() throws {
    let got = try ingestStrictly(#"{"id":[],"prompt":"q","completion":"r","label":true}"#)
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].pointer == "/id")
    #expect(got.rejections[0].location?.column == 7)
  }

  @Test func `what a format's own check has said is not said again by the schema`() throws {
    #expect(try ingestStrictly(#"{"prompt":"q","completion":"r","label":-1}"#).codes == ["E01"])
  }

  @Test func `the sample files keep to their schemas`() throws {
    var options = PipelineOptions(checks: CheckContext())
    options.isStrict = true
    let cursor = RowCursor(try inputFiles([packageFolder + "/data/raw"]), options)
    while try cursor.next() != nil {}
    _ = cursor.finish()
    #expect(cursor.account.errorCount == 0)
    #expect(cursor.account.accepted == ClassCounts(desirable: 50, undesirable: 50))
  }

  @Test func `a row that breaks the XML Schema is E11 at its place`() throws {
    let got = try ingestStrictly(
      "<posts>\n  <row Id=\"1\" PostTypeId=\"1\" Body=\"q\" />\n"
        + "  <row Id=\"2\" PostTypeId=\"2\" ParentId=\"1\" Score=\"3\" Body=\"a\" CreationDate=\"soon\" />\n</posts>",
      name: "Posts.xml")
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].location?.description == "Posts.xml:3:3")
  }
}
