internal import CLibXML2
package import KTOCore

/// A compiled XML Schema. Owns libxml2's schema and frees it.
@safe package final class XMLSchema {
  private let schema: xmlSchemaPtr

  /// - Throws: `SchemaError.invalidXMLSchema` when the file is not a schema.
  package init(path: String) throws {
    _ = try FileByteSource(path: path)
    guard let parser = unsafe xmlSchemaNewParserCtxt(path) else {
      throw SchemaError.invalidXMLSchema(path: path, reason: "it cannot be read")
    }
    defer { unsafe xmlSchemaFreeParserCtxt(parser) }
    let collector = ErrorCollector()
    unsafe xmlSchemaSetParserStructuredErrors(
      parser, collectError, Unmanaged.passUnretained(collector).toOpaque())
    guard let parsed = unsafe xmlSchemaParse(parser) else {
      throw SchemaError.invalidXMLSchema(
        path: path, reason: collector.errors.first?.message ?? "it is not an XML Schema")
    }
    unsafe schema = parsed
  }

  deinit { unsafe xmlSchemaFree(schema) }

  /// Streams a file through the schema; each violation is an E11 with its line. The file must be known to be
  /// well-formed and without a document type declaration.
  /// - Throws: `FileError`.
  package func violations(inFile path: String, name: String) throws -> [Diagnostic] {
    _ = try FileByteSource(path: path)
    guard let validator = unsafe xmlSchemaNewValidCtxt(schema) else { return [] }
    defer { unsafe xmlSchemaFreeValidCtxt(validator) }
    guard let input = unsafe xmlParserInputBufferCreateFilename(path, XML_CHAR_ENCODING_UTF8) else {
      throw FileError.cannotOpen(path: path, reason: "libxml2 cannot read it")
    }
    let collector = ErrorCollector()
    let context = unsafe Unmanaged.passUnretained(collector).toOpaque()
    unsafe xmlSchemaSetValidStructuredErrors(validator, collectError, context)
    // The stream call frees the input. An empty handler keeps it from building a tree.
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe xmlSchemaValidateStream(validator, input, XML_CHAR_ENCODING_UTF8, &handler, nil)
    return collector.errors.map { error in
      Diagnostic(
        .error, code: "E11",
        at: SourceLocation(file: name, byteOffset: 0, line: error.line, column: 1), message: error.message)
    }
  }
}

/// Errors in the order they come; at most as many as anyone would read.
private final class ErrorCollector {
  var errors: [(line: Int, message: String)] = []

  func add(line: Int, message: String) {
    if errors.count < 10_000 { errors.append((line, message)) }
  }
}

private let collectError: xmlStructuredErrorFunc = { context, error in
  guard let context = unsafe context, let error = unsafe error else { return }
  let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "not valid"
  let line = unsafe max(1, Int(error.pointee.line))
  unsafe Unmanaged<ErrorCollector>.fromOpaque(context).takeUnretainedValue()
    .add(line: line, message: trimmedMessage(message))
}
