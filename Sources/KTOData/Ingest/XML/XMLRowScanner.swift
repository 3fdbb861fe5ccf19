internal import CLibXML2
internal import Glibc
internal import KTOCore
internal import KTOSchema

/// A start tag of an XML file with the attributes that were asked for.
struct XMLRow {
  var attributes: [String: String]
  /// Where the tag's "<" stands in the file.
  var byteOffset: Int
  /// Bytes from "<" to the end of the last attribute.
  var byteCount: Int
  var line: Int
  var column: Int

  subscript(name: String) -> String? { attributes[name] }
}

/// Where and why an XML text stopped being well-formed.
struct XMLFailure: Error, Equatable {
  var message: String
  var line: Int
  var column: Int
  var byteOffset: Int
}

/// Streams an XML file's start tags of one name through libxml2's push parser, holding no tree.
///
/// No document type declaration is accepted, so there are no entities to expand and nothing to load; the
/// parser's own limits on lengths stay on. The text must be UTF-8 whatever it declares.
///
/// - Parameters:
///   - wanted: the attributes to decode; nil for all.
///   - body: takes each row; what it throws ends the scan and is thrown on.
/// - Returns: nil where the file is well-formed to its end, otherwise where it breaks.
/// - Throws: `FileError`, and what `body` throws.
func scanXMLRows(
  path: String, element: String = "row", wanted: Set<String>? = nil, _ body: (XMLRow) throws -> Void
) throws -> XMLFailure? {
  let source = try FileByteSource(path: path)
  return try withoutActuallyEscaping(body) { body in
    let scan = XMLScan(element: element, wanted: wanted, body: body)
    return try scan.run { try source.read(upTo: 1 << 16) }
  }
}

/// The attributes of a single start tag.
/// - Returns: nil where the text is not one.
func parseXMLTag(_ bytes: [UInt8], element: String = "row") -> XMLRow? {
  var found: XMLRow?
  var pending: [UInt8]? = bytes
  do {
    let failure = try withoutActuallyEscaping({ found = $0 }) { (body: @escaping (XMLRow) throws -> Void) in
      try XMLScan(element: element, wanted: nil, body: body).run {
        defer { pending = nil }
        return pending ?? []
      }
    }
    return failure == nil ? found : nil
  } catch {
    return nil
  }
}

/// The state that libxml2's callbacks work on. Lives for one scan, on one thread.
@safe private final class XMLScan {
  private let element: [UInt8]
  private let wanted: Set<String>?
  private let body: (XMLRow) throws -> Void
  private var depth = 0
  private var thrown: (any Error)?
  private var failure: XMLFailure?
  private var isStopped: Bool { thrown != nil || failure != nil }
  private static let maxDepth = 256

  init(element: String, wanted: Set<String>?, body: @escaping (XMLRow) throws -> Void) {
    self.element = Array(element.utf8)
    self.wanted = wanted
    self.body = body
  }

  func run(_ read: () throws -> [UInt8]) throws -> XMLFailure? {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.startElementNs = startElement
    unsafe handler.endElementNs = endElement
    unsafe handler.internalSubset = internalSubset
    unsafe handler.serror = reportError
    // Unretained: `self` outlives the parser, which is freed before this function returns.
    let context = unsafe xmlCreatePushParserCtxt(
      &handler, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
    guard let context = unsafe context else { throw XMLFailure.outOfMemory }
    defer { unsafe xmlFreeParserCtxt(context) }
    // The callbacks get `self`, and find the parser through this.
    unsafe parser = context
    defer { unsafe parser = nil }
    // NOENT decodes "&amp;" in attributes, which SAX otherwise gets as "&#38;". It can expand nothing else:
    // entities are declared in a document type declaration, and that stops the scan.
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_NOENT.rawValue
    unsafe xmlCtxtUseOptions(context, Int32(options))
    unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
    while !isStopped {
      var piece = try read()
      if piece.isEmpty { break }
      if isFirstPiece {
        isFirstPiece = false
        // The parser would count a byte order mark as text before the declaration.
        if piece.starts(with: [0xEF, 0xBB, 0xBF]) {
          piece.removeFirst(3)
          markByteCount = 3
        }
      }
      let count = Int32(piece.count)
      _ = unsafe piece.withUnsafeBytes { bytes in
        unsafe xmlParseChunk(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count, 0)
      }
    }
    if !isStopped { unsafe xmlParseChunk(context, nil, 0, 1) }
    if let thrown { throw thrown }
    return failure
  }

  private var isFirstPiece = true
  private var markByteCount = 0
  private var parser: xmlParserCtxtPtr?

  // MARK: - Events

  fileprivate func start(
    _ name: UnsafePointer<UInt8>?, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
  ) {
    guard !isStopped else { return }
    depth += 1
    if depth > Self.maxDepth {
      return stop("elements are nested deeper than \(Self.maxDepth) levels")
    }
    guard let name = unsafe name, unsafe matches(name), let parser = unsafe parser else { return }
    guard let input = unsafe parser.pointee.input, let base = unsafe input.pointee.base,
      let cursor = unsafe input.pointee.cur
    else { return }
    // An attribute's value cannot hold "<", so the last one before the cursor opens this tag.
    var back = unsafe cursor - 1
    while unsafe back > base, unsafe back.pointee != 0x3C { unsafe back -= 1 }
    let byteCount = unsafe cursor - back
    let offset = unsafe Int(input.pointee.consumed) + (back - base)
    var lineStart = unsafe back
    while unsafe lineStart > base, unsafe (lineStart - 1).pointee != 0x0A { unsafe lineStart -= 1 }
    var linesInside = 0
    var scan = unsafe back
    while unsafe scan < cursor {
      if unsafe scan.pointee == 0x0A { linesInside += 1 }
      unsafe scan += 1
    }
    let row = XMLRow(
      attributes: unsafe decode(attributes, count: count), byteOffset: offset + markByteCount,
      byteCount: byteCount,
      line: unsafe max(1, Int(xmlSAX2GetLineNumber(parser)) - linesInside),
      column: unsafe back - lineStart + 1)
    do { try body(row) } catch {
      thrown = error
      unsafe xmlStopParser(parser)
    }
  }

  fileprivate func end() { depth -= 1 }

  fileprivate func stop(_ message: String) {
    guard !isStopped, let parser = unsafe parser else { return }
    record(
      message, line: unsafe Int(xmlSAX2GetLineNumber(parser)),
      column: unsafe Int(xmlSAX2GetColumnNumber(parser)))
    unsafe xmlStopParser(parser)
  }

  fileprivate func record(_ message: String, line: Int, column: Int) {
    guard !isStopped else { return }
    var offset = 0
    if let input = unsafe parser?.pointee.input, let base = unsafe input.pointee.base,
      let cursor = unsafe input.pointee.cur
    {
      offset = unsafe Int(input.pointee.consumed) + (cursor - base) + markByteCount
    }
    failure = XMLFailure(message: message, line: max(1, line), column: max(1, column), byteOffset: offset)
  }

  private func matches(_ name: UnsafePointer<UInt8>) -> Bool {
    for (index, byte) in element.enumerated() where unsafe name[index] != byte { return false }
    return unsafe name[element.count] == 0
  }

  /// Five pointers an attribute: name, prefix, namespace, start and end of the value.
  private func decode(
    _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
  ) -> [String: String] {
    guard let attributes = unsafe attributes else { return [:] }
    var result: [String: String] = [:]
    for index in 0..<count {
      guard let name = unsafe attributes[index * 5], let start = unsafe attributes[index * 5 + 3],
        let end = unsafe attributes[index * 5 + 4]
      else { continue }
      let key = unsafe String(cString: name)
      if let wanted, !wanted.contains(key) { continue }
      result[key] = unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
    }
    return result
  }
}

extension XMLFailure {
  fileprivate static let outOfMemory = XMLFailure(
    message: "no memory for the XML parser", line: 1, column: 1, byteOffset: 0)
}

private func scan(_ context: UnsafeMutableRawPointer?) -> XMLScan? {
  unsafe context.map { unsafe Unmanaged<XMLScan>.fromOpaque($0).takeUnretainedValue() }
}

private let startElement: startElementNsSAX2Func = { context, name, _, _, _, _, count, _, attributes in
  unsafe scan(context)?.start(name, attributes, count: Int(count))
}

private let endElement: endElementNsSAX2Func = { context, _, _, _ in unsafe scan(context)?.end() }

private let internalSubset: internalSubsetSAXFunc = { context, _, _, _ in
  unsafe scan(context)?.stop("a document type declaration (DOCTYPE) is not accepted")
}

private let reportError: xmlStructuredErrorFunc = { context, error in
  guard let error = unsafe error, unsafe error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else {
    return
  }
  let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "not well-formed XML"
  unsafe scan(context)?.record(
    trimmedMessage(message), line: Int(error.pointee.line), column: Int(error.pointee.int2))
}
