import KTOCore
import KTOSchema
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
