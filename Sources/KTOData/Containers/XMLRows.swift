internal import CLibXML2
internal import KTOCore
internal import KTOSchema

/// Rows of an XML file, such as a Stack Exchange dump's: each `<row …/>` is a record of its attributes, all of them
/// strings.
///
/// Streams through libxml2's push parser and holds no tree. No document type declaration is accepted, so there are no
/// entities to expand and nothing to load; the parser's own limits on lengths stay on. The text must be UTF-8 whatever
/// it declares.
struct XMLRows: RecordContainer {
  static let name = "XML rows"
  static let summary = "an XML file whose row elements are the records, their attributes the fields"

  private let input: InputBuffer
  private let scan: XMLScan
  private var isFinished = false

  init(_ input: InputBuffer) throws {
    self.input = input
    scan = try XMLScan(element: "row", start: input.position)
  }

  /// An input whose first visible byte is `<`.
  static func recognizes(_ input: InputBuffer) throws -> Bool {
    try input.firstVisible().map { input.bytes[$0] == UInt8(ascii: "<") } ?? false
  }

  mutating func next() throws -> RecordBatch? {
    while !isFinished {
      if input.bytes.isEmpty { try input.fill() }
      let (piece, _) = input.take(input.bytes.count)
      if piece.isEmpty { scan.finish() } else { scan.feed(piece) }
      isFinished = piece.isEmpty || scan.breakage != nil
      let rows = scan.takeRows()
      if !rows.isEmpty || isFinished {
        return RecordBatch(records: .decoded(rows), breakage: scan.breakage)
      }
    }
    return nil
  }
}

/// The state that libxml2's callbacks work on. Lives for one scan, on one thread.
@safe private final class XMLScan {
  private let element: [UInt8]
  /// Where the first byte lies in the file: behind a byte order mark, which the parser would take for text.
  private let start: TextPosition
  private var rows: [DecodedRecord] = []
  private var depth = 0
  private(set) var breakage: Breakage?
  private let parser: xmlParserCtxtPtr
  private static let maxDepth = 256

  /// - Throws: `FileError.cannotRead` when memory is short.
  init(element: String, start: TextPosition) throws {
    self.element = Array(element.utf8)
    self.start = start
    guard let parser = unsafe xmlCreatePushParserCtxt(nil, nil, nil, 0, nil) else {
      throw FileError.cannotRead(path: "XML", reason: "no memory for the parser")
    }
    unsafe self.parser = parser
    guard let handler = unsafe parser.pointee.sax else { return }
    unsafe handler.pointee = xmlSAXHandler()
    unsafe handler.pointee.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.pointee.startElementNs = startElement
    unsafe handler.pointee.endElementNs = endElement
    unsafe handler.pointee.internalSubset = internalSubset
    unsafe handler.pointee.serror = reportError
    // Unretained: the parser is freed with `self`, and calls back only within `feed` and `finish`.
    unsafe parser.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    // NOENT decodes "&amp;" in attributes, which SAX otherwise gets as "&#38;". It can expand nothing else:
    // entities are declared in a document type declaration, and that stops the scan.
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_NOENT.rawValue
    unsafe xmlCtxtUseOptions(parser, Int32(options))
    unsafe xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8)
  }

  deinit { unsafe xmlFreeParserCtxt(parser) }

  /// Parses the next bytes of the file.
  func feed(_ piece: [UInt8]) {
    let count = Int32(piece.count)
    _ = unsafe piece.withUnsafeBytes { bytes in
      unsafe xmlParseChunk(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count, 0)
    }
  }

  /// Tells the parser that the file has ended.
  func finish() { if breakage == nil { unsafe xmlParseChunk(parser, nil, 0, 1) } }

  /// The rows since the last call.
  func takeRows() -> [DecodedRecord] {
    defer { rows = [] }
    return rows
  }

  // MARK: - Events

  fileprivate func open(
    _ name: UnsafePointer<UInt8>?, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int
  ) {
    guard breakage == nil else { return }
    depth += 1
    if depth > Self.maxDepth { return stop("elements are nested deeper than \(Self.maxDepth) levels") }
    guard let name = unsafe name, unsafe matches(name) else { return }
    guard let input = unsafe parser.pointee.input, let base = unsafe input.pointee.base,
      let cursor = unsafe input.pointee.cur
    else { return }
    // An attribute's value cannot hold "<", so the last one before the cursor opens this tag.
    var back = unsafe cursor - 1
    while unsafe back > base, unsafe back.pointee != 0x3C { unsafe back -= 1 }
    var lineStart = unsafe back
    while unsafe lineStart > base, unsafe (lineStart - 1).pointee != 0x0A { unsafe lineStart -= 1 }
    let tag = unsafe Array(UnsafeBufferPointer(start: back, count: cursor - back))
    let linesInside = tag.count { $0 == 0x0A }
    let position = TextPosition(
      byteOffset: unsafe Int(input.pointee.consumed) + (back - base) + start.byteOffset,
      line: unsafe max(1, Int(xmlSAX2GetLineNumber(parser)) - linesInside),
      column: unsafe back - lineStart + 1)
    rows.append(
      DecodedRecord(
        value: unsafe record(attributes, count: count), position: position, text: tag + Array("/>".utf8)))
  }

  fileprivate func close() { depth -= 1 }

  fileprivate func stop(_ message: String) {
    guard breakage == nil else { return }
    let (line, column) = unsafe (Int(xmlSAX2GetLineNumber(parser)), Int(xmlSAX2GetColumnNumber(parser)))
    fail(message, line: line, column: column)
    unsafe xmlStopParser(parser)
  }

  fileprivate func fail(_ message: String, line: Int, column: Int) {
    guard breakage == nil else { return }
    var offset = 0
    if let input = unsafe parser.pointee.input, let base = unsafe input.pointee.base,
      let cursor = unsafe input.pointee.cur
    {
      offset = unsafe Int(input.pointee.consumed) + (cursor - base) + start.byteOffset
    }
    breakage = Breakage(
      message: "not well-formed XML: \(message)",
      position: TextPosition(byteOffset: offset, line: max(1, line), column: max(1, column)))
  }

  private func matches(_ name: UnsafePointer<UInt8>) -> Bool {
    for (index, byte) in element.enumerated() where unsafe name[index] != byte { return false }
    return unsafe name[element.count] == 0
  }

  /// Five pointers an attribute: name, prefix, namespace, start and end of the value.
  private func record(_ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, count: Int) -> JSONNode {
    guard let attributes = unsafe attributes else { return JSONNode(.object(JSONObject())) }
    var members: [JSONObject.Member] = []
    for index in 0..<count {
      guard let name = unsafe attributes[index * 5], let start = unsafe attributes[index * 5 + 3],
        let end = unsafe attributes[index * 5 + 4]
      else { continue }
      let text = unsafe String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
      members.append(unsafe JSONObject.Member(String(cString: name), JSONNode(.string(text))))
    }
    return JSONNode(.object(JSONObject(members)))
  }
}

private func scan(_ context: UnsafeMutableRawPointer?) -> XMLScan? {
  unsafe context.map { unsafe Unmanaged<XMLScan>.fromOpaque($0).takeUnretainedValue() }
}

private let startElement: startElementNsSAX2Func = { context, name, _, _, _, _, count, _, attributes in
  unsafe scan(context)?.open(name, attributes, count: Int(count))
}

private let endElement: endElementNsSAX2Func = { context, _, _, _ in unsafe scan(context)?.close() }

private let internalSubset: internalSubsetSAXFunc = { context, _, _, _ in
  unsafe scan(context)?.stop("a document type declaration (DOCTYPE) is not accepted")
}

private let reportError: xmlStructuredErrorFunc = { context, error in
  guard let error = unsafe error, unsafe error.pointee.level.rawValue >= XML_ERR_ERROR.rawValue else {
    return
  }
  let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? "not well-formed XML"
  unsafe scan(context)?.fail(
    trimmedMessage(message), line: Int(error.pointee.line), column: Int(error.pointee.int2))
}
