import KTOCore
import KTOData
import Testing

/// The schema folder of this package.
let schemaFolder = String(#filePath.split(separator: "/Tests/")[0]) + "/schemas"

struct SchemaTests {
  @Test func `every schema of the package loads`() throws { _ = try SchemaSet(directory: schemaFolder) }

  @Test func `the schema folder is found above the working folder`() throws {
    #expect(
      SchemaSet.findDirectory(executable: "/nowhere/bin/x", workingDirectory: schemaFolder) == schemaFolder)
  }

  @Test func `a record that breaks its schema alone is E11, located`() throws {
    let schemas = try SchemaSet(directory: schemaFolder)
    let got = try ingest(
      #"{"id":[],"prompt":"q","completion":"r","label":true}"#, schemas: schemas)
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].pointer == "/id")
    #expect(got.rejections[0].location?.column == 7)
  }

  @Test func `what a format's own check has said is not said again by the schema`() throws {
    let schemas = try SchemaSet(directory: schemaFolder)
    let got = try ingest(#"{"prompt":"q","completion":"r","label":-1}"#, schemas: schemas)
    #expect(got.codes == ["E01"])
  }

  @Test func `the sample files keep to their schemas`() throws {
    let schemas = try SchemaSet(directory: schemaFolder)
    let raw = String(#filePath.split(separator: "/Tests/")[0]) + "/data/raw"
    var run = ValidationRun(schemas: schemas)
    for file in try inputFiles([raw]) { try run.read(path: file) { _ in } }
    run.finish { _ in }
    #expect(run.report.errorCount == 0)
    #expect(run.report.balance == ClassBalance(desirable: 50, undesirable: 50))
  }

  @Test func `a row that breaks the XML Schema is E11 at its place`() throws {
    let schemas = try SchemaSet(directory: schemaFolder)
    let got = try ingest(
      "<posts>\n  <row Id=\"1\" PostTypeId=\"1\" Body=\"q\" />\n"
        + "  <row Id=\"2\" PostTypeId=\"2\" ParentId=\"one\" Score=\"3\" Body=\"a\" />\n</posts>",
      name: "Posts.xml", schemas: schemas)
    #expect(got.codes == ["E11"])
    #expect(got.rejections[0].location?.description == "Posts.xml:3:3")
  }
}
