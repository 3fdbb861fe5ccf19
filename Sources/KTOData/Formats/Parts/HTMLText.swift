internal import CLibXML2

/// The text of an HTML fragment in Markdown's notation: paragraphs, line breaks, code, lists, links, emphasis
/// and quotations. Everything else is reduced to its text; scripts and styles are left out.
///
/// libxml2 reads the HTML, so wrong nesting and unknown entities are survived. Cost is linear in the text
/// except inside block quotes, whose depth is bounded.
func markdown(fromHTML html: String) -> String {
  let writer = MarkdownWriter()
  // XML lets no NUL through, and the parser is given a length besides.
  var bytes = Array(html.utf8)
  guard !bytes.isEmpty, bytes.count < 1 << 28 else { return "" }
  let count = Int32(bytes.count)
  unsafe bytes.withUnsafeMutableBytes { buffer in
    let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
    guard let context = unsafe htmlCreateMemoryParserCtxt(start, count) else { return }
    defer { unsafe htmlFreeParserCtxt(context) }
    let options = HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
    unsafe htmlCtxtUseOptions(context, Int32(options))
    unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
    guard let sax = unsafe context.pointee.sax else { return }
    unsafe sax.pointee = xmlSAXHandler()
    unsafe sax.pointee.initialized = 1
    unsafe sax.pointee.startElement = startTag
    unsafe sax.pointee.endElement = endTag
    unsafe sax.pointee.characters = characters
    unsafe sax.pointee.ignorableWhitespace = characters
    unsafe sax.pointee.cdataBlock = rawText
    // Unretained: `writer` outlives the parser, which is freed at the end of this scope.
    unsafe context.pointee.userData = Unmanaged.passUnretained(writer).toOpaque()
    unsafe htmlParseDocument(context)
  }
  return writer.finish()
}

private func writer(_ context: UnsafeMutableRawPointer?) -> MarkdownWriter? {
  unsafe context.map { unsafe Unmanaged<MarkdownWriter>.fromOpaque($0).takeUnretainedValue() }
}

private let startTag: startElementSAXFunc = { context, name, attributes in
  guard let name = unsafe name else { return }
  var link: String?
  if let attributes = unsafe attributes {
    var index = 0
    while let key = unsafe attributes[index] {
      if let value = unsafe attributes[index + 1], unsafe String(cString: key) == "href" {
        link = unsafe String(cString: value)
      }
      index += 2
    }
  }
  unsafe writer(context)?.open(String(cString: name), link: link)
}

private let endTag: endElementSAXFunc = { context, name in
  guard let name = unsafe name else { return }
  unsafe writer(context)?.close(String(cString: name))
}

private let characters: charactersSAXFunc = { context, text, count in
  guard let text = unsafe text, count > 0 else { return }
  unsafe writer(context)?.add(
    String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self))
}

/// Scripts and styles come here; they are no text.
private let rawText: cdataBlockSAXFunc = { _, _, _ in }
