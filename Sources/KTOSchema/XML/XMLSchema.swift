internal import CLibXML2
internal import KTOCore

/// A compiled XML Schema. Owns libxml2's schema and frees it.
@safe package final class XMLSchema {
  private let schema: xmlSchemaPtr

  /// - Parameters:
  ///   - text: the schema.
  ///   - name: what errors call it.
  /// - Throws: `SchemaError.invalidXMLSchema` when the text is not a schema.
  package init(text: String, name: String) throws {
    Self.refuseLoading()
    guard !text.contains("<!DOCTYPE") else {
      throw SchemaError.invalidXMLSchema(path: name, reason: "it has a document type declaration")
    }
    let bytes = Array(text.utf8)
    let collector = ErrorCollector()
    let parsed = unsafe bytes.withUnsafeBytes { buffer -> xmlSchemaPtr? in
      let base = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      guard let parser = unsafe xmlSchemaNewMemParserCtxt(base, Int32(buffer.count)) else { return nil }
      defer { unsafe xmlSchemaFreeParserCtxt(parser) }
      unsafe xmlSchemaSetParserStructuredErrors(
        parser, collectError, Unmanaged.passUnretained(collector).toOpaque())
      return unsafe xmlSchemaParse(parser)
    }
    guard let parsed = unsafe parsed else {
      throw SchemaError.invalidXMLSchema(
        path: name, reason: collector.messages.first ?? "it is not an XML Schema")
    }
    unsafe schema = parsed
  }

  deinit { unsafe xmlSchemaFree(schema) }

  /// What in a small text breaks the schema. The text must be known to be well-formed and without a document type
  /// declaration.
  package func violations(in text: [UInt8]) -> [String] {
    guard text.count < 1 << 28, let validator = unsafe xmlSchemaNewValidCtxt(schema) else { return [] }
    defer { unsafe xmlSchemaFreeValidCtxt(validator) }
    let input = unsafe text.withUnsafeBytes { buffer in
      // The library copies the bytes.
      unsafe xmlParserInputBufferCreateMem(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), XML_CHAR_ENCODING_UTF8)
    }
    guard let input = unsafe input else { return [] }
    let collector = ErrorCollector()
    let context = unsafe Unmanaged.passUnretained(collector).toOpaque()
    unsafe xmlSchemaSetValidStructuredErrors(validator, collectError, context)
    // The stream call frees the input. An empty handler keeps it from building a tree.
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe xmlSchemaValidateStream(validator, input, XML_CHAR_ENCODING_UTF8, &handler, nil)
    return collector.messages
  }
}

/// Errors in the order they come; at most as many as anyone would read.
private final class ErrorCollector {
  var messages: [String] = []

  func add(_ message: String) {
    if messages.count < 1000 { messages.append(message) }
  }
}

private let collectError: xmlStructuredErrorFunc = { context, error in
  guard let context = unsafe context, let error = unsafe error else { return }
  let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "not valid"
  unsafe Unmanaged<ErrorCollector>.fromOpaque(context).takeUnretainedValue().add(trimmedMessage(message))
}
